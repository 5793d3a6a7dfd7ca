/* What a script's own message means for the session. It counts as what it is: an answer is the
 * answer to the oldest request of its kind, a confirmation opens a channel, output is output. So a
 * script may say one message by hand and leave the rest to the honest server. */
#include "server/crafted/crafted.h"

#include "base/fnv1a.h"

#include <stdio.h>
#include <string.h>

/* The request may have been taken by the script: then a stand-in tells the same phase. */
static void answered(struct crafted *self, enum session_request_kind kind, bool accepted)
{
    struct session_request *request = session_oldest(&self->base, kind);
    struct session_request stand_in = {.kind = kind, .type = "exec"};
    if (request == NULL) {
        self->base.events->on_answered(self->base.owner, &stand_in, accepted);
        if (accepted && kind == REQUEST_CHANNEL && self->base.channels != NULL)
            self->base.channels->started = true;
        return;
    }
    request->is_probe = request->is_probe && !accepted;
    session_answered(&self->base, request, accepted);
}

/* uint32 recipient, uint32 sender, uint32 window, uint32 max packet */
static void opened(struct crafted *self, struct payload_reader *reader)
{
    (void)payload_get_u32(reader);
    uint32_t number = payload_get_u32(reader), window = payload_get_u32(reader);
    struct session_request *request = session_oldest(&self->base, REQUEST_CHANNEL_OPEN);
    bool is_new = self->last_open.waits && session_channel_find(&self->base, number) == NULL &&
                  connection_open(self, number, window);
    self->last_open.waits = false;
    if (request != NULL || is_new)
        answered(self, REQUEST_CHANNEL_OPEN, true);
}

/* The channel that the client calls by this number. */
static struct session_channel *channel_of_peer(struct crafted *self, uint32_t peer_number)
{
    struct session_channel *channel = self->base.channels;
    while (channel != NULL && crafted_channel_of(channel)->peer_number != peer_number)
        channel = channel->next;
    return channel;
}

static void wrote(struct session_channel *channel, bool is_stderr, struct payload_text data)
{
    uint32_t *window = &crafted_channel_of(channel)->peer_window;
    *window -= data.length < *window ? (uint32_t)data.length : *window;
    if (!channel->eof_sent) /* RFC 4254 5.3: what comes after EOF is no output */
        session_channel_wrote(channel, data.bytes, data.length, is_stderr);
}

/* string type, boolean want reply, uint32 status */
static void requested(struct session_channel *channel, struct payload_reader *reader)
{
    char what[32];
    struct payload_text type = payload_get_string(reader);
    (void)payload_get_bool(reader);
    (void)snprintf(what, sizeof what, "exit-status %u", payload_get_u32(reader));
    if (payload_text_is(type, "exit-status"))
        (void)session_channel_said(channel, what);
    else if (payload_text_is(type, "exit-signal"))
        (void)session_channel_said(channel, "exit-signal");
}

static void on_channel(struct crafted *self, uint8_t number, struct payload_reader *reader)
{
    struct session_channel *channel = channel_of_peer(self, payload_get_u32(reader));
    if (channel == NULL)
        return;
    switch (number) {
    case MSG_CHANNEL_WINDOW_ADJUST:
        crafted_channel_of(channel)->window += payload_get_u32(reader);
        break;
    case MSG_CHANNEL_DATA:
        wrote(channel, false, payload_get_string(reader));
        break;
    case MSG_CHANNEL_EXTENDED_DATA:
        (void)payload_get_u32(reader);
        wrote(channel, true, payload_get_string(reader));
        break;
    case MSG_CHANNEL_EOF:
        (void)session_channel_said(channel, "eof");
        break;
    case MSG_CHANNEL_CLOSE:
        (void)session_channel_said(channel, "close");
        break;
    case MSG_CHANNEL_REQUEST:
        requested(channel, reader);
        break;
    case MSG_CHANNEL_SUCCESS:
    case MSG_CHANNEL_FAILURE:
        answered(self, REQUEST_CHANNEL, number == MSG_CHANNEL_SUCCESS);
        break;
    default:
        break;
    }
}

void said_by_script(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct payload_reader reader = payload_read(payload, length);
    uint8_t number = payload_get_byte(&reader);
    switch (number) {
    case MSG_SERVICE_ACCEPT:
        answered(self, REQUEST_SERVICE, true);
        break;
    case MSG_USERAUTH_SUCCESS:
        self->authenticated = true;
        answered(self, REQUEST_AUTH, true);
        break;
    case MSG_USERAUTH_FAILURE:
    case MSG_USERAUTH_60:
        answered(self, REQUEST_AUTH, false);
        break;
    case MSG_REQUEST_SUCCESS:
    case MSG_REQUEST_FAILURE:
        answered(self, REQUEST_GLOBAL, number == MSG_REQUEST_SUCCESS);
        break;
    case MSG_CHANNEL_OPEN_CONFIRMATION:
        opened(self, &reader);
        break;
    case MSG_CHANNEL_OPEN_FAILURE:
        answered(self, REQUEST_CHANNEL_OPEN, false);
        break;
    default:
        on_channel(self, number, &reader);
        break;
    }
}
