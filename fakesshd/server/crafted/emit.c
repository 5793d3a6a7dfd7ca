/* Every message that goes. RFC 4253 7.1: between our KEXINIT and our NEWKEYS nothing may be said
 * that isn't part of the key exchange; it waits. */
#include "server/crafted/crafted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What becomes of a message: the session's connection wants to know whether the client hears it. */
static void mark_heard(struct crafted *self)
{
    self->base.heard = wire_holds_back(self->transport.wire) ? SESSION_HELD_BACK : SESSION_HEARD;
}

static bool send_as_judged(struct crafted *self, const uint8_t *payload, size_t length,
                           const struct cipher_frame *frame, const struct rule_verdict *verdict)
{
    struct cipher_frame spoiled = frame != NULL ? *frame : (struct cipher_frame){0};
    if (buffer_length(&verdict->altered) > 0) {
        payload = (const uint8_t *)buffer_front(&verdict->altered);
        length = buffer_length(&verdict->altered);
    }
    spoiled.spoil_mac |= verdict->corrupt;
    if (verdict->hold_before)
        wire_hold_here(self->transport.wire);
    if (length > 0 && payload[0] == MSG_KEXINIT && !exchange_sent_kexinit(self, payload, length))
        return false;
    bool done = true;
    for (unsigned i = 0; i <= verdict->again && done; i++)
        done = transport_send(&self->transport, payload, length, &spoiled);
    if (verdict->hold_after)
        wire_hold_here(self->transport.wire);
    mark_heard(self);
    return done;
}

static bool emit(struct crafted *self, const uint8_t *payload, size_t length,
                 const struct cipher_frame *frame, bool by_script)
{
    int number = length > 0 ? payload[0] : RULE_ANY;
    struct rule_verdict verdict = rule_judge(&self->rules, number, self->sent_count + 1, payload,
                                             length, self->auth_method, by_script);
    bool done = true;
    if (verdict.withhold) {
        self->base.heard = SESSION_DROPPED;
    } else {
        self->sent_count++;
        done = send_as_judged(self, payload, length, frame, &verdict);
    }
    buffer_fini(&verdict.altered);
    return done;
}

bool crafted_say(struct crafted *self, struct buffer *payload)
{
    enum { LAST_OF_KEY_EXCHANGE = 49 };
    const uint8_t *bytes = (const uint8_t *)buffer_front(payload);
    size_t length = buffer_length(payload);
    bool done = length > 0;
    if (done && bytes[0] > LAST_OF_KEY_EXCHANGE && exchange_is_under_way(self)) {
        done = crafted_keep(&self->postponed, bytes, length) != NULL;
        self->base.heard = SESSION_HELD_BACK;
        if (!done)
            session_set_ended(&self->base, "the client asks on and on during a key exchange");
    } else if (done) {
        done = emit(self, bytes, length, NULL, false);
    }
    buffer_fini(payload);
    return done;
}

bool crafted_say_raw(struct crafted *self, const uint8_t *payload, size_t length,
                     const struct cipher_frame *frame)
{
    bool done = emit(self, payload, length, frame, true);
    if (done && self->base.heard != SESSION_DROPPED)
        said_by_script(self, payload, length);
    return done;
}

void crafted_say_postponed(struct crafted *self)
{
    while (self->postponed.first != NULL && !exchange_is_under_way(self)) {
        struct crafted_payload *payload = crafted_unkeep(&self->postponed, 0);
        (void)emit(self, payload->bytes, payload->length, NULL, false);
        free(payload);
    }
}

bool crafted_say_ident(struct crafted *self)
{
    char line[260];
    struct rule_verdict verdict =
        rule_judge(&self->rules, RULE_IDENT, self->sent_count + 1, NULL, 0, NULL, false);
    int length = snprintf(line, sizeof line, "%s%s", self->server_ident,
                          self->ident_ends_bare ? "\n" : "\r\n");
    if (verdict.withhold)
        return true;
    self->sent_count++;
    if (verdict.hold_before)
        wire_hold_here(self->transport.wire);
    bool done = true;
    for (unsigned i = 0; i <= verdict.again && done; i++)
        done = wire_send(self->transport.wire, line, (size_t)length);
    if (verdict.hold_after)
        wire_hold_here(self->transport.wire);
    return done;
}

void crafted_disconnect(struct crafted *self, uint32_t code, const char *text)
{
    struct buffer payload = {0};
    if (payload_put_byte(&payload, MSG_DISCONNECT) && payload_put_u32(&payload, code) &&
        payload_put_text(&payload, text) && payload_put_text(&payload, ""))
        (void)crafted_say(self, &payload);
    buffer_fini(&payload);
    session_set_ended(&self->base, text);
}
