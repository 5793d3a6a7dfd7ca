#include "service/serve.h"

#include "lib/deadline.h"
#include "lib/sshexec.h"
#include "service/notify.h"
#include "service/service.h"

#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define EXIT_USAGE  2
#define EXIT_FAILED 1

/* How long the last answers may take to be read. */
#define LINGER_S 0.3

/* ---- options ---- */

struct serve {
    struct service_options service;
    char host[64];
    struct ev_loop *loop;
    struct service *running;
    ev_signal interrupted, terminated, reload;
    ev_timer linger;
    bool is_ending;
};

typedef bool serve_set(struct serve *serve, const char *value, struct err_text *error);

static bool read_count(const char *text, unsigned long most, unsigned long *count,
                       struct err_text *error)
{
    char *end = NULL;
    *count = strtoul(text, &end, 10);
    return (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *count <= most) ||
           err_set(error, "expected a number up to %lu; found '%.40s'", most, text);
}

/* "127.0.0.1:9722", "[::1]:9722" */
static bool set_listen(struct serve *serve, const char *value, struct err_text *error)
{
    const char *colon = strrchr(value, ':');
    unsigned long port = 0;
    size_t length = colon != NULL ? (size_t)(colon - value) : 0;
    if (length == 0 || length >= sizeof serve->host)
        return err_set(error, "expected ADDRESS:PORT; found '%.100s'", value);
    bool has_brackets = value[0] == '[' && value[length - 1] == ']' && length > 2;
    memcpy(serve->host, value + (has_brackets ? 1 : 0), length);
    serve->host[has_brackets ? length - 2 : length] = '\0';
    if (!read_count(colon + 1, 65535, &port, error))
        return false;
    serve->service.port = (int)port;
    return true;
}

static bool set_allow_remote(struct serve *serve, const char *value, struct err_text *error)
{
    (void)value, (void)error;
    serve->service.allows_remote = true;
    return true;
}

static bool set_token_file(struct serve *serve, const char *value, struct err_text *error)
{
    (void)error;
    serve->service.token_file = value;
    return true;
}

static bool set_credentials(struct serve *serve, const char *value, struct err_text *error)
{
    (void)error;
    serve->service.credentials = value;
    return true;
}

static bool set_known_hosts(struct serve *serve, const char *value, struct err_text *error)
{
    (void)error;
    serve->service.known_hosts = value;
    return true;
}

static bool set_running(struct serve *serve, const char *value, struct err_text *error)
{
    return read_count(value, 100000, &serve->service.running, error);
}

static bool set_queued(struct serve *serve, const char *value, struct err_text *error)
{
    return read_count(value, 1000000, &serve->service.queued, error);
}

static bool set_connections(struct serve *serve, const char *value, struct err_text *error)
{
    unsigned long count = 0;
    if (!read_count(value, 100000, &count, error))
        return false;
    serve->service.connections = (unsigned)count;
    return true;
}

static bool set_rate(struct serve *serve, const char *value, struct err_text *error)
{
    unsigned long count = 0;
    if (!read_count(value, 1000000, &count, error))
        return false;
    serve->service.rate = (unsigned)count;
    return true;
}

static bool set_body_limit(struct serve *serve, const char *value, struct err_text *error)
{
    return read_count(value, 1UL << 30, &serve->service.body_limit_bytes, error);
}

static bool set_results(struct serve *serve, const char *value, struct err_text *error)
{
    return read_count(value, 1000000, &serve->service.results, error);
}

static bool set_results_size(struct serve *serve, const char *value, struct err_text *error)
{
    return read_count(value, 1UL << 40, &serve->service.results_bytes, error);
}

static bool set_deadline_max(struct serve *serve, const char *value, struct err_text *error)
{
    return deadline_parse_ms(value, &serve->service.deadline_max_ms, error);
}

static bool set_reuse(struct serve *serve, const char *value, struct err_text *error)
{
    return deadline_parse_ms(value, &serve->service.reuse_ms, error);
}

static bool set_drain(struct serve *serve, const char *value, struct err_text *error)
{
    return deadline_parse_ms(value, &serve->service.drain_ms, error);
}

static bool set_quiet(struct serve *serve, const char *value, struct err_text *error)
{
    (void)value, (void)error;
    serve->service.is_quiet = true;
    return true;
}

/* name, value, function, sentence */
#define SERVE_OPTIONS(X)                                                                          \
    X("--listen", "ADDRESS:PORT", set_listen, "where to listen (127.0.0.1:9722); port 0: any")    \
    X("--allow-remote", NULL, set_allow_remote, "an address that others can reach will do")       \
    X("--token-file", "FILE", set_token_file, "its first line is the token to be shown")          \
    X("--credentials", "FOLDER", set_credentials, "private keys that tasks name as \"identity\"") \
    X("--known-hosts", "FILE", set_known_hosts, "for tasks that name no host key")                \
    X("--running", "N", set_running, "how many tasks run at once (1000)")                         \
    X("--queued", "N", set_queued, "how many more may wait (4096)")                               \
    X("--deadline-max", "DURATION", set_deadline_max, "the longest deadline of a task (1h)")      \
    X("--body-limit", "BYTES", set_body_limit, "the largest request body (1048576)")              \
    X("--results", "N", set_results, "how many results are kept for later (1000)")                \
    X("--results-size", "BYTES", set_results_size, "how large they may be together (67108864)")   \
    X("--connections", "N", set_connections, "how many HTTP connections at once (2000)")          \
    X("--rate", "N", set_rate, "tasks a second; 0: any number (0)")                               \
    X("--reuse", "DURATION", set_reuse, "keep connections for so long, for the same login")       \
    X("--drain", "DURATION", set_drain, "how long tasks may go on once it is to end (10s)")       \
    X("--quiet", NULL, set_quiet, "no line for each request on standard error")

static const struct serve_option {
    const char *name, *value;
    serve_set *set;
    const char *sentence;
} table[] = {
#define X(name, value, set, sentence) {name, value, set, sentence},
    SERVE_OPTIONS(X)
#undef X
};

#define OPTION_COUNT (sizeof table / sizeof table[0])

void serve_print_options(FILE *to)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s %s", table[i].name,
                       table[i].value != NULL ? table[i].value : "");
        (void)fprintf(to, "  %-28s %s\n", name, table[i].sentence);
    }
}

const char *serve_option(size_t index, const char **value)
{
    if (index >= OPTION_COUNT)
        return NULL;
    *value = table[index].value;
    return table[index].name;
}

static bool read_options(struct serve *serve, int count, char *const *words, struct err_text *error)
{
    for (int at = 0; at < count; at++) {
        struct err_text why = {""};
        const struct serve_option *found = NULL;
        for (size_t i = 0; i < OPTION_COUNT; i++)
            found = strcmp(table[i].name, words[at]) == 0 ? &table[i] : found;
        if (found == NULL)
            return err_set(error, "unknown option '%.60s'; see sshexec --help", words[at]);
        if (found->value != NULL && ++at >= count)
            return err_set(error, "%s needs a value: %s", found->name, found->value);
        if (!found->set(serve, found->value != NULL ? words[at] : NULL, &why))
            return err_set(error, "%s: %.400s", found->name, why.text);
    }
    return true;
}

/* ---- running ---- */

static void on_linger_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void on_drained(void *userdata)
{
    struct serve *serve = userdata;
    ev_now_update(serve->loop);
    ev_timer_start(serve->loop, &serve->linger);
}

static void on_end(struct ev_loop *loop, ev_signal *watcher, int events)
{
    struct serve *serve = watcher->data;
    (void)events;
    if (serve->is_ending) {
        ev_break(loop, EVBREAK_ALL); /* asked twice: at once */
        return;
    }
    serve->is_ending = true;
    notify_say("STOPPING=1");
    service_drain(serve->running, on_drained, serve);
}

static void on_reload(struct ev_loop *loop, ev_signal *watcher, int events)
{
    struct serve *serve = watcher->data;
    struct err_text error = {""};
    (void)loop, (void)events;
    if (!service_reload(serve->running, &error))
        (void)fprintf(stderr, "sshexec serve: the old token stays: %s\n", error.text);
    else
        (void)fprintf(stderr, "sshexec serve: credentials were read anew\n");
}

static void watch(struct serve *serve, ev_signal *watcher,
                  void (*on_signal)(struct ev_loop *, ev_signal *, int), int number)
{
    ev_signal_init(watcher, on_signal, number);
    watcher->data = serve;
    ev_signal_start(serve->loop, watcher);
}

static void announce(const struct serve *serve, int port)
{
    (void)printf("{\"event\":\"listening\",\"host\":\"%s\",\"port\":%d}\n", serve->host, port);
    (void)fflush(stdout);
    notify_say("READY=1");
}

static int run(struct serve *serve)
{
    struct err_text error = {""};
    int port = 0;
    serve->service.host = serve->host;
    serve->loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (serve->loop != NULL && sshexec_warm_up())
        serve->running = service_new(serve->loop, &serve->service, &port, &error);
    if (serve->running == NULL) {
        (void)fprintf(stderr, "sshexec serve: %s\n",
                      error.text[0] != '\0' ? error.text : "can't make an event loop");
        return EXIT_FAILED;
    }
    ev_timer_init(&serve->linger, on_linger_over, LINGER_S, 0);
    watch(serve, &serve->interrupted, on_end, SIGINT);
    watch(serve, &serve->terminated, on_end, SIGTERM);
    watch(serve, &serve->reload, on_reload, SIGHUP);
    announce(serve, port);
    (void)ev_run(serve->loop, 0);
    service_free(&serve->running);
    ev_loop_destroy(serve->loop);
    return 0;
}

int serve_run(int count, char *const *words)
{
    static struct serve serve = {.host = "127.0.0.1",
                                 .service = {.port = 9722,
                                             .running = 1000,
                                             .queued = 4096,
                                             .results = 1000,
                                             .results_bytes = 64UL * 1024 * 1024,
                                             .body_limit_bytes = 1024UL * 1024,
                                             .connections = 2000,
                                             .deadline_max_ms = 3600 * 1000,
                                             .drain_ms = 10000}};
    struct err_text error = {""};
    (void)prctl(PR_SET_DUMPABLE, 0); /* keys and passwords are in memory: no core file */
    if (read_options(&serve, count, words, &error))
        return run(&serve);
    (void)fprintf(stderr, "sshexec serve: %s\n", error.text);
    return EXIT_USAGE;
}
