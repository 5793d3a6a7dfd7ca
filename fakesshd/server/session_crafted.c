/* The crafted engine as a session: what session.h asks of every engine, and what scripts may do
 * beyond it. The protocol is in crafted/. */
#include "server/session_crafted.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- small things that the parts share ---- */

bool crafted_set_has(const struct crafted_set *set, uint8_t number)
{
    return (set->words[number / 32] >> (number % 32) & 1) != 0;
}

void crafted_set_put(struct crafted_set *set, uint8_t number, bool in)
{
    uint32_t bit = UINT32_C(1) << (number % 32);
    set->words[number / 32] = in ? set->words[number / 32] | bit : set->words[number / 32] & ~bit;
}

static struct crafted_payload *payload_copy(const uint8_t *bytes, size_t length)
{
    struct crafted_payload *copy = malloc(sizeof *copy + length);
    if (copy == NULL)
        return NULL;
    copy->next = NULL;
    copy->sequence = 0;
    copy->length = length;
    memcpy(copy->bytes, bytes, length);
    return copy;
}

/* Many short ones cost more than their bytes. */
static size_t cost_of(size_t length)
{
    return sizeof(struct crafted_payload) + length;
}

struct crafted_payload *crafted_keep(struct crafted_list *list, const uint8_t *payload,
                                     size_t length)
{
    bool full = list->cost_bytes + cost_of(length) > CRAFTED_KEPT_MAX_BYTES;
    struct crafted_payload *copy = full ? NULL : payload_copy(payload, length);
    if (copy == NULL)
        return NULL;
    if (list->first == NULL)
        list->first = copy;
    else
        list->last->next = copy;
    list->last = copy;
    list->cost_bytes += cost_of(length);
    return copy;
}

struct crafted_payload *crafted_unkeep(struct crafted_list *list, uint8_t number)
{
    struct crafted_payload *before = NULL, *found = list->first;
    while (found != NULL && number != 0 && found->bytes[0] != number) {
        before = found;
        found = found->next;
    }
    if (found == NULL)
        return NULL;
    if (before == NULL)
        list->first = found->next;
    else
        before->next = found->next;
    if (list->last == found)
        list->last = before;
    list->cost_bytes -= cost_of(found->length);
    return found;
}

struct session_request *crafted_request_new(enum session_request_kind kind, const uint8_t *payload,
                                            size_t length)
{
    struct session_request *request = calloc(1, sizeof *request);
    struct crafted_payload *copy = payload_copy(payload, length);
    if (request == NULL || copy == NULL) {
        free(request);
        free(copy);
        return NULL;
    }
    request->kind = kind;
    request->message = copy;
    return request;
}

struct payload_reader crafted_request_read(const struct session_request *request)
{
    const struct crafted_payload *payload = request->message;
    return payload_read(payload->bytes + 1, payload->length - 1);
}

/* ---- what every engine does ---- */

static void crafted_pump(struct session *session)
{
    struct crafted *self = crafted_of(session);
    if (!self->started) {
        self->started = true;
        (void)crafted_say_ident(self);
    }
    crafted_receive(self);
    if (self->transport.wire->end != WIRE_OPEN)
        session_set_ended(session, "the client left");
    else if (session->ended)
        wire_finish(self->transport.wire);
}

static bool crafted_wants_pump(struct session *session)
{
    struct crafted *self = crafted_of(session);
    return !self->started || transport_has_news(&self->transport);
}

static bool crafted_answer(struct session *session, struct session_request *request, bool accept)
{
    struct crafted *self = crafted_of(session);
    switch (request->kind) {
    case REQUEST_SERVICE:
        return auth_answer_service(self, request, accept);
    case REQUEST_AUTH:
        return auth_answer(self, request, accept);
    case REQUEST_CHANNEL_OPEN:
        return connection_answer_open(self, request, accept);
    case REQUEST_CHANNEL:
        return connection_answer_request(self, request, accept);
    case REQUEST_GLOBAL:
        return connection_answer_global(self, request, accept);
    }
    return false;
}

static void crafted_release_message(struct session_request *request)
{
    free(request->message);
}

/* RFC 4253 11.2: string data */
static bool crafted_ignore(struct session *session, const char *text)
{
    struct buffer payload = {0};
    return payload_put_byte(&payload, MSG_IGNORE) && payload_put_text(&payload, text) &&
           crafted_say(crafted_of(session), &payload);
}

/* RFC 4253 11.3: boolean always display, string message, string language */
static bool crafted_debug(struct session *session, const char *text)
{
    struct buffer payload = {0};
    return payload_put_byte(&payload, MSG_DEBUG) && payload_put_bool(&payload, true) &&
           payload_put_text(&payload, text) && payload_put_text(&payload, "") &&
           crafted_say(crafted_of(session), &payload);
}

/* RFC 4252 5.4: string message, string language */
static bool crafted_banner(struct session *session, const char *text)
{
    struct buffer payload = {0};
    return payload_put_byte(&payload, MSG_USERAUTH_BANNER) && payload_put_text(&payload, text) &&
           payload_put_text(&payload, "") && crafted_say(crafted_of(session), &payload);
}

static bool crafted_keepalive(struct session *session)
{
    struct buffer payload = {0};
    return payload_put_byte(&payload, MSG_GLOBAL_REQUEST) &&
           payload_put_text(&payload, "keepalive@openssh.com") &&
           payload_put_bool(&payload, true) && crafted_say(crafted_of(session), &payload);
}

static bool crafted_rekey(struct session *session)
{
    struct crafted *self = crafted_of(session);
    return self->has_session_id && self->kex == NULL && exchange_begin(self);
}

static bool crafted_say_disconnect(struct session *session, uint32_t code, const char *text)
{
    crafted_disconnect(crafted_of(session), code, text);
    free(session->ended_why);
    session->ended_why = strdup("the server sent DISCONNECT");
    wire_finish(crafted_of(session)->transport.wire);
    return true;
}

static bool crafted_has_postponed(struct session *session)
{
    return crafted_of(session)->postponed.first != NULL;
}

static void free_payloads(struct crafted_list *list)
{
    while (list->first != NULL)
        free(crafted_unkeep(list, 0));
}

static void crafted_free(struct session *session)
{
    struct crafted *self = crafted_of(session);
    while (session->channels != NULL) {
        struct session_channel *channel = session->channels;
        session->channels = channel->next;
        session_channel_free(channel);
    }
    if (self->kex != NULL)
        kex_fini(self->kex);
    free(self->kex);
    kex_offer_fini(&self->offer);
    rule_free_all(&self->rules);
    free_payloads(&self->taken);
    free_payloads(&self->postponed);
    transport_fini(&self->transport);
    free(self->server_ident);
    free(self->client_ident);
    free(self->user);
    free(self);
}

static const struct session_ops crafted_ops = {
    .pump = crafted_pump,
    .wants_pump = crafted_wants_pump,
    .answer = crafted_answer,
    .release_message = crafted_release_message,
    .write = connection_write,
    .eof = connection_eof,
    .exit_status = connection_exit_status,
    .exit_signal = connection_exit_signal,
    .close = connection_close,
    .ignore = crafted_ignore,
    .debug = crafted_debug,
    .banner = crafted_banner,
    .keepalive = crafted_keepalive,
    .rekey = crafted_rekey,
    .disconnect = crafted_say_disconnect,
    .has_postponed = crafted_has_postponed,
    .free = crafted_free,
};

enum err session_crafted_new(struct session **session, const struct hostkey *keys,
                             const struct session_options *options,
                             const struct session_events *events, void *owner, struct wire *wire,
                             struct err_text *error)
{
    struct crafted *self = calloc(1, sizeof *self);
    if (self == NULL)
        return err_set(error, ERR_SYSTEM, "out of memory");
    self->base.ops = &crafted_ops;
    self->base.events = events;
    self->base.owner = owner;
    self->keys = keys;
    self->offer.hostkeys = keys->algorithms;
    const char *software = options->software != NULL ? options->software : "fakesshd";
    if (!transport_init(&self->transport, wire) ||
        asprintf(&self->server_ident, "SSH-2.0-%s", software) < 0) {
        self->server_ident = NULL;
        crafted_free(&self->base);
        return err_set(error, ERR_SYSTEM, "out of memory");
    }
    *session = &self->base;
    return ERR_NONE;
}

/* ---- for scripts ---- */

struct crafted *session_crafted(struct session *session)
{
    return session != NULL && session->ops == &crafted_ops ? crafted_of(session) : NULL;
}

bool session_crafted_offer(struct crafted *self, enum kex_list list, const char *names)
{
    char *copy = strdup(names);
    if (copy == NULL)
        return false;
    free(self->offer.lists[list]);
    self->offer.lists[list] = copy;
    return true;
}

bool session_crafted_software(struct crafted *self, const char *software)
{
    char *ident = NULL;
    if (self->started || asprintf(&ident, "SSH-2.0-%s", software) < 0)
        return false;
    free(self->server_ident);
    self->server_ident = ident;
    return true;
}

/* RFC 4253 8 hashes it without its end, whatever that is. */
bool session_crafted_ident(struct crafted *self, const char *line)
{
    char *ident = self->started ? NULL : strdup(line);
    if (ident == NULL)
        return false;
    size_t length = strcspn(ident, "\r\n");
    self->ident_ends_bare = ident[length] == '\n';
    ident[length] = '\0';
    free(self->server_ident);
    self->server_ident = ident;
    return true;
}

/* A request that waits for an answer is a message like any other. */
static struct session_request *request_of(const struct crafted *self, uint8_t number)
{
    struct session_request *request = self->base.requests;
    while (request != NULL &&
           ((const struct crafted_payload *)request->message)->bytes[0] != number)
        request = request->next;
    return request;
}

const struct crafted_payload *session_crafted_expect(struct crafted *self, uint8_t number)
{
    const struct session_request *request = request_of(self, number);
    const struct crafted_payload *found = request != NULL ? request->message : self->taken.first;
    while (found != NULL && found->bytes[0] != number)
        found = found->next;
    crafted_set_put(&self->awaited, number, found == NULL);
    return found;
}

void session_crafted_expect_no_more(struct crafted *self, uint8_t number)
{
    crafted_set_put(&self->awaited, number, false);
}

void session_crafted_take(struct crafted *self, uint8_t number)
{
    struct session_request *request = request_of(self, number);
    if (request == NULL) {
        free(crafted_unkeep(&self->taken, number));
        return;
    }
    /* Should the script say that it succeeds, the channel runs this command. */
    if (request->kind == REQUEST_CHANNEL && strcmp(request->type, "exec") == 0 &&
        request->channel->command == NULL) {
        request->channel->command = request->detail;
        request->detail = NULL;
    }
    if (request->kind == REQUEST_CHANNEL && strcmp(request->type, "subsystem") == 0 &&
        request->channel->subsystem == NULL) {
        request->channel->subsystem = request->detail;
        request->detail = NULL;
    }
    session_forget(&self->base, request);
}

void session_crafted_intercept(struct crafted *self, uint8_t number)
{
    crafted_set_put(&self->intercepted, number, true);
}

static void set_text(struct message_value *value, const char *text)
{
    value->bytes = (const uint8_t *)text;
    value->length = strlen(text);
}

bool session_crafted_usual(const struct crafted *self, const char *message, const char *field,
                           struct message_value *value)
{
    static uint8_t cookie[16];
    const struct session_channel *channel = self->base.channels; /* the newest */
    *value = (struct message_value){.present = true};
    if (strcmp(field, "recipient") == 0 && (self->last_open.waits || channel == NULL))
        value->number = self->last_open.sender; /* an answer to the client's CHANNEL_OPEN */
    else if (strcmp(field, "recipient") == 0)
        value->number = ((const struct crafted_channel *)channel)->peer_number;
    else if (strcmp(field, "sender") == 0)
        value->number = channel != NULL ? channel->number : 1;
    else if (strcmp(field, "window") == 0)
        value->number = CRAFTED_WINDOW_BYTES;
    else if (strcmp(field, "max_packet") == 0)
        value->number = CRAFTED_MAX_PACKET_BYTES;
    else if (strcmp(field, "want_reply") == 0)
        value->number = 1;
    else if (strcmp(field, "methods") == 0)
        set_text(value, "publickey,password,keyboard-interactive");
    else if (strcmp(message, "DISCONNECT") == 0 && strcmp(field, "code") == 0)
        value->number = DISCONNECT_BY_APPLICATION;
    else if (strcmp(message, "CHANNEL_EXTENDED_DATA") == 0 && strcmp(field, "code") == 0)
        value->number = DATA_IS_STDERR;
    else if (strcmp(message, "CHANNEL_OPEN_FAILURE") == 0 && strcmp(field, "code") == 0)
        value->number = OPEN_PROHIBITED;
    else if (strcmp(field, "kex") == 0)
        set_text(value, kex_offered(&self->offer, KEX_METHODS));
    else if (strcmp(field, "hostkey") == 0 && strcmp(message, "KEXINIT") == 0)
        set_text(value, kex_offered(&self->offer, KEX_HOSTKEYS));
    else if (strncmp(field, "cipher_", 7) == 0)
        set_text(value, kex_offered(&self->offer, KEX_CIPHERS));
    else if (strncmp(field, "mac_", 4) == 0)
        set_text(value, kex_offered(&self->offer, KEX_MACS));
    else if (strncmp(field, "compression_", 12) == 0)
        set_text(value, "none");
    else if (strcmp(field, "service") == 0)
        set_text(value, "ssh-userauth");
    else if (strcmp(field, "cookie") == 0 && RAND_bytes(cookie, sizeof cookie) == 1) {
        value->bytes = cookie;
        value->length = sizeof cookie;
    } else {
        return false;
    }
    return true;
}
