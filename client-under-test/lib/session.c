#include "lib/memory.h"
#include "lib/session_state.h"

#include <fcntl.h>
#include <libssh/server.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What an honest server sends before authentication is done: a few KB, and perhaps a long notice.
 * libssh itself takes lines before the identification string, IGNORE and banners for ever. */
#define BYTES_BEFORE_AUTH ((uint64_t)1024 * 1024)

/* Reads of 4 KiB each (libssh's own size) that one step may do, so that others get their turn. */
#define READS_PER_STEP 8

/* No group exchange: its extra round makes the phases of a key exchange impossible to tell apart
 * from outside; no group18: one exponentiation would hold up every other task's timer. */
#define KEX_ALGORITHMS                                                     \
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"   \
    "ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group14-sha256," \
    "diffie-hellman-group16-sha512"

enum stage_result { STAGE_WAITS, STAGE_DONE, STAGE_FAILED };

static bool fail_with_reason(struct session *session, struct err_text *error)
{
    /* libssh 0.10.6: some failures have no text (a packet of length 0, CLOSE without status). */
    const char *reason = ssh_get_error(session->ssh);
    if (reason == NULL || reason[0] == '\0')
        reason = "the connection was lost, or the server broke the protocol";
    return err_set(error, "%s", reason);
}

/* libssh tells how far the connection is as a number: 0.4 identification string received, 0.8 both
 * KEXINITs exchanged, 1.0 new keys in use. The last two come again with each rekey. */
static void on_connect_status(void *userdata, float status)
{
    struct session *session = userdata;
    struct progress *progress = session->progress;
    if (status > 0.95F) {
        session->hostkey_is_due = true;
        progress->rekeying = false;
    } else if (status > 0.75F) {
        progress->kexinit_received = true;
        progress->rekeying = progress->keys_in_use;
        session->packets_before_init = session->packets.out_packets;
    } else if (status > 0.35F) {
        progress->ident_received = true;
    }
}

static int on_data(ssh_session ssh, ssh_channel channel, void *bytes, uint32_t length,
                   int is_stderr, void *userdata)
{
    struct session *session = userdata;
    (void)ssh;
    (void)channel;
    if (session->is_closing)
        return (int)length;
    if (session->progress->eof_received)
        session->progress->data_after_eof = true;
    session->progress->output_bytes += length;
    session->setup.on_output(session->setup.userdata, is_stderr ? SESSION_STDERR : SESSION_STDOUT,
                             bytes, length);
    return (int)length;
}

static void on_eof(ssh_session ssh, ssh_channel channel, void *userdata)
{
    struct session *session = userdata;
    (void)ssh;
    (void)channel;
    session->progress->eof_received = true;
}

static void on_close(ssh_session ssh, ssh_channel channel, void *userdata)
{
    struct session *session = userdata;
    (void)ssh;
    (void)channel;
    session->progress->close_received = true;
}

static void on_exit_status(ssh_session ssh, ssh_channel channel, int exit_status, void *userdata)
{
    struct session *session = userdata;
    (void)ssh;
    (void)channel;
    session->progress->exit_status_received = true;
    session->progress->exit_status = (uint32_t)exit_status;
}

static void on_exit_signal(ssh_session ssh, ssh_channel channel, const char *signal, int core,
                           const char *message, const char *language, void *userdata)
{
    struct session *session = userdata;
    (void)ssh;
    (void)channel;
    (void)core;
    (void)message;
    (void)language;
    session->progress->exit_signal_received = true;
    (void)snprintf(session->signal, sizeof session->signal, "%s", signal);
}

/* Everything that libssh would otherwise look up: user database, ~/.ssh, /etc/ssh, known_hosts. */
static bool set_options(struct session *session)
{
    ssh_session ssh = session->ssh;
    bool no = false;
    char *hostkeys = hostkey_algorithms(session->setup.hostkeys);
    const struct {
        enum ssh_options_e option;
        const void *value;
    } options[] = {
        {SSH_OPTIONS_HOST, "server"}, /* never looked up: the descriptor is connected */
        {SSH_OPTIONS_FD, &session->fd},
        {SSH_OPTIONS_USER, session->setup.user},
        {SSH_OPTIONS_PROCESS_CONFIG, &no},
        {SSH_OPTIONS_SSH_DIR, "/nonexistent"},
        {SSH_OPTIONS_KNOWNHOSTS, "/dev/null"},
        {SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null"},
        {SSH_OPTIONS_IDENTITY_AGENT, "/nonexistent"},
        {SSH_OPTIONS_COMPRESSION, "no"},
        {SSH_OPTIONS_KEY_EXCHANGE, KEX_ALGORITHMS},
    };
    bool good = true;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        good = good && ssh_options_set(ssh, options[i].option, options[i].value) == SSH_OK;
    /* A type that this libssh can't do is left out; the exchange then fails with its own reason. */
    if (hostkeys != NULL)
        (void)ssh_options_set(ssh, SSH_OPTIONS_HOSTKEYS, hostkeys);
    free(hostkeys);
    return good;
}

/* What the server asks for (channels of its own, say) is refused at once, in every stage: libssh
 * would keep it for somebody to answer, and the server may wait for that. */
static int refuse_request(ssh_session ssh, ssh_message message, void *user)
{
    enum { LIBSSH_ANSWERS = 1 }; /* with its default, a refusal */
    (void)ssh, (void)message, (void)user;
    return LIBSSH_ANSWERS;
}

struct session *session_new(int fd, const struct session_setup *setup, struct progress *progress,
                            struct err_text *error)
{
    struct session *session = memory_zeroed(sizeof *session);
    session->fd = fd;
    session->setup = *setup;
    session->progress = progress;
    session->ssh = ssh_new();
    if (session->ssh == NULL || !set_options(session)) {
        if (session->ssh == NULL)
            (void)err_set(error, "libssh can't make a session");
        else
            (void)fail_with_reason(session, error);
        ssh_free(session->ssh);
        free(session);
        (void)close(fd);
        return NULL;
    }
    ssh_set_blocking(session->ssh, 0);
    ssh_set_counters(session->ssh, &session->socket_bytes, &session->packets);
    session->callbacks.userdata = session;
    session->callbacks.connect_status_function = on_connect_status;
    ssh_callbacks_init(&session->callbacks);
    (void)ssh_set_callbacks(session->ssh, &session->callbacks);
    ssh_set_message_callback(session->ssh, refuse_request, NULL);
    return session;
}

/* ---- the stages of a session, in order: each is called until it is done ---- */

static enum stage_result stage_of_rc(int rc)
{
    return rc == SSH_OK ? STAGE_DONE : rc == SSH_AGAIN ? STAGE_WAITS : STAGE_FAILED;
}

static enum stage_result step_connect(struct session *session, struct err_text *error)
{
    (void)error;
    session->has_taken_fd = true;
    int rc = ssh_connect(session->ssh);
    /* libssh 0.10.6 does fcntl(fd, F_SETFL, 0) at the first POLLOUT: with a peer that stops reading
     * a later send() would then block past any deadline. */
    if (ssh_get_fd(session->ssh) == session->fd)
        (void)fcntl(session->fd, F_SETFL, O_NONBLOCK);
    return stage_of_rc(rc);
}

static bool check_hostkey(struct session *session, struct err_text *error)
{
    ssh_key key = NULL;
    char *blob = NULL;
    unsigned char *hash = NULL;
    size_t hash_length = 0;
    char *fingerprint = NULL;
    bool good = ssh_get_server_publickey(session->ssh, &key) == SSH_OK &&
                ssh_pki_export_pubkey_base64(key, &blob) == SSH_OK &&
                ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &hash_length) == 0;
    if (good)
        fingerprint = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, hash_length);
    if (fingerprint == NULL) {
        good = err_set(error, "the server's host key can't be read");
    } else {
        struct hostkey_shown shown = {ssh_key_type_to_char(ssh_key_type(key)), blob, fingerprint};
        good = hostkey_accepts(session->setup.hostkeys, &shown, error);
    }
    ssh_string_free_char(fingerprint);
    ssh_clean_pubkey_hash(&hash);
    ssh_string_free_char(blob);
    ssh_key_free(key);
    return good;
}

/* A step of its own, so that a server that never accepts the service is told from one that never
 * answers an authentication request. */
static enum stage_result step_service(struct session *session, struct err_text *error)
{
    (void)error;
    enum stage_result result = stage_of_rc(ssh_service_request(session->ssh, "ssh-userauth"));
    if (result == STAGE_DONE)
        session->progress->service_accepted = true;
    return result;
}

static enum stage_result step_auth(struct session *session, struct err_text *error)
{
    const struct session_setup *setup = &session->setup;
    struct auth_setup auth = {
        .key = setup->key,
        .agent = setup->agent,
        .password = setup->password,
        .loop = setup->loop,
        .on_wake = setup->on_wake,
        .userdata = setup->userdata,
    };
    if (session->auth == NULL)
        session->auth = auth_new(session->ssh, &auth);
    int rc = auth_step(session->auth, error);
    if (rc == SSH_AUTH_AGAIN)
        return STAGE_WAITS;
    auth_free(&session->auth);
    session->progress->authenticated = rc == SSH_AUTH_SUCCESS;
    return rc == SSH_AUTH_SUCCESS ? STAGE_DONE : STAGE_FAILED;
}

static enum stage_result step_open(struct session *session, struct err_text *error)
{
    if (session->channel == NULL) {
        session->channel = ssh_channel_new(session->ssh);
        if (session->channel == NULL)
            return err_set(error, "libssh can't make a channel") ? STAGE_DONE : STAGE_FAILED;
        session->channel_callbacks = (struct ssh_channel_callbacks_struct){
            .userdata = session,
            .channel_data_function = on_data,
            .channel_eof_function = on_eof,
            .channel_close_function = on_close,
            .channel_exit_status_function = on_exit_status,
            .channel_exit_signal_function = on_exit_signal,
        };
        ssh_callbacks_init(&session->channel_callbacks);
        (void)ssh_set_channel_callbacks(session->channel, &session->channel_callbacks);
    }
    enum stage_result result = stage_of_rc(ssh_channel_open_session(session->channel));
    if (result == STAGE_DONE)
        session->progress->channel_open = true;
    return result;
}

bool session_holds_fd(const struct session *session)
{
    return session->has_taken_fd && ssh_get_fd(session->ssh) == session->fd;
}

/* libssh 0.10.6: after a MAC, decryption or length error ssh_userauth_*() goes on to say SSH_AGAIN,
 * and nothing but the status tells that the session is dead. */
bool session_is_broken(const struct session *session)
{
    return (ssh_get_status(session->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0 ||
           (session->has_taken_fd && !session_holds_fd(session));
}

/* Like ssh(1), we go on when the server refuses a variable: most servers take few (AcceptEnv). */
static enum stage_result step_environment(struct session *session, struct err_text *error)
{
    const struct environment *environment = session->setup.environment;
    (void)error;
    while (session->variables_set < environment->count) {
        int rc = ssh_channel_request_env(session->channel,
                                         environment_name(environment, session->variables_set),
                                         environment_value(environment, session->variables_set));
        if (rc == SSH_AGAIN)
            return STAGE_WAITS;
        if (rc != SSH_OK && session_is_broken(session))
            return STAGE_FAILED;
        session->variables_set++;
    }
    return STAGE_DONE;
}

static enum stage_result step_exec(struct session *session, struct err_text *error)
{
    (void)error;
    if (!session->exec_is_sent)
        session->packets_before_exec = session->packets.in_packets;
    session->exec_is_sent = true;
    enum stage_result result =
        stage_of_rc(ssh_channel_request_exec(session->channel, session->setup.command));
    if (result == STAGE_DONE)
        session->progress->exec_accepted = true;
    if (result == STAGE_FAILED && !session_is_broken(session))
        session->progress->exec_refused = true;
    return result;
}

/* The command runs: everything comes through the callbacks. ssh_message_get() reads once without
 * waiting; it finds nothing, since refuse_request() sees all. */
static enum stage_result step_run(struct session *session, struct err_text *error)
{
    (void)error;
    for (int i = 0; i < READS_PER_STEP; i++) {
        uint64_t before = session->socket_bytes.in_bytes;
        ssh_message_free(ssh_message_get(session->ssh));
        if (session->socket_bytes.in_bytes == before)
            break;
    }
    return STAGE_WAITS;
}

enum { STAGE_COMMAND = 3 }; /* where a session that was at rest goes on */

static enum stage_result (*const stages[])(struct session *, struct err_text *) = {
    step_connect,     step_service, step_auth, [STAGE_COMMAND] = step_open,
    step_environment, step_exec,    step_run,
};

void session_begin_command(struct session *session)
{
    session->stage = STAGE_COMMAND;
}

/* What the packets say that libssh doesn't: our NEWKEYS follows the server's good reply. */
static void note_newkeys(struct session *session)
{
    struct progress *progress = session->progress;
    if (progress->kexinit_received &&
        session->packets.out_packets >= session->packets_before_init + 2)
        progress->newkeys_sent = true;
}

/* New keys came into use: the first time, or with a rekey, after which the server may show another
 * host key. */
static bool check_new_keys(struct session *session, struct err_text *error)
{
    if (!session->hostkey_is_due)
        return true;
    session->hostkey_is_due = false;
    session->progress->keys_in_use = check_hostkey(session, error);
    return session->progress->keys_in_use;
}

/* A reply and the connection's end may come in one read. libssh 0.10.6 then forgets the reply to a
 * request, and only the count of packets tells that one came before whatever ended it. */
static void note_forgotten_reply(struct session *session, const char *reason)
{
    uint64_t packets = session->packets.in_packets - session->packets_before_exec;
    bool was_disconnect = strncmp(reason, "Received SSH_MSG_DISCONNECT", 27) == 0;
    if (session->exec_is_sent && packets > (was_disconnect ? 1 : 0))
        session->progress->exec_accepted = true;
}

/* Any byte shows that the server is alive, as ssh(1) counts it. libssh tells nobody of the answer,
 * and has to be asked once more to let go of it before it sends another request. */
static void note_keepalive(struct session *session)
{
    if (session->keepalive_is_sent &&
        session->socket_bytes.in_bytes > session->bytes_before_keepalive)
        session->keepalive_is_sent = false;
    session->progress->keepalive_due = session->keepalive_is_sent;
}

/* After every step, because an error of libssh may show nowhere else. */
static bool check_after_step(struct session *session, struct err_text *error)
{
    note_newkeys(session);
    note_keepalive(session);
    if (!check_new_keys(session, error))
        return false;
    if (!session->progress->authenticated && session->socket_bytes.in_bytes > BYTES_BEFORE_AUTH)
        return err_set(error, "the server sent over %d KiB before authentication was done",
                       (int)(BYTES_BEFORE_AUTH / 1024));
    if (session_is_broken(session)) {
        (void)fail_with_reason(session, error);
        note_forgotten_reply(session, error->text);
        return false;
    }
    return true;
}

bool session_read(struct session *session, struct err_text *error)
{
    (void)step_run(session, error);
    return check_after_step(session, error);
}

bool session_step(struct session *session, struct err_text *error)
{
    for (;;) {
        error->text[0] = '\0';
        enum stage_result result = stages[session->stage](session, error);
        if (result == STAGE_FAILED && error->text[0] != '\0')
            return false;
        if (!check_after_step(session, error))
            return false;
        if (result == STAGE_FAILED)
            return fail_with_reason(session, error);
        if (result == STAGE_WAITS)
            return true;
        session->stage++;
        session->setup.on_progress(session->setup.userdata);
    }
}

void session_send_keepalive(struct session *session)
{
    uint64_t packets = session->packets.out_packets;
    if (!session->progress->authenticated || session->progress->rekeying ||
        session->keepalive_is_sent || session_is_broken(session))
        return;
    session->bytes_before_keepalive = session->socket_bytes.in_bytes;
    for (int i = 0; i < 2 && session->packets.out_packets == packets; i++)
        (void)ssh_send_keepalive(session->ssh);
    session->keepalive_is_sent = session->packets.out_packets > packets;
    note_keepalive(session);
}

bool session_wants_write(const struct session *session)
{
    return (ssh_get_poll_flags(session->ssh) & SSH_WRITE_PENDING) != 0;
}

void session_count_bytes(const struct session *session, uint64_t *in, uint64_t *out)
{
    *in = session->socket_bytes.in_bytes;
    *out = session->socket_bytes.out_bytes;
}

const char *session_exit_signal(const struct session *session)
{
    return session->signal;
}

int session_fd(const struct session *session)
{
    return session->fd;
}
