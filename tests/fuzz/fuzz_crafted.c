/* The crafted session, after the identification strings: a client that sends anything, a server
 * that answers honestly up to some phase, and a script that meddles.
 *
 *     byte 0: bit 0 the client is authenticated, bits 1.. the phase up to which the server is
 * honest then steps: byte what, uint16 length, bytes
 *
 * Packets come in clear, also after NEWKEYS: ciphers have a target of their own. */
#include "fuzz.h"

#include "server/honest.h"
#include "server/session_crafted.h"

#include <string.h>

/* What a step does; most are messages of the client's. */
enum step {
    STEP_PACKET_LAST = 0xbf, /* up to here: a message of the client's */
    STEP_BYTES,              /* bytes of the client's that need not be a packet */
    STEP_EXPECT,             /* and all from here on: of the script's */
    STEP_INTERCEPT,
    STEP_SAY,
    STEP_RULE,
    STEP_CHANNELS,
    STEP_SESSION,
    STEP_WIRE_DRAINED,
    STEP_COUNT = STEP_WIRE_DRAINED - STEP_PACKET_LAST
};

static struct hostkey keys;

/* ---- who listens ---- */

static void on_answered(void *owner, const struct session_request *request, bool accepted)
{
    (void)owner, (void)accepted;
    FUZZ_CHECK(strnlen(request->type, sizeof request->type) < sizeof request->type);
}

static void on_channel_open(void *owner, struct session_channel *channel)
{
    (void)owner;
    FUZZ_CHECK(channel->session != NULL);
}

static void on_channel_sent(void *owner, struct session_channel *channel, const char *what)
{
    (void)owner, (void)channel;
    FUZZ_CHECK(strlen(what) > 0);
}

static void on_change(void *owner)
{
    (void)owner;
}

static void on_rekey(void *owner, bool begins)
{
    (void)owner, (void)begins;
}

static const struct session_events session_events = {on_answered, on_channel_open, on_channel_sent,
                                                     on_change, on_rekey};

static void on_wire(struct wire *wire)
{
    (void)wire;
}

static void on_message(struct wire *wire, enum packet_message message)
{
    (void)wire, (void)message;
}

static void on_end(struct wire *wire, enum wire_end end)
{
    (void)wire, (void)end;
}

static const struct wire_events wire_events = {on_wire, on_message, on_wire, on_wire, on_end};

/* ---- what must hold after each step ---- */

static void check_list(const struct crafted_list *list)
{
    size_t cost_bytes = 0;
    const struct crafted_payload *last = NULL;
    for (const struct crafted_payload *at = list->first; at != NULL; at = at->next) {
        cost_bytes += sizeof *at + at->length;
        last = at;
    }
    FUZZ_CHECK(last == list->last || list->first == NULL);
    FUZZ_CHECK(cost_bytes == list->cost_bytes && cost_bytes <= CRAFTED_KEPT_MAX_BYTES);
}

static void check_session(const struct crafted *self)
{
    unsigned requests = 0, channels = 0;
    for (const struct session_request *at = self->base.requests; at != NULL; at = at->next)
        requests++;
    for (const struct session_channel *at = self->base.channels; at != NULL; at = at->next) {
        FUZZ_CHECK(buffer_length(&at->stdin_kept) <= SESSION_STDIN_KEPT_BYTES);
        channels++;
    }
    FUZZ_CHECK(requests == self->base.request_count && requests <= SESSION_REQUESTS_MAX);
    FUZZ_CHECK(channels == self->base.channel_count && channels <= SESSION_CHANNELS_MAX);
    check_list(&self->taken);
    check_list(&self->postponed);
}

/* Every message can be taken apart, and what was made of its fields can be, too. */
static void check_message(const uint8_t *payload, size_t length, const char *auth_method)
{
    struct message_value values[MESSAGE_FIELDS_MAX] = {0};
    const struct message_row *row = NULL;
    struct buffer again = {0};
    if (!message_decode(payload, length, auth_method, &row, values))
        return;
    FUZZ_CHECK(message_encode(row, values, &again));
    FUZZ_CHECK(buffer_length(&again) == length);
    FUZZ_CHECK(
        message_decode((const uint8_t *)buffer_front(&again), length, auth_method, &row, values));
    buffer_fini(&again);
}

/* ---- the client ---- */

static void client_packet(struct crafted *self, const uint8_t *payload, size_t length)
{
    static struct cipher *plain;
    if (plain == NULL)
        plain = cipher_new(cipher_kind_find("none", "none"), NULL, NULL, NULL);
    check_message(payload, length, self->auth_method);
    FUZZ_CHECK(cipher_seal(plain, 0, payload, length, NULL, &self->transport.wire->input));
}

/* What is agreed on is thrown away: the client goes on in clear. */
static void keep_plain(struct crafted *self)
{
    cipher_free(&self->transport.next_in);
    cipher_free(&self->transport.next_out);
}

/* ---- the script ---- */

static void script_expects(struct crafted *self, uint8_t number)
{
    const struct crafted_payload *found = session_crafted_expect(self, number);
    if (found == NULL)
        return;
    FUZZ_CHECK(found->length > 0 && found->bytes[0] == number);
    session_crafted_take(self, number);
}

static void script_says(struct crafted *self, const uint8_t *bytes, size_t length)
{
    struct fuzz_input input = {bytes, length};
    uint8_t flags = fuzz_byte(&input);
    struct cipher_frame frame = {.set_packet_length = (flags & 1) != 0,
                                 .set_padding_length = (flags & 2) != 0,
                                 .packet_length = flags * 77U,
                                 .padding_length = flags,
                                 .spoil_mac = (flags & 4) != 0};
    (void)crafted_say_raw(self, input.at, input.left, flags == 0 ? NULL : &frame);
}

static void script_rules(struct crafted *self, const uint8_t *bytes, size_t length)
{
    struct fuzz_input input = {bytes, length};
    struct rule rule = {.action = (enum rule_action)(fuzz_byte(&input) % (RULE_HOLD_AFTER + 1)),
                        .number = (int)fuzz_byte(&input) - 1,
                        .nth = fuzz_byte(&input),
                        .count = fuzz_byte(&input) % 4};
    if (rule.action != RULE_ALTER) {
        FUZZ_CHECK(rule_add(&self->rules, &rule));
        return;
    }
    static const char *const fields[] = {"recipient", "type",    "window",
                                         "cookie",    "methods", "data"};
    rule.fields = calloc(1, sizeof *rule.fields);
    uint8_t *copy = malloc(input.left + 1);
    FUZZ_CHECK(rule.fields != NULL && copy != NULL);
    (void)snprintf(rule.fields->name, sizeof rule.fields->name, "%s",
                   fields[fuzz_byte(&input) % (sizeof fields / sizeof fields[0])]);
    memcpy(copy, input.at, input.left);
    rule.fields->value = (struct message_value){true, length > 4 ? bytes[4] : 0, copy, input.left};
    rule.field_count = 1;
    FUZZ_CHECK(rule_add(&self->rules, &rule));
}

static void script_on_channels(struct session *session, const uint8_t *bytes, size_t length)
{
    uint8_t what = length > 0 ? bytes[0] : 0;
    struct session_channel *next = NULL;
    for (struct session_channel *at = session->channels; at != NULL; at = next) {
        next = at->next;
        if (what & 1)
            (void)session_write(at, (const char *)bytes, length, (what & 2) != 0);
        if (what & 4)
            (void)session_eof(at);
        if (what & 8)
            (void)session_exit_status(at, what);
        if (what & 16)
            (void)session_exit_signal(at, "TERM");
        if (what & 32)
            (void)session_close(at);
    }
}

static void script_on_session(struct session *session, const uint8_t *bytes, size_t length)
{
    uint8_t what = length > 0 ? bytes[0] : 0;
    if (session->ended)
        return;
    if (what & 1)
        (void)session->ops->ignore(session, "ignored");
    if (what & 2)
        (void)session->ops->keepalive(session);
    if (what & 4)
        (void)session->ops->rekey(session);
    if (what & 8)
        (void)session->ops->banner(session, "banner");
    if (what & 16)
        (void)session->ops->debug(session, "debug");
    if (what & 32 && session->requests != NULL)
        (void)session_answer(session, session->requests, (what & 64) != 0);
    if (what == UINT8_MAX)
        (void)session->ops->disconnect(session, DISCONNECT_BY_APPLICATION, "over");
}

/* ---- a run ---- */

static void step(struct session *session, uint8_t what, const uint8_t *bytes, size_t length)
{
    struct crafted *self = session_crafted(session);
    uint8_t number = length > 0 ? bytes[0] : 0;
    if (what <= STEP_PACKET_LAST) {
        client_packet(self, bytes, length);
        return;
    }
    switch (STEP_BYTES + (what - STEP_BYTES) % STEP_COUNT) {
    case STEP_BYTES:
        FUZZ_CHECK(buffer_add(&self->transport.wire->input, bytes, length));
        break;
    case STEP_EXPECT:
        script_expects(self, number);
        break;
    case STEP_INTERCEPT:
        session_crafted_intercept(self, number);
        break;
    case STEP_SAY:
        script_says(self, bytes, length);
        break;
    case STEP_RULE:
        script_rules(self, bytes, length);
        break;
    case STEP_CHANNELS:
        script_on_channels(session, bytes, length);
        break;
    case STEP_SESSION:
        script_on_session(session, bytes, length);
        break;
    default:
        buffer_fini(&self->transport.wire->output);
        break;
    }
}

static void run(struct session *session, struct fuzz_input *input)
{
    struct crafted *self = session_crafted(session);
    uint8_t mode = fuzz_byte(input);
    enum phase until = (enum phase)((mode >> 1) % PHASE_COUNT);
    static const char ident[] = "SSH-2.0-fuzz\r\n";
    FUZZ_CHECK(buffer_add(&self->transport.wire->input, ident, sizeof ident - 1));
    session_pump(session);
    if (mode & 1) {
        self->authenticated = self->has_session_id = true;
        kex_fini(self->kex);
        free(self->kex);
        self->kex = NULL;
    }
    while (input->left > 0 && !session->ended) {
        size_t length = 0;
        uint8_t what = fuzz_byte(input);
        const uint8_t *bytes = fuzz_bytes(input, fuzz_number(input), &length);
        step(session, what, bytes, length);
        session_pump(session);
        keep_plain(self);
        honest_step(session, until);
        check_session(self);
        if (what <= STEP_PACKET_LAST)
            buffer_fini(&self->transport.wire->output); /* the client reads */
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    struct err_text error;
    FUZZ_CHECK(hostkey_init(&keys, HOST_KEY_BIT(HOST_KEY_COUNT) - 1, &error) == ERR_NONE);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct session_options options = {NULL};
    struct session *session = NULL;
    struct err_text error;
    struct wire wire;
    wire_init(&wire, -1, &wire_events, NULL); /* bytes come from here, and none leave */
    FUZZ_CHECK(session_crafted_new(&session, &keys, &options, &session_events, NULL, &wire,
                                   &error) == ERR_NONE);
    run(session, &input);
    session_free(&session);
    wire_fini(&wire);
    return 0;
}
