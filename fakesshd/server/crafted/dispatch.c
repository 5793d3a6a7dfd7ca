/* Every message that comes, by its number. What a script takes is handled by nobody else. */
#include "server/crafted/crafted.h"

#include <string.h>

enum { USERAUTH_FIRST = 50, CONNECTION_FIRST = 80, CONNECTION_LAST = 127 };

/* RFC 4253 11.4 */
static void say_unimplemented(struct crafted *self)
{
    struct buffer payload = {0};
    if (payload_put_byte(&payload, MSG_UNIMPLEMENTED) &&
        payload_put_u32(&payload, self->transport.sequence_in - 1))
        (void)crafted_say(self, &payload);
    buffer_fini(&payload);
}

/* OpenSSH's PROTOCOL, 1.9: the same bytes back. */
static void say_pong(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct buffer pong = {0};
    if (payload_put_byte(&pong, MSG_PONG) && payload_put_raw(&pong, payload + 1, length - 1))
        (void)crafted_say(self, &pong);
    buffer_fini(&pong);
}

static void handle_transport(struct crafted *self, const uint8_t *payload, size_t length)
{
    switch (payload[0]) {
    case MSG_DISCONNECT:
        session_set_ended(&self->base, "the client sent DISCONNECT");
        break;
    case MSG_IGNORE:
    case MSG_UNIMPLEMENTED:
    case MSG_DEBUG:
    case MSG_EXT_INFO:
        break;
    case MSG_SERVICE_REQUEST:
        auth_on_service_request(self, payload, length);
        break;
    case MSG_KEXINIT:
        exchange_on_kexinit(self, payload, length);
        break;
    case MSG_NEWKEYS:
        exchange_on_newkeys(self);
        break;
    case MSG_KEX_ECDH_INIT:
        exchange_on_ecdh_init(self, payload, length);
        break;
    default:
        say_unimplemented(self);
        break;
    }
}

static void handle(struct crafted *self, const uint8_t *payload, size_t length)
{
    uint8_t number = payload[0];
    if (number < USERAUTH_FIRST) {
        handle_transport(self, payload, length);
    } else if (number == MSG_USERAUTH_REQUEST) {
        auth_on_request(self, payload, length);
    } else if (number == MSG_USERAUTH_INFO_RESPONSE) {
        auth_on_info_response(self, payload, length);
    } else if (number == MSG_PING) {
        say_pong(self, payload, length);
    } else if (number < CONNECTION_FIRST || number > CONNECTION_LAST) {
        say_unimplemented(self);
    } else if (!self->authenticated) {
        crafted_disconnect(self, DISCONNECT_PROTOCOL_ERROR, "a channel before authentication");
    } else if (number == MSG_GLOBAL_REQUEST) {
        connection_on_global_request(self, payload, length);
    } else if (number == MSG_CHANNEL_OPEN) {
        connection_on_open(self, payload, length);
    } else if (number != MSG_REQUEST_SUCCESS && number != MSG_REQUEST_FAILURE) {
        connection_on_channel(self, payload, length);
    }
}

static bool is_for_script(struct crafted *self, uint8_t number)
{
    bool awaited = crafted_set_has(&self->awaited, number);
    crafted_set_put(&self->awaited, number, false);
    return awaited || crafted_set_has(&self->intercepted, number);
}

/* A script that takes nothing is no reason to keep everything. */
static void keep_for_script(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct crafted_payload *kept = crafted_keep(&self->taken, payload, length);
    if (kept == NULL) {
        session_set_ended(&self->base, "the client sent more than the script would take");
        return;
    }
    kept->sequence = self->transport.sequence_in - 1; /* it counts the next one already */
    if (payload[0] == MSG_CHANNEL_OPEN)
        connection_note_open(self, payload, length);
    self->base.events->on_change(self->base.owner);
}

static bool receive_one(struct crafted *self)
{
    const uint8_t *payload = NULL;
    size_t length = 0;
    const char *why = NULL;
    enum cipher_opened opened = transport_receive(&self->transport, &payload, &length, &why);
    if (opened == CIPHER_BAD)
        crafted_disconnect(self, DISCONNECT_PROTOCOL_ERROR, why);
    if (opened != CIPHER_PACKET)
        return false;
    if (length == 0)
        crafted_disconnect(self, DISCONNECT_PROTOCOL_ERROR, "a packet without a message");
    else if (is_for_script(self, payload[0]))
        keep_for_script(self, payload, length);
    else
        handle(self, payload, length);
    transport_next(&self->transport);
    return true;
}

static bool receive_ident(struct crafted *self)
{
    char ident[256];
    const char *why = NULL;
    bool whole = transport_receive_ident(&self->transport, ident, &why);
    if (why != NULL)
        session_set_ended(&self->base, why);
    if (!whole)
        return false;
    self->client_ident = strdup(ident);
    return self->client_ident != NULL && exchange_begin(self);
}

void crafted_receive(struct crafted *self)
{
    while (!self->base.ended && wire_unsent(self->transport.wire) < WIRE_OUTPUT_FULL_BYTES) {
        if (self->client_ident == NULL ? !receive_ident(self) : !receive_one(self))
            break;
    }
}
