#include "judge/run.h"

#include "base/clock.h"
#include "judge/case.h"
#include "judge/probe.h"
#include "judge/report_json.h"
#include "judge/report_junit.h"
#include "judge/report_text.h"
#include "judge/run_ending.h"
#include "judge/workdir.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { RUN_JOBS_MAX = 64, LANES = 250, ENDING_MS = 2000, QUICK_CASES_MAX = 100 };

/* identifier, sentence */
#define JOB_STATES(X)                                                  \
    X(JOB_WAITING, "its client is not probed yet, or no lane is free") \
    X(JOB_RUNNING, "it is being judged")                               \
    X(JOB_DONE, "it has its verdict")                                  \
    X(JOB_AGAIN, "late or early on a busy machine: it is to be judged again, alone")

enum job_state {
#define X(id, sentence) id,
    JOB_STATES(X)
#undef X
};

struct job {
    struct run *run; /* borrowed */
    size_t client;
    const struct scenario *scenario;
    enum job_state state;
    bool again;
    char first_words[240];      /* the first verdict of one that is judged again */
    struct judged_case *judged; /* owned while it runs */
    int lane;
};

enum client_state { CLIENT_UNPROBED, CLIENT_PROBING, CLIENT_TRUSTED, CLIENT_NOT_PROVEN };

struct client_run {
    struct run *run;
    enum client_state state;
    struct probe probe;
    int lane;
    char why[500];
    bool cannot_start;
};

struct run {
    const struct run_options *options;
    const struct run_fixtures *fixtures;
    struct run_client *clients;
    size_t client_count;
    struct client_run *client_runs; /* owned */
    struct job *jobs;               /* owned; in the order of scenarios, then clients */
    size_t job_count;
    const struct growth_profile *profile; /* static; of drivers */
    FILE *out;
    struct report_style style;
    struct ev_loop *loop;
    struct reaper reaper;
    struct pace pace;
    struct noise noise;
    ev_signal interrupted, terminated;
    ev_timer own_deadline;
    ev_async schedule; /* starts what can be started, outside of other callbacks */
    int running;
    bool lanes[RUN_JOBS_MAX];
    int lane_base;
    int signal_number;
    bool stopping, out_of_time;
    struct workdir workdir;
    FILE *events; /* owned; NULL: none */
    struct run_result result;
};

/* ---- lanes ---- */

static int take_lane(struct run *run)
{
    for (int i = 0; i < run->options->jobs; i++) {
        if (!run->lanes[i]) {
            run->lanes[i] = true;
            run->running++;
            return i;
        }
    }
    return -1;
}

static void give_lane(struct run *run, int lane)
{
    run->lanes[lane] = false;
    run->running--;
    ev_async_send(run->loop, &run->schedule);
}

static int lane_address(const struct run *run, int lane)
{
    return 1 + (run->lane_base + lane) % LANES;
}

/* ---- what came out of a job ---- */

static struct case_result *result_of(struct run *run, const struct job *job)
{
    return &run->result.cases[job - run->jobs];
}

static bool is_as_expected(struct run *run, const struct job *job, struct case_result *result)
{
    const struct expect_file *expect = run->clients[job->client].expect;
    const struct expect_entry *entry = expect != NULL ? expect_lookup(expect, result->id) : NULL;
    result->expected_verdict = (struct verdict){.state = CASE_JUDGED};
    if (result->verdict.state == CASE_ERROR || result->verdict.state == CASE_INCONCLUSIVE)
        return false;
    if (result->verdict.state == CASE_SKIP)
        return true;
    if (entry == NULL)
        return verdict_is_clean_ok(result->verdict);
    result->expected_verdict = entry->verdicts[0];
    result->known_gap = strdup(entry->reason);
    if (asprintf(&result->known_gap_at, "%s:%d", expect->path, entry->line) < 0)
        abort();
    return expect_entry_allows(entry, result->verdict);
}

static void finish_job(struct job *job)
{
    struct run *run = job->run;
    struct case_result *result = result_of(run, job);
    job->state = JOB_DONE;
    result->as_expected = is_as_expected(run, job, result);
    report_text_case(run->out, result, run->style);
    (void)fflush(run->out);
    if (run->options->fail_fast && !result->as_expected)
        run->stopping = true;
}

static struct case_result *unjudged_result(const struct job *job)
{
    struct run *run = job->run;
    struct case_result *result = result_of(run, job);
    result->id = strdup(job->scenario->id);
    result->client = strdup(run->clients[job->client].manifest->name);
    result->deadline_ms = run->options->deadline_ms;
    result->expected_outcomes = job->scenario->outcomes;
    result->expected_phases = job->scenario->phases;
    return result;
}

static void mark_not_proven(struct job *job)
{
    const struct client_run *client = &job->run->client_runs[job->client];
    struct case_result *result = unjudged_result(job);
    char reason[600];
    result->verdict.state = client->cannot_start ? CASE_ERROR : CASE_INCONCLUSIVE;
    result->error = client->cannot_start ? ERR_MANIFEST : ERR_NONE;
    (void)snprintf(reason, sizeof reason, "%s: the probe failed at %s",
                   client->cannot_start ? "the client cannot be started" : "not proven",
                   client->why);
    result->reason = strdup(reason);
    finish_job(job);
}

/* A client that asks whom it likes for a name never hears of the fake DNS server. */
static bool can_be_asked(const struct job *job)
{
    return !job->scenario->dns.wanted ||
           manifest_is_told_dns(job->run->clients[job->client].manifest);
}

static void skip_job(struct job *job)
{
    struct case_result *result = unjudged_result(job);
    result->verdict.state = CASE_SKIP;
    result->reason = strdup("the client cannot be told which DNS server to ask: its manifest has "
                            "neither {dns} in argv nor dns = true");
    finish_job(job);
}

/* Late or early while others kept the machine busy: once more, alone; both results are told. */
static bool deserves_another_try(const struct job *job, const struct case_result *result)
{
    return !job->again && result->verdict.state == CASE_JUDGED && result->busy_part > 0.8 &&
           (result->verdict.deadline == DEADLINE_LATE ||
            result->verdict.deadline == DEADLINE_EARLY);
}

static void on_case_end(struct judged_case *judged, void *owner)
{
    struct job *job = owner;
    struct run *run = job->run;
    struct case_result *result = result_of(run, job);
    case_fini(judged);
    free(judged);
    job->judged = NULL;
    if (deserves_another_try(job, result)) {
        char words[VERDICT_TEXT_MAX];
        verdict_print(result->verdict, words);
        (void)snprintf(job->first_words, sizeof job->first_words,
                       "; judged again alone, after %.120s with the machine %.0f %% busy", words,
                       100 * result->busy_part);
        case_result_fini(result);
        memset(result, 0, sizeof *result);
        job->again = true;
        job->state = JOB_AGAIN;
    } else {
        if (job->again) {
            char *reason = NULL;
            if (asprintf(&reason, "%s%s", result->reason, job->first_words) < 0)
                abort();
            free(result->reason);
            result->reason = reason;
        }
        finish_job(job);
    }
    give_lane(run, job->lane);
}

/* ---- starting ---- */

static int64_t deadline_of(const struct run *run, const struct manifest *manifest,
                           const struct scenario *scenario)
{
    int64_t deadline_ms = run->options->deadline_ms;
    if (manifest->min_deadline_ms > deadline_ms)
        deadline_ms = manifest->min_deadline_ms;
    if (scenario != NULL && scenario->deadline_min_ms > deadline_ms)
        deadline_ms = scenario->deadline_min_ms;
    return deadline_ms;
}

static void start_case(struct job *job, int lane)
{
    struct run *run = job->run;
    const struct run_client *client = &run->clients[job->client];
    struct case_spec spec = {
        .manifest = client->manifest,
        .scenario = job->scenario,
        .control = run->fixtures->healthy,
        .client_version = client->version[0] != '\0' ? client->version : NULL,
        .deadline_ms = deadline_of(run, client->manifest, job->scenario),
        .profile = run->profile,
        .template_tasks = run->options->template_tasks,
        .lane = lane_address(run, lane),
        .seed = run->options->seed,
        .workdir = run->workdir.path,
        .events = run->events,
    };
    job->state = JOB_RUNNING;
    job->lane = lane;
    job->judged = malloc(sizeof *job->judged);
    if (job->judged == NULL)
        abort();
    case_begin(job->judged, &spec, run->loop, &run->reaper, &run->pace, &run->noise,
               result_of(run, job), on_case_end, job);
}

static void on_probe_end(struct probe *probe, void *owner)
{
    struct client_run *client = owner;
    client->state = probe->trusted ? CLIENT_TRUSTED : CLIENT_NOT_PROVEN;
    client->cannot_start = probe->cannot_start;
    (void)snprintf(client->why, sizeof client->why, "%s", probe->why);
    int lane = client->lane;
    probe_fini(probe);
    give_lane(client->run, lane);
}

static void start_probe(struct run *run, size_t index, int lane)
{
    struct client_run *client = &run->client_runs[index];
    const struct manifest *manifest = run->clients[index].manifest;
    struct probe_spec spec = {.manifest = manifest,
                              .healthy = run->fixtures->healthy,
                              .refused = run->fixtures->refused,
                              .silent = run->fixtures->silent,
                              .deadline_ms = deadline_of(run, manifest, NULL),
                              .lane = lane_address(run, lane),
                              .seed = run->options->seed,
                              .workdir = run->workdir.path};
    client->state = CLIENT_PROBING;
    client->lane = lane;
    probe_begin(&client->probe, &spec, run->loop, &run->reaper, run->noise.factor, on_probe_end,
                client);
}

static bool start_next_job(struct run *run, enum job_state wanted)
{
    for (size_t i = 0; i < run->job_count; i++) {
        struct job *job = &run->jobs[i];
        if (job->state != wanted)
            continue;
        if (!can_be_asked(job)) {
            skip_job(job);
            continue;
        }
        if (run->client_runs[job->client].state == CLIENT_NOT_PROVEN) {
            mark_not_proven(job);
            continue;
        }
        if (run->client_runs[job->client].state != CLIENT_TRUSTED)
            continue;
        int lane = take_lane(run);
        if (lane < 0)
            return false;
        start_case(job, lane);
        return true;
    }
    return false;
}

static bool all_done(const struct run *run)
{
    for (size_t i = 0; i < run->job_count; i++) {
        if (run->jobs[i].state != JOB_DONE)
            return false;
    }
    return true;
}

static void on_schedule(struct ev_loop *loop, ev_async *async, int revents)
{
    (void)revents;
    struct run *run = async->data;
    for (size_t i = 0; i < run->client_count && !run->stopping; i++) {
        if (run->client_runs[i].state != CLIENT_UNPROBED)
            continue;
        int lane = take_lane(run);
        if (lane < 0)
            return;
        start_probe(run, i, lane);
    }
    /* One at a time: to start two processes takes milliseconds in which no timer is heard. */
    if (!run->stopping && start_next_job(run, JOB_WAITING))
        ev_async_send(loop, &run->schedule);
    if (!run->stopping && run->running == 0)
        (void)start_next_job(run, JOB_AGAIN);
    if (run->stopping || all_done(run))
        ev_break(loop, EVBREAK_ALL);
}

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

static void stop_what_runs(struct run *run)
{
    for (size_t i = 0; i < run->client_count; i++) {
        if (run->client_runs[i].state == CLIENT_PROBING)
            probe_fini(&run->client_runs[i].probe);
    }
    for (size_t i = 0; i < run->job_count; i++) {
        struct job *job = &run->jobs[i];
        if (job->state != JOB_RUNNING)
            continue;
        if (run->out_of_time)
            fprintf(stderr, "fakesshd run: still running: %s against %s, busy with: %s\n",
                    job->scenario->id, run->clients[job->client].manifest->name,
                    case_step_sentence(job->judged->step));
        case_fini(job->judged);
        free(job->judged);
        case_result_fini(result_of(run, job));
        memset(result_of(run, job), 0, sizeof(struct case_result));
    }
}

/* What a killed client had started may still be there; it is ours since the judge is a subreaper.
 */
static void end_leftovers(struct run *run)
{
    int64_t until_ns = clock_now_ns() + ENDING_MS * CLOCK_NS_PER_MS;
    while (process_find_escaped(&run->reaper, NULL, NULL, 0) > 0 && clock_now_ns() < until_ns) {
        (void)process_kill_all(&run->reaper, 0, NULL);
        (void)ev_run(run->loop, EVRUN_NOWAIT);
        (void)usleep(1000);
    }
}

/* Unjudged cases leave the results, which then say that they are not complete. */
static void compact_results(struct run *run)
{
    size_t kept = 0;
    for (size_t i = 0; i < run->job_count; i++) {
        if (run->jobs[i].state == JOB_DONE)
            run->result.cases[kept++] = run->result.cases[i];
    }
    run->result.complete = kept == run->job_count;
    run->result.case_count = kept;
    if (!run->result.complete)
        run->result.incomplete_why = strdup(run->signal_number != 0 ? "interrupted"
                                            : run->out_of_time      ? "out of its own time"
                                                               : "stopped at the first failure");
}

static enum err write_files(struct run *run, struct err_text *error)
{
    enum err failed = ERR_NONE;
    if (run->options->json != NULL)
        failed = report_json_write(run->options->json, &run->result, error);
    if (failed == ERR_NONE && run->options->junit != NULL)
        failed = report_junit_write(run->options->junit, &run->result, error);
    return failed;
}

/* ---- the whole ---- */

static void make_jobs(struct run *run, const struct scenario *const *scenarios, size_t count)
{
    run->job_count = count * run->client_count;
    run->jobs = calloc(run->job_count + 1, sizeof *run->jobs);
    run->result.cases = calloc(run->job_count + 1, sizeof *run->result.cases);
    run->client_runs = calloc(run->client_count + 1, sizeof *run->client_runs);
    if (run->jobs == NULL || run->result.cases == NULL || run->client_runs == NULL)
        abort();
    for (size_t i = 0; i < run->job_count; i++)
        run->jobs[i] = (struct job){.run = run,
                                    .client = i % run->client_count,
                                    .scenario = scenarios[i / run->client_count]};
    for (size_t i = 0; i < run->client_count; i++) {
        run->client_runs[i].run = run;
        run->client_runs[i].state = run->options->no_probe ? CLIENT_TRUSTED : CLIENT_UNPROBED;
    }
}

/* A hundred cases of 125 tasks each keep two cores busy for half a minute. In a longer run a case
 * gets by with a glance, and goes on from there where it left any trace. */
static void choose_profile(struct run *run)
{
    size_t drivers = 0;
    for (size_t i = 0; i < run->job_count; i++)
        drivers += run->clients[run->jobs[i].client].manifest->driver;
    const char *name = run->options->profile;
    if (name == NULL)
        name = drivers > QUICK_CASES_MAX ? GROWTH_GLANCE : GROWTH_AFTER_GLANCE;
    run->profile = growth_profile_find(name);
    run->result.profile = drivers > 0 ? run->profile->name : NULL;
}

static void start_loop(struct run *run)
{
    run->loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (run->loop == NULL)
        abort();
    reaper_init(&run->reaper, run->loop);
    pace_init(&run->pace, run->options->starts_per_second);
    noise_start(&run->noise, run->loop);
    ev_signal_init(&run->interrupted, on_signal, SIGINT);
    ev_signal_init(&run->terminated, on_signal, SIGTERM);
    run->interrupted.data = run->terminated.data = run;
    ev_signal_start(run->loop, &run->interrupted);
    ev_signal_start(run->loop, &run->terminated);
    ev_async_init(&run->schedule, on_schedule);
    run->schedule.data = run;
    ev_async_start(run->loop, &run->schedule);
    ev_async_send(run->loop, &run->schedule);
    /* Each case is bounded; the run is, by what they can take in turn. */
    double per_case_s = 90 + (double)run->options->deadline_ms / 100;
    size_t turns = 1 + run->job_count / (size_t)run->options->jobs;
    ev_timer_init(&run->own_deadline, on_out_of_time, per_case_s * (double)turns, 0.);
    run->own_deadline.data = run;
    ev_timer_start(run->loop, &run->own_deadline);
}

static void stop_loop(struct run *run)
{
    end_leftovers(run);
    noise_stop(&run->noise);
    ev_signal_stop(run->loop, &run->interrupted);
    ev_signal_stop(run->loop, &run->terminated);
    ev_async_stop(run->loop, &run->schedule);
    ev_timer_stop(run->loop, &run->own_deadline);
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
    run->result.slow_factor = run->noise.factor_worst;
    run->result.timer_lateness_p99_us = run->noise.lateness_worst_us;
    run->result.fork_exec_p50_us = run->noise.fork_exec_p50_us;
    run->result.seed = run->options->seed;
    run->result.wall_ms = (clock_now_ns() - begun_ns) / CLOCK_NS_PER_MS;
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
    if (!workdir_make(&run.workdir, uses_workdir(clients, client_count))) {
        perror("fakesshd run: cannot make a folder for the clients");
        return EXIT_HARNESS;
    }
    if (options->events != NULL && (run.events = fopen(options->events, "we")) == NULL) {
        fprintf(stderr, "fakesshd run: cannot write %s: %s\n", options->events, strerror(errno));
        workdir_remove(&run.workdir);
        return EXIT_HARNESS;
    }
    make_jobs(&run, scenarios, scenario_count);
    choose_profile(&run);
    start_loop(&run);
    (void)ev_run(run.loop, 0);
    stop_what_runs(&run);
    stop_loop(&run);
    describe_run(&run, begun_ns);
    compact_results(&run);
    report_text_summary(out, &run.result, run.style);
    struct err_text error;
    enum err failed = write_files(&run, &error);
    if (failed != ERR_NONE)
        fprintf(stderr, "fakesshd run: %s\n", error.text);
    if (run.events != NULL)
        (void)fclose(run.events);
    struct run_ending ending = {.signal_number = run.signal_number,
                                .out_of_time = run.out_of_time,
                                .files_failed = failed != ERR_NONE,
                                .min_tests = options->min_tests};
    enum exit_code code = run_exit_code(&run.result, &ending);
    workdir_remove(&run.workdir);
    run_result_fini(&run.result);
    free(run.jobs);
    free(run.client_runs);
    return code;
}
