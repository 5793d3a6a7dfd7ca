#include "judge/schedule.h"

#include "base/clock.h"
#include "base/data_dir.h"
#include "base/random.h"
#include "judge/job_end.h"
#include "judge/stage_facts.h"

#include <stdlib.h>
#include <string.h>

enum {
    LANES = 250,
    FLOODS_SIDE_BY_SIDE = 4, /* they keep processors busy that all others wait beside */
    SHARERS_MIN = 2,
    SHARERS_MAX = 6,
    AGAIN_SIDE_BY_SIDE = 16, /* of what waits for most of its time; fewer where it does not */
    AGAIN_GAP_MS = 250       /* so that what a start costs is seen before the next */
};

/* ---- states ---- */

static bool is_flood(const struct job *job)
{
    return job->scenario->kind == FAULT_FLOOD;
}

void schedule_count_jobs(struct run *run)
{
    run->in_state[JOB_WAITING] = run->job_count;
    for (size_t i = 0; i < run->job_count; i++)
        run->client_runs[run->jobs[i].client].left++;
}

void schedule_set_state(struct job *job, enum job_state state)
{
    struct run *run = job->run;
    struct client_run *client = &run->client_runs[job->client];
    run->in_state[job->state]--;
    run->in_state[state]++;
    int begun = (state == JOB_RUNNING) - (job->state == JOB_RUNNING);
    client->running += begun;
    run->floods += is_flood(job) ? begun : 0;
    client->left -= state == JOB_DONE;
    job->state = state;
}

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

void schedule_give_lane(struct run *run, int lane)
{
    run->lanes[lane] = false;
    run->running--;
    ev_async_send(run->loop, &run->schedule);
}

static int lane_address(const struct run *run, int lane)
{
    return 1 + (run->lane_base + lane) % LANES;
}

/* ---- starting ---- */

/* Why this client is not asked; NULL when it is. */
static const char *reason_to_skip(const struct job *job)
{
    const struct manifest *manifest = job->run->clients[job->client].manifest;
    const struct scenario *scenario = job->scenario;
    if (job->run->clients[job->client].missing != NULL)
        return job->run->clients[job->client].missing;
    /* One that asks whom it likes for a name never hears of the fake DNS server. */
    if (scenario->dns.wanted && !manifest_is_told_dns(manifest))
        return "the client cannot be told which DNS server to ask: its manifest has neither {dns} in "
               "argv nor dns = true";
    if (manifest->external && !stage_facts_need_contact(scenario))
        return "only the server's view tells of this client, and here it sees no connection";
    if (data_dir_holds(scenario->file) && !manifest_is_for(manifest, scenario->id))
        return "the client's manifest is not for this scenario";
    return NULL;
}

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

static const struct growth_profile *
profile_of(const struct run *run, const struct run_client *client, const struct scenario *scenario)
{
    return client->profile_for != NULL
               ? growth_profile_find(client->profile_for(client->context, scenario))
               : run->profile;
}

/* What the user says, or the longer of the profile's and the client's own. */
static int64_t drain_of(const struct run *run, const struct run_client *client,
                        const struct scenario *scenario)
{
    int64_t usual_ms = profile_of(run, client, scenario)->drain_ms;
    if (run->options->drain_ms > 0)
        return run->options->drain_ms;
    return client->manifest->drain_ms > usual_ms ? client->manifest->drain_ms : usual_ms;
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
        .profile = profile_of(run, client, job->scenario),
        .drain_ms = drain_of(run, client, job->scenario),
        .template_tasks = run->options->template_tasks,
        .lane = lane_address(run, lane),
        .seed = run->options->seed + job->attempt_count,
        .repetition = run->options->repeats > 1 ? (int)job->attempt_count + 1 : 0,
        .drivers = run->options->shares_drivers ? &run->drivers : NULL,
        .fresh = job->fresh || job->again > 0,
        .workdir = run->workdir.path,
        .no_evidence = run->options->no_stacks,
        .evidence_folder = run->options->evidence,
        .events = run->events,
    };
    schedule_set_state(job, JOB_RUNNING);
    job->lane = lane;
    job->judged = malloc(sizeof *job->judged);
    if (job->judged == NULL)
        abort();
    case_begin(job->judged, &spec, run->loop, &run->reaper, &run->pace, &run->noise,
               job_end_result(job), job_end_case, job);
}

/* All that a client is to be judged for hangs on its probe: a sound one may fail it once, by a race
 * that it loses now and then. */
static void on_probe_end(struct probe *probe, void *owner)
{
    struct client_run *client = owner;
    bool once_more = !probe->trusted && !probe->cannot_start && !client->failed_once;
    client->state = probe->trusted ? CLIENT_TRUSTED
                    : once_more    ? CLIENT_UNPROBED
                                   : CLIENT_NOT_PROVEN;
    client->failed_once = !probe->trusted;
    client->cannot_start = probe->cannot_start;
    (void)snprintf(client->why, sizeof client->why, "%s", probe->why);
    if (once_more)
        fprintf(stderr, "fakesshd: %s: the probe failed at %s; it is asked once more\n",
                probe->spec.manifest->name, probe->why);
    int lane = client->lane;
    probe_fini(probe);
    schedule_give_lane(client->run, lane);
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

/* Of the cases of a process that is not ours, each would find in its counters what another does. */
static bool has_its_client_busy(const struct job *job)
{
    const struct run *run = job->run;
    const struct manifest *manifest = run->clients[job->client].manifest;
    return manifest->external && manifest_lives_on(manifest) &&
           run->client_runs[job->client].running > 0;
}

/* While a client leaves no traces a driver that is about to be free is waited for: a few of them
 * serve all of its cases, and no more are started. */
static bool waits_for_driver(const struct job *job)
{
    const struct run *run = job->run;
    const struct client_run *client = &run->client_runs[job->client];
    const struct manifest *manifest = run->clients[job->client].manifest;
    int sharers = run->options->jobs / (int)run->client_count;
    sharers = sharers < SHARERS_MIN ? SHARERS_MIN : sharers > SHARERS_MAX ? SHARERS_MAX : sharers;
    return run->options->shares_drivers && manifest->driver && !job->fresh &&
           !client->leaves_traces && client->running >= sharers &&
           !driver_pool_has(&run->drivers, manifest);
}

void schedule_order(size_t *order, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    uint64_t state = seed;
    for (size_t i = count; i > 1 && seed != CASE_SEED_USUAL; i--) {
        size_t other = (size_t)(random_next(&state) % i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

static void look_later(struct run *run, int64_t wait_ns)
{
    ev_now_update(run->loop);
    ev_timer_stop(run->loop, &run->later);
    ev_timer_set(&run->later, clock_seconds_from_ns(wait_ns), 0.);
    ev_timer_start(run->loop, &run->later);
}

/* Asks the throttle; where it says no, the schedule is looked at again when it may say yes. */
static bool may_start(struct run *run)
{
    int64_t now_ns = clock_now_ns(), next_ns = now_ns;
    if (!run->options->spares_processors || run->running == run->options->jobs)
        return true;
    if (throttle_take(&run->throttle, run->running, procfs_machine_now(), now_ns, &next_ns))
        return true;
    look_later(run, next_ns - now_ns);
    return false;
}

static bool start_next_job(struct run *run, enum job_state wanted)
{
    for (size_t i = 0; i < run->job_count && run->in_state[wanted] > 0; i++) {
        struct job *job = &run->jobs[run->order[i]];
        if (job->state != wanted)
            continue;
        const char *reason = reason_to_skip(job);
        if (reason != NULL) {
            job_end_skip(job, reason);
            continue;
        }
        if (run->client_runs[job->client].state == CLIENT_NOT_PROVEN) {
            job_end_not_proven(job);
            continue;
        }
        if (run->client_runs[job->client].state != CLIENT_TRUSTED || has_its_client_busy(job) ||
            waits_for_driver(job) || (is_flood(job) && run->floods >= FLOODS_SIDE_BY_SIDE))
            continue;
        if (!may_start(run))
            return false;
        int lane = take_lane(run);
        if (lane < 0)
            return false;
        start_case(job, lane);
        return true;
    }
    return false;
}

static void start_again(struct run *run)
{
    if (run->alone_runs || run->running >= AGAIN_SIDE_BY_SIDE)
        return; /* a lane that is given back wakes */
    if (run->in_state[JOB_AGAIN] > 0 &&
        (run->running == 0 ||
         throttle_is_calm(&run->throttle, procfs_machine_now(), clock_now_ns())))
        (void)start_next_job(run, JOB_AGAIN);
    else if (run->running == 0)
        run->alone_runs = start_next_job(run, JOB_ALONE);
    if (!run->alone_runs && run->running > 0)
        look_later(run, AGAIN_GAP_MS * CLOCK_NS_PER_MS);
}

void schedule_on_wake(struct ev_loop *loop, ev_async *async, int revents)
{
    (void)revents;
    struct run *run = async->data;
    for (size_t i = 0; i < run->client_count && !run->stopping; i++) {
        if (run->client_runs[i].state != CLIENT_UNPROBED)
            continue;
        int lane = may_start(run) ? take_lane(run) : -1;
        if (lane < 0)
            return;
        start_probe(run, i, lane);
    }
    /* One at a time: to start two processes takes milliseconds in which no timer is heard. */
    if (!run->stopping && start_next_job(run, JOB_WAITING))
        ev_async_send(loop, &run->schedule);
    else if (!run->stopping && run->in_state[JOB_WAITING] == 0)
        start_again(run);
    if (run->stopping || run->in_state[JOB_DONE] == run->job_count)
        ev_break(loop, EVBREAK_ALL);
}

void schedule_on_later(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)revents;
    struct run *run = timer->data;
    ev_async_send(loop, &run->schedule);
}
