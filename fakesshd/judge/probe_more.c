#include "judge/probe_more.h"

#include "base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define MS CLOCK_NS_PER_MS

/* How long a reply may take; each but CONNECT_MS is a promise of the protocol. */
enum {
    NEWS_MS = 1000,
    CONNECT_MS = 500,
    CANCEL_MS = 1000,
    SETTLE_MS = 5000,
    ASK_MS = 2000,
    LEAVE_MS = 1000
};
enum {
    SLOT_MANY = PROBE_SLOTS,
    SLOT_STATUS = SLOT_MANY + PROBE_MANY_TASKS,
    SLOT_OUTPUT,
    SLOT_INPUT,
    SLOT_CANCEL,
    SLOT_LEFT
};

static_assert((int)SLOT_LEFT < (int)PROBE_SLOTS_THOROUGH, "a slot for each task");

static bool is_past(const struct probe *probe, int64_t from_ns, int limit_ms, int64_t now_ns)
{
    return (double)(now_ns - from_ns) > (double)(limit_ms * MS) * probe->slow_factor;
}

/* ---- tasks ---- */

void probe_more_begin(struct probe *probe, int64_t now_ns)
{
    struct probe_more *more = &probe->more;
    /* Twice the deadline: what is asked here is whether it is done right, not how fast. */
    int64_t deadline_ms = 2 * probe->spec.deadline_ms;
    probe_enter(probe, PROBE_MORE, now_ns);
    for (int i = 0; i < PROBE_MANY_TASKS; i++)
        more->many[i] =
            probe_start_task(probe, probe->spec.healthy, SLOT_MANY + i, deadline_ms, false);
    more->status = probe_start_task(probe, probe->spec.status, SLOT_STATUS, deadline_ms, false);
    more->output = probe_start_task(probe, probe->spec.output, SLOT_OUTPUT, deadline_ms, false);
    more->input = probe_start_task(probe, probe->spec.input, SLOT_INPUT, deadline_ms, false);
}

/* Over, and the server's news of it is here as well: the client may be faster than the pipe. */
static bool is_settled(const struct probe *probe, const struct task *task, int64_t now_ns)
{
    if (!probe_is_over(probe, task, now_ns))
        return false;
    return task == NULL || !task->ended || task->outcome != OUTCOME_SUCCESS ||
           witness_task(&probe->stage.witness, task->id)->exit_seen ||
           is_past(probe, task->ended_ns, NEWS_MS, now_ns);
}

static bool is_right(const struct probe *probe, const struct task *task)
{
    return task != NULL && task->ended && !task->crashed && task->outcome == OUTCOME_SUCCESS &&
           stage_answer_is_right(&probe->stage, task);
}

static void find_task(struct probe *probe, enum probe_item item, const struct task *task,
                      int64_t now_ns)
{
    char what[300], answer[160] = "";
    bool right = is_right(probe, task);
    probe_describe_task(task, now_ns, what, sizeof what);
    if (task != NULL && task->ended && task->outcome == OUTCOME_SUCCESS) {
        const struct witness_task *seen = witness_task(&probe->stage.witness, task->id);
        (void)snprintf(answer, sizeof answer,
                       "; exit_status %d and %llu bytes%s, the server sent %d and %llu",
                       task->exit_status, (unsigned long long)task->stdout_bytes,
                       task->stdout_bytes == seen->stdout_bytes && !right ? " (other ones)" : "",
                       seen->exit_status, (unsigned long long)seen->stdout_bytes);
    }
    probe_findings_set(&probe->findings, item, right, "%s%s", what, answer);
}

static void find_many(struct probe *probe, int64_t now_ns)
{
    const struct task *wrong = NULL;
    char what[300];
    int right = 0;
    for (int i = 0; i < PROBE_MANY_TASKS; i++) {
        const struct task *task = probe->more.many[i];
        bool well = is_right(probe, task) && task->nonce_seen;
        right += well;
        wrong = well ? wrong : task;
    }
    if (right == PROBE_MANY_TASKS) {
        probe_findings_set(&probe->findings, PROBE_MANY, true, "%d of %d are right", right, right);
        return;
    }
    probe_describe_task(wrong, now_ns, what, sizeof what);
    probe_findings_set(&probe->findings, PROBE_MANY, false, "%d of %d are right; another is %s%s",
                       right, PROBE_MANY_TASKS, what,
                       wrong != NULL && wrong->ended && wrong->outcome == OUTCOME_SUCCESS
                           ? ", with another output or status than the server's"
                           : "");
}

static void step_more(struct probe *probe, int64_t now_ns)
{
    struct probe_more *more = &probe->more;
    bool over = is_settled(probe, more->status, now_ns) &&
                is_settled(probe, more->output, now_ns) && is_settled(probe, more->input, now_ns);
    for (int i = 0; i < PROBE_MANY_TASKS; i++)
        over = over && is_settled(probe, more->many[i], now_ns);
    if (!over)
        return;
    find_many(probe, now_ns);
    find_task(probe, PROBE_STATUS, more->status, now_ns);
    find_task(probe, PROBE_OUTPUT, more->output, now_ns);
    find_task(probe, PROBE_STDIN, more->input, now_ns);
    probe_enter(probe, PROBE_CANCELLING, now_ns);
    more->asked_ns = 0;
}

/* ---- cancel ---- */

/* A task that waits for a silent host: has the host seen it, or was that long enough? */
static bool is_waiting(struct probe *probe, struct task **task, int slot, int64_t now_ns)
{
    /* Long enough that no deadline ends it before the probe does. */
    int64_t deadline_ms = 4 * probe->spec.deadline_ms + 4L * CANCEL_MS;
    if (*task == NULL)
        *task = probe_start_task(probe, probe->spec.silent, slot, deadline_ms, false);
    return *task == NULL || (*task)->ended ||
           witness_task(&probe->stage.witness, (*task)->id)->conns > 0 ||
           is_past(probe, probe->step_ns, CONNECT_MS, now_ns);
}

static void step_cancelling(struct probe *probe, int64_t now_ns)
{
    struct probe_more *more = &probe->more;
    char what[300];
    if (!stage_offers(&probe->stage, "cancel")) {
        probe_findings_leave(&probe->findings, PROBE_CANCEL, "hello does not offer cancel");
        probe_enter(probe, PROBE_SETTLING, now_ns);
        return;
    }
    if (more->asked_ns == 0) {
        if (!is_waiting(probe, &more->cancelled, SLOT_CANCEL, now_ns))
            return;
        more->asked_ns = now_ns;
        if (more->cancelled != NULL)
            stage_cancel_task(&probe->stage, more->cancelled);
        return;
    }
    const struct task *task = more->cancelled;
    if (task != NULL && !task->ended && !is_past(probe, more->asked_ns, CANCEL_MS, now_ns))
        return;
    probe_describe_task(task, now_ns, what, sizeof what);
    probe_findings_set(&probe->findings, PROBE_CANCEL,
                       task != NULL && task->ended && task->outcome == OUTCOME_CANCELLED,
                       "%s, %.0f ms after cancel", what, (double)(now_ns - more->asked_ns) / 1e6);
    probe_enter(probe, PROBE_SETTLING, now_ns);
    more->asked_ns = 0;
}

/* ---- settle, counters, stacks ---- */

/* Asks once, then waits. True when there is an answer, or none in time. */
static bool has_answer(struct probe *probe, const char *op, enum probe_item item, int limit_ms,
                       int64_t now_ns)
{
    struct probe_more *more = &probe->more;
    const struct stage *stage = &probe->stage;
    if (more->asked_ns == 0) {
        more->asked_ns = now_ns;
        stage_request(&probe->stage, op);
        return false;
    }
    double took_ms = (double)(now_ns - more->asked_ns) / 1e6;
    if (!stage->request_answered && !is_past(probe, more->asked_ns, limit_ms, now_ns))
        return false;
    more->asked_ns = 0;
    probe_findings_set(&probe->findings, item,
                       stage->request_answered && !stage->request_unsupported,
                       stage->request_answered ? "%s after %.0f ms" : "%s within %.0f ms",
                       !stage->request_answered     ? "no reply"
                       : stage->request_unsupported ? "unsupported"
                                                    : "a reply",
                       took_ms);
    return true;
}

/* Where the tasks are skipped; else it was asked with the others. */
static void step_odd(struct probe *probe, int64_t now_ns)
{
    if (!has_answer(probe, PROBE_ODD_OP, PROBE_UNKNOWN_OP, ASK_MS, now_ns))
        return;
    probe_find_odd(probe);
    probe_enter(probe, PROBE_SETTLING, now_ns);
}

static void step_settling(struct probe *probe, int64_t now_ns)
{
    if (!stage_offers(&probe->stage, "settle"))
        probe_findings_leave(&probe->findings, PROBE_SETTLE, "hello does not offer settle");
    else if (!has_answer(probe, "settle", PROBE_SETTLE, SETTLE_MS, now_ns))
        return;
    probe_enter(probe, PROBE_COUNTING, now_ns);
}

/* Tasks that the driver still owes an answer to. */
static int tasks_open(const struct stage *stage)
{
    int open = 0;
    for (int i = 0; i < stage->task_count; i++)
        open += stage->tasks[i] != NULL && !stage->tasks[i]->ended;
    return open;
}

static void step_counting(struct probe *probe, int64_t now_ns)
{
    const struct stage *stage = &probe->stage;
    if (!stage_offers(stage, "counters")) {
        probe_findings_leave(&probe->findings, PROBE_COUNTERS, "hello does not offer counters");
    } else {
        if (!has_answer(probe, "counters", PROBE_COUNTERS, ASK_MS, now_ns))
            return;
        if (stage->counts_tasks && stage->request_answered && !stage->request_unsupported)
            probe_findings_set(&probe->findings, PROBE_COUNTERS,
                               stage->driver_tasks == tasks_open(stage),
                               "tasks is %lld, and %d tasks have no result yet",
                               (long long)stage->driver_tasks, tasks_open(stage));
    }
    probe_enter(probe, PROBE_STACKING, now_ns);
}

static void step_stacking(struct probe *probe, int64_t now_ns)
{
    const struct stage *stage = &probe->stage;
    if (!stage_offers(stage, "stacks")) {
        probe_findings_leave(&probe->findings, PROBE_STACKS, "hello does not offer stacks");
    } else {
        if (!has_answer(probe, "stacks", PROBE_STACKS, ASK_MS, now_ns))
            return;
        if (stage->request_answered && !stage->request_unsupported)
            probe_findings_set(&probe->findings, PROBE_STACKS, stage->driver_stacks != NULL,
                               "%zu bytes of text",
                               stage->driver_stacks != NULL ? strlen(stage->driver_stacks) : 0);
    }
    probe_enter(probe, PROBE_LEAVING, now_ns);
}

/* ---- the end ---- */

static void find_end(struct probe *probe, enum probe_item item, const struct driver *driver,
                     int64_t now_ns)
{
    char how[96];
    double took_ms = (double)(now_ns - probe->more.asked_ns) / 1e6;
    if (!driver->died) {
        probe_findings_set(&probe->findings, item, false, "it was still there after %.0f ms",
                           took_ms);
        return;
    }
    process_describe_exit(driver->status, how, sizeof how);
    probe_findings_set(&probe->findings, item, WIFEXITED(driver->status), "%s after %.0f ms", how,
                       took_ms);
}

/* Its hello only, and then nothing more to read. */
static void on_second_hello(void *owner, const json_t *hello)
{
    struct probe *probe = owner;
    (void)hello;
    probe->more.second_greeted = true;
    probe_changed(probe);
}

static void on_second_result(void *owner, int id, const json_t *result)
{
    (void)owner, (void)id, (void)result;
}

static void on_second_reply(void *owner, const char *op, int id, const json_t *reply)
{
    (void)owner, (void)op, (void)id, (void)reply;
}

static void on_second_end(void *owner, bool crashed, const char *why)
{
    (void)crashed, (void)why;
    probe_changed(owner);
}

static const struct driver_events second_events = {on_second_hello, on_second_result,
                                                   on_second_reply, on_second_end};

static void start_second(struct probe *probe, int64_t now_ns)
{
    struct err_text error = {""};
    driver_close(probe->stage.driver);
    probe_enter(probe, PROBE_CLOSING, now_ns);
    probe->more.asked_ns = 0;
    if (stage_start_another(&probe->stage, &probe->more.second, &second_events, probe, &error) ==
        ERR_NONE)
        return;
    probe_findings_set(&probe->findings, PROBE_EOF, false, "%s", error.text);
    probe_conclude_by_findings(probe);
}

static void step_leaving(struct probe *probe, int64_t now_ns)
{
    struct probe_more *more = &probe->more;
    if (more->asked_ns == 0) {
        if (!probe->stage.driver->died && !is_waiting(probe, &more->left, SLOT_LEFT, now_ns))
            return;
        more->asked_ns = now_ns;
        driver_send(probe->stage.driver, json_pack("{s:s}", "op", "bye"));
        return;
    }
    if (!probe->stage.driver->died && !is_past(probe, more->asked_ns, LEAVE_MS + 100, now_ns))
        return;
    find_end(probe, PROBE_BYE, probe->stage.driver, now_ns);
    start_second(probe, now_ns);
}

static void step_closing(struct probe *probe, int64_t now_ns)
{
    struct probe_more *more = &probe->more;
    if (more->asked_ns == 0) {
        if (!more->second_greeted && !more->second.died &&
            !is_past(probe, probe->step_ns, STAGE_OPENING_MS, now_ns))
            return;
        more->asked_ns = now_ns;
        driver_finish_input(&more->second);
        return;
    }
    if (!more->second.died && !is_past(probe, more->asked_ns, LEAVE_MS + 100, now_ns))
        return;
    find_end(probe, PROBE_EOF, &more->second, now_ns);
    probe_conclude_by_findings(probe);
}

/* ---- the way through ---- */

void probe_more_skip_tasks(struct probe *probe, int64_t now_ns)
{
    static const enum probe_item items[] = {
        PROBE_REFUSED_PORT, PROBE_SILENT_HOST, PROBE_OTHER_HOSTKEY, PROBE_MANY,
        PROBE_STATUS,       PROBE_OUTPUT,      PROBE_STDIN,         PROBE_CANCEL};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        probe_findings_leave(&probe->findings, items[i], "the healthy task comes first");
    probe_enter(probe, PROBE_ODD, now_ns);
}

void probe_more_on_death(struct probe *probe)
{
    bool told = false;
    for (int item = PROBE_MANY; item < PROBE_ITEM_COUNT; item++) {
        struct probe_finding *finding = &probe->findings.items[item];
        if (finding->mark != PROBE_NOT_ASKED || finding->came[0] != '\0')
            continue;
        if (told)
            probe_findings_leave(&probe->findings, (enum probe_item)item, "the driver is gone");
        else
            probe_findings_set(&probe->findings, (enum probe_item)item, false, "%s",
                               probe->stage.why);
        told = true;
    }
    probe_conclude_by_findings(probe);
}

void probe_more_step(struct probe *probe, int64_t now_ns)
{
    switch (probe->step) {
    case PROBE_MORE:
        step_more(probe, now_ns);
        break;
    case PROBE_CANCELLING:
        step_cancelling(probe, now_ns);
        break;
    case PROBE_ODD:
        step_odd(probe, now_ns);
        break;
    case PROBE_SETTLING:
        step_settling(probe, now_ns);
        break;
    case PROBE_COUNTING:
        step_counting(probe, now_ns);
        break;
    case PROBE_STACKING:
        step_stacking(probe, now_ns);
        break;
    case PROBE_LEAVING:
        step_leaving(probe, now_ns);
        break;
    case PROBE_CLOSING:
        step_closing(probe, now_ns);
        break;
    case PROBE_OPENING:
    case PROBE_HEALTHY:
    case PROBE_OTHERS:
    case PROBE_ENDED:
        break;
    }
}
