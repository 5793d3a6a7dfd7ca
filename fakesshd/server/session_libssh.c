/* The honest engine: libssh's server side, driven without blocking through its message queue. The
 * only file in which libssh's server is met, but for what its messages say (libssh_message.c).
 *
 * libssh 0.10.6: requests reach the application only while neither server callbacks nor a message
 * callback are set; then each message is ours to answer late or never. `ssh_message_get` polls
 * once, with a timeout of zero, when the queue is empty. Nothing here is called from inside a
 * libssh callback except the marking of facts. */
#include "server/session.h"

#include "base/fnv1a.h"
#include "server/crafted/sign.h"
#include "server/libssh_message.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POLLS_PER_PUMP = 32, WRITE_MAX_BYTES = 16 * 1024 };
enum { LIBSSH_DISCONNECT_CODE = 11 }; /* libssh sends no other */

struct libssh_channel {
    struct session_channel base;                   /* first: pointers are cast between the two */
    ssh_channel channel;                           /* freed with the session */
    struct ssh_channel_callbacks_struct callbacks; /* libssh keeps the pointer */
};

struct libssh_session {
    struct session base;        /* first */
    ssh_session session;        /* owned */
    const struct hostkey *keys; /* borrowed: lives as long as the server */
    bool key_exchange_begun, disconnected;
};

static struct libssh_session *of(struct session *session)
{
    return (struct libssh_session *)session;
}

static struct libssh_channel *channel_of(struct session_channel *channel)
{
    return (struct libssh_channel *)channel;
}

/* ---- channel callbacks: they only mark what happened ---- */

static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t length,
                   int is_stderr, void *user)
{
    (void)session, (void)channel, (void)is_stderr;
    struct libssh_channel *self = user;
    session_channel_read(&self->base, data, length);
    self->base.session->events->on_change(self->base.session->owner);
    return (int)length;
}

static void on_eof(ssh_session session, ssh_channel channel, void *user)
{
    (void)session, (void)channel;
    struct libssh_channel *self = user;
    self->base.stdin_eof = true;
    self->base.session->events->on_change(self->base.session->owner);
}

static void on_close(ssh_session session, ssh_channel channel, void *user)
{
    (void)session, (void)channel;
    struct libssh_channel *self = user;
    self->base.client_closed = true;
    self->base.session->events->on_change(self->base.session->owner);
}

/* ---- from messages to requests ---- */

/* One entry for each connection's channels; found again by libssh's pointer. */
static struct session_channel *find_by_pointer(struct session *session, ssh_channel pointer)
{
    struct session_channel *channel = session->channels;
    while (channel != NULL && channel_of(channel)->channel != pointer)
        channel = channel->next;
    return channel;
}

static void take_message(struct session *session, ssh_message message)
{
    struct session_request *request = calloc(1, sizeof *request);
    if (request == NULL) {
        ssh_message_free(message);
        return;
    }
    request->message = message;
    libssh_message_describe(message, of(session)->keys, request);
    if (request->kind == REQUEST_CHANNEL)
        request->channel = find_by_pointer(session, ssh_message_channel_request_channel(message));
    if (request->kind == REQUEST_CHANNEL && request->channel == NULL) {
        /* For a channel that is not ours to answer: libssh refuses it. */
        (void)ssh_message_reply_default(message);
        ssh_message_free(message);
        free(request->detail);
        free(request);
        return;
    }
    session_add_request(session, request);
}

/* ---- the pump ---- */

/* libssh marks a session as failed and goes on reading; this must follow each of its calls. */
static bool still_alive(struct session *session)
{
    int status = ssh_get_status(of(session)->session);
    if (of(session)->disconnected || (status & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0) {
        const char *why = ssh_get_error(of(session)->session);
        session_set_ended(session, why != NULL && why[0] != '\0' ? why : "the session ended");
        return false;
    }
    return true;
}

static bool has_unread_input(struct session *session)
{
    int count = 0;
    socket_t fd = ssh_get_fd(of(session)->session);
    return fd >= 0 && ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

static bool libssh_wants_pump(struct session *session)
{
    return !of(session)->disconnected &&
           (has_unread_input(session) ||
            (ssh_get_poll_flags(of(session)->session) & SSH_WRITE_PENDING) != 0);
}

static void libssh_pump(struct session *session)
{
    struct libssh_session *self = of(session);
    if (!self->key_exchange_begun) {
        self->key_exchange_begun = true;
        (void)ssh_handle_key_exchange(self->session);
        if (!still_alive(session))
            return;
    }
    for (int i = 0; i < POLLS_PER_PUMP; i++) {
        ssh_message message = ssh_message_get(self->session);
        if (message != NULL)
            take_message(session, message);
        if (!still_alive(session))
            return;
        if (message == NULL && !libssh_wants_pump(session))
            break;
    }
    /* The wire shuts its end of the pair when the client leaves; libssh sees that only when it
     * polls. */
    struct pollfd pair = {.fd = ssh_get_fd(self->session), .events = POLLIN};
    if (poll(&pair, 1, 0) == 1 && (pair.revents & POLLIN) != 0 && !has_unread_input(session))
        session_set_ended(session, "the client left");
}

/* ---- answers ---- */

static bool accept_channel(struct session *session, struct session_request *request)
{
    struct libssh_channel *self = calloc(1, sizeof *self);
    if (self == NULL)
        return false;
    self->channel = ssh_message_channel_request_open_reply_accept(request->message);
    if (self->channel == NULL) {
        free(self);
        return false;
    }
    self->base.session = session;
    self->base.number = ++session->channel_count;
    self->base.stdout_fnv1a = FNV1A_START;
    self->base.next = session->channels;
    session->channels = &self->base;
    self->callbacks.userdata = self;
    self->callbacks.channel_data_function = on_data;
    self->callbacks.channel_eof_function = on_eof;
    self->callbacks.channel_close_function = on_close;
    ssh_callbacks_init(&self->callbacks);
    (void)ssh_set_channel_callbacks(self->channel, &self->callbacks);
    session->events->on_channel_open(session->owner, &self->base);
    return true;
}

static bool answer_auth(struct session_request *request, bool accept)
{
    if (accept && request->is_probe)
        return ssh_message_auth_reply_pk_ok_simple(request->message) == SSH_OK;
    if (accept)
        return ssh_message_auth_reply_success(request->message, 0) == SSH_OK;
    (void)ssh_message_auth_set_methods(request->message,
                                       SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD);
    return ssh_message_reply_default(request->message) == SSH_OK;
}

static bool libssh_answer(struct session *session, struct session_request *request, bool accept)
{
    if (request->kind == REQUEST_AUTH)
        return answer_auth(request, accept);
    if (!accept)
        return ssh_message_reply_default(request->message) == SSH_OK;
    switch (request->kind) {
    case REQUEST_SERVICE:
        return ssh_message_service_reply_success(request->message) == SSH_OK;
    case REQUEST_CHANNEL_OPEN:
        return accept_channel(session, request);
    case REQUEST_CHANNEL:
        return ssh_message_channel_request_reply_success(request->message) == SSH_OK;
    case REQUEST_GLOBAL:
        return ssh_message_reply_default(request->message) == SSH_OK;
    case REQUEST_AUTH:
        break;
    }
    return false;
}

static void libssh_release_message(struct session_request *request)
{
    ssh_message_free(request->message);
}

/* ---- channels ---- */

/* Lets libssh hand over what it holds back until it has seen that its socket takes bytes. */
static bool flush_pending(struct session *session)
{
    ssh_session self = of(session)->session;
    for (int i = 0; i < 4 && (ssh_get_poll_flags(self) & SSH_WRITE_PENDING) != 0; i++) {
        ssh_message message = ssh_message_get(self);
        if (message != NULL)
            take_message(session, message);
        if (!still_alive(session))
            return false;
    }
    return (ssh_get_poll_flags(self) & SSH_WRITE_PENDING) == 0;
}

/* ssh_channel_write takes as much as the peer's window (2 MiB) into memory whatever the socket
 * does: small pieces, and none while earlier ones wait. */
static long libssh_write(struct session_channel *channel, const char *bytes, size_t length,
                         bool is_stderr)
{
    ssh_channel self = channel_of(channel)->channel;
    if (!flush_pending(channel->session) || ssh_channel_window_size(self) == 0)
        return channel->session->ended ? -1 : 0;
    uint32_t piece = (uint32_t)(length < WRITE_MAX_BYTES ? length : WRITE_MAX_BYTES);
    int taken = is_stderr ? ssh_channel_write_stderr(self, bytes, piece)
                          : ssh_channel_write(self, bytes, piece);
    if (!still_alive(channel->session))
        return -1;
    return taken == SSH_AGAIN ? 0 : taken;
}

static bool libssh_eof(struct session_channel *channel)
{
    return ssh_channel_send_eof(channel_of(channel)->channel) == SSH_OK;
}

static bool libssh_exit_status(struct session_channel *channel, int status)
{
    return ssh_channel_request_send_exit_status(channel_of(channel)->channel, status) == SSH_OK;
}

static bool libssh_exit_signal(struct session_channel *channel, const char *name)
{
    return ssh_channel_request_send_exit_signal(channel_of(channel)->channel, name, 0, "", "") ==
           SSH_OK;
}

static bool libssh_close(struct session_channel *channel)
{
    return ssh_channel_close(channel_of(channel)->channel) == SSH_OK;
}

/* ---- the transport ---- */

static bool libssh_ignore(struct session *session, const char *text)
{
    return ssh_send_ignore(of(session)->session, text) == SSH_OK;
}

static bool libssh_debug(struct session *session, const char *text)
{
    return ssh_send_debug(of(session)->session, text, 1) == SSH_OK;
}

static bool libssh_banner(struct session *session, const char *text)
{
    ssh_string banner = ssh_string_from_char(text);
    bool done = banner != NULL && ssh_send_issue_banner(of(session)->session, banner) == SSH_OK;
    ssh_string_free(banner);
    return done;
}

/* libssh 0.10.6: a call that finds the last request answered only takes note of that, and sends
 * nothing; one that finds it unanswered does nothing. So each second call would be lost. */
static bool libssh_keepalive(struct session *session)
{
    (void)ssh_send_keepalive(of(session)->session);
    return ssh_send_keepalive(of(session)->session) == SSH_OK;
}

/* libssh has no call for it. With a rekey time of 1 ms the next packet sent begins a key exchange,
 * because the last one counts as never done. */
static bool libssh_rekey(struct session *session)
{
    uint32_t soon = 1, never = 0;
    ssh_session self = of(session)->session;
    bool done = ssh_options_set(self, SSH_OPTIONS_REKEY_TIME, &soon) == SSH_OK &&
                ssh_send_ignore(self, "") == SSH_OK;
    (void)ssh_options_set(self, SSH_OPTIONS_REKEY_TIME, &never);
    return done;
}

/* ssh_disconnect closes at once and loses what is queued, unless a send is due anyway. */
static bool libssh_disconnect(struct session *session, uint32_t code, const char *text)
{
    struct libssh_session *self = of(session);
    if (code != LIBSSH_DISCONNECT_CODE)
        return false;
    (void)ssh_session_set_disconnect_message(self->session, text);
    ssh_set_fd_towrite(self->session);
    ssh_disconnect(self->session);
    self->disconnected = true;
    session_set_ended(session, "the server sent DISCONNECT");
    return true;
}

/* libssh queues by itself, and tells nobody. */
static bool libssh_has_postponed(struct session *session)
{
    (void)session;
    return false;
}

static void libssh_free(struct session *session)
{
    ssh_free(of(session)->session);
    while (session->channels != NULL) {
        struct session_channel *channel = session->channels;
        session->channels = channel->next;
        session_channel_free(channel);
    }
    free(of(session));
}

static const struct session_ops libssh_ops = {
    .pump = libssh_pump,
    .wants_pump = libssh_wants_pump,
    .answer = libssh_answer,
    .release_message = libssh_release_message,
    .write = libssh_write,
    .eof = libssh_eof,
    .exit_status = libssh_exit_status,
    .exit_signal = libssh_exit_signal,
    .close = libssh_close,
    .ignore = libssh_ignore,
    .debug = libssh_debug,
    .banner = libssh_banner,
    .keepalive = libssh_keepalive,
    .rekey = libssh_rekey,
    .disconnect = libssh_disconnect,
    .has_postponed = libssh_has_postponed,
    .free = libssh_free,
};

/* ---- beginning ---- */

/* The bind owns the key that it is given, so it gets a copy. */
static bool import_key(ssh_bind bind, ssh_key key)
{
    ssh_key copy = NULL;
    char *text = NULL;
    bool done = ssh_pki_export_privkey_base64(key, NULL, NULL, NULL, &text) == SSH_OK &&
                ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, &copy) == SSH_OK &&
                ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, copy) == SSH_OK;
    ssh_string_free_char(text);
    return done;
}

/* One bind for all: libssh copies keys and banner from it at each accept. What signs with SHA-1 is
 * not among what it takes by itself. */
static ssh_bind make_bind(const struct hostkey *keys)
{
    bool no = false;
    ssh_bind bind = ssh_bind_new();
    if (bind == NULL)
        return NULL;
    /* Without this each accept reads /etc/ssh/libssh_server_config. */
    (void)ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
    bool done = ssh_bind_options_set(bind, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, keys->algorithms) ==
                    SSH_OK &&
                ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES,
                                     SIGN_ALGORITHMS) == SSH_OK;
    for (int i = 0; i < HOST_KEY_COUNT && done; i++)
        done = (keys->shown & HOST_KEY_BIT(i)) == 0 || import_key(bind, keys->hosts[i].key);
    if (done)
        return bind;
    ssh_bind_free(bind);
    return NULL;
}

static enum err open_session(struct libssh_session *self, const struct session_options *options,
                             int fd, struct err_text *error)
{
    static ssh_bind bind; /* as long as the process; keys do not change in it */
    if (bind == NULL)
        bind = make_bind(self->keys);
    self->session = ssh_new();
    if (bind == NULL || self->session == NULL)
        return err_set(error, ERR_SYSTEM, "libssh cannot make a session");
    const char *software = options->software != NULL ? options->software : "fakesshd";
    (void)ssh_bind_options_set(bind, SSH_BIND_OPTIONS_BANNER, software);
    if (ssh_bind_accept_fd(bind, self->session, fd) != SSH_OK)
        return err_set(error, ERR_SYSTEM, "libssh: %s", ssh_get_error(bind));
    ssh_set_blocking(self->session, 0);
    (void)ssh_options_set(self->session, SSH_OPTIONS_COMPRESSION, "no");
    return ERR_NONE;
}

enum err session_libssh_new(struct session **session, const struct hostkey *keys,
                            const struct session_options *options,
                            const struct session_events *events, void *owner, int *pair_fd,
                            struct err_text *error)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set_errno(error, "cannot make a socket pair");
    struct libssh_session *self = calloc(1, sizeof *self);
    enum err failed = ERR_NONE;
    if (self == NULL) {
        failed = err_set(error, ERR_SYSTEM, "out of memory");
    } else {
        self->base.ops = &libssh_ops;
        self->base.events = events;
        self->base.owner = owner;
        self->keys = keys;
        failed = open_session(self, options, pair[1], error);
    }
    if (failed != ERR_NONE) {
        if (self != NULL)
            ssh_free(self->session);
        free(self);
        (void)close(pair[0]);
        (void)close(pair[1]);
        return failed;
    }
    *session = &self->base;
    *pair_fd = pair[0];
    return ERR_NONE;
}
