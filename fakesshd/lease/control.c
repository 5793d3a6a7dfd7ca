#include "lease/control.h"

#include "base/clock.h"
#include "lease/http.h"
#include "lease/lease_json.h"
#include "lease/lessor.h"

#include <ev.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1000, IDLE_TIMEOUT_S = 10, BODY_MAX_BYTES = 256 * 1024 };

enum {
    OK = 200,
    CREATED = 201,
    BAD_REQUEST = 400,
    FORBIDDEN = 403,
    NOT_FOUND = 404,
    BAD_METHOD = 405,
    GONE = 410,
    UNAVAILABLE = 503,
    TIMED_OUT = 504
};

/* A request that is answered when something has happened to its lease. */
struct waiter {
    struct waiter *next;
    struct http_request *request; /* borrowed until answered */
    struct lease *lease;          /* borrowed; leases outlive those who wait for them */
    enum { FOR_READY, FOR_EVENT, FOR_END } what;
    struct lease_wait wait; /* of FOR_EVENT, as the next */
    int64_t wait_ms;
    int64_t due_ns; /* INT64_MAX: the lease itself has a bound */
};

struct control;

struct entrance {
    struct control *control; /* borrowed */
    struct door door;
    struct http *http; /* owned */
};

struct control {
    struct control_options options;
    struct ev_loop *loop; /* owned */
    struct lessor lessor;
    struct entrance entrances[CONTROL_DOORS_MAX];
    int entrance_count;
    struct waiter *waiters; /* owned list */
    ev_timer due;
    ev_signal interrupted, terminated;
    int64_t begin_ns;
};

/* ---- answers ---- */

static void answer(struct http_request *request, int status, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
    size_t length = text != NULL ? strlen(text) : 0;
    char *line = text != NULL ? realloc(text, length + 2) : NULL;
    if (line != NULL) {
        memcpy(line + length, "\n", 2);
        http_reply(request, status, line);
    } else {
        http_reply(request, UNAVAILABLE, "{\"error\":\"memory is short\"}\n");
    }
    free(line != NULL ? line : text);
    json_decref(object);
}

static void answer_error(struct http_request *request, int status, const char *sentence)
{
    answer(request, status, lease_error_json(sentence));
}

static void answer_lease(struct http_request *request, int status, const struct lease *lease,
                         enum lease_detail detail)
{
    answer(request, status, lease_json(lease, detail, clock_now_ns()));
}

/* The lease as it stands, and why that is not what was asked for. */
static void answer_lease_error(struct http_request *request, int status, const struct lease *lease,
                               const char *sentence)
{
    json_t *object = lease_error_json(sentence);
    json_t *state = lease_json(lease, LEASE_WHOLE, clock_now_ns());
    (void)json_object_update(state, object);
    json_decref(object);
    answer(request, status, state);
}

/* ---- those who wait ---- */

static void set_timer(struct control *control)
{
    int64_t due_ns = INT64_MAX;
    for (const struct waiter *waiter = control->waiters; waiter != NULL; waiter = waiter->next)
        due_ns = waiter->due_ns < due_ns ? waiter->due_ns : due_ns;
    ev_timer_stop(control->loop, &control->due);
    if (due_ns == INT64_MAX)
        return;
    int64_t left_ns = due_ns - clock_now_ns();
    ev_now_update(control->loop);
    ev_timer_set(&control->due, left_ns > 0 ? clock_seconds_from_ns(left_ns) : 0., 0.);
    ev_timer_start(control->loop, &control->due);
}

static void answer_ready(const struct waiter *waiter)
{
    const struct lease *lease = waiter->lease;
    if (lease->state == LEASE_READY)
        answer_lease(waiter->request, CREATED, lease, LEASE_SHORT);
    else
        answer_error(waiter->request, lease->scenario_fault ? BAD_REQUEST : UNAVAILABLE,
                     lease->why);
}

static void answer_event(const struct waiter *waiter, int64_t now_ns)
{
    const struct lease *lease = waiter->lease;
    char sentence[1200];
    if (lease_witness_has(&lease->witness, &waiter->wait)) {
        answer_lease(waiter->request, OK, lease, LEASE_WHOLE);
    } else if (lease_is_over(lease)) {
        (void)snprintf(sentence, sizeof sentence,
                       "the lease is over (%s), and it did not come to pass", lease->why);
        answer_lease_error(waiter->request, GONE, lease, sentence);
    } else if (now_ns >= waiter->due_ns) {
        (void)snprintf(sentence, sizeof sentence, "it did not come to pass within %lld ms",
                       (long long)waiter->wait_ms);
        answer_lease_error(waiter->request, TIMED_OUT, lease, sentence);
    }
}

/* Is there something to say now? */
static bool is_decided(const struct waiter *waiter, int64_t now_ns)
{
    const struct lease *lease = waiter->lease;
    switch (waiter->what) {
    case FOR_READY:
        return lease->state == LEASE_READY || lease_is_over(lease);
    case FOR_EVENT:
        return lease_witness_has(&lease->witness, &waiter->wait) || lease_is_over(lease) ||
               now_ns >= waiter->due_ns;
    case FOR_END:
        return lease_is_over(lease);
    }
    return true;
}

static void answer_waiter(const struct waiter *waiter, int64_t now_ns)
{
    switch (waiter->what) {
    case FOR_READY:
        answer_ready(waiter);
        break;
    case FOR_EVENT:
        answer_event(waiter, now_ns);
        break;
    case FOR_END:
        answer_lease(waiter->request, OK, waiter->lease, LEASE_WHOLE);
        break;
    }
}

/* Those of one lease, or all. */
static void look_at_waiters(struct control *control, const struct lease *lease)
{
    int64_t now_ns = clock_now_ns();
    for (struct waiter **at = &control->waiters; *at != NULL;) {
        struct waiter *waiter = *at;
        if ((lease != NULL && waiter->lease != lease) || !is_decided(waiter, now_ns)) {
            at = &waiter->next;
            continue;
        }
        *at = waiter->next;
        answer_waiter(waiter, now_ns);
        free(waiter);
    }
}

static void add_waiter(struct control *control, const struct waiter *pattern)
{
    struct waiter *waiter = malloc(sizeof *waiter);
    if (waiter == NULL)
        abort();
    *waiter = *pattern;
    waiter->next = control->waiters;
    control->waiters = waiter;
    look_at_waiters(control, waiter->lease);
    set_timer(control);
}

static void on_change(struct lease *lease, void *userdata)
{
    look_at_waiters(userdata, lease);
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    look_at_waiters(timer->data, NULL);
    set_timer(timer->data);
}

/* ---- routes ---- */

static void route_lease(struct control *control, struct http_request *request, struct lease *none)
{
    (void)none;
    struct lease_request wanted;
    struct err_text error = {""};
    struct lease *lease = NULL;
    enum err failed = lease_request_parse(request->body, request->body_length, &wanted, &error);
    if (failed == ERR_NONE)
        lease = lessor_grant(&control->lessor, &wanted, &failed, &error);
    lease_request_fini(&wanted);
    if (lease == NULL)
        answer_error(request, failed == ERR_INPUT ? BAD_REQUEST : UNAVAILABLE, error.text);
    else
        add_waiter(control,
                   &(struct waiter){
                       .request = request, .lease = lease, .what = FOR_READY, .due_ns = INT64_MAX});
}

static void route_list(struct control *control, struct http_request *request, struct lease *none)
{
    (void)none;
    answer(request, OK, lease_table_json(&control->lessor.table, clock_now_ns()));
}

static void route_show(struct control *control, struct http_request *request, struct lease *lease)
{
    (void)control;
    answer_lease(request, OK, lease, LEASE_WHOLE);
}

static void route_wait(struct control *control, struct http_request *request, struct lease *lease)
{
    struct waiter waiter = {.request = request, .lease = lease, .what = FOR_EVENT};
    struct err_text error = {""};
    if (lease_request_wait(http_query(request, "event"), http_query(request, "count"),
                           http_query(request, "timeout_ms"), &waiter.wait, &waiter.wait_ms,
                           &error) != ERR_NONE) {
        answer_error(request, BAD_REQUEST, error.text);
        return;
    }
    waiter.due_ns = clock_now_ns() + waiter.wait_ms * CLOCK_NS_PER_MS;
    add_waiter(control, &waiter);
}

static void route_release(struct control *control, struct http_request *request,
                          struct lease *lease)
{
    lessor_release(&control->lessor, lease);
    add_waiter(
        control,
        &(struct waiter){.request = request, .lease = lease, .what = FOR_END, .due_ns = INT64_MAX});
}

static void route_scenarios(struct control *control, struct http_request *request,
                            struct lease *none)
{
    (void)none;
    answer(request, OK, json_incref(control->options.scenarios));
}

static void route_health(struct control *control, struct http_request *request, struct lease *none)
{
    (void)none;
    answer(request, OK,
           json_pack("{s:b, s:s, s:i, s:i, s:I}", "ok", 1, "version", FAKESSHD_VERSION, "leases",
                     (int)lease_table_alive(&control->lessor.table), "leases_max", (int)LEASES_MAX,
                     "uptime_ms",
                     (json_int_t)((clock_now_ns() - control->begin_ns) / CLOCK_NS_PER_MS)));
}

static const struct route {
    void (*answer)(struct control *control, struct http_request *request, struct lease *lease);
    const char *method, *path;
} routes[] = {
#define X(function, method, path, sentence) {function, method, path},
    CONTROL_ROUTES(X)
#undef X
};

enum { ROUTE_COUNT = sizeof routes / sizeof routes[0] };

/* "/v1/leases/ID/wait" against "/v1/leases/7-3f/wait": what stands for ID goes to `id`. */
static bool path_matches(const char *pattern, const char *path, char id[32])
{
    const char *hole = strstr(pattern, "/ID");
    id[0] = '\0';
    if (hole == NULL)
        return strcmp(pattern, path) == 0;
    size_t before = (size_t)(hole - pattern) + 1;
    if (strncmp(pattern, path, before) != 0)
        return false;
    size_t length = strcspn(path + before, "/");
    if (length == 0 || strcmp(hole + 3, path + before + length) != 0)
        return false;
    (void)snprintf(id, 32, "%.*s", (int)(length < 31 ? length : 31), path + before);
    return true;
}

static void take_route(struct control *control, struct http_request *request,
                       const struct route *route, const char *id)
{
    char sentence[160];
    struct lease *lease = id[0] != '\0' ? lease_table_find(&control->lessor.table, id) : NULL;
    if (id[0] == '\0' || lease != NULL) {
        route->answer(control, request, lease);
        return;
    }
    (void)snprintf(sentence, sizeof sentence,
                   "there is no lease '%s'; one that is over is remembered until %d others are", id,
                   LEASES_REMEMBERED);
    answer_error(request, NOT_FOUND, sentence);
}

static void on_request(struct http_request *request, void *userdata)
{
    struct entrance *entrance = userdata;
    char id[32], sentence[160];
    bool known = false;
    if (!door_lets_in(&entrance->door, request->host, request->origin)) {
        answer_error(request, FORBIDDEN,
                     "requests of web pages, and for other names than this machine's own loopback, "
                     "are not answered");
        return;
    }
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!path_matches(routes[i].path, request->path, id))
            continue;
        known = true;
        if (strcmp(routes[i].method, request->method) == 0) {
            take_route(entrance->control, request, &routes[i], id);
            return;
        }
    }
    (void)snprintf(sentence, sizeof sentence, "this path does not take %.20s", request->method);
    answer_error(request, known ? BAD_METHOD : NOT_FOUND,
                 known ? sentence : "there is no such path; fakesshd(1) lists them under CONTROL");
}

/* ---- for people ---- */

/* Never waited for: what a reader of stderr does not take at once is lost. */
static void on_news(const struct lease *lease, const char *text, void *userdata)
{
    (void)userdata;
    char line[1400];
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
    int length = snprintf(line, sizeof line, "lease %s: %s\n", lease->id, text);
    if (length >= (int)sizeof line)
        length = (int)sizeof line - 1;
    if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0)
        return;
    ssize_t unused = write(STDERR_FILENO, line, (size_t)length);
    (void)unused;
}

/* ---- beginning and end ---- */

static void on_signal(struct ev_loop *loop, ev_signal *watcher, int revents)
{
    (void)watcher, (void)revents;
    ev_break(loop, EVBREAK_ALL);
}

static enum err open_entrance(struct control *control, struct entrance *entrance,
                              struct err_text *error)
{
    struct http_setup setup = {.body_limit_bytes = BODY_MAX_BYTES,
                               .connections_most = CONNECTIONS_MAX,
                               .idle_timeout_s = IDLE_TIMEOUT_S,
                               .on_request = on_request,
                               .userdata = entrance};
    entrance->control = control;
    enum err failed = door_open(&entrance->door, error);
    if (failed != ERR_NONE)
        return failed;
    int fd = entrance->door.fd;
    entrance->door.fd = -1;
    entrance->http = http_new(control->loop, fd, &setup, error);
    if (entrance->http == NULL)
        return ERR_SYSTEM;
    json_t *line = door_json(&entrance->door);
    char *text = json_dumps(line, JSON_COMPACT);
    printf("%s\n", text);
    bool told = fflush(stdout) == 0;
    free(text);
    json_decref(line);
    return told ? ERR_NONE : err_set_errno(error, "cannot write to stdout");
}

static enum err open_control(struct control *control, struct err_text *error)
{
    enum err failed = process_prepare(error);
    for (int i = 0; i < control->options.word_count && failed == ERR_NONE; i++)
        failed = door_parse(control->options.words[i], &control->entrances[i].door, error);
    if (failed != ERR_NONE)
        return failed;
    control->loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (control->loop == NULL)
        return err_set_errno(error, "cannot make an event loop");
    lessor_init(&control->lessor, control->loop, control->options.catalogue);
    control->lessor.on_change = on_change;
    control->lessor.on_news = on_news;
    control->lessor.userdata = control;
    ev_timer_init(&control->due, on_due, 0., 0.);
    control->due.data = control;
    ev_signal_init(&control->interrupted, on_signal, SIGINT);
    ev_signal_init(&control->terminated, on_signal, SIGTERM);
    ev_signal_start(control->loop, &control->interrupted);
    ev_signal_start(control->loop, &control->terminated);
    for (int i = 0; i < control->options.word_count && failed == ERR_NONE; i++) {
        failed = open_entrance(control, &control->entrances[i], error);
        control->entrance_count += failed == ERR_NONE;
    }
    return failed;
}

/* Those who wait are told before the doors are closed; then the servers go. */
static void close_control(struct control *control)
{
    if (control->loop == NULL)
        return;
    while (control->waiters != NULL) {
        struct waiter *waiter = control->waiters;
        control->waiters = waiter->next;
        answer_error(waiter->request, UNAVAILABLE, "this server ends");
        free(waiter);
    }
    for (int i = 0; i < control->entrance_count; i++) {
        http_free(&control->entrances[i].http);
        door_close(&control->entrances[i].door);
    }
    lessor_fini(&control->lessor);
    ev_timer_stop(control->loop, &control->due);
    ev_signal_stop(control->loop, &control->interrupted);
    ev_signal_stop(control->loop, &control->terminated);
    ev_loop_destroy(control->loop);
}

enum err control_run(const struct control_options *options, struct err_text *error)
{
    struct control control = {.options = *options, .begin_ns = clock_now_ns()};
    enum err failed = open_control(&control, error);
    if (failed == ERR_NONE)
        (void)ev_run(control.loop, 0);
    close_control(&control);
    return failed;
}
