#include "judge/case_steps.h"

#include "base/clock.h"
#include "judge/case_control.h"
#include "judge/case_ending.h"
#include "judge/case_share.h"
#include "judge/case_verdict.h"
#include "judge/case_watch.h"
#include "judge/procfs.h"

#include <stdio.h>
#include <string.h>

enum {
    POLL_MS = 5,
    COUNTING_MAX_MS = 500,
    HUNG_ROUNDS = 3 /* of a matrix, where every task hangs */
};

#define MS CLOCK_NS_PER_MS

void case_enter(struct judged_case *judged, enum case_step step, int64_t now_ns)
{
    judged->step = step;
    judged->step_ns = now_ns;
}

static bool step_opening(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    struct stage *stage = &judged->stage;
    if (stage->state == STAGE_STARTING && now_ns < judged->step_ns + STAGE_OPENING_MS * MS) {
        *look_ns = judged->step_ns + STAGE_OPENING_MS * MS;
        return false;
    }
    if (stage->state == STAGE_STARTING) {
        judged->result->may_be_noise = true;
        case_error(judged, STAGE_FAULT_ADAPTER,
                   stage->server_ready ? "the driver did not say hello within 30 s"
                                       : "the fake server did not start within 30 s");
        return true;
    }
    judged->service = stage_service(stage, judged->spec.scenario->id);
    judged->control_service = stage_service(stage, judged->spec.control->id);
    if (stage_client_pid(stage) > 0)
        counters_use_limits(&judged->counters, stage_client_pid(stage));
    if (judged->spec.scenario->cancel_share > 0 && !stage->offers_cancel) {
        case_skip(judged,
                  "the client cannot cancel a task: its hello does not list 'cancel' in ops");
        return true;
    }
    case_note(judged, "server and client are ready");
    case_control_start(judged);
    case_enter(judged, STEP_CONTROL_BEFORE, now_ns);
    return true;
}

/* In a matrix, where many cells hang, those need not be looked at for long: see
 * counters_judge_hung(). */
static bool hangs_in_matrix(const struct judged_case *judged)
{
    bool hangs =
        strcmp(judged->spec.profile->name, GROWTH_MATRIX) == 0 && judged->tasks_measured > 0;
    for (int i = 0; i < judged->stage.task_count && hangs; i++)
        hangs = judged->stage.tasks[i]->control || !judged->stage.tasks[i]->ended;
    return hangs;
}

static int size_of_round(const struct judged_case *judged)
{
    if (judged->asks_one)
        return 1;
    if (!manifest_lives_on(judged->spec.manifest))
        return judged->spec.template_tasks;
    if (hangs_in_matrix(judged) && judged->round < HUNG_ROUNDS)
        return judged->spec.profile->tasks_per_round;
    return counters_profile(&judged->counters)->tasks_per_round;
}

static void begin_round(struct judged_case *judged, int64_t now_ns)
{
    judged->round_size = size_of_round(judged);
    judged->round++;
    judged->round_started = 0;
    judged->first_of_round = judged->stage.task_count;
    judged->next_start_ns = now_ns;
    judged->turn_ns = PACE_NO_TURN;
    case_watch_begin(judged);
    case_enter(judged, STEP_ROUND, now_ns);
}

static void begin_settling(struct judged_case *judged, bool after_control, int64_t now_ns)
{
    judged->settles_control = after_control;
    judged->stable_since_ns = now_ns;
    judged->settle_asked = false;
    judged->counters.any = false;
    case_enter(judged, STEP_SETTLING, now_ns);
}

static bool step_control_before(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    if (!case_control_is_over(judged, judged->window.hung_ns, now_ns, look_ns))
        return false;
    if (judged->control_failed) {
        char why[400];
        (void)snprintf(why, sizeof why, "a healthy task failed before the first: %s",
                       judged->control_why);
        judged->slow_factor = judged->noise->factor; /* nothing else was measured yet */
        judged->result->may_be_noise = true;
        case_inconclusive(judged, why);
        return true;
    }
    /* Without a warm-up the healthy task was one, and the first reading comes after it. */
    if (manifest_lives_on(judged->spec.manifest) && judged->warmup_rounds == 0)
        begin_settling(judged, true, now_ns);
    else
        begin_round(judged, now_ns);
    return true;
}

static bool start_due_tasks(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    int64_t gap_ns = CASE_ROUND_SPREAD_MS * MS / judged->round_size;
    while (judged->round_started < judged->round_size) {
        if (now_ns < judged->next_start_ns) {
            *look_ns = judged->next_start_ns;
            return false;
        }
        if (!pace_take(judged->pace, now_ns, manifest_cost(judged->spec.manifest), &judged->turn_ns,
                       look_ns))
            return false;
        int slot = judged->stage.task_count % judged->slots;
        (void)stage_start_task(&judged->stage, judged->service, slot, judged->spec.deadline_ms,
                               judged->spec.scenario->stdin_bytes, false);
        judged->round_started++;
        judged->next_start_ns = now_ns + gap_ns;
    }
    return true;
}

/* Of a scenario that cancels its tasks: those that are due. Returns when the next one is. */
static int64_t cancel_due_tasks(struct judged_case *judged, int64_t now_ns)
{
    int64_t next_ns = INT64_MAX;
    if (!judged->window.is_cancelled)
        return next_ns;
    for (int i = judged->first_of_round; i < judged->stage.task_count; i++) {
        struct task *task = judged->stage.tasks[i];
        int64_t due_ns = task->t0_ns + judged->due_ms * MS;
        if (task->ended || task->cancelled_ns != 0)
            continue;
        if (now_ns >= due_ns)
            stage_cancel_task(&judged->stage, task);
        else if (due_ns < next_ns)
            next_ns = due_ns;
    }
    return next_ns;
}

static bool step_round(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    int64_t cancel_ns = cancel_due_tasks(judged, now_ns);
    if (!start_due_tasks(judged, now_ns, look_ns)) {
        *look_ns = cancel_ns < *look_ns ? cancel_ns : *look_ns;
        return false;
    }
    *look_ns = INT64_MAX;
    for (int i = judged->first_of_round; i < judged->stage.task_count; i++) {
        struct task *task = judged->stage.tasks[i];
        int64_t late_ns = task->t0_ns + judged->window.late_ns;
        if (!task->ended && now_ns < late_ns && late_ns < *look_ns)
            *look_ns = late_ns;
    }
    if (*look_ns != INT64_MAX) {
        *look_ns = cancel_ns < *look_ns ? cancel_ns : *look_ns;
        case_watch(judged, now_ns, look_ns);
        return false;
    }
    case_watch_end(judged);
    case_note(judged, "round %d of %d tasks is over", judged->round, judged->round_size);
    if (case_share_gives_up_overdue(judged))
        return true;
    judged->is_stopped = procfs_is_stopped(stage_client_pid(&judged->stage));
    if (judged->is_stopped) {
        /* More tasks would tell no more of it. */
        case_note(judged, "a signal has stopped the client");
        case_enter(judged, STEP_WAITING_HUNG, now_ns);
    } else if (case_control_wanted_between(judged)) {
        case_control_start(judged);
        case_enter(judged, STEP_CONTROL_BETWEEN, now_ns);
    } else {
        begin_settling(judged, false, now_ns);
    }
    return true;
}

/* What comes of it is told; it is no reason to end the measuring. */
static bool step_control_between(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    if (!case_control_is_over(judged, judged->window.late_ns, now_ns, look_ns))
        return false;
    /* On a noisy machine a handshake may take as long; nothing is said of that. */
    judged->between_failed = judged->control_failed && judged->noise->factor <= 1;
    begin_settling(judged, true, now_ns);
    return true;
}

int64_t case_open_connections(const struct judged_case *judged)
{
    return (int64_t)witness_open(&judged->stage.witness, judged->service) +
           (judged->service != judged->control_service
                ? (int64_t)witness_open(&judged->stage.witness, judged->control_service)
                : 0);
}

static struct reading read_now(const struct judged_case *judged)
{
    struct reading reading =
        counters_read(stage_client_pid(&judged->stage), case_open_connections(judged));
    if (reading.value[COUNTER_CHILDREN] != GROWTH_MISSING)
        reading.value[COUNTER_CHILDREN] += (int64_t)stage_orphans(&judged->stage);
    return reading;
}

/* A healthy task that is over may still be closing its connection, and what is read then goes away:
 * as if the client had let go of something. Asked right after one only; who keeps connections for
 * the next task is not waited for each time. */
static bool a_control_is_closing(const struct judged_case *judged)
{
    const struct task *control = judged->control;
    return judged->settles_control && control != NULL && control->ended &&
           witness_task(&judged->stage.witness, control->id)->open > 0;
}

static bool step_settling(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    bool driver = judged->spec.manifest->driver;
    const struct growth_profile *profile = counters_profile(&judged->counters);
    if (driver && !judged->settle_asked) {
        judged->settle_asked = true;
        stage_request(&judged->stage, "settle");
    }
    struct reading reading = read_now(judged);
    if (!judged->counters.any || !reading_equal(&reading, &judged->counters.last))
        judged->stable_since_ns = now_ns;
    judged->counters.last = reading;
    judged->counters.any = true;
    bool settled = (!driver || judged->stage.request_answered) &&
                   now_ns >= judged->stable_since_ns + profile->settle_stable_ms * MS &&
                   !a_control_is_closing(judged) &&
                   (manifest_lives_on(judged->spec.manifest) || reading.value[COUNTER_CONNS] == 0);
    if (!settled && now_ns < judged->step_ns + profile->settle_max_ms * MS) {
        *look_ns = now_ns + POLL_MS * MS;
        return false;
    }
    if (driver && judged->stage.counts_tasks)
        stage_request(&judged->stage, "counters");
    case_enter(judged, STEP_COUNTING, now_ns);
    return true;
}

static void after_rounds(struct judged_case *judged, int64_t now_ns)
{
    if (case_watch_is_in_doubt(judged)) {
        case_note(judged, "work or spinning: one task by itself is to tell");
        case_watch_ask_one(judged);
        begin_round(judged, now_ns);
    } else {
        case_enter(judged, STEP_WAITING_HUNG, now_ns);
    }
}

/* After a reading: another round, or the end. */
static void decide_next(struct judged_case *judged, int64_t now_ns)
{
    int64_t budget_ns =
        case_budget_growth_ns(&judged->budget, counters_in_first_look(&judged->counters));
    bool hangs = hangs_in_matrix(judged) && judged->round == HUNG_ROUNDS;
    if (counters_judge(&judged->counters, now_ns - judged->begun_ns > budget_ns) ||
        (hangs && counters_judge_hung(&judged->counters)))
        after_rounds(judged, now_ns);
    else if (!case_share_gives_up_moved(judged))
        begin_round(judged, now_ns);
}

/* No task for a while: a client that only lingers lets go now. What is overdue may still come back,
 * and let go then: until it counts as hung it is waited for. */
static void begin_drain(struct judged_case *judged, const struct reading *before, int64_t now_ns)
{
    judged->drain = (struct drain){.before = *before, .drain_ms = judged->budget.drain_ms};
    judged->drain_end_ns = now_ns + judged->budget.drain_ms * MS;
    for (int i = judged->first_of_round; i < judged->stage.task_count; i++) {
        const struct task *task = judged->stage.tasks[i];
        int64_t hung_ns = task->t0_ns + judged->window.hung_ns;
        if (!task->ended && hung_ns > judged->drain_end_ns)
            judged->drain_end_ns = hung_ns;
    }
    case_enter(judged, STEP_DRAINING, now_ns);
}

/* The rounds of the warm-up are not measured; the reading after the last of them is the baseline.
 */
static void count_reading(struct judged_case *judged, const struct reading *reading, int64_t now_ns)
{
    if (judged->asks_one) {
        after_rounds(judged, now_ns);
        return;
    }
    if (judged->round < judged->warmup_rounds) {
        begin_round(judged, now_ns);
        return;
    }
    if (judged->drained) {
        judged->drained = false;
        judged->drain.after = *reading;
        if (counters_add_drained(&judged->counters, judged->tasks_measured, &judged->drain))
            case_note(judged, "it let go of some of what it held while it idled");
    } else {
        if (judged->round > judged->warmup_rounds)
            judged->tasks_measured += judged->round_size;
        /* What a task holds that hangs, no idling gives back. */
        if (!judged->is_shared && !hangs_in_matrix(judged) &&
            counters_want_drain(&judged->counters, judged->tasks_measured, reading)) {
            begin_drain(judged, reading, now_ns);
            return;
        }
        counters_add(&judged->counters, judged->tasks_measured, reading);
    }
    decide_next(judged, now_ns);
}

static bool step_counting(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    bool driver = judged->spec.manifest->driver;
    if (driver && judged->stage.counts_tasks && !judged->stage.request_answered &&
        now_ns < judged->step_ns + COUNTING_MAX_MS * MS) {
        *look_ns = judged->step_ns + COUNTING_MAX_MS * MS;
        return false;
    }
    if (!manifest_lives_on(judged->spec.manifest)) {
        after_rounds(judged, now_ns);
        return true;
    }
    struct reading reading = read_now(judged);
    if (judged->stage.counts_tasks && judged->stage.request_answered)
        reading.value[COUNTER_TASKS] = judged->stage.driver_tasks;
    if (judged->stage.request_answered && judged->stage.driver_goroutines >= 0)
        reading.value[COUNTER_GOROUTINES] = judged->stage.driver_goroutines;
    count_reading(judged, &reading, now_ns);
    return true;
}

static bool step_draining(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    int64_t end_ns = judged->drain_end_ns, whole_ns = end_ns - judged->step_ns;
    int64_t late_ns = judged->step_ns + whole_ns * 3 / 4 +
                      whole_ns / 8 * judged->drain.late_count / (GROWTH_LATE_READINGS - 1);
    bool late_ones_left = judged->drain.late_count < GROWTH_LATE_READINGS;
    if (late_ones_left && now_ns >= late_ns) {
        judged->drain.late[judged->drain.late_count++] = read_now(judged);
        return true;
    }
    if (now_ns < end_ns) {
        *look_ns = late_ones_left ? late_ns : end_ns;
        return false;
    }
    judged->drained = true;
    if (judged->stage.counts_tasks)
        stage_request(&judged->stage, "counters");
    case_enter(judged, STEP_COUNTING, now_ns);
    return true;
}

bool case_take_step(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    switch (judged->step) {
    case STEP_OPENING:
        return step_opening(judged, now_ns, look_ns);
    case STEP_CONTROL_BEFORE:
        return step_control_before(judged, now_ns, look_ns);
    case STEP_ROUND:
        return step_round(judged, now_ns, look_ns);
    case STEP_CONTROL_BETWEEN:
        return step_control_between(judged, now_ns, look_ns);
    case STEP_SETTLING:
        return step_settling(judged, now_ns, look_ns);
    case STEP_COUNTING:
        return step_counting(judged, now_ns, look_ns);
    case STEP_DRAINING:
        return step_draining(judged, now_ns, look_ns);
    case STEP_WAITING_HUNG:
        return case_step_waiting_hung(judged, now_ns, look_ns);
    case STEP_EVIDENCE:
        return case_step_evidence(judged, now_ns, look_ns);
    case STEP_CONTROL_AFTER:
        return case_step_control_after(judged, now_ns, look_ns);
    case STEP_DUMP:
        return case_step_dump(judged, now_ns, look_ns);
    case STEP_STOPPING:
        return case_step_stopping(judged, now_ns, look_ns);
    case STEP_ENDED:
        break;
    }
    return false;
}
