/* A driver written from fakesshd-driver(7) alone: libssh without blocking, a thread for each task.
 * Of every n-th that timed out the connection is kept.
 *
 *     held-back-c EVERY */
#include <fcntl.h>
#include <jansson.h>
#include <libssh/libssh.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int every, timeouts, tasks;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void say(json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    pthread_mutex_lock(&turn);
    printf("%s\n", text);
    fflush(stdout);
    pthread_mutex_unlock(&turn);
    free(text);
    json_decref(line);
}

struct job {
    json_t *asked;
    long long begin_ms, end_ms;
    ssh_session ssh;
    ssh_channel channel;
    char out[4096];
    size_t length;
    int status;
};

static const char *word(const struct job *job, const char *name)
{
    return json_string_value(json_object_get(job->asked, name));
}

/* Again until it is no longer SSH_AGAIN; every wait ends at the deadline. */
static bool pump(struct job *job, int (*step)(struct job *job))
{
    int rc;
    while ((rc = step(job)) == SSH_AGAIN) {
        long long left_ms = job->end_ms - now_ms();
        struct pollfd ready = {ssh_get_fd(job->ssh), POLLIN, 0};
        if (left_ms <= 0)
            return false;
        /* While it connects there may be no descriptor that says so. */
        poll(&ready, ready.fd >= 0, left_ms < 5 ? (int)left_ms : 5);
    }
    return rc == SSH_OK;
}

static int step_connect(struct job *job)
{
    return ssh_connect(job->ssh);
}

static int step_auth(struct job *job)
{
    ssh_key key = NULL;
    if (ssh_pki_import_privkey_file(word(job, "key"), NULL, NULL, NULL, &key) != SSH_OK)
        return SSH_ERROR;
    int rc = ssh_userauth_publickey(job->ssh, NULL, key);
    ssh_key_free(key);
    return rc == SSH_AUTH_SUCCESS ? SSH_OK : rc == SSH_AUTH_AGAIN ? SSH_AGAIN : SSH_ERROR;
}

static int step_open(struct job *job)
{
    return ssh_channel_open_session(job->channel);
}

static int step_exec(struct job *job)
{
    return ssh_channel_request_exec(job->channel, word(job, "command"));
}

static int step_read(struct job *job)
{
    int got = ssh_channel_read_nonblocking(job->channel, job->out + job->length,
                                           (uint32_t)(sizeof job->out - job->length), 0);
    if (got > 0)
        job->length += (size_t)got;
    job->status = ssh_channel_get_exit_status(job->channel);
    if (ssh_channel_is_eof(job->channel) && job->status >= 0)
        return SSH_OK;
    return got == SSH_ERROR || ssh_channel_is_closed(job->channel) ? SSH_ERROR : SSH_AGAIN;
}

static bool is_right_key(struct job *job)
{
    ssh_key key = NULL;
    char *shown = NULL;
    bool right = ssh_get_server_publickey(job->ssh, &key) == SSH_OK &&
                 ssh_pki_export_pubkey_base64(key, &shown) == SSH_OK &&
                 strstr(word(job, "hostkey"), shown) != NULL;
    ssh_string_free_char(shown);
    ssh_key_free(key);
    return right;
}

static bool execute(struct job *job)
{
    int port = (int)json_integer_value(json_object_get(job->asked, "port"));
    bool no = false;
    ssh_options_set(job->ssh, SSH_OPTIONS_HOST, word(job, "host"));
    ssh_options_set(job->ssh, SSH_OPTIONS_PORT, &port);
    ssh_options_set(job->ssh, SSH_OPTIONS_USER, word(job, "user"));
    ssh_options_set(job->ssh, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_set_blocking(job->ssh, 0);
    if (!pump(job, step_connect) || !is_right_key(job) || !pump(job, step_auth))
        return false;
    job->channel = ssh_channel_new(job->ssh);
    return pump(job, step_open) && pump(job, step_exec) && pump(job, step_read);
}

static void *run(void *argument)
{
    struct job *job = argument;
    job->ssh = ssh_new();
    bool success = execute(job), timed_out = !success && now_ms() >= job->end_ms;
    pthread_mutex_lock(&turn);
    bool keep = timed_out && ++timeouts % every == 0;
    tasks--;
    pthread_mutex_unlock(&turn);
    if (keep)
        fcntl(ssh_get_fd(job->ssh), F_DUPFD_CLOEXEC, 0);
    say(json_pack("{s:s, s:O, s:s, s:n, s:o, s:s%, s:I, s:n}", "op", "result", "id",
                  json_object_get(job->asked, "id"), "outcome",
                  success     ? "success"
                  : timed_out ? "timeout"
                              : "failure",
                  "phase", "exit_status", success ? json_integer(job->status) : json_null(),
                  "stdout_b64", "", (size_t)0, "stdout_bytes", (json_int_t)job->length, "error"));
    ssh_free(job->ssh);
    json_decref(job->asked);
    free(job);
    return NULL;
}

static void start(json_t *asked)
{
    struct job *job = calloc(1, sizeof *job);
    pthread_t thread;
    job->asked = json_incref(asked);
    job->begin_ms = now_ms();
    job->end_ms = job->begin_ms + json_integer_value(json_object_get(asked, "deadline_ms"));
    pthread_mutex_lock(&turn);
    tasks++;
    pthread_mutex_unlock(&turn);
    if (pthread_create(&thread, NULL, run, job) == 0)
        pthread_detach(thread);
}

int main(int argc, char **argv)
{
    char *text = NULL;
    size_t size = 0;
    every = argc > 1 ? atoi(argv[1]) : 1;
    ssh_init();
    say(json_pack("{s:s, s:i, s:s, s:s, s:s, s:[s,s,s,s], s:[s], s:[], s:[s]}", "op", "hello", "v",
                  1, "name", "held-back-c", "version", "1", "runtime", "C", "ops", "run", "settle",
                  "counters", "bye", "auth", "publickey", "phases", "counters", "tasks"));
    while (getline(&text, &size, stdin) > 0) {
        json_t *asked = json_loads(text, 0, NULL), *id = json_object_get(asked, "id");
        const char *op = json_string_value(json_object_get(asked, "op"));
        if (op == NULL || strcmp(op, "bye") == 0)
            break;
        if (strcmp(op, "run") == 0)
            start(asked);
        else if (strcmp(op, "settle") == 0)
            say(json_pack("{s:s, s:O}", "op", "settled", "id", id));
        else if (strcmp(op, "counters") == 0)
            say(json_pack("{s:s, s:O, s:i}", "op", "counters", "id", id, "tasks", tasks));
        else
            say(json_pack("{s:s, s:O}", "op", "unsupported", "id", id));
        json_decref(asked);
    }
    _exit(0);
}
