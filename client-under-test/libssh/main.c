/* A driver for libssh as its tutorial uses it: blocking calls, a thread for each task.
 *
 *     libssh-client             no option about time
 *     libssh-client --timeout   SSH_OPTIONS_TIMEOUT, and the timeout that ssh_channel_read_timeout
 * has
 *
 * No other deadline: what is judged is what these two cover. */
#include "threads/driver.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool uses_timeout;

struct attempt {
    struct task *task; /* borrowed */
    ssh_session session;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
};

/* Takes libssh's own word for what it was: "again" from a call that blocks means that the time was
 * up, unless there is no session any more. */
static bool fail(struct attempt *attempt, int code)
{
    struct result *result = &attempt->task->result;
    const char *why = ssh_get_error(attempt->session);
    bool is_over = (ssh_get_status(attempt->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
    bool is_late = strstr(why, "imeout") != NULL || (code == SSH_AGAIN && !is_over);
    result->outcome = is_late ? "timeout" : "failure";
    (void)snprintf(result->error, sizeof result->error, "%s",
                   why[0] != '\0' ? why : "no reason given");
    return false;
}

static bool fail_to_try(struct attempt *attempt, const char *why)
{
    attempt->task->result.outcome = "could_not_try";
    (void)snprintf(attempt->task->result.error, sizeof attempt->task->result.error, "%s", why);
    return false;
}

/* The user's own configuration and known hosts stay out of it. */
static bool make_session(struct attempt *attempt)
{
    struct task *task = attempt->task;
    bool no = false, good = (attempt->session = ssh_new()) != NULL;
    long seconds = (long)(task->deadline_ms / 1000),
         micros = (long)(task->deadline_ms % 1000) * 1000;
    const struct {
        enum ssh_options_e option;
        const void *value;
    } options[] = {{SSH_OPTIONS_HOST, task->host},        {SSH_OPTIONS_PORT, &task->port},
                   {SSH_OPTIONS_USER, task->user},        {SSH_OPTIONS_PROCESS_CONFIG, &no},
                   {SSH_OPTIONS_SSH_DIR, "/nonexistent"}, {SSH_OPTIONS_KNOWNHOSTS, "/dev/null"},
                   {SSH_OPTIONS_TIMEOUT, &seconds},       {SSH_OPTIONS_TIMEOUT_USEC, &micros}};
    size_t count = sizeof options / sizeof options[0] - (uses_timeout ? 0 : 2);
    for (size_t i = 0; i < count && good; i++)
        good = ssh_options_set(attempt->session, options[i].option, options[i].value) == SSH_OK;
    return good || fail_to_try(attempt, "libssh refuses an option");
}

static bool connect_and_check(struct attempt *attempt)
{
    ssh_key key = NULL;
    char *shown = NULL;
    int code = ssh_connect(attempt->session);
    if (code != SSH_OK)
        return fail(attempt, code);
    bool right = ssh_get_server_publickey(attempt->session, &key) == SSH_OK &&
                 ssh_pki_export_pubkey_base64(key, &shown) == SSH_OK &&
                 task_knows_hostkey(attempt->task, shown);
    ssh_string_free_char(shown);
    ssh_key_free(key);
    if (right)
        return true;
    attempt->task->result = (struct result){.outcome = "failure", .error = "another host key"};
    return false;
}

static bool log_in(struct attempt *attempt)
{
    ssh_key key = NULL;
    int code = SSH_AUTH_ERROR;
    if (attempt->task->key == NULL) {
        code = ssh_userauth_password(attempt->session, NULL, attempt->task->password);
    } else {
        if (ssh_pki_import_privkey_file(attempt->task->key, NULL, NULL, NULL, &key) != SSH_OK)
            return fail_to_try(attempt, "the key cannot be read");
        code = ssh_userauth_publickey(attempt->session, NULL, key);
        ssh_key_free(key);
    }
    return code == SSH_AUTH_SUCCESS ||
           fail(attempt, code == SSH_AUTH_AGAIN ? SSH_AGAIN : SSH_ERROR);
}

/* What comes on stderr is taken and dropped; stdout stays for ssh_channel_read. */
static int on_data(ssh_session session, ssh_channel channel, void *bytes, uint32_t length,
                   int is_stderr, void *userdata)
{
    (void)session, (void)channel, (void)bytes, (void)userdata;
    return is_stderr ? (int)length : 0;
}

static bool begin_command(struct attempt *attempt)
{
    attempt->channel = ssh_channel_new(attempt->session);
    if (attempt->channel == NULL)
        return fail(attempt, SSH_ERROR);
    attempt->callbacks.channel_data_function = on_data;
    ssh_callbacks_init(&attempt->callbacks);
    (void)ssh_set_channel_callbacks(attempt->channel, &attempt->callbacks);
    int code = ssh_channel_open_session(attempt->channel);
    if (code != SSH_OK)
        return fail(attempt, code);
    code = ssh_channel_request_exec(attempt->channel, attempt->task->command);
    return code == SSH_OK || fail(attempt, code);
}

/* A command may end before it took all of its input. */
static bool write_input(struct attempt *attempt)
{
    const struct task *task = attempt->task;
    int count = 1;
    for (size_t sent = 0; sent < task->stdin_length && count > 0; sent += (size_t)count)
        count = ssh_channel_write(attempt->channel, task->stdin_bytes + sent,
                                  (uint32_t)(task->stdin_length - sent));
    if (count > 0)
        (void)ssh_channel_send_eof(attempt->channel);
    return true;
}

/* 0 bytes are the end of the output, or, as libssh 0.10.6 has it, the end of the timeout. */
static bool read_output(struct attempt *attempt)
{
    char bytes[16384];
    int count = 0;
    do {
        count = uses_timeout ? ssh_channel_read_timeout(attempt->channel, bytes, sizeof bytes, 0,
                                                        (int)attempt->task->deadline_ms)
                             : ssh_channel_read(attempt->channel, bytes, sizeof bytes, 0);
        if (count > 0)
            task_add_output(attempt->task, bytes, (size_t)count);
    } while (count > 0);
    if (count == 0 && ssh_channel_is_eof(attempt->channel))
        return true;
    return fail(attempt, count == 0 ? SSH_AGAIN : count);
}

static bool end_command(struct attempt *attempt)
{
    struct result *result = &attempt->task->result;
    result->exit_status = ssh_channel_get_exit_status(attempt->channel);
    if (result->exit_status < 0)
        return fail(attempt, ssh_channel_is_closed(attempt->channel) ? SSH_ERROR : SSH_AGAIN);
    (void)ssh_channel_close(attempt->channel);
    result->outcome = "success";
    return true;
}

static void run(struct task *task)
{
    struct attempt attempt = {.task = task};
    (void)(make_session(&attempt) && connect_and_check(&attempt) && log_in(&attempt) &&
           begin_command(&attempt) && write_input(&attempt) && read_output(&attempt) &&
           end_command(&attempt));
    if (attempt.channel != NULL)
        ssh_channel_free(attempt.channel);
    if (attempt.session != NULL && ssh_is_connected(attempt.session))
        ssh_disconnect(attempt.session);
    ssh_free(attempt.session);
}

int main(int argc, char **argv)
{
    static const char *const phases[] = {NULL}; /* a call may see to more than one */
    static char version[32];
    const char *word = argc == 2 ? argv[1] : "";
    uses_timeout = strcmp(word, "--timeout") == 0;
    (void)snprintf(version, sizeof version, "%.*s", (int)strcspn(ssh_version(0), "/"),
                   ssh_version(0));
    if (strcmp(word, "--version") == 0)
        return puts(version) >= 0 ? 0 : 1;
    if (argc != 1 && !uses_timeout)
        return fputs("usage: libssh-client [--timeout | --version]\n", stderr) >= 0 ? 2 : 1;
    const struct client client = {
        uses_timeout ? "libssh-timeout" : "libssh", version, "C, threads", phases, run, false};
    (void)signal(SIGPIPE, SIG_IGN);
    if (ssh_init() != SSH_OK) /* before the first thread */
        return 1;
    _exit(driver_run(&client));
}
