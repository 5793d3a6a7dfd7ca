/* Global requests and channels: RFC 4254. */
#include "server/crafted/crafted.h"

#include "base/fnv1a.h"

#include <stdlib.h>
#include <string.h>

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- global requests, RFC 4254 4: string name, boolean want reply, … ---- */

void connection_on_global_request(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct session_request *request = crafted_request_new(REQUEST_GLOBAL, payload, length);
    if (request == NULL)
        return;
    struct payload_reader reader = crafted_request_read(request);
    payload_text_copy(payload_get_string(&reader), request->type, sizeof request->type);
    request->wants_no_reply = !payload_get_bool(&reader);
    session_add_request(&self->base, request);
}

bool connection_answer_global(struct crafted *self, const struct session_request *request,
                              bool accept)
{
    struct buffer payload = {0};
    if (request->wants_no_reply)
        return true;
    return payload_put_byte(&payload, accept ? MSG_REQUEST_SUCCESS : MSG_REQUEST_FAILURE) &&
           crafted_say(self, &payload);
}

/* ---- opening, RFC 4254 5.1 ---- */

/* string type, uint32 sender, uint32 window, uint32 max packet */
void connection_note_open(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct payload_reader reader = payload_read(payload + 1, length - 1);
    (void)payload_get_string(&reader);
    self->last_open.sender = payload_get_u32(&reader);
    self->last_open.window = payload_get_u32(&reader);
    self->last_open.max_packet = payload_get_u32(&reader);
    self->last_open.waits = true;
}

void connection_on_open(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct session_request *request = crafted_request_new(REQUEST_CHANNEL_OPEN, payload, length);
    if (request == NULL)
        return;
    struct payload_reader reader = crafted_request_read(request);
    payload_text_copy(payload_get_string(&reader), request->type, sizeof request->type);
    request->right = strcmp(request->type, "session") == 0;
    connection_note_open(self, payload, length);
    session_add_request(&self->base, request);
}

bool connection_open(struct crafted *self, uint32_t number, uint32_t window)
{
    struct crafted_channel *channel = NULL;
    if (self->base.channel_count < SESSION_CHANNELS_MAX)
        channel = calloc(1, sizeof *channel);
    if (channel == NULL)
        return false;
    channel->peer_number = self->last_open.sender;
    channel->peer_window = self->last_open.window;
    channel->peer_max_packet = self->last_open.max_packet;
    channel->window = window;
    channel->base.session = &self->base;
    channel->base.number = number;
    channel->base.stdout_fnv1a = FNV1A_START;
    channel->base.next = self->base.channels;
    self->base.channels = &channel->base;
    self->base.channel_count++;
    return true;
}

static bool say_confirmation(struct crafted *self, const struct crafted_channel *channel)
{
    struct buffer payload = {0};
    return payload_put_byte(&payload, MSG_CHANNEL_OPEN_CONFIRMATION) &&
           payload_put_u32(&payload, channel->peer_number) &&
           payload_put_u32(&payload, channel->base.number) &&
           payload_put_u32(&payload, CRAFTED_WINDOW_BYTES) &&
           payload_put_u32(&payload, CRAFTED_MAX_PACKET_BYTES) && crafted_say(self, &payload);
}

bool connection_answer_open(struct crafted *self, const struct session_request *request,
                            bool accept)
{
    struct payload_reader open = crafted_request_read(request);
    const struct crafted_payload *asked = request->message;
    struct buffer payload = {0};
    if (accept) {
        connection_note_open(self, asked->bytes, asked->length);
        self->last_open.waits = false;
        if (!connection_open(self, self->base.channel_count + 1, CRAFTED_WINDOW_BYTES) ||
            !say_confirmation(self, crafted_channel_of(self->base.channels)))
            return false;
        self->base.events->on_channel_open(self->base.owner, self->base.channels);
        return true;
    }
    (void)payload_get_string(&open);
    return payload_put_byte(&payload, MSG_CHANNEL_OPEN_FAILURE) &&
           payload_put_u32(&payload, payload_get_u32(&open)) &&
           payload_put_u32(&payload, self->base.channel_count < SESSION_CHANNELS_MAX
                                         ? OPEN_PROHIBITED
                                         : OPEN_RESOURCE_SHORTAGE) &&
           payload_put_text(&payload, "not allowed") && payload_put_text(&payload, "") &&
           crafted_say(self, &payload);
}

/* ---- requests on a channel, RFC 4254 5.4 ---- */

/* uint32 recipient, string type, boolean want reply, … */
static void on_request(struct crafted *self, struct session_channel *channel,
                       const uint8_t *payload, size_t length)
{
    struct session_request *request = crafted_request_new(REQUEST_CHANNEL, payload, length);
    if (request == NULL)
        return;
    struct payload_reader reader = crafted_request_read(request);
    (void)payload_get_u32(&reader);
    payload_text_copy(payload_get_string(&reader), request->type, sizeof request->type);
    request->wants_no_reply = !payload_get_bool(&reader);
    request->channel = channel;
    if (strcmp(request->type, "exec") == 0 || strcmp(request->type, "subsystem") == 0)
        request->detail = payload_text_dup(payload_get_string(&reader));
    request->right = session_knows_channel_request(request->type, request->detail);
    session_add_request(&self->base, request);
}

bool connection_answer_request(struct crafted *self, const struct session_request *request,
                               bool accept)
{
    struct buffer payload = {0};
    if (request->wants_no_reply)
        return true;
    return payload_put_byte(&payload, accept ? MSG_CHANNEL_SUCCESS : MSG_CHANNEL_FAILURE) &&
           payload_put_u32(&payload, crafted_channel_of(request->channel)->peer_number) &&
           crafted_say(self, &payload);
}

/* ---- what comes on a channel ---- */

/* The client may always go on: half of the window is given back when it is used up. */
static void give_window_back(struct crafted *self, struct crafted_channel *channel)
{
    struct buffer payload = {0};
    if (channel->window > CRAFTED_WINDOW_BYTES / 2)
        return; /* a script may have given more than the usual */
    uint32_t used = CRAFTED_WINDOW_BYTES - channel->window;
    channel->window += used;
    if (payload_put_byte(&payload, MSG_CHANNEL_WINDOW_ADJUST) &&
        payload_put_u32(&payload, channel->peer_number) && payload_put_u32(&payload, used))
        (void)crafted_say(self, &payload);
    buffer_fini(&payload);
}

static void on_data(struct crafted *self, struct crafted_channel *channel, struct payload_text data)
{
    channel->window -= least((uint32_t)data.length, channel->window);
    session_channel_read(&channel->base, data.bytes, data.length);
    give_window_back(self, channel);
    self->base.events->on_change(self->base.owner);
}

static void on_adjust(struct crafted *self, struct crafted_channel *channel, uint32_t bytes)
{
    /* RFC 4254 5.2: at most 2^32 - 1 */
    uint32_t room = UINT32_MAX - channel->peer_window;
    channel->peer_window += bytes < room ? bytes : room;
    self->base.events->on_change(self->base.owner);
}

void connection_on_channel(struct crafted *self, const uint8_t *payload, size_t length)
{
    struct payload_reader reader = payload_read(payload + 1, length - 1);
    struct session_channel *found = session_channel_find(&self->base, payload_get_u32(&reader));
    if (found == NULL)
        return; /* as many servers do for a channel that is gone */
    struct crafted_channel *channel = crafted_channel_of(found);
    switch (payload[0]) {
    case MSG_CHANNEL_WINDOW_ADJUST:
        on_adjust(self, channel, payload_get_u32(&reader));
        break;
    case MSG_CHANNEL_DATA:
        on_data(self, channel, payload_get_string(&reader));
        break;
    case MSG_CHANNEL_EXTENDED_DATA:
        (void)payload_get_u32(&reader);
        on_data(self, channel, payload_get_string(&reader));
        break;
    case MSG_CHANNEL_EOF:
        found->stdin_eof = true;
        self->base.events->on_change(self->base.owner);
        break;
    case MSG_CHANNEL_CLOSE:
        found->client_closed = true;
        self->base.events->on_change(self->base.owner);
        break;
    case MSG_CHANNEL_REQUEST:
        on_request(self, found, payload, length);
        break;
    default: /* replies to requests of ours */
        break;
    }
}

/* ---- what goes on a channel ---- */

long connection_write(struct session_channel *channel, const char *bytes, size_t length,
                      bool is_stderr)
{
    struct crafted *self = crafted_of(channel->session);
    struct crafted_channel *to = crafted_channel_of(channel);
    uint32_t piece =
        length < CRAFTED_MAX_PACKET_BYTES ? (uint32_t)length : CRAFTED_MAX_PACKET_BYTES;
    piece = least(piece, least(to->peer_window, to->peer_max_packet));
    if (piece == 0 || exchange_is_under_way(self))
        return 0;
    struct buffer payload = {0};
    bool done =
        payload_put_byte(&payload, is_stderr ? MSG_CHANNEL_EXTENDED_DATA : MSG_CHANNEL_DATA) &&
        payload_put_u32(&payload, to->peer_number) &&
        (!is_stderr || payload_put_u32(&payload, DATA_IS_STDERR)) &&
        payload_put_string(&payload, bytes, piece) && crafted_say(self, &payload);
    buffer_fini(&payload);
    if (!done)
        return -1;
    to->peer_window -= piece;
    return (long)piece;
}

static bool say_on(struct session_channel *channel, uint8_t message)
{
    struct buffer payload = {0};
    return payload_put_byte(&payload, message) &&
           payload_put_u32(&payload, crafted_channel_of(channel)->peer_number) &&
           crafted_say(crafted_of(channel->session), &payload);
}

bool connection_eof(struct session_channel *channel)
{
    return say_on(channel, MSG_CHANNEL_EOF);
}

bool connection_close(struct session_channel *channel)
{
    return say_on(channel, MSG_CHANNEL_CLOSE);
}

static bool put_request(struct session_channel *channel, const char *type, struct buffer *payload)
{
    return payload_put_byte(payload, MSG_CHANNEL_REQUEST) &&
           payload_put_u32(payload, crafted_channel_of(channel)->peer_number) &&
           payload_put_text(payload, type) && payload_put_bool(payload, false);
}

/* RFC 4254 6.10 */
bool connection_exit_status(struct session_channel *channel, int status)
{
    struct buffer payload = {0};
    return put_request(channel, "exit-status", &payload) &&
           payload_put_u32(&payload, (uint32_t)status) &&
           crafted_say(crafted_of(channel->session), &payload);
}

bool connection_exit_signal(struct session_channel *channel, const char *name)
{
    struct buffer payload = {0};
    return put_request(channel, "exit-signal", &payload) && payload_put_text(&payload, name) &&
           payload_put_bool(&payload, false) && payload_put_text(&payload, "") &&
           payload_put_text(&payload, "") && crafted_say(crafted_of(channel->session), &payload);
}
