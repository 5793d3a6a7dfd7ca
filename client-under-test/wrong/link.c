/* libssh 0.10.6 on a descriptor that we connected, driven by poll(). */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/server.h> /* ssh_service_request() */
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As good as never, and still an int when counted in milliseconds. Without a number libssh 0.10.6
 * would give its handshake ten seconds. */
#define NO_TIMEOUT_S 1000000L

void link_init(struct link *link, struct task *task)
{
    *link = (struct link){
        .task = task,
        .deadline_ns = task->t0_ns + task->deadline_ms * NS_PER_MS,
        .wait = link_wait_until_deadline,
        .phase = "tcp",
        .fd = -1,
    };
    (void)snprintf(link->host, sizeof link->host, "%s", task->host);
}

/* SIGUSR1 is blocked but while it waits here, so that none is lost that says: cancelled. */
bool link_wait_until_deadline(struct link *link, short events)
{
    struct pollfd item = {link->fd, events, 0};
    sigset_t mask;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
    (void)sigdelset(&mask, SIGUSR1);
    for (;;) {
        int64_t left_ns = link->deadline_ns - now_ns();
        link->cancelled = !link->is_deaf && atomic_load(&link->task->is_cancelled);
        if (left_ns <= 0 || link->cancelled)
            return false;
        struct timespec left = {left_ns / NS_PER_S, left_ns % NS_PER_S};
        if (ppoll(&item, 1, &left, &mask) > 0)
            return true;
    }
}

bool link_fail(struct link *link, const char *sentence)
{
    if (sentence == NULL || sentence[0] == '\0') /* some of libssh's errors have no text */
        sentence = "the connection was lost, or the server broke the protocol";
    (void)snprintf(link->error, sizeof link->error, "%s", sentence);
    return false;
}

static bool fail_to_try(struct link *link, const char *sentence)
{
    link->could_not_try = true;
    return link_fail(link, sentence);
}

static bool wait_or_time_out(struct link *link, short events)
{
    if (link->wait(link, events))
        return true;
    link->timed_out = !link->cancelled;
    return link_fail(link, link->cancelled ? "cancelled" : "the deadline passed");
}

/* ---- TCP ---- */

bool link_connect(struct link *link)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    char port[8];
    int reason = 0;
    socklen_t size = sizeof reason;

    (void)snprintf(port, sizeof port, "%d", link->task->port);
    if (getaddrinfo(link->host, port, &hints, &address) != 0)
        return fail_to_try(link, "only numeric addresses are understood");
    link->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link->fd < 0) {
        reason = errno;
        freeaddrinfo(address);
        return fail_to_try(link, strerror(reason));
    }
    int rc = connect(link->fd, address->ai_addr, address->ai_addrlen);
    reason = rc == 0 ? 0 : errno;
    freeaddrinfo(address);
    if (rc != 0 && reason == EINPROGRESS) {
        if (!wait_or_time_out(link, POLLOUT))
            return false;
        (void)getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &reason, &size);
    }
    if (reason != 0)
        return link_fail(link, strerror(reason));
    (void)setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    link->phase = "ident";
    return true;
}

void link_block(struct link *link)
{
    link->is_blocking = true;
}

/* ---- callbacks of libssh ---- */

/* 0.4 identification string received, 0.8 KEXINITs exchanged, 1.0 new keys in use; the last two
 * come again with each rekey. */
static void on_connect_status(void *userdata, float status)
{
    struct link *link = userdata;
    if (status > 0.95F && link->interrupted != NULL) {
        link->phase = link->interrupted;
        link->interrupted = NULL;
    } else if (status > 0.75F && status < 0.95F && link->authenticated) {
        link->interrupted = link->interrupted != NULL ? link->interrupted : link->phase;
        link->phase = "rekey";
    } else if (status > 0.35F && strcmp(link->phase, "ident") == 0) {
        link->phase = "kex";
    }
}

static int on_data(ssh_session ssh, ssh_channel channel, void *bytes, uint32_t length,
                   int is_stderr, void *userdata)
{
    struct link *link = userdata;
    (void)ssh;
    (void)channel;
    if (!is_stderr)
        task_add_output(link->task, bytes, length);
    return (int)length;
}

static void on_eof(ssh_session ssh, ssh_channel channel, void *userdata)
{
    struct link *link = userdata;
    (void)ssh;
    (void)channel;
    link->got_eof = true;
    if (!link->got_status)
        link->phase = "exit";
}

static void on_close(ssh_session ssh, ssh_channel channel, void *userdata)
{
    struct link *link = userdata;
    (void)ssh;
    (void)channel;
    link->got_close = true;
}

static void on_exit_status(ssh_session ssh, ssh_channel channel, int exit_status, void *userdata)
{
    struct link *link = userdata;
    (void)ssh;
    (void)channel;
    link->got_status = true;
    link->exit_status = exit_status;
    link->phase = "close";
}

static void on_exit_signal(ssh_session ssh, ssh_channel channel, const char *signal, int core,
                           const char *message, const char *language, void *userdata)
{
    struct link *link = userdata;
    (void)ssh;
    (void)channel;
    (void)signal;
    (void)core;
    (void)message;
    (void)language;
    link->got_signal = true;
}

/* ---- steps of libssh ---- */

/* Calls `step` until it no longer says SSH_AGAIN. The session's status is looked at each time, for
 * after a broken packet libssh 0.10.6 may say SSH_AGAIN for ever. */
static bool repeat(struct link *link, int (*step)(struct link *link))
{
    for (;;) {
        int rc = step(link);
        if (rc == SSH_OK)
            return true;
        if (rc != SSH_AGAIN || (ssh_get_status(link->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0)
            return link->error[0] == '\0' ? link_fail(link, ssh_get_error(link->ssh)) : false;
        bool writes = (ssh_get_poll_flags(link->ssh) & SSH_WRITE_PENDING) != 0;
        if (!wait_or_time_out(link, writes ? POLLIN | POLLOUT : POLLIN))
            return false;
    }
}

/* Everything that libssh would otherwise look up: the user, ~/.ssh, /etc/ssh, known hosts. */
static bool make_session(struct link *link)
{
    bool no = false;
    long timeout_s = NO_TIMEOUT_S;
    const struct {
        enum ssh_options_e option;
        const void *value;
    } options[] = {
        {SSH_OPTIONS_HOST, "server"}, /* never looked up: the descriptor is connected */
        {SSH_OPTIONS_FD, &link->fd},           {SSH_OPTIONS_USER, link->task->user},
        {SSH_OPTIONS_PROCESS_CONFIG, &no},     {SSH_OPTIONS_SSH_DIR, "/nonexistent"},
        {SSH_OPTIONS_KNOWNHOSTS, "/dev/null"}, {SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null"},
        {SSH_OPTIONS_TIMEOUT, &timeout_s},
    };
    link->ssh = ssh_new();
    bool good = link->ssh != NULL;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        good = good && ssh_options_set(link->ssh, options[i].option, options[i].value) == SSH_OK;
    if (!good)
        return false;
    ssh_set_blocking(link->ssh, link->is_blocking);
    link->callbacks.userdata = link;
    link->callbacks.connect_status_function = on_connect_status;
    ssh_callbacks_init(&link->callbacks);
    (void)ssh_set_callbacks(link->ssh, &link->callbacks);
    return true;
}

static int step_handshake(struct link *link)
{
    int rc = ssh_connect(link->ssh);
    /* libssh 0.10.6 makes the descriptor blocking on its first POLLOUT. */
    if (!link->is_blocking && ssh_get_fd(link->ssh) == link->fd)
        (void)fcntl(link->fd, F_SETFL, O_NONBLOCK);
    return rc;
}

/* Is it the key of the `hostkey` line, "ssh-ed25519 AAAA..."? */
static bool hostkey_is_right(struct link *link)
{
    ssh_key key = NULL;
    char *blob = NULL;
    bool right = false;
    const char *line = link->task->hostkey;
    if (line != NULL && ssh_get_server_publickey(link->ssh, &key) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &blob) == SSH_OK) {
        const char *shown = line + strcspn(line, " ");
        shown += strspn(shown, " ");
        right = strlen(blob) == strcspn(shown, " \n") && strncmp(shown, blob, strlen(blob)) == 0;
    }
    ssh_string_free_char(blob);
    ssh_key_free(key);
    return right;
}

bool link_handshake(struct link *link)
{
    if (!make_session(link))
        return fail_to_try(link, "libssh can't make a session");
    if (!repeat(link, step_handshake))
        return false;
    link->phase = "kex";
    if (!hostkey_is_right(link))
        return link_fail(link, "the server's host key is not the expected one");
    link->phase = "service";
    return true;
}

static int step_service(struct link *link)
{
    return ssh_service_request(link->ssh, "ssh-userauth");
}

static int step_auth(struct link *link)
{
    const struct task *task = link->task;
    int rc = SSH_AUTH_ERROR;
    if (task->key != NULL) {
        ssh_key key = NULL;
        if (ssh_pki_import_privkey_file(task->key, NULL, NULL, NULL, &key) != SSH_OK) {
            (void)fail_to_try(link, "the private key can't be read");
            return SSH_ERROR;
        }
        rc = ssh_userauth_publickey(link->ssh, NULL, key);
        ssh_key_free(key);
    } else if (task->password != NULL) {
        rc = ssh_userauth_password(link->ssh, NULL, task->password);
    } else {
        rc = ssh_userauth_none(link->ssh, NULL);
    }
    if (rc == SSH_AUTH_DENIED || rc == SSH_AUTH_PARTIAL)
        (void)link_fail(link, "permission denied");
    return rc == SSH_AUTH_SUCCESS ? SSH_OK : rc == SSH_AUTH_AGAIN ? SSH_AGAIN : SSH_ERROR;
}

bool link_log_in(struct link *link)
{
    if (!repeat(link, step_service))
        return false;
    link->phase = "auth";
    link->authenticated = repeat(link, step_auth);
    return link->authenticated;
}

static int step_open(struct link *link)
{
    return ssh_channel_open_session(link->channel);
}

static int step_request(struct link *link)
{
    return ssh_channel_request_exec(link->channel, link->task->command);
}

static void send_stdin(struct link *link)
{
    const struct task *task = link->task;
    size_t left = task->stdin_length - link->stdin_sent;
    size_t window = ssh_channel_window_size(link->channel);
    size_t piece = left < window ? left : window;
    /* libssh copies all that it is given, so it gets more only when the last piece is out. */
    if (piece > 0 && (ssh_get_status(link->ssh) & SSH_WRITE_PENDING) == 0) {
        int sent = ssh_channel_write(link->channel, task->stdin_bytes + link->stdin_sent,
                                     (uint32_t)(piece < 16384 ? piece : 16384));
        link->stdin_sent += sent > 0 ? (size_t)sent : 0;
    }
    if (link->stdin_sent == task->stdin_length && !link->stdin_ended) {
        link->stdin_ended = true;
        (void)ssh_channel_send_eof(link->channel);
    }
}

static int step_run(struct link *link)
{
    if (!link->got_close && !link->stdin_ended)
        send_stdin(link);
    bool complete = link->got_eof || link->got_close;
    if (complete && link->got_status)
        return SSH_OK;
    if (link->got_close || (complete && link->got_signal)) {
        link->phase = "exit";
        (void)link_fail(link, "the command ended without an exit status");
        return SSH_ERROR;
    }
    if (ssh_event_dopoll(link->event, link->is_blocking ? -1 : 0) == SSH_ERROR)
        return SSH_ERROR;
    complete = link->got_eof || link->got_close;
    return complete && link->got_status ? SSH_OK : SSH_AGAIN;
}

bool link_execute(struct link *link)
{
    link->phase = "channel";
    link->channel = ssh_channel_new(link->ssh);
    link->event = ssh_event_new();
    if (link->channel == NULL || link->event == NULL)
        return fail_to_try(link, "libssh can't make a channel");
    link->channel_callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = link,
        .channel_data_function = on_data,
        .channel_eof_function = on_eof,
        .channel_close_function = on_close,
        .channel_exit_status_function = on_exit_status,
        .channel_exit_signal_function = on_exit_signal,
    };
    ssh_callbacks_init(&link->channel_callbacks);
    (void)ssh_set_channel_callbacks(link->channel, &link->channel_callbacks);
    if (!repeat(link, step_open))
        return false;
    link->phase = "request";
    if (!repeat(link, step_request))
        return false;
    if (strcmp(link->phase, "request") == 0)
        link->phase = "data";
    if (ssh_event_add_session(link->event, link->ssh) != SSH_OK)
        return link_fail(link, ssh_get_error(link->ssh));
    return repeat(link, step_run);
}

bool link_do_all(struct link *link)
{
    return link_resolve(link) && link_connect(link) && link_handshake(link) && link_log_in(link) &&
           link_execute(link);
}

/* ---- the end ---- */

void link_conclude(const struct link *link, bool success)
{
    struct result *result = &link->task->result;
    result->outcome = success               ? "success"
                      : link->could_not_try ? "could_not_try"
                      : link->cancelled     ? "cancelled"
                      : link->timed_out     ? "timeout"
                                            : "failure";
    result->phase = success ? NULL : link->phase;
    result->exit_status = link->exit_status;
    (void)snprintf(result->error, sizeof result->error, "%s", success ? "" : link->error);
}

void link_close(struct link *link, bool success)
{
    bool libssh_has_fd = link->ssh != NULL;
    if (link->event != NULL) {
        (void)ssh_event_remove_session(link->event, link->ssh);
        ssh_event_free(link->event);
    }
    if (link->ssh != NULL && success && ssh_get_fd(link->ssh) == link->fd) {
        ssh_set_fd_towrite(link->ssh); /* else its last message stays behind */
        ssh_disconnect(link->ssh);     /* lets go of the descriptor, as it is one of ours */
        libssh_has_fd = false;
    }
    if (link->ssh != NULL)
        ssh_free(link->ssh);
    if (!libssh_has_fd && link->fd >= 0)
        (void)close(link->fd);
}
