#include "judge/case_verdict.h"

#include "base/clock.h"
#include "base/int64_order.h"
#include "judge/case_timeline.h"
#include "judge/case_watch.h"
#include "judge/growth_text.h"
#include "judge/procfs.h"
#include "judge/stage_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS CLOCK_NS_PER_MS
/* A handshake and a few answers: beyond this the server did keep the client busy. */
enum { SPIN_SERVER_BYTES_MAX = 8 * 1024 };

static void set_reason(struct judged_case *judged, const char *text)
{
    free(judged->result->reason);
    judged->result->reason = strdup(text);
}

static void end_with(struct judged_case *judged, enum case_state state, const char *why)
{
    struct case_result *result = judged->result;
    const char *words = stage_client_words(&judged->stage);
    result->verdict = (struct verdict){.state = state};
    result->slow_factor = judged->slow_factor;
    result->busy_part = procfs_busy_part(judged->machine_before, procfs_machine_now());
    set_reason(judged, why);
    if (words[0] != '\0' && result->client_stderr == NULL)
        result->client_stderr = strdup(words);
    if (result->client_version == NULL && judged->stage.version != NULL)
        result->client_version = strdup(judged->stage.version);
    if (result->client_version == NULL && judged->spec.client_version != NULL)
        result->client_version = strdup(judged->spec.client_version);
    result->window = judged->window;
    case_timeline_finish(judged);
    judged->step = STEP_ENDED;
}

void case_error(struct judged_case *judged, enum stage_fault fault, const char *why)
{
    judged->result->error = fault == STAGE_FAULT_ADAPTER ? ERR_MANIFEST : ERR_SYSTEM;
    end_with(judged, CASE_ERROR, why);
}

void case_skip(struct judged_case *judged, const char *why)
{
    end_with(judged, CASE_SKIP, why);
}

void case_inconclusive(struct judged_case *judged, const char *why)
{
    end_with(judged, CASE_INCONCLUSIVE, why);
}

/* ---- gathering ---- */

static bool is_control(const struct judged_case *judged, int index)
{
    return judged->stage.tasks[index]->control;
}

void case_gather(struct judged_case *judged, int64_t now_ns)
{
    struct case_result *result = judged->result;
    struct stage *stage = &judged->stage;
    judged->gathered_ns = now_ns;
    judged->is_stopped = procfs_is_stopped(stage_client_pid(stage));
    for (int i = 0; i < stage->task_count; i++) {
        const struct task *task = stage->tasks[i];
        if (is_control(judged, i))
            continue;
        judged->is_stopped |= !task->ended && procfs_is_stopped(task->pid);
        result->tasks++;
        result->hung +=
            !task->ended || task_elapsed_ns(task, judged->gathered_ns) >= judged->window.hung_ns;
        if (task->ended)
            result->open_after_settle += (int)witness_task(&stage->witness, task->id)->open;
        if (stage->runs[i] != NULL)
            judged->left_behind += template_left_behind(stage->runs[i]);
    }
    result->surplus = (int)stage->witness.surplus;
}

/* ---- the deadline axis ---- */

struct deadline_axis {
    enum deadline_verdict verdict;
    char why[400];
    int counts[DEADLINE_HUNG + 1];
    struct window_hints hints; /* of all its tasks */
};

/* The machine may have been slower while this task ran than it was when the case began. */
static struct window window_of(const struct judged_case *judged, const struct task *task)
{
    struct window window = judged->window;
    if (task->slow_factor > judged->window_factor) {
        int64_t hung_ns = window.hung_ns; /* of the case: the rounds went by it */
        window = case_window(judged, task->slow_factor);
        window.hung_ns = hung_ns > window.late_ns ? hung_ns : window.hung_ns;
    }
    return window;
}

static void count_task(struct judged_case *judged, const struct task_facts *facts)
{
    struct case_result *result = judged->result;
    if (facts->ended && !facts->crashed)
        result->outcomes[facts->outcome]++;
    if (facts->ended && !facts->crashed && facts->outcome == OUTCOME_TIMEOUT)
        histogram_add(&result->overshoot,
                      (facts->elapsed_ns - judged->window.deadline_ns) / (MS / 1000));
}

static struct deadline_axis judge_deadlines(struct judged_case *judged)
{
    struct stage *stage = &judged->stage;
    struct deadline_axis axis = {.verdict = DEADLINE_OK};
    struct expectation expected = {judged->spec.scenario->outcomes, judged->spec.scenario->phases};
    enum deadline_verdict *verdicts = calloc((size_t)stage->task_count + 1, sizeof *verdicts);
    int64_t *elapsed_ns = calloc((size_t)stage->task_count + 1, sizeof *elapsed_ns);
    size_t count = 0;
    if (verdicts == NULL || elapsed_ns == NULL)
        abort();
    char whys[DEADLINE_HUNG + 1][400];
    memset(whys, 0, sizeof whys);
    for (int i = 0; i < stage->task_count; i++) {
        if (is_control(judged, i))
            continue;
        struct task_facts facts = stage_facts(stage, stage->tasks[i], judged->spec.scenario,
                                              &judged->window, judged->gathered_ns);
        char why[400];
        struct window window = window_of(judged, stage->tasks[i]);
        enum deadline_verdict verdict = window_judge(&window, &expected, &facts, why, sizeof why);
        axis.hints.beyond_usual |= facts.elapsed_ns > judged->usual_late_ns;
        axis.hints.timed_out |= facts.ended && facts.outcome == OUTCOME_TIMEOUT;
        axis.hints.unended |= !facts.ended;
        count_task(judged, &facts);
        if (axis.counts[verdict]++ == 0)
            (void)snprintf(whys[verdict], sizeof whys[verdict], "%s", why);
        verdicts[count] = verdict;
        elapsed_ns[count++] = facts.elapsed_ns;
    }
    axis.verdict = window_judge_all(&judged->window, verdicts, elapsed_ns, count);
    (void)snprintf(axis.why, sizeof axis.why, "%s", whys[axis.verdict]);
    free(verdicts);
    free(elapsed_ns);
    return axis;
}

static void keep_elapsed(struct case_result *result, const int64_t *elapsed_ns, size_t count)
{
    result->elapsed_count = count < ELAPSED_KEPT ? count : ELAPSED_KEPT;
    result->elapsed_us = calloc(result->elapsed_count + 1, sizeof *result->elapsed_us);
    if (result->elapsed_us == NULL)
        abort();
    for (size_t i = 0; i < result->elapsed_count; i++)
        result->elapsed_us[i] = elapsed_ns[i] / 1000;
}

static void measure_elapsed(struct judged_case *judged)
{
    struct case_result *result = judged->result;
    struct stage *stage = &judged->stage;
    int64_t *elapsed = calloc((size_t)stage->task_count + 1, sizeof *elapsed);
    size_t count = 0;
    if (elapsed == NULL)
        abort();
    for (int i = 0; i < stage->task_count; i++) {
        if (!is_control(judged, i))
            elapsed[count++] = task_elapsed_ns(stage->tasks[i], judged->gathered_ns);
    }
    keep_elapsed(result, elapsed, count);
    if (count > 0) {
        qsort(elapsed, count, sizeof *elapsed, int64_order);
        result->elapsed_min_ms = elapsed[0] / MS;
        result->elapsed_p50_ms = elapsed[count / 2] / MS;
        result->elapsed_p99_ms = elapsed[(count - 1) * 99 / 100] / MS;
        result->elapsed_max_ms = elapsed[count - 1] / MS;
    }
    free(elapsed);
}

/* ---- the cleanup axis ---- */

static bool server_was_quiet(const struct judged_case *judged)
{
    uint64_t bytes = 0, tasks = 0;
    for (size_t i = 0; i < judged->stage.witness.task_count; i++) {
        bytes += judged->stage.witness.tasks[i].bytes_out;
        tasks++;
    }
    return tasks == 0 || bytes / tasks < SPIN_SERVER_BYTES_MAX;
}

/* More than half of a core, for 200 ms or more, beyond what a healthy task costs. */
static bool template_spins(const struct judged_case *judged)
{
    int64_t control_cpu_ns = 0;
    for (int i = 0; i < judged->stage.task_count; i++) {
        const struct task *task = judged->stage.tasks[i];
        if (task->control)
            control_cpu_ns = task->cpu_ns;
    }
    for (int i = 0; i < judged->stage.task_count; i++) {
        const struct task *task = judged->stage.tasks[i];
        int64_t elapsed_ns = task_elapsed_ns(task, judged->gathered_ns);
        int64_t spent_ns = task->cpu_ns - control_cpu_ns;
        if (!task->control && spent_ns > 100 * MS && elapsed_ns > 200 * MS &&
            spent_ns > elapsed_ns / 2)
            return true;
    }
    return false;
}

static unsigned judge_cleanup(struct judged_case *judged, bool *inconclusive)
{
    unsigned set = 0;
    if (manifest_lives_on(judged->spec.manifest)) {
        set = counters_cleanup(&judged->counters, inconclusive);
        if (judged->spin_share > SPIN_SHARE_MIN && server_was_quiet(judged))
            set |= CLEANUP_BIT(CLEANUP_SPIN);
        return set;
    }
    if (judged->result->open_after_settle > 0)
        set |= CLEANUP_BIT(CLEANUP_LEAK_CONN);
    if (judged->left_behind > 0)
        set |= CLEANUP_BIT(CLEANUP_LEAK_CHILD);
    if (template_spins(judged) && server_was_quiet(judged))
        set |= CLEANUP_BIT(CLEANUP_SPIN);
    return set;
}

/* ---- both ---- */

static void describe(struct judged_case *judged, const struct deadline_axis *axis, char *text,
                     size_t size)
{
    struct case_result *result = judged->result;
    size_t used = 0;
    int same = axis->counts[axis->verdict];
    used += (size_t)snprintf(text, size, "%s", axis->why);
    if (same > 0 && result->tasks > 1 && used < size)
        used +=
            (size_t)snprintf(text + used, size - used, " (%d of %d tasks)", same, result->tasks);
    /* The tasks that it took along only know that it died. */
    if (same > 0 && judged->stage.fault == STAGE_FAULT_CRASH && used < size)
        used += (size_t)snprintf(text + used, size - used, "; %.400s", judged->stage.why);
    if (judged->is_stopped && used < size)
        used += (size_t)snprintf(text + used, size - used, "; a signal has stopped its process");
    if (judged->between_failed && used < size)
        used += (size_t)snprintf(text + used, size - used,
                                 "; meanwhile it does not complete a healthy task either");
    for (size_t i = 0; i < result->counter_count && used < size; i++) {
        const struct counter_result *counter = &result->counters[i];
        if (!case_result_grows(result, counter))
            continue;
        char rate[GROWTH_RATE_TEXT_MAX];
        growth_print_rate(counter->growth.rate, counter->growth.bytes, rate);
        used += (size_t)snprintf(text + used, size - used, "; %s %s by %s", counter->name,
                                 counter->growth.bytes ? "grows" : "grow", rate);
    }
    if (!manifest_lives_on(judged->spec.manifest) && result->open_after_settle > 0 && used < size)
        used += (size_t)snprintf(text + used, size - used,
                                 "; connections still open after their process ended: %d",
                                 result->open_after_settle);
    if (judged->left_behind > 0 && used < size)
        used += (size_t)snprintf(text + used, size - used, "; processes left behind: %zu",
                                 judged->left_behind);
    if ((result->verdict.cleanup & CLEANUP_BIT(CLEANUP_SPIN)) != 0 && used < size)
        (void)snprintf(text + used, size - used, "; it burned %.0f %% of a core while it waited",
                       100 * judged->spin_share);
}

/* Which counter, and why. */
static const char *why_inconclusive(const struct case_result *result, char *text, size_t size)
{
    for (size_t i = 0; i < result->counter_count; i++) {
        const struct counter_result *counter = &result->counters[i];
        if (counter->growth.verdict == GROWTH_INCONCLUSIVE && !counter->growth.bytes) {
            (void)snprintf(text, size, "%s: %s", counter->name, counter->growth.why);
            return text;
        }
    }
    return "a counter moves, and the tasks were too few to say more";
}

static void report_evidence(struct judged_case *judged)
{
    char words[VERDICT_TEXT_MAX];
    verdict_print(judged->result->verdict, words);
    const char *dump = judged->stage.driver_stacks != NULL ? judged->stage.driver_stacks
                                                           : judged->stage.driver->dump;
    struct evidence_case of = {judged->spec.evidence_folder, dump, words};
    if (judged->evidence.loop != NULL)
        evidence_report(&judged->evidence, &of, judged->result);
}

/* Death, and no healthy task afterwards, weigh more than what the tasks say. */
static void weigh_the_end(const struct judged_case *judged, struct deadline_axis *axis)
{
    bool crashed = judged->stage.fault == STAGE_FAULT_CRASH;
    if (crashed && axis->verdict < DEADLINE_CRASH) {
        axis->verdict = DEADLINE_CRASH;
        (void)snprintf(axis->why, sizeof axis->why, "%.399s", judged->stage.why);
    }
    if (!crashed && judged->control_failed && axis->verdict == DEADLINE_OK) {
        axis->verdict = judged->control->ended ? DEADLINE_WRONG_OUTCOME : DEADLINE_HUNG;
        (void)snprintf(axis->why, sizeof axis->why,
                       "afterwards it no longer completes a healthy task: %.300s",
                       judged->control_why);
    }
}

void case_judge(struct judged_case *judged)
{
    struct case_result *result = judged->result;
    bool inconclusive = false;
    if (procfs_is_stopped(judged->stage.server.pid)) {
        case_error(judged, STAGE_FAULT_SERVER, "a signal has stopped the fake server");
        return;
    }
    struct deadline_axis axis = judge_deadlines(judged);
    measure_elapsed(judged);
    unsigned cleanup = judge_cleanup(judged, &inconclusive);
    counters_report(&judged->counters, result);
    weigh_the_end(judged, &axis);
    result->verdict =
        (struct verdict){.state = CASE_JUDGED, .deadline = axis.verdict, .cleanup = cleanup};
    char reason[1024], undecided[256], why_starved[1024];
    describe(judged, &axis, reason, sizeof reason);
    struct verdict verdict = result->verdict;
    /* A client that spins is the noise itself. */
    bool makes_noise = (cleanup & CLEANUP_BIT(CLEANUP_SPIN)) != 0;
    result->may_be_noise = window_may_be_noise(axis.verdict, &axis.hints) && !makes_noise;
    if (result->may_be_noise && judged->slow_factor > NOISE_FACTOR_CAP) {
        verdict.state = CASE_INCONCLUSIVE;
        (void)snprintf(
            reason, sizeof reason,
            "the machine is too slow to judge times: its slow factor is %.1f, above %.1f",
            judged->slow_factor, NOISE_FACTOR_CAP);
    } else if (result->may_be_noise && axis.verdict != DEADLINE_OK &&
               case_was_starved(judged, clock_now_ns())) {
        verdict.state = CASE_INCONCLUSIVE;
        (void)snprintf(why_starved, sizeof why_starved,
                       "the machine is too busy to judge times, for the client had to wait for a "
                       "processor; else it would be %s: %.600s",
                       deadline_verdict_word(axis.verdict), reason);
        (void)snprintf(reason, sizeof reason, "%s", why_starved);
    } else if (verdict_is_clean_ok(verdict) && judged->spin_unsure) {
        verdict.state = CASE_INCONCLUSIVE;
        result->may_be_noise = true;
        (void)snprintf(
            reason, sizeof reason,
            "it used a processor until its tasks had ended, and the machine is too busy to "
            "tell work from spinning");
    } else if (verdict_is_clean_ok(verdict) && inconclusive) {
        verdict.state = CASE_INCONCLUSIVE;
        (void)snprintf(reason, sizeof reason, "%s",
                       why_inconclusive(result, undecided, sizeof undecided));
    }
    end_with(judged, verdict.state, reason);
    result->verdict = verdict;
    report_evidence(judged);
}
