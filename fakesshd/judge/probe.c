#include "judge/probe.h"

#include "base/clock.h"
#include "judge/probe_more.h"

#include <stdio.h>
#include <string.h>

#define MS CLOCK_NS_PER_MS

void probe_enter(struct probe *probe, enum probe_step step, int64_t now_ns)
{
    probe->step = step;
    probe->step_ns = now_ns;
}

bool probe_is_over(const struct probe *probe, const struct task *task, int64_t now_ns)
{
    return task == NULL || task->ended || task_elapsed_ns(task, now_ns) >= probe->window.hung_ns;
}

struct task *probe_start_task(struct probe *probe, const struct scenario *scenario, int slot,
                              int64_t deadline_ms, bool wrong_hostkey)
{
    return stage_start_task(&probe->stage, stage_service(&probe->stage, scenario->id), slot,
                            deadline_ms, scenario->stdin_bytes, wrong_hostkey);
}

void probe_describe_task(const struct task *task, int64_t now_ns, char *text, size_t size)
{
    if (task == NULL) {
        (void)snprintf(text, size, "nothing: the client could not be started");
        return;
    }
    double ms = (double)task_elapsed_ns(task, now_ns) / 1e6;
    if (!task->ended)
        (void)snprintf(text, size, "no answer within %.0f ms", ms);
    else if (task->crashed)
        (void)snprintf(text, size, "its death after %.0f ms", ms);
    else
        (void)snprintf(text, size, "%s after %.0f ms%s%s", outcome_name(task->outcome), ms,
                       task->error[0] != '\0' ? ": " : "", task->error);
}

static void conclude(struct probe *probe, bool trusted, enum probe_item item)
{
    probe->trusted = trusted;
    probe->step = PROBE_ENDED;
    if (!trusted)
        (void)snprintf(probe->why, sizeof probe->why, "%s: %.400s", probe_item_word(item),
                       probe->findings.items[item].came);
}

void probe_conclude_by_findings(struct probe *probe)
{
    for (int item = 0; item < PROBE_ITEM_COUNT; item++) {
        if (probe->findings.items[item].mark == PROBE_FAILED) {
            conclude(probe, false, (enum probe_item)item);
            return;
        }
    }
    conclude(probe, true, PROBE_START);
}

/* ---- the opening and the healthy task ---- */

static void step_opening(struct probe *probe, int64_t now_ns)
{
    if (probe->stage.state == STAGE_STARTING && now_ns < probe->begun_ns + STAGE_OPENING_MS * MS)
        return;
    if (probe->stage.state == STAGE_STARTING) {
        probe->cannot_start = true;
        probe_findings_set(&probe->findings, PROBE_START, false,
                           "the driver did not say hello within 30 s");
        conclude(probe, false, PROBE_START);
        return;
    }
    probe_findings_set(&probe->findings, PROBE_START, true, "ready after %.0f ms",
                       (double)(now_ns - probe->begun_ns) / 1e6);
    probe->healthy_task =
        probe_start_task(probe, probe->spec.healthy, 0, probe->spec.deadline_ms, false);
    probe_enter(probe, PROBE_HEALTHY, now_ns);
}

static void begin_others(struct probe *probe, int64_t now_ns)
{
    int64_t deadline_ms = probe->spec.deadline_ms;
    probe_enter(probe, PROBE_OTHERS, now_ns);
    if (!probe->spec.manifest->external) /* nobody sees that a connection was refused */
        probe->refused_task = probe_start_task(probe, probe->spec.refused, 1, deadline_ms, false);
    probe->short_task = probe_start_task(probe, probe->spec.silent, 2, deadline_ms, false);
    probe->long_task = probe_start_task(probe, probe->spec.silent, 3, 2 * deadline_ms, false);
    if (probe->spec.manifest->file != NULL)
        probe->other_key_task = probe_start_task(probe, probe->spec.healthy, 4, deadline_ms, true);
    if (probe->spec.manifest->driver)
        stage_request(&probe->stage, PROBE_ODD_OP);
}

static void step_healthy(struct probe *probe, int64_t now_ns)
{
    const struct task *task = probe->healthy_task;
    if (!probe_is_over(probe, task, now_ns))
        return;
    char what[300];
    probe_describe_task(task, now_ns, what, sizeof what);
    if (task != NULL && task->ended && !task->crashed && task->outcome == OUTCOME_SUCCESS) {
        probe_findings_set(&probe->findings, PROBE_HEALTHY_SERVER, true, "%s", what);
        begin_others(probe, now_ns);
        return;
    }
    bool contact = task != NULL && witness_task(&probe->stage.witness, task->id)->conns > 0;
    probe_findings_set(&probe->findings, PROBE_HEALTHY_SERVER, false,
                       "expected success, found %s%s", what,
                       contact ? "" : " (it never connected)");
    if (probe->spec.thorough && probe->spec.manifest->driver)
        probe_more_skip_tasks(probe, now_ns);
    else
        conclude(probe, false, PROBE_HEALTHY_SERVER);
}

/* ---- what it must not call a success ---- */

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
    /* Some limits are a share of the deadline: a quarter, say. */
    return difference_ns < probe->spec.deadline_ms * MS / 8;
}

static void find_no_success(struct probe *probe, enum probe_item item, const struct task *task,
                            const char *why, int64_t now_ns)
{
    char what[300];
    bool well = !said_success(task);
    probe_describe_task(task, now_ns, what, sizeof what);
    probe_findings_set(&probe->findings, item, well, "%s%s%s",
                       well ? "" : "expected failure, found ", what, well ? "" : why);
}

static void find_silent(struct probe *probe, int64_t now_ns)
{
    char a[240], b[240];
    bool success = said_success(probe->short_task) || said_success(probe->long_task);
    bool ignored = !success && ignores_deadline(probe, now_ns);
    probe_describe_task(probe->short_task, now_ns, a, sizeof a);
    probe_describe_task(probe->long_task, now_ns, b, sizeof b);
    probe_findings_set(&probe->findings, PROBE_SILENT_HOST, !success && !ignored, "%s%s; %s%s",
                       success ? "expected a timeout, found " : "", a, b,
                       ignored ? "; two deadlines gave the same duration: the deadline does not "
                                 "reach the client"
                               : "");
}

void probe_find_odd(struct probe *probe)
{
    const struct stage *stage = &probe->stage;
    const char *came = stage->request_unsupported ? "unsupported"
                       : stage->request_answered  ? "expected \"unsupported\", found another reply"
                                                  : "expected \"unsupported\", found no reply";
    probe_findings_set(&probe->findings, PROBE_UNKNOWN_OP, stage->request_unsupported, "%s", came);
}

static void find_others(struct probe *probe, int64_t now_ns)
{
    if (probe->refused_task != NULL)
        find_no_success(probe, PROBE_REFUSED_PORT, probe->refused_task, "", now_ns);
    else
        probe_findings_leave(&probe->findings, PROBE_REFUSED_PORT,
                             "of a client that is not started here nobody sees a refusal");
    find_silent(probe, now_ns);
    if (probe->spec.manifest->file != NULL)
        find_no_success(probe, PROBE_OTHER_HOSTKEY, probe->other_key_task,
                        ": the host key is not checked", now_ns);
    else
        probe_findings_leave(&probe->findings, PROBE_OTHER_HOSTKEY,
                             "a command without a manifest makes no promise about host keys");
    if (probe->spec.manifest->driver)
        probe_find_odd(probe);
}

static void step_others(struct probe *probe, int64_t now_ns)
{
    bool driver = probe->spec.manifest->driver;
    bool answered = !driver || probe->stage.request_answered ||
                    now_ns > probe->healthy_task->ended_ns + probe->window.hung_ns;
    if (!probe_is_over(probe, probe->refused_task, now_ns) ||
        !probe_is_over(probe, probe->short_task, now_ns) ||
        !probe_is_over(probe, probe->long_task, now_ns) ||
        !probe_is_over(probe, probe->other_key_task, now_ns) || !answered)
        return;
    find_others(probe, now_ns);
    if (probe->spec.thorough && driver)
        probe_more_begin(probe, now_ns);
    else
        probe_conclude_by_findings(probe);
}

/* ---- the way through ---- */

static void on_failed_stage(struct probe *probe, int64_t now_ns)
{
    const struct stage *stage = &probe->stage;
    bool died_later = stage->fault == STAGE_FAULT_CRASH && probe->step >= PROBE_OTHERS;
    if (died_later && !probe->spec.thorough) {
        conclude(probe, true, PROBE_START); /* a defect, for the cases to find */
        return;
    }
    if (died_later) {
        if (probe->step == PROBE_OTHERS)
            find_others(probe, now_ns);
        probe_more_on_death(probe);
        return;
    }
    probe->cannot_start = probe->step == PROBE_OPENING || stage->fault == STAGE_FAULT_ADAPTER;
    enum probe_item item = probe->cannot_start ? PROBE_START : PROBE_HEALTHY_SERVER;
    probe_findings_set(&probe->findings, item, false, "%s", stage->why);
    conclude(probe, false, item);
}

static void look(struct probe *probe)
{
    if (probe->advancing || probe->step == PROBE_ENDED)
        return;
    probe->advancing = true;
    int64_t now_ns = clock_now_ns();
    if (probe->stage.state == STAGE_FAILED && probe->step < PROBE_LEAVING)
        on_failed_stage(probe, now_ns);
    else if (probe->step == PROBE_OPENING)
        step_opening(probe, now_ns);
    else if (probe->step == PROBE_HEALTHY)
        step_healthy(probe, now_ns);
    else if (probe->step == PROBE_OTHERS)
        step_others(probe, now_ns);
    else
        probe_more_step(probe, now_ns);
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
    probe_changed(owner);
}

void probe_changed(struct probe *probe)
{
    if (!probe->advancing && probe->step != PROBE_ENDED)
        ev_feed_event(probe->loop, &probe->wake, EV_TIMER);
}

static void open_stage(struct probe *probe)
{
    const struct probe_spec *spec = &probe->spec;
    char mark[64];
    (void)snprintf(mark, sizeof mark, "%d.%d.probe", (int)getpid(), spec->lane);
    const struct scenario *scenarios[] = {spec->healthy, spec->refused, spec->silent,
                                          spec->status,  spec->output,  spec->input};
    struct stage_spec stage = {.manifest = spec->manifest,
                               .scenarios = scenarios,
                               .scenario_count = spec->thorough ? 6 : 3,
                               .lane = spec->lane,
                               .slots = spec->thorough ? PROBE_SLOTS_THOROUGH : PROBE_SLOTS,
                               .deadline_ms = spec->deadline_ms,
                               .seed = spec->seed,
                               .mark = mark,
                               .workdir = spec->workdir,
                               .tap = spec->tap};
    struct err_text error;
    probe->advancing = true;
    if (stage_open(&probe->stage, &stage, probe->loop, probe->reaper, on_change, probe, &error) !=
        ERR_NONE) {
        probe->stage.state = STAGE_FAILED;
        (void)snprintf(probe->stage.why, sizeof probe->stage.why, "%s", error.text);
    }
    probe->advancing = false;
}

void probe_begin(struct probe *probe, const struct probe_spec *spec, struct ev_loop *loop,
                 struct reaper *reaper, double slow_factor,
                 void (*on_end)(struct probe *probe, void *owner), void *owner)
{
    memset(probe, 0, sizeof *probe);
    probe->spec = *spec;
    probe->loop = loop;
    probe->reaper = reaper;
    probe->slow_factor = slow_factor;
    probe->on_end = on_end;
    probe->owner = owner;
    probe->begun_ns = probe->step_ns = clock_now_ns();
    probe->window =
        window_make(2 * spec->deadline_ms, manifest_grace_ms(spec->manifest, 2 * spec->deadline_ms),
                    slow_factor);
    /* Looking again ten times a second is enough for what has no event of its own. */
    ev_timer_init(&probe->wake, on_wake, 0.1, 0.1);
    probe->wake.data = probe;
    ev_timer_start(loop, &probe->wake);
    open_stage(probe);
    on_change(probe);
}

void probe_fini(struct probe *probe)
{
    ev_timer_stop(probe->loop, &probe->wake);
    ev_clear_pending(probe->loop, &probe->wake);
    if (probe->spec.thorough)
        driver_close(&probe->more.second);
    stage_close(&probe->stage);
}
