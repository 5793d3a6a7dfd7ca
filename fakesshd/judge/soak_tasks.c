/* The tasks of a soak: started, waited for, judged when they end or hang, and then forgotten, so
 * that a million of them takes little memory. */
#include "judge/soak_state.h"
#include "judge/stage_facts.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

/* So long after a task's end the server's news of it may be on its way. */
enum { NEWS_MS = 1000 };

static void *grown(void *array, size_t size)
{
    array = realloc(array, size);
    if (array == NULL)
        abort();
    return array;
}

void soak_tasks_start(struct soak *soak, int id)
{
    struct soak_id *of = &soak->ids[id];
    int slot = of->started++ % soak->slots;
    struct task *task = stage_start_task(&soak->stage, of->service, slot, soak->deadline_ms,
                                         of->scenario->stdin_bytes, false);
    soak->started++;
    soak->life.started++;
    if (task == NULL)
        return;
    if (soak->live_count == soak->live_size) {
        soak->live_size = soak->live_size * 2 + 64;
        soak->live = grown(soak->live, soak->live_size * sizeof *soak->live);
    }
    soak->live[soak->live_count++] =
        (struct soak_task){.task = task, .id = id, .life = soak->lives};
}

/* ---- judging ---- */

static void keep_verdict(struct soak_id *of, enum deadline_verdict verdict, int64_t elapsed_ns)
{
    if (of->count == of->size) {
        of->size = of->size * 2 + 64;
        of->verdicts = grown(of->verdicts, of->size * sizeof *of->verdicts);
        of->elapsed_ns = grown(of->elapsed_ns, of->size * sizeof *of->elapsed_ns);
    }
    of->verdicts[of->count] = verdict;
    of->elapsed_ns[of->count++] = elapsed_ns;
}

/* The machine may have been slower when the task ended than it was when the soak began. */
static struct window window_of(const struct soak *soak, const struct task *task)
{
    struct window window = soak->window;
    if (task->slow_factor > soak->window_factor)
        window = window_make(soak->deadline_ms,
                             manifest_grace_ms(soak->client->manifest, soak->deadline_ms),
                             task->slow_factor);
    window.hung_ns = soak->window.hung_ns > window.late_ns ? soak->window.hung_ns : window.hung_ns;
    return window;
}

static void count_outcome(const struct soak *soak, struct soak_id *of,
                          const struct task_facts *facts)
{
    if (!facts->ended || facts->crashed)
        return;
    of->outcomes[facts->outcome]++;
    if (facts->outcome != OUTCOME_TIMEOUT)
        return;
    of->timed_out = true;
    histogram_add(&of->overshoot, (facts->elapsed_ns - soak->window.deadline_ns) / 1000);
}

static void judge_task(struct soak *soak, struct soak_task *live, int64_t now_ns)
{
    if (live->judged)
        return;
    live->judged = true;
    struct soak_id *of = &soak->ids[live->id];
    struct window window = window_of(soak, live->task);
    struct expectation expected = {of->scenario->outcomes, of->scenario->phases};
    struct task_facts facts = stage_facts(&soak->stage, live->task, of->scenario, &window, now_ns);
    char why[sizeof of->why[0]];
    enum deadline_verdict verdict = window_judge(&window, &expected, &facts, why, sizeof why);
    if (of->of[verdict]++ == 0)
        (void)snprintf(of->why[verdict], sizeof of->why[verdict], "%s", why);
    of->beyond_usual |= facts.elapsed_ns > soak->usual_late_ns;
    of->hung += verdict == DEADLINE_HUNG;
    if (live->counted_from > 0 && live->life == soak->lives && facts.ended && !facts.crashed &&
        verdict != DEADLINE_HUNG)
        soak_life_take_back(&soak->life, live->counted_from);
    count_outcome(soak, of, &facts);
    keep_verdict(of, verdict, facts.elapsed_ns);
}

/* What a template's process leaves behind stays until the end, as long as the client endures. */
static bool has_left_something(struct soak *soak, const struct task *task)
{
    const struct template_run *run = soak->stage.runs[task->id - 1];
    return run != NULL && (witness_task(&soak->stage.witness, task->id)->open > 0 ||
                           template_left_behind(run) > 0);
}

static bool may_be_forgotten(struct soak *soak, struct soak_task *live)
{
    if (soak->driver || !has_left_something(soak, live->task))
        return true;
    live->has_left = true;
    return false;
}

/* The machine's hiccup is not the client's. */
static void note_noise(struct soak *soak, struct task *task)
{
    task->slow_factor = soak->noise.factor;
    if (task->slow_factor > soak->slow_factor)
        soak->slow_factor = task->slow_factor;
}

void soak_tasks_collect(struct soak *soak, int64_t now_ns)
{
    size_t kept = 0;
    for (size_t i = 0; i < soak->live_count; i++) {
        struct soak_task *live = &soak->live[i];
        struct task *task = live->task;
        if (task->ended && task->slow_factor <= 0)
            note_noise(soak, task);
        if (task->ended && now_ns >= task->ended_ns + NEWS_MS * CLOCK_NS_PER_MS)
            judge_task(soak, live, now_ns);
        if (live->judged && !live->has_left && may_be_forgotten(soak, live))
            stage_forget_task(&soak->stage, live->task);
        else
            soak->live[kept++] = *live;
    }
    soak->live_count = kept;
}

/* Those that have been running for so long. */
static void hang_from(struct soak *soak, int64_t now_ns, int64_t elapsed_ns)
{
    for (size_t i = 0; i < soak->live_count; i++) {
        struct soak_task *live = &soak->live[i];
        if (!live->task->ended && task_elapsed_ns(live->task, now_ns) >= elapsed_ns)
            judge_task(soak, live, now_ns);
    }
}

void soak_tasks_hang(struct soak *soak, int64_t now_ns)
{
    hang_from(soak, now_ns, 0);
}

void soak_tasks_hang_now(struct soak *soak, int64_t now_ns)
{
    hang_from(soak, now_ns, soak->window.hung_ns);
}

void soak_tasks_judge_ended(struct soak *soak, int64_t now_ns)
{
    for (size_t i = 0; i < soak->live_count; i++) {
        if (soak->live[i].task->ended)
            judge_task(soak, &soak->live[i], now_ns);
    }
}

/* ---- asking ---- */

int soak_tasks_running(const struct soak *soak, int64_t now_ns, int64_t *due_ns)
{
    int running = 0;
    for (size_t i = 0; i < soak->live_count; i++) {
        const struct task *task = soak->live[i].task;
        int64_t late_ns = task->t0_ns + soak->window.late_ns;
        if (task->ended || now_ns >= late_ns)
            continue;
        running++;
        if (late_ns < *due_ns)
            *due_ns = late_ns;
    }
    return running;
}

int soak_tasks_overdue(const struct soak *soak, int64_t now_ns, int64_t *oldest_ns)
{
    int overdue = 0;
    *oldest_ns = INT64_MAX;
    for (size_t i = 0; i < soak->live_count; i++) {
        const struct task *task = soak->live[i].task;
        if (task->ended || now_ns < task->t0_ns + soak->window.late_ns)
            continue;
        int64_t hung_ns = task->t0_ns + soak->window.hung_ns;
        overdue++;
        if (hung_ns < *oldest_ns)
            *oldest_ns = hung_ns;
    }
    return overdue;
}

void soak_tasks_count_overdue(struct soak *soak, int64_t now_ns)
{
    for (size_t i = 0; i < soak->live_count; i++) {
        struct soak_task *live = &soak->live[i];
        if (live->counted_from > 0 || live->task->ended ||
            now_ns < live->task->t0_ns + soak->window.late_ns)
            continue;
        live->counted_from = soak->life.count + 1;
        soak->life.overdue++;
    }
}
