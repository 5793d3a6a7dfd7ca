/* A driver for libssh2 as its example ssh2_exec.c uses it: blocking calls, a thread for each task.
 *
 *     libssh2-client             no option about time
 *     libssh2-client --timeout   libssh2_session_set_timeout, and keepalives by
 *                                libssh2_keepalive_config
 *
 * No other deadline: what is judged is what these two cover. The socket is the caller's to connect,
 * so no option of libssh2 covers that. */
#include "threads/driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libssh2.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEEPALIVE_S = 2 }; /* the shortest that libssh2 takes */

static bool uses_timeout;

struct attempt {
    struct task *task; /* borrowed */
    int fd;
    LIBSSH2_SESSION *session;
    LIBSSH2_CHANNEL *channel;
};

static bool fail(struct attempt *attempt, const char *outcome, const char *phase, const char *why)
{
    struct result *result = &attempt->task->result;
    result->outcome = outcome;
    result->phase = phase;
    (void)snprintf(result->error, sizeof result->error, "%s", why);
    return false;
}

/* Takes libssh2's own word for what it was. */
static bool fail_as_it_says(struct attempt *attempt)
{
    char *why = NULL;
    int code = libssh2_session_last_error(attempt->session, &why, NULL, 0);
    bool is_late = code == LIBSSH2_ERROR_TIMEOUT || code == LIBSSH2_ERROR_SOCKET_TIMEOUT;
    return fail(attempt, is_late ? "timeout" : "failure", NULL,
                why != NULL && why[0] != '\0' ? why : "no reason given");
}

static bool connect_socket(struct attempt *attempt)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)attempt->task->port)};
    if (inet_pton(AF_INET, attempt->task->host, &address.sin_addr) != 1)
        return fail(attempt, "unsupported", NULL, "only numeric addresses are understood");
    attempt->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (attempt->fd < 0)
        return fail(attempt, "could_not_try", NULL, strerror(errno));
    return connect(attempt->fd, (struct sockaddr *)&address, sizeof address) == 0 ||
           fail(attempt, errno == ETIMEDOUT ? "timeout" : "failure", "tcp", strerror(errno));
}

static bool hostkey_is_right(struct attempt *attempt)
{
    size_t length = 0;
    int type = 0;
    const char *blob = libssh2_session_hostkey(attempt->session, &length, &type);
    unsigned char *text = blob != NULL ? malloc(length / 3 * 4 + 5) : NULL;
    bool right = text != NULL &&
                 EVP_EncodeBlock(text, (const unsigned char *)blob, (int)length) > 0 &&
                 task_knows_hostkey(attempt->task, (const char *)text);
    free(text);
    return right || fail(attempt, "failure", NULL, "another host key");
}

static bool shake_hands(struct attempt *attempt)
{
    attempt->session = libssh2_session_init();
    if (attempt->session == NULL)
        return fail(attempt, "could_not_try", NULL, "libssh2 cannot make a session");
    libssh2_session_set_blocking(attempt->session, 1);
    if (uses_timeout)
        libssh2_session_set_timeout(attempt->session, (long)attempt->task->deadline_ms);
    return libssh2_session_handshake(attempt->session, attempt->fd) == 0 ||
           fail_as_it_says(attempt);
}

static bool log_in(struct attempt *attempt)
{
    const struct task *task = attempt->task;
    int code = task->key != NULL
                   ? libssh2_userauth_publickey_fromfile(attempt->session, task->user, NULL,
                                                         task->key, NULL)
                   : libssh2_userauth_password(attempt->session, task->user, task->password);
    return code == 0 || fail_as_it_says(attempt);
}

static bool begin_command(struct attempt *attempt)
{
    /* Any earlier libssh2 1.10.0 would send the first one in the middle of the key exchange. */
    if (uses_timeout)
        libssh2_keepalive_config(attempt->session, 1, KEEPALIVE_S);
    attempt->channel = libssh2_channel_open_session(attempt->session);
    if (attempt->channel == NULL)
        return fail_as_it_says(attempt);
    /* Nobody reads stderr here, which must not stop the command. */
    (void)libssh2_channel_handle_extended_data2(attempt->channel,
                                                LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
    return libssh2_channel_exec(attempt->channel, attempt->task->command) == 0 ||
           fail_as_it_says(attempt);
}

/* A command may end before it took all of its input. */
static bool write_input(struct attempt *attempt)
{
    const struct task *task = attempt->task;
    ssize_t count = 1;
    for (size_t sent = 0; sent < task->stdin_length && count > 0; sent += (size_t)count)
        count = libssh2_channel_write(attempt->channel, (const char *)task->stdin_bytes + sent,
                                      task->stdin_length - sent);
    if (count > 0)
        (void)libssh2_channel_send_eof(attempt->channel);
    return true;
}

static bool read_output(struct attempt *attempt)
{
    char bytes[16384];
    ssize_t count = 0;
    while ((count = libssh2_channel_read(attempt->channel, bytes, sizeof bytes)) > 0)
        task_add_output(attempt->task, bytes, (size_t)count);
    return count == 0 || fail_as_it_says(attempt);
}

/* A status that never came is 0 to libssh2, and no call tells the two apart. */
static bool end_command(struct attempt *attempt)
{
    char *name = NULL;
    size_t length = 0;
    if (libssh2_channel_close(attempt->channel) != 0 ||
        libssh2_channel_wait_closed(attempt->channel) != 0)
        return fail_as_it_says(attempt);
    (void)libssh2_channel_get_exit_signal(attempt->channel, &name, &length, NULL, NULL, NULL, NULL);
    if (name != NULL) {
        libssh2_free(attempt->session, name);
        return fail(attempt, "failure", NULL, "a signal ended the command");
    }
    attempt->task->result.exit_status = libssh2_channel_get_exit_status(attempt->channel);
    attempt->task->result.outcome = "success";
    return true;
}

static void run(struct task *task)
{
    struct attempt attempt = {.task = task, .fd = -1};
    (void)(connect_socket(&attempt) && shake_hands(&attempt) && hostkey_is_right(&attempt) &&
           log_in(&attempt) && begin_command(&attempt) && write_input(&attempt) &&
           read_output(&attempt) && end_command(&attempt));
    if (attempt.channel != NULL)
        (void)libssh2_channel_free(attempt.channel);
    if (attempt.session != NULL) {
        (void)libssh2_session_disconnect(attempt.session, "done");
        (void)libssh2_session_free(attempt.session);
    }
    if (attempt.fd >= 0)
        (void)close(attempt.fd);
}

int main(int argc, char **argv)
{
    static const char *const phases[] = {"tcp", NULL}; /* a call may see to more than one */
    const char *word = argc == 2 ? argv[1] : "";
    uses_timeout = strcmp(word, "--timeout") == 0;
    if (strcmp(word, "--version") == 0)
        return puts(libssh2_version(0)) >= 0 ? 0 : 1;
    if (argc != 1 && !uses_timeout)
        return fputs("usage: libssh2-client [--timeout | --version]\n", stderr) >= 0 ? 2 : 1;
    const struct client client = {uses_timeout ? "libssh2-timeout" : "libssh2",
                                  libssh2_version(0),
                                  "C, threads",
                                  phases,
                                  run,
                                  false};
    (void)signal(SIGPIPE, SIG_IGN);
    if (libssh2_init(0) != 0) /* before the first thread */
        return 1;
    _exit(driver_run(&client));
}
