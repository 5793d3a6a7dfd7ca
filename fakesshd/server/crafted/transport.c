#include "server/crafted/transport.h"

#include <string.h>

enum { NEWKEYS = 21, IDENT_MAX_BYTES = 255 };

bool transport_init(struct transport *transport, struct wire *wire)
{
    const struct cipher_kind *plain = cipher_kind_find("none", "none");
    memset(transport, 0, sizeof *transport);
    transport->wire = wire;
    transport->in = cipher_new(plain, NULL, NULL, NULL);
    transport->out = cipher_new(plain, NULL, NULL, NULL);
    if (transport->in != NULL && transport->out != NULL)
        return true;
    transport_fini(transport);
    return false;
}

void transport_fini(struct transport *transport)
{
    cipher_free(&transport->in);
    cipher_free(&transport->out);
    cipher_free(&transport->next_in);
    cipher_free(&transport->next_out);
}

static void change_keys(struct transport *transport, struct cipher **now, struct cipher **next,
                        uint32_t *sequence, uint32_t *packets)
{
    if (*next == NULL)
        return;
    cipher_free(now);
    *now = *next;
    *next = NULL;
    *packets = 0;
    if (transport->strict)
        *sequence = 0;
}

bool transport_send(struct transport *transport, const uint8_t *payload, size_t length,
                    const struct cipher_frame *frame)
{
    struct buffer packet = {0};
    bool done =
        cipher_seal(transport->out, transport->sequence_out, payload, length, frame, &packet) &&
        wire_send(transport->wire, buffer_front(&packet), buffer_length(&packet));
    buffer_fini(&packet);
    transport->sequence_out++;
    transport->packets_out++;
    if (length > 0 && payload[0] == NEWKEYS)
        change_keys(transport, &transport->out, &transport->next_out, &transport->sequence_out,
                    &transport->packets_out);
    return done;
}

static uint8_t *front(struct transport *transport)
{
    return (uint8_t *)transport->wire->input.bytes + transport->wire->input.start;
}

/* A packet that is longer than what the wire holds would never be whole. */
static bool never_whole(const struct transport *transport)
{
    return buffer_length(&transport->wire->input) >= WIRE_INPUT_FULL_BYTES;
}

enum cipher_opened transport_receive(struct transport *transport, const uint8_t **payload,
                                     size_t *length, const char **why)
{
    struct buffer *input = &transport->wire->input;
    transport->unused = buffer_length(input);
    if (transport->unused == 0)
        return CIPHER_MORE;
    size_t consumed = 0;
    enum cipher_opened opened = cipher_open(transport->in, transport->sequence_in, front(transport),
                                            transport->unused, &consumed, payload, length, why);
    if (opened == CIPHER_MORE && never_whole(transport)) {
        *why = "a packet of more than 64 KiB";
        return CIPHER_BAD;
    }
    if (opened != CIPHER_PACKET)
        return opened;
    transport->taken = consumed;
    transport->sequence_in++;
    transport->packets_in++;
    if (*length > 0 && (*payload)[0] == NEWKEYS)
        change_keys(transport, &transport->in, &transport->next_in, &transport->sequence_in,
                    &transport->packets_in);
    return CIPHER_PACKET;
}

void transport_next(struct transport *transport)
{
    buffer_take(&transport->wire->input, transport->taken);
    transport->taken = transport->unused = 0;
}

bool transport_receive_ident(struct transport *transport, char ident[256], const char **why)
{
    struct buffer *input = &transport->wire->input;
    size_t length = buffer_length(input);
    const char *line = buffer_front(input);
    const char *end = length > 0 ? memchr(line, '\n', length) : NULL;
    transport->unused = length;
    size_t line_length = end != NULL ? (size_t)(end - line) : length;
    if (line_length > IDENT_MAX_BYTES)
        *why = "an identification string of more than 255 bytes";
    else if (end != NULL && (line_length < 4 || memcmp(line, "SSH-", 4) != 0))
        *why = "no identification string";
    else if (end != NULL && memchr(line, '\0', line_length) != NULL)
        *why = "an identification string with a byte of 0"; /* RFC 4253 4.2 */
    if (end == NULL || *why != NULL)
        return false;
    size_t text_length = line_length;
    while (text_length > 0 && line[text_length - 1] == '\r')
        text_length--;
    memcpy(ident, line, text_length);
    ident[text_length] = '\0';
    buffer_take(input, line_length + 1);
    transport->unused = 0;
    return true;
}

bool transport_has_news(const struct transport *transport)
{
    return buffer_length(&transport->wire->input) > transport->unused;
}
