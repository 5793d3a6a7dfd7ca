#include "judge/probe.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define MS CLOCK_NS_PER_MS

static void conclude(struct probe *probe, bool trusted, const char *step, const char *what)
{
    probe->trusted = trusted;
    probe->step = PROBE_ENDED;
    if (!trusted)
        (void)snprintf(probe->why, sizeof probe->why, "%s: %.360s", step, what);
}

static bool is_over(const struct probe *probe, const struct task *task, int64_t now_ns)
{
    return task == NULL || task->ended || task_elapsed_ns(task, now_ns) >= probe->window.hung_ns;
}

static void step_opening(struct probe *probe, int64_t now_ns)
{
    if (probe->stage.state == STAGE_STARTING && now_ns < probe->begun_ns + STAGE_OPENING_MS * MS)
        return;
    if (probe->stage.state == STAGE_STARTING) {
        probe->cannot_start = true;
        conclude(probe, false, "start", "the driver did not say hello within 30 s");
        return;
    }
    probe->healthy_task =
        stage_start_task(&probe->stage, stage_service(&probe->stage, probe->spec.healthy->id), 0,
                         probe->spec.deadline_ms, 0, false);
    probe->step = PROBE_HEALTHY;
}

static struct task *start(struct probe *probe, const struct scenario *scenario, int slot,
                          int64_t deadline_ms, bool wrong_hostkey)
{
    return stage_start_task(&probe->stage, stage_service(&probe->stage, scenario->id), slot,
                            deadline_ms, 0, wrong_hostkey);
}

static void step_healthy(struct probe *probe, int64_t now_ns)
{
    const struct task *task = probe->healthy_task;
    if (!is_over(probe, task, now_ns))
        return;
    char what[300];
    if (task == NULL || !task->ended || task->outcome != OUTCOME_SUCCESS) {
        bool contact = task != NULL && witness_task(&probe->stage.witness, task->id)->conns > 0;
        (void)snprintf(what, sizeof what, "expected success, found %s%s%s%s",
                       task == NULL || !task->ended ? "no answer" : outcome_name(task->outcome),
                       task != NULL && task->error[0] != '\0' ? ": " : "",
                       task != NULL ? task->error : "", contact ? "" : " (it never connected)");
        conclude(probe, false, "healthy server", what);
        return;
    }
    int64_t deadline_ms = probe->spec.deadline_ms;
    probe->step = PROBE_OTHERS;
    probe->refused_task = start(probe, probe->spec.refused, 1, deadline_ms, false);
    probe->short_task = start(probe, probe->spec.silent, 2, deadline_ms, false);
    probe->long_task = start(probe, probe->spec.silent, 3, 2 * deadline_ms, false);
    if (probe->spec.manifest->file != NULL)
        probe->other_key_task = start(probe, probe->spec.healthy, 4, deadline_ms, true);
    if (probe->spec.manifest->driver)
        stage_request(&probe->stage, "an-operation-that-does-not-exist");
}

static bool said_success(const struct task *task)
{
    return task != NULL && task->ended && !task->crashed && task->outcome == OUTCOME_SUCCESS;
}

/* Both came back by themselves, and the longer deadline made no difference. */
static bool ignores_deadline(const struct probe *probe, int64_t now_ns)
{
    const struct task *a = probe->short_task, *b = probe->long_task;
    if (!manifest_is_told_deadline(probe->spec.manifest) && !probe->spec.manifest->driver)
        return false;
    if (a == NULL || b == NULL || !a->ended || !b->ended || a->crashed || b->crashed)
        return false;
    int64_t difference_ns = task_elapsed_ns(b, now_ns) - task_elapsed_ns(a, now_ns);
    return difference_ns < probe->spec.deadline_ms * MS / 4;
}

static void step_others(struct probe *probe, int64_t now_ns)
{
    bool driver = probe->spec.manifest->driver;
    bool answered = !driver || probe->stage.request_answered ||
                    now_ns > probe->healthy_task->ended_ns + probe->window.hung_ns;
    if (!is_over(probe, probe->refused_task, now_ns) ||
        !is_over(probe, probe->short_task, now_ns) || !is_over(probe, probe->long_task, now_ns) ||
        !is_over(probe, probe->other_key_task, now_ns) || !answered)
        return;
    if (said_success(probe->refused_task))
        conclude(probe, false, "refused port", "expected failure, found success");
    else if (said_success(probe->short_task) || said_success(probe->long_task))
        conclude(probe, false, "silent host", "expected a timeout, found success");
    else if (ignores_deadline(probe, now_ns))
        conclude(probe, false, "silent host",
                 "two deadlines gave the same duration: the deadline does not reach the client");
    else if (said_success(probe->other_key_task))
        conclude(probe, false, "another host key",
                 "expected failure, found success: the host key is not checked");
    else if (driver && !probe->stage.request_unsupported)
        conclude(probe, false, "unknown operation", "expected \"unsupported\"");
    else
        conclude(probe, true, "", "");
}

static void look(struct probe *probe)
{
    if (probe->advancing || probe->step == PROBE_ENDED)
        return;
    probe->advancing = true;
    int64_t now_ns = clock_now_ns();
    const struct stage *stage = &probe->stage;
    bool past_healthy = probe->step == PROBE_OTHERS;
    if (stage->state == STAGE_FAILED && stage->fault == STAGE_FAULT_CRASH && past_healthy) {
        conclude(probe, true, "", ""); /* a defect, for the cases to find */
    } else if (stage->state == STAGE_FAILED) {
        probe->cannot_start = probe->step == PROBE_OPENING || stage->fault == STAGE_FAULT_ADAPTER;
        conclude(probe, false, probe->cannot_start ? "start" : "healthy server", stage->why);
    } else if (probe->step == PROBE_OPENING) {
        step_opening(probe, now_ns);
    } else if (probe->step == PROBE_HEALTHY) {
        step_healthy(probe, now_ns);
    } else {
        step_others(probe, now_ns);
    }
    probe->advancing = false;
    if (probe->step == PROBE_ENDED) {
        ev_timer_stop(probe->loop, &probe->wake);
        probe->on_end(probe, probe->owner);
    }
}

static void on_wake(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    look(timer->data);
}

/* Facts are looked at after the callback that brought them. */
static void on_change(void *owner)
{
    struct probe *probe = owner;
    if (!probe->advancing && probe->step != PROBE_ENDED)
        ev_feed_event(probe->loop, &probe->wake, EV_TIMER);
}

void probe_begin(struct probe *probe, const struct probe_spec *spec, struct ev_loop *loop,
                 struct reaper *reaper, double slow_factor,
                 void (*on_end)(struct probe *probe, void *owner), void *owner)
{
    memset(probe, 0, sizeof *probe);
    probe->spec = *spec;
    probe->loop = loop;
    probe->on_end = on_end;
    probe->owner = owner;
    probe->begun_ns = clock_now_ns();
    probe->window =
        window_make(2 * spec->deadline_ms, manifest_grace_ms(spec->manifest, 2 * spec->deadline_ms),
                    slow_factor);
    /* Looking again ten times a second is enough for what has no event of its own. */
    ev_timer_init(&probe->wake, on_wake, 0.1, 0.1);
    probe->wake.data = probe;
    ev_timer_start(loop, &probe->wake);
    char mark[64];
    (void)snprintf(mark, sizeof mark, "%d.%d.probe", (int)getpid(), spec->lane);
    const struct scenario *scenarios[] = {spec->healthy, spec->refused, spec->silent};
    struct stage_spec stage = {.manifest = spec->manifest,
                               .scenarios = scenarios,
                               .scenario_count = 3,
                               .lane = spec->lane,
                               .slots = 5,
                               .deadline_ms = spec->deadline_ms,
                               .seed = spec->seed,
                               .mark = mark,
                               .workdir = spec->workdir};
    struct err_text error;
    probe->advancing = true;
    if (stage_open(&probe->stage, &stage, loop, reaper, on_change, probe, &error) != ERR_NONE) {
        probe->stage.state = STAGE_FAILED;
        (void)snprintf(probe->stage.why, sizeof probe->stage.why, "%s", error.text);
    }
    probe->advancing = false;
    on_change(probe);
}

void probe_fini(struct probe *probe)
{
    ev_timer_stop(probe->loop, &probe->wake);
    ev_clear_pending(probe->loop, &probe->wake);
    stage_close(&probe->stage);
}
