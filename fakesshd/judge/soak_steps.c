/* What a soak does in each of its steps. A step looks at the facts and the clock, and either hands
 * over to the next or says when to look again; it never waits. */
#include "judge/soak_state.h"

#include "base/clock.h"
#include "judge/procfs.h"
#include "judge/procfs_go.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OPENING_MS = 10000,
    CONTROL_MS = 3000,
    POLL_MS = 5,
    COUNTING_MAX_MS = 500,
    DUMP_MAX_MS = 2000,
    CLOSING_MS = 300,
    UNANSWERED_MAX = 3,
    LIMITS_EVERY_MS = 20,
    LIVES_WITHOUT_TASK_MAX = 3
};

#define MS CLOCK_NS_PER_MS

const char *soak_step_sentence(enum soak_step step)
{
    static const char *const sentences[] = {
#define X(id, sentence) sentence,
        SOAK_STEPS(X)
#undef X
    };
    return sentences[step];
}

void soak_enter(struct soak *soak, enum soak_step step, int64_t now_ns)
{
    soak->step = step;
    soak->step_ns = now_ns;
}

void soak_give_up(struct soak *soak, enum case_state state, enum err error, const char *why)
{
    soak->state = state;
    soak->error = error;
    (void)snprintf(soak->why, sizeof soak->why, "%s", why);
    soak_enter(soak, SOAK_ENDED, clock_now_ns());
}

static bool ends(struct soak *soak, int64_t now_ns)
{
    soak_enter(soak, SOAK_CLOSING, now_ns);
    return true;
}

/* ---- the beginning of a life ---- */

static void start_control(struct soak *soak, enum soak_step step, int64_t now_ns)
{
    /* It must show that the client works at all, not that the machine is quiet. */
    int64_t deadline_ms = soak->deadline_ms > CONTROL_MS ? soak->deadline_ms : CONTROL_MS;
    soak->control = stage_start_task(&soak->stage, soak->control_service, 0, deadline_ms, 0, false);
    if (soak->control != NULL)
        soak->control->control = true;
    soak_enter(soak, step, now_ns);
}

static bool step_opening(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    struct stage *stage = &soak->stage;
    if (stage->state == STAGE_STARTING && now_ns < soak->step_ns + OPENING_MS * MS) {
        *look_ns = soak->step_ns + OPENING_MS * MS;
        return false;
    }
    if (stage->state == STAGE_STARTING) {
        soak_give_up(soak, CASE_ERROR, stage->server_ready ? ERR_MANIFEST : ERR_SYSTEM,
                     stage->server_ready ? "the driver did not say hello within 10 s"
                                         : "the fake server did not start within 10 s");
        return true;
    }
    soak->lives++;
    soak->control_service = stage_service(stage, soak->fixtures->healthy->id);
    for (size_t i = 0; i < soak->id_count; i++)
        soak->ids[i].service = stage_service(stage, soak->ids[i].scenario->id);
    soak->limit_count = 0; /* another process */
    soak_limits_read(soak);
    soak->round.size = 0;
    start_control(soak, SOAK_CONTROL_BEFORE, now_ns);
    return true;
}

/* As in a case a control is judged by what the client says. */
static bool control_is_over(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    struct task *task = soak->control;
    if (task == NULL)
        return true;
    int64_t bound_ns = task->t0_ns + task->deadline_ms * MS + soak->window.hung_ns;
    if (!task->ended && now_ns < bound_ns) {
        *look_ns = bound_ns;
        return false;
    }
    soak->control_failed = !task->ended || task->outcome != OUTCOME_SUCCESS;
    (void)snprintf(soak->control_why, sizeof soak->control_why, "%s%s%s",
                   task->ended ? outcome_name(task->outcome) : "no answer",
                   task->error[0] != '\0' ? ": " : "", task->error);
    if (!task->ended)
        stage_kill_task(&soak->stage, task);
    if (task->ended)
        stage_forget_task(&soak->stage, task);
    soak->control = NULL;
    return true;
}

/* ---- rounds ---- */

static uint64_t next_random(struct soak *soak)
{
    uint64_t x = soak->random; /* xorshift64 */
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    soak->random = x;
    return x;
}

/* As many tasks of each scenario, in an order that the seed makes. */
static void shuffle_order(struct soak *soak, size_t size)
{
    if (size > soak->order_size) {
        soak->order = realloc(soak->order, size * sizeof *soak->order);
        soak->order_size = size;
        if (soak->order == NULL)
            abort();
    }
    for (size_t i = 0; i < size; i++)
        soak->order[i] = (int)(i % soak->id_count);
    for (size_t i = size; i > 1; i--) {
        size_t j = next_random(soak) % i;
        int kept = soak->order[i - 1];
        soak->order[i - 1] = soak->order[j];
        soak->order[j] = kept;
    }
}

static void begin_round(struct soak *soak, int64_t now_ns)
{
    int ids = (int)soak->id_count;
    int size = soak_plan_round_size(soak->options->tasks, &soak->round, soak_limits_room(soak));
    size = (size + ids - 1) / ids * ids;
    int left = soak->options->tasks - soak->started;
    if (size > left)
        size = (left + ids - 1) / ids * ids;
    soak->round = (struct soak_round){.size = size};
    soak->way_before = soak_plan_way_gone(soak->limits, soak->limit_count);
    soak->round_left = size;
    shuffle_order(soak, (size_t)size);
    if (soak->next_start_ns < now_ns)
        soak->next_start_ns = now_ns;
    soak_enter(soak, SOAK_ROUND, now_ns);
}

static bool step_control_before(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (!control_is_over(soak, now_ns, look_ns))
        return false;
    if (!soak->control_failed) {
        soak->lives_without_task = 0;
        begin_round(soak, now_ns);
        return true;
    }
    if (soak->started > 0)
        return ends(soak, now_ns); /* soak_judge tells that it no longer completes one */
    char why[400];
    (void)snprintf(why, sizeof why, "a healthy task failed before the first: %s",
                   soak->control_why);
    soak_give_up(soak, CASE_INCONCLUSIVE, ERR_NONE, why);
    return true;
}

/* A limit may be near, or a hang be certain, in the middle of a round. */
static bool must_stop_starting(struct soak *soak, int64_t now_ns)
{
    int64_t oldest_ns;
    if (now_ns >= soak->limits_read_ns + LIMITS_EVERY_MS * MS) {
        soak->limits_read_ns = now_ns;
        soak_limits_read(soak);
    }
    return soak->stopped ||
           (soak->options->mode == SOAK_ISOLATE &&
            soak_tasks_overdue(soak, now_ns, &oldest_ns) > 0 && now_ns >= oldest_ns);
}

static bool start_due_tasks(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    int64_t gap_ns = (int64_t)((double)CLOCK_NS_PER_S / soak->options->tasks_per_second);
    while (soak->round_left > 0) {
        if (must_stop_starting(soak, now_ns)) {
            soak->round_left = 0;
            break;
        }
        if (now_ns < soak->next_start_ns) {
            *look_ns = soak->next_start_ns;
            return false;
        }
        soak->round_left--;
        soak_tasks_start(soak, soak->order[soak->round_left]);
        /* What was not started in time is not caught up with in a burst. */
        soak->next_start_ns += gap_ns;
        if (now_ns > soak->next_start_ns + CLOCK_NS_PER_S)
            soak->next_start_ns = now_ns;
    }
    return true;
}

static bool step_round(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    soak_tasks_collect(soak, now_ns);
    if (!start_due_tasks(soak, now_ns, look_ns))
        return false;
    *look_ns = INT64_MAX;
    if (soak_tasks_running(soak, now_ns, look_ns) > 0)
        return false;
    soak->stable_since_ns = now_ns;
    soak->settle_asked = soak->any_reading = false;
    soak_enter(soak, SOAK_SETTLING, now_ns);
    return true;
}

/* ---- readings ---- */

static struct reading read_now(const struct soak *soak)
{
    int64_t conns = (int64_t)witness_open(&soak->stage.witness, soak->control_service);
    for (size_t i = 0; i < soak->id_count; i++) {
        if (soak->ids[i].service != soak->control_service)
            conns += (int64_t)witness_open(&soak->stage.witness, soak->ids[i].service);
    }
    struct reading reading = counters_read(stage_client_pid(&soak->stage), conns);
    /* A template's processes are the judge's children, and the server is one more. */
    if (!soak->driver)
        reading.value[COUNTER_CHILDREN] = (int64_t)procfs_descendants(getpid()) - 1;
    else if (reading.value[COUNTER_CHILDREN] != GROWTH_MISSING)
        reading.value[COUNTER_CHILDREN] += (int64_t)stage_orphans(&soak->stage);
    return reading;
}

static bool waits_for_answer(const struct soak *soak)
{
    return soak->driver && !soak->stage.request_answered && soak->unanswered < UNANSWERED_MAX;
}

static void note_answer(struct soak *soak)
{
    soak->unanswered = soak->stage.request_answered ? 0 : soak->unanswered + 1;
}

static bool step_settling(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    soak_tasks_collect(soak, now_ns);
    if (soak->driver && !soak->settle_asked)
        stage_request(&soak->stage, "settle");
    soak->settle_asked = true;
    struct reading reading = read_now(soak);
    if (!soak->any_reading || !reading_equal(&reading, &soak->latest))
        soak->stable_since_ns = now_ns;
    soak->latest = reading;
    soak->any_reading = true;
    bool settled = !waits_for_answer(soak) &&
                   now_ns >= soak->stable_since_ns + soak->profile.settle_stable_ms * MS;
    if (!settled && now_ns < soak->step_ns + soak->profile.settle_max_ms * MS) {
        *look_ns = now_ns + POLL_MS * MS;
        return false;
    }
    note_answer(soak);
    if (soak->driver && soak->stage.counts_tasks)
        stage_request(&soak->stage, "counters");
    soak_enter(soak, SOAK_COUNTING, now_ns);
    return true;
}

bool soak_is_done(const struct soak *soak)
{
    return soak->stopped || soak->started >= soak->options->tasks;
}

void soak_go_on(struct soak *soak, int64_t now_ns)
{
    if (soak_is_done(soak))
        soak_enter(soak, SOAK_IDLING, now_ns);
    else
        begin_round(soak, now_ns);
}

static bool step_counting(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (soak->stage.counts_tasks && waits_for_answer(soak) &&
        now_ns < soak->step_ns + COUNTING_MAX_MS * MS) {
        *look_ns = soak->step_ns + COUNTING_MAX_MS * MS;
        return false;
    }
    int64_t oldest_ns;
    struct reading reading = read_now(soak);
    if (soak->stage.counts_tasks)
        note_answer(soak);
    if (soak->stage.counts_tasks && soak->stage.request_answered)
        reading.value[COUNTER_TASKS] = soak->stage.driver_tasks;
    if (soak->stage.request_answered && soak->stage.driver_goroutines >= 0)
        reading.value[COUNTER_GOROUTINES] = soak->stage.driver_goroutines;
    soak_tasks_count_overdue(soak, now_ns);
    soak_life_add(&soak->life, &reading);
    soak_limits_read(soak);
    soak->round.way_gone = soak_plan_way_gone(soak->limits, soak->limit_count) - soak->way_before;
    soak_text_progress(soak, &reading);
    /* Until the oldest counts as hung, more tasks are started. */
    if (soak->options->mode == SOAK_ISOLATE && soak_tasks_overdue(soak, now_ns, &oldest_ns) > 0 &&
        (now_ns >= oldest_ns || soak_is_done(soak)))
        soak_enter(soak, SOAK_AWAITING_HANG, now_ns);
    else
        soak_go_on(soak, now_ns);
    return true;
}

/* ---- the end ---- */

static bool some_grows(const struct soak *soak)
{
    struct soak_growth growth;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (soak_life_judge(&soak->life, (enum counter)i, &growth) &&
            growth.verdict == GROWTH_GROWING)
            return true;
    }
    return false;
}

/* Until what is overdue counts as hung, and, where something grew, long enough for a client that
 * only lingers. */
static bool step_idling(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    int64_t oldest_ns, end_ns = soak->step_ns;
    soak_tasks_collect(soak, now_ns);
    bool overdue = soak_tasks_overdue(soak, now_ns, &oldest_ns) > 0;
    bool grew = some_grows(soak);
    if (grew)
        end_ns += soak->options->drain_ms * MS;
    if (overdue && oldest_ns > end_ns)
        end_ns = oldest_ns;
    if (now_ns < end_ns) {
        *look_ns = end_ns;
        return false;
    }
    if (grew) {
        soak->life.after = read_now(soak);
        soak->life.has_after = true;
    }
    soak_tasks_hang(soak, now_ns);
    soak->stacks_asked = false;
    if ((overdue || grew) && soak->looks == 0)
        soak_look_begin(soak);
    soak_enter(soak, SOAK_EVIDENCE, now_ns);
    return true;
}

static bool step_evidence(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (soak_look_goes_on(soak, now_ns, look_ns))
        return false;
    for (size_t i = 0; i < soak->live_count && !soak->driver; i++) {
        if (!soak->live[i].task->ended)
            stage_kill_task(&soak->stage, soak->live[i].task);
    }
    start_control(soak, SOAK_CONTROL_AFTER, now_ns);
    return true;
}

static bool step_control_after(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (!control_is_over(soak, now_ns, look_ns))
        return false;
    bool dumps = soak->looks > 0 && soak->driver && soak->stage.driver_stacks == NULL &&
                 soak->stage.state != STAGE_FAILED && procfs_is_go(stage_client_pid(&soak->stage));
    if (!dumps)
        return ends(soak, now_ns);
    driver_ask_dump(soak->stage.driver);
    soak_enter(soak, SOAK_DUMP, now_ns);
    return true;
}

static bool step_dump(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (!driver_has_dumped(soak->stage.driver) && now_ns < soak->step_ns + DUMP_MAX_MS * MS) {
        *look_ns = now_ns + POLL_MS * MS;
        return false;
    }
    return ends(soak, now_ns);
}

/* What the server saw of the last tasks, and of their ends. */
static bool step_closing(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (now_ns < soak->step_ns + CLOSING_MS * MS) {
        *look_ns = soak->step_ns + CLOSING_MS * MS;
        return false;
    }
    soak_tasks_judge_ended(soak, now_ns);
    soak_judge(soak);
    soak_enter(soak, SOAK_ENDED, now_ns);
    return true;
}

/* The client's end, the server's, or a scenario's error. True when it was one. */
static bool takes_failure(struct soak *soak, int64_t now_ns)
{
    const struct stage *stage = &soak->stage;
    if (!soak->opened || soak->step == SOAK_DUMP || soak->step == SOAK_CLOSING)
        return false;
    if (stage->witness.error[0] != '\0') {
        soak_give_up(soak, CASE_ERROR, ERR_SCENARIO, stage->witness.error);
        return true;
    }
    if (stage->state != STAGE_FAILED)
        return false;
    if (stage->fault != STAGE_FAULT_CRASH) {
        soak_give_up(soak, CASE_ERROR,
                     stage->fault == STAGE_FAULT_ADAPTER ? ERR_MANIFEST : ERR_SYSTEM, stage->why);
        return true;
    }
    soak->crashed = true;
    soak->crashes++;
    if (soak->crash_why[0] == '\0')
        (void)snprintf(soak->crash_why, sizeof soak->crash_why, "%s", stage->why);
    soak->lives_without_task++;
    if (soak->options->mode == SOAK_ENDURE || soak_is_done(soak) ||
        soak->lives_without_task > LIVES_WITHOUT_TASK_MAX)
        return ends(soak, now_ns);
    soak_respawn(soak, now_ns);
    return true;
}

bool soak_take_step(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (takes_failure(soak, now_ns))
        return true;
    switch (soak->step) {
    case SOAK_PROBING:
        break;
    case SOAK_OPENING:
        return step_opening(soak, now_ns, look_ns);
    case SOAK_CONTROL_BEFORE:
        return step_control_before(soak, now_ns, look_ns);
    case SOAK_ROUND:
        return step_round(soak, now_ns, look_ns);
    case SOAK_SETTLING:
        return step_settling(soak, now_ns, look_ns);
    case SOAK_COUNTING:
        return step_counting(soak, now_ns, look_ns);
    case SOAK_AWAITING_HANG:
        return soak_step_awaiting_hang(soak, now_ns, look_ns);
    case SOAK_LOOKING:
        return soak_step_looking(soak, now_ns, look_ns);
    case SOAK_IDLING:
        return step_idling(soak, now_ns, look_ns);
    case SOAK_EVIDENCE:
        return step_evidence(soak, now_ns, look_ns);
    case SOAK_CONTROL_AFTER:
        return step_control_after(soak, now_ns, look_ns);
    case SOAK_DUMP:
        return step_dump(soak, now_ns, look_ns);
    case SOAK_CLOSING:
        return step_closing(soak, now_ns, look_ns);
    case SOAK_ENDED:
        break;
    }
    return false;
}
