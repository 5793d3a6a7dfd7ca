#include "judge/run.h"

#include "base/clock.h"
#include "base/data_dir.h"
#include "judge/job_end.h"
#include "judge/report_json.h"
#include "judge/run_ending.h"
#include "judge/run_facts.h"
#include "judge/schedule.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { ENDING_MS = 2000, QUICK_CASES_MAX = 100, AGAIN_S = 20 };

/* ---- ending ---- */

static void on_signal(struct ev_loop *loop, ev_signal *watcher, int revents)
{
    (void)revents;
    struct run *run = watcher->data;
    run->signal_number = watcher->signum;
    run->stopping = true;
    ev_break(loop, EVBREAK_ALL);
}

static void on_out_of_time(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)revents;
    struct run *run = timer->data;
    run->out_of_time = run->stopping = true;
    ev_break(loop, EVBREAK_ALL);
}

static void stop_case(struct run *run, struct job *job)
{
    if (run->out_of_time)
        fprintf(stderr, "fakesshd run: still running: %s against %s, busy with: %s\n",
                job->scenario->id, run->clients[job->client].manifest->name,
                case_step_sentence(job->judged->step));
    case_fini(job->judged);
    free(job->judged);
    case_result_fini(job_end_result(job));
    memset(job_end_result(job), 0, sizeof(struct case_result));
}

/* What was judged of a case that was to be repeated more often is told all the same. */
static void stop_what_runs(struct run *run)
{
    for (size_t i = 0; i < run->client_count; i++) {
        if (run->client_runs[i].state == CLIENT_PROBING)
            probe_fini(&run->client_runs[i].probe);
    }
    for (size_t i = 0; i < run->job_count; i++) {
        struct job *job = &run->jobs[i];
        if (job->state == JOB_RUNNING)
            stop_case(run, job);
        if (job->state != JOB_DONE && job->attempt_count > 0) {
            run->cut_short = true;
            job_end_conclude(job);
        }
        if (job->first != NULL)
            attempt_fini(job->first);
        free(job->first);
        free(job->shared_why);
    }
    driver_pool_fini(&run->drivers);
}

/* Unjudged cases leave the results, which then say that they are not complete. */
static void compact_results(struct run *run)
{
    size_t kept = 0;
    for (size_t i = 0; i < run->job_count; i++) {
        if (run->jobs[i].state == JOB_DONE)
            run->result.cases[kept++] = run->result.cases[i];
    }
    run->result.complete = kept == run->job_count && !run->cut_short;
    run->result.case_count = kept;
    if (!run->result.complete)
        run->result.incomplete_why = strdup(run->signal_number != 0 ? "interrupted"
                                            : run->out_of_time      ? "out of its own time"
                                                               : "stopped at the first failure");
}

static enum err write_files(struct run *run, struct err_text *error)
{
    if (report_count(&run->options->reports) == 0)
        return ERR_NONE;
    json_t *results = report_json_run(&run->result);
    enum err failed = report_write_all(&run->options->reports, results, error);
    json_decref(results);
    return failed;
}

/* ---- the whole ---- */

enum err run_fixtures_find(struct run_fixtures *fixtures, const struct catalogue *catalogue,
                           struct err_text *error)
{
    fixtures->healthy = catalogue_find(catalogue, "healthy/exec");
    fixtures->refused = catalogue_find(catalogue, "tcp/refused");
    fixtures->silent = catalogue_find(catalogue, "ident/silent");
    if (fixtures->healthy == NULL || fixtures->refused == NULL || fixtures->silent == NULL)
        return err_set(error, ERR_SYSTEM,
                       "%s/scenarios lacks healthy/exec, tcp/refused or ident/silent, which every "
                       "run needs",
                       data_dir());
    return ERR_NONE;
}

static void make_jobs(struct run *run, const struct scenario *const *scenarios, size_t count)
{
    size_t most = count * run->client_count;
    run->jobs = calloc(most + 1, sizeof *run->jobs);
    run->result.cases = calloc(most + 1, sizeof *run->result.cases);
    run->client_runs = calloc(run->client_count + 1, sizeof *run->client_runs);
    if (run->jobs == NULL || run->result.cases == NULL || run->client_runs == NULL)
        abort();
    for (size_t i = 0; i < most; i++) {
        const struct run_client *client = &run->clients[i % run->client_count];
        const struct scenario *scenario = scenarios[i / run->client_count];
        if (client->wants == NULL || client->wants(client->context, scenario))
            run->jobs[run->job_count++] =
                (struct job){.run = run, .client = i % run->client_count, .scenario = scenario};
    }
    run->order = calloc(run->job_count + 1, sizeof *run->order);
    if (run->order == NULL)
        abort();
    schedule_order(run->order, run->job_count, run->options->seed);
    schedule_count_jobs(run);
    for (size_t i = 0; i < run->client_count; i++) {
        run->client_runs[i].run = run;
        run->client_runs[i].state = CLIENT_TRUSTED;
    }
    /* Who is not judged needs no probe. */
    for (size_t i = 0; i < run->job_count && !run->options->no_probe; i++) {
        size_t client = run->jobs[i].client;
        if (run->clients[client].missing == NULL)
            run->client_runs[client].state = CLIENT_UNPROBED;
    }
}

/* A hundred cases of 125 tasks each keep two cores busy for half a minute. In a longer run a case
 * gets by with a glance, and goes on from there where it left any trace. */
static void choose_profile(struct run *run)
{
    size_t drivers = 0;
    for (size_t i = 0; i < run->job_count; i++)
        drivers += manifest_lives_on(run->clients[run->jobs[i].client].manifest);
    const char *name = run->options->profile;
    if (name == NULL)
        name = drivers > QUICK_CASES_MAX ? GROWTH_GLANCE : GROWTH_AFTER_GLANCE;
    run->profile = growth_profile_find(name);
    run->result.profile = drivers > 0 ? run->profile->name : NULL;
}

static int64_t longest_drain_ms(const struct run *run)
{
    int64_t longest_ms = run->profile->drain_ms;
    if (run->options->drain_ms > 0)
        return run->options->drain_ms;
    for (size_t i = 0; i < run->client_count; i++) {
        int64_t drain_ms = run->clients[i].manifest->drain_ms;
        longest_ms = drain_ms > longest_ms ? drain_ms : longest_ms;
    }
    return longest_ms;
}

static void start_loop(struct run *run)
{
    run->loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (run->loop == NULL)
        abort();
    reaper_init(&run->reaper, run->loop);
    pace_init(&run->pace, run->options->starts_per_second);
    throttle_init(&run->throttle, run->options->jobs);
    driver_pool_init(&run->drivers, (size_t)run->options->jobs);
    ev_timer_init(&run->later, schedule_on_later, 0., 0.);
    run->later.data = run;
    noise_start(&run->noise, run->loop);
    ev_signal_init(&run->interrupted, on_signal, SIGINT);
    ev_signal_init(&run->terminated, on_signal, SIGTERM);
    run->interrupted.data = run->terminated.data = run;
    ev_signal_start(run->loop, &run->interrupted);
    ev_signal_start(run->loop, &run->terminated);
    ev_async_init(&run->schedule, schedule_on_wake);
    run->schedule.data = run;
    ev_async_start(run->loop, &run->schedule);
    ev_async_send(run->loop, &run->schedule);
    /* Each case is bounded; the run is, by what they can take in turn, and again one by one. */
    struct window window =
        window_make(run->options->deadline_ms, GRACE_MANAGED_MS, NOISE_FACTOR_CAP);
    struct case_budget budget = {
        .profile = run->profile, .window = &window, .drain_ms = longest_drain_ms(run)};
    double per_case_s = 30 + (double)run->options->deadline_ms / 100 +
                        clock_seconds_from_ns(case_budget_whole_ns(&budget));
    size_t turns =
        (1 + run->job_count / (size_t)run->options->jobs) * (size_t)run->options->repeats;
    ev_timer_init(&run->own_deadline, on_out_of_time,
                  per_case_s * (double)turns + AGAIN_S * (double)run->job_count, 0.);
    run->own_deadline.data = run;
    ev_timer_start(run->loop, &run->own_deadline);
}

static void stop_loop(struct run *run)
{
    process_end_orphans(&run->reaper, ENDING_MS);
    noise_stop(&run->noise);
    ev_signal_stop(run->loop, &run->interrupted);
    ev_signal_stop(run->loop, &run->terminated);
    ev_async_stop(run->loop, &run->schedule);
    ev_timer_stop(run->loop, &run->own_deadline);
    ev_timer_stop(run->loop, &run->later);
    reaper_fini(&run->reaper);
    ev_loop_destroy(run->loop);
}

static void describe_run(struct run *run, int64_t begun_ns)
{
    struct utsname machine;
    run->result.tool = strdup("fakesshd " FAKESSHD_VERSION);
    if (uname(&machine) != 0 || asprintf(&run->result.host, "%s %s %s", machine.sysname,
                                         machine.release, machine.machine) < 0)
        run->result.host = strdup("");
    run->result.noise = noise_certify(&run->noise);
    run->result.seed = run->options->seed;
    run->result.repeats = run->options->repeats;
    run->result.shard_index = run->options->shard.index;
    run->result.shard_count = run->options->shard.count;
    run->result.wall_ms = (clock_now_ns() - begun_ns) / CLOCK_NS_PER_MS;
    run_facts_add_machine(&run->result, run->result.wall_ms);
    for (size_t i = 0; i < run->job_count; i++) {
        const struct run_client *client = &run->clients[run->jobs[i].client];
        run_facts_add_scenario(&run->result, run->jobs[i].scenario);
        run_facts_add_client(&run->result, client->manifest, client->version);
    }
}

static bool uses_workdir(const struct run_client *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (char **word = clients[i].manifest->argv; *word != NULL; word++) {
            if (strstr(*word, "{workdir}") != NULL)
                return true;
        }
    }
    return false;
}

/* False, with a line on stderr, when there is no place for what the run writes. */
static bool open_places(struct run *run)
{
    const char *events = run->options->events;
    if (!workdir_make(&run->workdir, uses_workdir(run->clients, run->client_count))) {
        perror("fakesshd run: cannot make a folder for the clients");
        return false;
    }
    if (events != NULL && (run->events = fopen(events, "we")) == NULL) {
        fprintf(stderr, "fakesshd run: cannot write %s: %s\n", events, strerror(errno));
        workdir_remove(&run->workdir);
        return false;
    }
    return true;
}

/* Tells of the whole run, into files, too, and says how it ends. */
static enum exit_code conclude(struct run *run)
{
    const struct run_options *options = run->options;
    if (options->on_case == NULL)
        report_text_summary(run->out, &run->result, run->style);
    if (options->on_result != NULL)
        options->on_result(options->context, &run->result);
    struct err_text error;
    enum err failed = write_files(run, &error);
    if (failed != ERR_NONE)
        fprintf(stderr, "fakesshd run: %s\n", error.text);
    struct run_ending ending = {.signal_number = run->signal_number,
                                .out_of_time = run->out_of_time,
                                .files_failed = failed != ERR_NONE,
                                .min_tests = options->min_tests};
    return run_exit_code(&run->result, &ending);
}

static void fini(struct run *run)
{
    if (run->events != NULL)
        (void)fclose(run->events);
    workdir_remove(&run->workdir);
    run_result_fini(&run->result);
    free(run->jobs);
    free(run->order);
    free(run->client_runs);
}

enum exit_code run_all(const struct run_options *options, const struct run_fixtures *fixtures,
                       struct run_client *clients, size_t client_count,
                       const struct scenario *const *scenarios, size_t scenario_count, FILE *out)
{
    struct run run = {.options = options,
                      .fixtures = fixtures,
                      .clients = clients,
                      .client_count = client_count,
                      .out = out,
                      .style = report_style_for(out, options->verbose),
                      .lane_base = (int)getpid()};
    int64_t begun_ns = clock_now_ns();
    if (!open_places(&run))
        return EXIT_HARNESS;
    run.style.tasks_per_minute = options->tasks_per_minute;
    expect_facts_now(&run.facts);
    make_jobs(&run, scenarios, scenario_count);
    choose_profile(&run);
    start_loop(&run);
    (void)ev_run(run.loop, 0);
    stop_what_runs(&run);
    stop_loop(&run);
    describe_run(&run, begun_ns);
    compact_results(&run);
    enum exit_code code = conclude(&run);
    fini(&run);
    return code;
}
