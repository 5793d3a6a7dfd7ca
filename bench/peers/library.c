/* What libsshexec does with a plan (bench/deadlines.py): one pool, all tasks in it. */
#include "lib/sshexec.h"

#include <ev.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static struct {
    sshexec_pool *pool;
    sshexec_request *request;
    json_t *late_ms, *outcomes;
    int64_t begin_ns, end_ns, spread_ns;
    int count, begun, over;
    long before_kib, hung_kib;
    int64_t tasks, failed;
} bench;

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static long resident_kib(void)
{
    long size = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL || fscanf(file, "%ld %ld", &size, &pages) != 2)
        exit(1);
    (void)fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void submit(const sshexec_events *events)
{
    if (sshexec_pool_submit(bench.pool, bench.request, events, NULL, NULL) == SSHEXEC_OK)
        return;
    (void)fprintf(stderr, "%s\n", sshexec_pool_error(bench.pool));
    exit(1);
}

/* ---- hanging ---- */

static void on_hung_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    const char *outcome = sshexec_outcome_name(sshexec_result_outcome(result));
    json_int_t count = json_integer_value(json_object_get(bench.outcomes, outcome));
    (void)task, (void)userdata;
    (void)json_object_set_new(bench.outcomes, outcome, json_integer(count + 1));
    (void)json_array_append_new(bench.late_ms,
                                json_real((double)sshexec_result_overshoot_ns(result) / 1e6));
    bench.over++;
}

static void on_pace(struct ev_loop *loop, ev_timer *timer, int revents)
{
    static const sshexec_events events = {.on_done = on_hung_done};
    int64_t passed_ns = now_ns() - bench.begin_ns;
    (void)revents;
    while (bench.begun < bench.count && bench.spread_ns * bench.begun / bench.count <= passed_ns) {
        submit(&events);
        bench.begun++;
    }
    if (bench.begun == bench.count)
        ev_timer_stop(loop, timer);
}

static void on_look(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)timer, (void)revents;
    bench.hung_kib = resident_kib();
}

static json_t *hang(int64_t deadline_ms)
{
    struct ev_loop *loop = sshexec_pool_loop(bench.pool);
    ev_timer pace, look;
    double look_s = (double)deadline_ms * 0.75e-3, spread_s = (double)bench.spread_ns / 1e9;
    bench.late_ms = json_array();
    bench.outcomes = json_object();
    bench.before_kib = resident_kib();
    ev_timer_init(&pace, on_pace, 0, 0.0005);
    ev_timer_init(&look, on_look, look_s > spread_s ? look_s : spread_s, 0);
    ev_now_update(loop);
    ev_timer_start(loop, &pace);
    ev_timer_start(loop, &look);
    bench.begin_ns = now_ns();
    while (bench.over < bench.count)
        (void)ev_run(loop, EVRUN_ONCE);
    return json_pack("{s:o, s:o, s:f}", "late_ms", bench.late_ms, "outcomes", bench.outcomes,
                     "task_kib", (double)(bench.hung_kib - bench.before_kib) / bench.count);
}

/* ---- as many as it can ---- */

static void on_fast_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    static const sshexec_events events = {.on_done = on_fast_done};
    (void)task, (void)userdata;
    *(sshexec_result_outcome(result) == SSHEXEC_SUCCESS ? &bench.tasks : &bench.failed) += 1;
    if (now_ns() < bench.end_ns)
        submit(&events);
}

static json_t *rate(int concurrency, double seconds)
{
    static const sshexec_events events = {.on_done = on_fast_done};
    struct rusage usage;
    bench.begin_ns = now_ns();
    bench.end_ns = bench.begin_ns + (int64_t)(seconds * 1e9);
    for (int i = 0; i < concurrency; i++)
        submit(&events);
    (void)sshexec_pool_run(bench.pool);
    double passed = (double)(now_ns() - bench.begin_ns) / 1e9;
    (void)getrusage(RUSAGE_SELF, &usage);
    double cpu_ms = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
    return json_pack("{s:I, s:I, s:f, s:f}", "tasks", (json_int_t)bench.tasks, "failed",
                     (json_int_t)bench.failed, "seconds", passed, "cpu_ms",
                     cpu_ms / (double)(bench.tasks > 0 ? bench.tasks : 1));
}

int main(int argc, char **argv)
{
    json_error_t where;
    const char *host = NULL, *user = NULL, *key = NULL, *hostkey = NULL;
    int port = 0, deadline_ms = 0, spread_ms = 0, concurrency = 0;
    double seconds = 0;
    json_t *plan = json_loads(argc > 1 ? argv[1] : "", 0, &where);
    if (json_unpack(plan, "{s:s, s:i, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:F}", "host", &host,
                    "port", &port, "user", &user, "key", &key, "hostkey", &hostkey, "count",
                    &bench.count, "deadline_ms", &deadline_ms, "spread_ms", &spread_ms,
                    "concurrency", &concurrency, "seconds", &seconds) != 0) {
        (void)fprintf(stderr, "expected a plan of bench/deadlines.py\n");
        return 2;
    }
    bench.spread_ns = (int64_t)spread_ms * 1000000;
    bench.pool = sshexec_pool_new(NULL);
    sshexec_pool_set_limits(bench.pool, 10000, 10000);
    (void)sshexec_warm_up();
    bench.request = sshexec_request_new(host, port, user, "nonce 4f2a");
    (void)sshexec_request_set_key_file(bench.request, key);
    (void)sshexec_request_add_hostkey(bench.request, hostkey);
    (void)sshexec_request_set_deadline_ms(bench.request, deadline_ms);
    json_t *said = seconds > 0 ? rate(concurrency, seconds) : hang(deadline_ms);
    (void)json_dumpf(said, stdout, JSON_COMPACT);
    (void)puts("");
    json_decref(said);
    json_decref(plan);
    sshexec_request_free(bench.request);
    sshexec_pool_free(bench.pool);
    return 0;
}
