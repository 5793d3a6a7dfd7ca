/* What hangs is looked at; and of a soak that isolates, what is ended, and started anew. */
#include "judge/soak_state.h"

#include "base/clock.h"

#include <string.h>

enum { OWN_STACKS_MAX_MS = 2000 };

/* The processes to look at: the driver, or the first few of a template's that hang. */
static size_t hanging_processes(const struct soak *soak, pid_t *pids, size_t size)
{
    size_t count = 0;
    if (soak->driver) {
        pids[0] = stage_client_pid(&soak->stage);
        return pids[0] > 0;
    }
    for (size_t i = 0; i < soak->live_count && count < size; i++) {
        const struct task *task = soak->live[i].task;
        if (!task->ended && task->pid > 0)
            pids[count++] = task->pid;
    }
    return count;
}

static void on_looked(void *owner)
{
    struct soak *soak = owner;
    ev_feed_event(soak->loop, &soak->wake, EV_TIMER);
}

void soak_look_begin(struct soak *soak)
{
    pid_t pids[SOAK_LOOKS_MAX];
    size_t count = hanging_processes(soak, pids, SOAK_LOOKS_MAX);
    evidence_begin(&soak->evidence[soak->looks++], pids, count, !soak->options->no_stacks,
                   soak->loop, &soak->reaper, on_looked, soak);
    soak->stacks_asked = soak->stage.offers_stacks;
    if (soak->stacks_asked)
        stage_request(&soak->stage, "stacks");
}

bool soak_look_goes_on(const struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    const struct evidence *evidence = soak->looks > 0 ? &soak->evidence[soak->looks - 1] : NULL;
    bool waits = evidence != NULL && evidence->loop != NULL && !evidence->is_over;
    bool asks = soak->stacks_asked && !soak->stage.request_answered &&
                now_ns < soak->step_ns + OWN_STACKS_MAX_MS * CLOCK_NS_PER_MS;
    if (waits || asks)
        *look_ns = soak->step_ns + (waits ? EVIDENCE_MAX_MS : OWN_STACKS_MAX_MS) * CLOCK_NS_PER_MS;
    return waits || asks;
}

bool soak_step_awaiting_hang(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    int64_t oldest_ns;
    soak_tasks_collect(soak, now_ns);
    if (soak_tasks_overdue(soak, now_ns, &oldest_ns) == 0) {
        soak_go_on(soak, now_ns);
        return true;
    }
    if (now_ns < oldest_ns) {
        *look_ns = oldest_ns;
        return false;
    }
    soak_tasks_hang(soak, now_ns);
    soak->stacks_asked = false;
    if (soak->looks < SOAK_LOOKS_MAX)
        soak_look_begin(soak);
    soak_enter(soak, SOAK_LOOKING, now_ns);
    return true;
}

/* Of two lives the one with more readings tells more. */
static void retire_life(struct soak *soak)
{
    if (!soak->has_best || soak->life.count > soak->best.count) {
        soak_life_fini(&soak->best);
        soak->best = soak->life;
        soak->has_best = true;
    } else {
        soak_life_fini(&soak->life);
    }
    memset(&soak->life, 0, sizeof soak->life);
}

void soak_respawn(struct soak *soak, int64_t now_ns)
{
    struct err_text error;
    retire_life(soak);
    (void)stage_restart_driver(&soak->stage, &error);
    soak_tasks_collect(soak, now_ns);
    soak_enter(soak, SOAK_OPENING, now_ns);
}

bool soak_step_looking(struct soak *soak, int64_t now_ns, int64_t *look_ns)
{
    if (soak_look_goes_on(soak, now_ns, look_ns))
        return false;
    if (soak->driver) {
        if (soak_is_done(soak))
            soak_go_on(soak, now_ns);
        else
            soak_respawn(soak, now_ns);
        return true;
    }
    for (size_t i = 0; i < soak->live_count; i++) {
        struct task *task = soak->live[i].task;
        if (task->ended || !soak->live[i].judged)
            continue;
        stage_kill_task(&soak->stage, task);
        task->ended = true;
        task->ended_ns = now_ns;
    }
    soak_tasks_collect(soak, now_ns);
    soak_go_on(soak, now_ns);
    return true;
}
