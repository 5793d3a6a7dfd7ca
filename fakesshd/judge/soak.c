/* A soak from its beginning to its end. What each step does is in soak_steps.c, what the readings
 * and tasks amount to in soak_verdict.c. */
#include "judge/soak.h"

#include "base/clock.h"
#include "judge/procfs_limits.h"
#include "judge/report_json.h"
#include "judge/run_ending.h"
#include "judge/run_facts.h"
#include "judge/soak_state.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { ENDING_MS = 2000, LANES = 250 };

/* ---- the loop ---- */

static void advance(struct soak *soak)
{
    if (soak->advancing || soak->step == SOAK_ENDED)
        return;
    soak->advancing = true;
    int64_t now_ns = clock_now_ns(), look_ns = INT64_MAX;
    while (soak->step != SOAK_ENDED && soak_take_step(soak, now_ns, &look_ns)) {
        now_ns = clock_now_ns();
        look_ns = INT64_MAX;
    }
    soak->advancing = false;
    ev_timer_stop(soak->loop, &soak->wake);
    if (soak->step == SOAK_ENDED) {
        ev_break(soak->loop, EVBREAK_ALL);
        return;
    }
    int64_t bound_ns = now_ns + CLOCK_NS_PER_S;
    if (look_ns < bound_ns)
        bound_ns = look_ns;
    ev_now_update(soak->loop);
    ev_timer_set(&soak->wake, bound_ns > now_ns ? clock_seconds_from_ns(bound_ns - now_ns) : 0.,
                 0.);
    ev_timer_start(soak->loop, &soak->wake);
}

static void on_wake(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    advance(timer->data);
}

/* Facts are looked at after the callback that brought them. */
static void on_change(void *owner)
{
    struct soak *soak = owner;
    if (!soak->advancing && soak->step != SOAK_ENDED)
        ev_feed_event(soak->loop, &soak->wake, EV_TIMER);
}

static void on_signal(struct ev_loop *loop, ev_signal *watcher, int revents)
{
    (void)revents;
    struct soak *soak = watcher->data;
    soak->signal_number = watcher->signum;
    ev_break(loop, EVBREAK_ALL);
}

static void on_out_of_time(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)revents;
    struct soak *soak = timer->data;
    soak->out_of_time = true;
    ev_break(loop, EVBREAK_ALL);
}

static void on_event(void *owner, enum event event, const json_t *line)
{
    (void)event;
    struct soak *soak = owner;
    char *text = json_dumps(line, JSON_COMPACT);
    if (text != NULL)
        fprintf(soak->events, "{\"client\":\"%s\",%s\n", soak->client->manifest->name, text + 1);
    free(text);
}

/* ---- beginning ---- */

static void open_stage(struct soak *soak)
{
    const struct scenario *scenarios[SOAK_IDS_MAX + 1];
    size_t count = 0;
    bool has_control = false;
    char mark[64];
    for (; count < soak->id_count; count++) {
        scenarios[count] = soak->ids[count].scenario;
        has_control |= scenarios[count] == soak->fixtures->healthy;
    }
    if (!has_control)
        scenarios[count++] = soak->fixtures->healthy;
    (void)snprintf(mark, sizeof mark, "%d.soak", (int)getpid());
    soak->slots = soak_plan_slots(procfs_limit(LIMIT_FDS, getpid()).value, count);
    struct stage_spec spec = {.manifest = soak->client->manifest,
                              .scenarios = scenarios,
                              .scenario_count = (int)count,
                              .lane = 1 + (int)getpid() % LANES,
                              .slots = soak->slots,
                              .deadline_ms = soak->deadline_ms,
                              .seed = soak->options->seed,
                              .mark = mark,
                              .workdir = soak->workdir.path};
    struct err_text error;
    bool nested = soak->advancing;
    soak->advancing = true;
    soak->opened = true;
    soak_enter(soak, SOAK_OPENING, clock_now_ns());
    if (stage_open(&soak->stage, &spec, soak->loop, &soak->reaper, on_change, soak, &error) !=
        ERR_NONE)
        soak_give_up(soak, CASE_ERROR,
                     soak->stage.fault == STAGE_FAULT_ADAPTER ? ERR_MANIFEST : ERR_SYSTEM,
                     error.text);
    if (soak->events != NULL)
        soak->stage.on_event = on_event;
    soak->advancing = nested;
    ev_feed_event(soak->loop, &soak->wake, EV_TIMER);
}

static void on_probe_end(struct probe *probe, void *owner)
{
    struct soak *soak = owner;
    if (!probe->trusted) {
        char why[600];
        (void)snprintf(why, sizeof why, "%s: the probe failed at %s",
                       probe->cannot_start ? "the client cannot be started" : "not proven",
                       probe->why);
        soak_give_up(soak, probe->cannot_start ? CASE_ERROR : CASE_INCONCLUSIVE,
                     probe->cannot_start ? ERR_MANIFEST : ERR_NONE, why);
    }
    probe_fini(probe);
    soak->probing = false;
    if (soak->step == SOAK_ENDED)
        ev_break(soak->loop, EVBREAK_ALL);
    else
        open_stage(soak);
}

static void begin(struct soak *soak)
{
    if (soak->options->no_probe) {
        open_stage(soak);
        return;
    }
    struct probe_spec spec = {.manifest = soak->client->manifest,
                              .healthy = soak->fixtures->healthy,
                              .refused = soak->fixtures->refused,
                              .silent = soak->fixtures->silent,
                              .deadline_ms = soak->deadline_ms,
                              .lane = 1 + (int)getpid() % LANES,
                              .seed = soak->options->seed,
                              .workdir = soak->workdir.path};
    soak->probing = true;
    soak_enter(soak, SOAK_PROBING, clock_now_ns());
    probe_begin(&soak->probe, &spec, soak->loop, &soak->reaper, soak->noise.factor, on_probe_end,
                soak);
}

static void start_watching(struct soak *soak)
{
    ev_signal_init(&soak->interrupted, on_signal, SIGINT);
    ev_signal_init(&soak->terminated, on_signal, SIGTERM);
    ev_timer_init(&soak->wake, on_wake, 0., 0.);
    ev_set_priority(&soak->wake, EV_MAXPRI);
    struct soak_span span = {.tasks = soak->options->tasks,
                             .tasks_per_second = soak->options->tasks_per_second,
                             .mode = soak->options->mode,
                             .window = &soak->window,
                             .settle_max_ms = soak->profile.settle_max_ms,
                             .drain_ms = soak->options->drain_ms};
    ev_timer_init(&soak->own_deadline, on_out_of_time,
                  clock_seconds_from_ns(soak_plan_budget_ns(&span)), 0.);
    soak->interrupted.data = soak->terminated.data = soak->wake.data = soak->own_deadline.data =
        soak;
    ev_signal_start(soak->loop, &soak->interrupted);
    ev_signal_start(soak->loop, &soak->terminated);
    ev_timer_start(soak->loop, &soak->own_deadline);
}

static int64_t deadline_of(const struct soak *soak)
{
    int64_t deadline_ms = soak->options->deadline_ms;
    if (soak->client->manifest->min_deadline_ms > deadline_ms)
        deadline_ms = soak->client->manifest->min_deadline_ms;
    for (size_t i = 0; i < soak->id_count; i++) {
        if (soak->ids[i].scenario->deadline_min_ms > deadline_ms)
            deadline_ms = soak->ids[i].scenario->deadline_min_ms;
    }
    return deadline_ms;
}

static void init(struct soak *soak, const struct scenario *const *scenarios, size_t count)
{
    const struct manifest *manifest = soak->client->manifest;
    soak->begun_ns = clock_now_ns();
    expect_facts_now(&soak->facts);
    soak->ids = calloc(count + 1, sizeof *soak->ids);
    soak->loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (soak->ids == NULL || soak->loop == NULL)
        abort();
    soak->id_count = count;
    for (size_t i = 0; i < count; i++)
        soak->ids[i].scenario = scenarios[i];
    soak->driver = manifest->driver;
    soak->deadline_ms = deadline_of(soak);
    reaper_init(&soak->reaper, soak->loop);
    noise_start(&soak->noise, soak->loop);
    int64_t grace_ms = manifest_grace_ms(manifest, soak->deadline_ms);
    soak->window_factor = soak->slow_factor = soak->noise.factor;
    soak->window = window_make(soak->deadline_ms, grace_ms, soak->window_factor);
    soak->usual_late_ns = window_make(soak->deadline_ms, grace_ms, 1).late_ns;
    soak->profile = *growth_profile_find("ci");
    soak->random = soak->options->seed * 0x9E3779B97F4A7C15u + 1;
    start_watching(soak);
}

/* ---- ending ---- */

/* Interrupted, or out of time: what is known is told. */
static void end_early(struct soak *soak)
{
    if (soak->step == SOAK_ENDED)
        return;
    if (soak->out_of_time)
        fprintf(stderr, "fakesshd soak: out of its own time, busy with: %s\n",
                soak_step_sentence(soak->step));
    if (soak->started == 0) {
        soak_give_up(soak, CASE_INCONCLUSIVE, ERR_NONE, "it ended before the first task");
        return;
    }
    soak_tasks_collect(soak, clock_now_ns());
    soak_tasks_hang_now(soak, clock_now_ns());
    soak_judge(soak);
    soak->step = SOAK_ENDED;
}

/* What a killed client had started may still be there; it is ours since the judge is a subreaper.
 */
static void end_leftovers(struct soak *soak)
{
    int64_t until_ns = clock_now_ns() + ENDING_MS * CLOCK_NS_PER_MS;
    while (process_find_orphans(&soak->reaper, NULL, NULL, 0) > 0 && clock_now_ns() < until_ns) {
        process_kill_all(&soak->reaper, 0, NULL);
        (void)ev_run(soak->loop, EVRUN_NOWAIT);
        (void)usleep(1000);
    }
}

static void stop(struct soak *soak)
{
    if (soak->probing)
        probe_fini(&soak->probe);
    for (int i = 0; i < soak->looks; i++)
        evidence_fini(&soak->evidence[i]);
    if (soak->opened)
        stage_close(&soak->stage);
    ev_timer_stop(soak->loop, &soak->wake);
    end_leftovers(soak);
    noise_stop(&soak->noise);
    ev_signal_stop(soak->loop, &soak->interrupted);
    ev_signal_stop(soak->loop, &soak->terminated);
    ev_timer_stop(soak->loop, &soak->own_deadline);
    reaper_fini(&soak->reaper);
    ev_loop_destroy(soak->loop);
}

static void describe(struct soak *soak)
{
    struct run_result *result = &soak->result;
    struct utsname machine;
    result->complete = soak->signal_number == 0 && !soak->out_of_time;
    if (!result->complete)
        result->incomplete_why =
            strdup(soak->signal_number != 0 ? "interrupted" : "out of its own time");
    result->tool = strdup("fakesshd " FAKESSHD_VERSION);
    if (uname(&machine) != 0 ||
        asprintf(&result->host, "%s %s %s", machine.sysname, machine.release, machine.machine) < 0)
        result->host = strdup("");
    result->noise = noise_certify(&soak->noise);
    result->repeats = 1;
    result->seed = soak->options->seed;
    result->wall_ms = (clock_now_ns() - soak->begun_ns) / CLOCK_NS_PER_MS;
    run_facts_add_machine(result, result->wall_ms);
    run_facts_add_client(result, soak->client->manifest, soak->client->version);
    for (size_t i = 0; i < soak->id_count; i++)
        run_facts_add_scenario(result, soak->ids[i].scenario);
}

static enum err write_files(struct soak *soak, struct err_text *error)
{
    if (report_count(&soak->options->reports) == 0)
        return ERR_NONE;
    json_t *results = report_json_run(&soak->result);
    enum err failed = report_write_all(&soak->options->reports, results, error);
    json_decref(results);
    return failed;
}

static void fini(struct soak *soak)
{
    if (soak->events != NULL)
        (void)fclose(soak->events);
    workdir_remove(&soak->workdir);
    run_result_fini(&soak->result);
    for (size_t i = 0; i < soak->id_count; i++) {
        free(soak->ids[i].verdicts);
        free(soak->ids[i].elapsed_ns);
    }
    free(soak->ids);
    free(soak->live);
    free(soak->order);
    soak_life_fini(&soak->life);
    soak_life_fini(&soak->best);
    free(soak);
}

static bool prepare(struct soak *soak)
{
    bool wants_folder = false;
    for (char **word = soak->client->manifest->argv; *word != NULL; word++)
        wants_folder |= strstr(*word, "{workdir}") != NULL;
    if (!workdir_make(&soak->workdir, wants_folder)) {
        perror("fakesshd soak: cannot make a folder for the client");
        return false;
    }
    const char *events = soak->options->events;
    if (events != NULL && (soak->events = fopen(events, "we")) == NULL) {
        fprintf(stderr, "fakesshd soak: cannot write %s: %s\n", events, strerror(errno));
        return false;
    }
    return true;
}

enum exit_code soak_all(const struct soak_options *options, const struct run_fixtures *fixtures,
                        const struct run_client *client, const struct scenario *const *scenarios,
                        size_t scenario_count, FILE *out)
{
    struct soak *soak = calloc(1, sizeof *soak); /* its reasons alone are some kilobytes */
    if (soak == NULL)
        abort();
    soak->options = options;
    soak->fixtures = fixtures;
    soak->client = client;
    soak->out = out;
    soak->style = report_style_for(out, options->verbose);
    soak->style.tasks_per_minute = options->tasks_per_minute;
    if (!prepare(soak)) {
        fini(soak);
        return EXIT_HARNESS;
    }
    init(soak, scenarios, scenario_count);
    begin(soak);
    (void)ev_run(soak->loop, 0);
    end_early(soak);
    if (soak->result.cases == NULL)
        soak_judge(soak); /* without a verdict: why not */
    stop(soak);
    describe(soak);
    soak_text_end(soak);
    struct err_text error;
    enum err failed = write_files(soak, &error);
    if (failed != ERR_NONE)
        fprintf(stderr, "fakesshd soak: %s\n", error.text);
    struct run_ending ending = {.signal_number = soak->signal_number,
                                .out_of_time = soak->out_of_time,
                                .files_failed = failed != ERR_NONE,
                                .min_tests = 1};
    enum exit_code code = run_exit_code(&soak->result, &ending);
    fini(soak);
    return code;
}
