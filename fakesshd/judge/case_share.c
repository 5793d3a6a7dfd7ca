#include "judge/case_share.h"

#include "judge/case_steps.h"
#include "judge/case_verdict.h"
#include "judge/driver_pool.h"

static bool may_share(const struct judged_case *judged)
{
    return judged->spec.drivers != NULL && judged->spec.manifest->driver &&
           !judged->spec.scenario->dns.wanted;
}

struct driver *case_share_take(struct judged_case *judged)
{
    struct driver *driver = NULL;
    if (may_share(judged) && !judged->spec.fresh)
        driver = driver_pool_take(judged->spec.drivers, judged->spec.manifest);
    judged->is_shared = driver != NULL;
    judged->warmup_rounds = judged->is_shared ? 0 : judged->spec.profile->warmup_rounds;
    judged->result->tasks_before = judged->is_shared ? driver->tasks_before : 0;
    return driver;
}

/* The healthy ones included. */
static bool all_ended(const struct judged_case *judged)
{
    for (int i = 0; i < judged->stage.task_count; i++) {
        if (judged->stage.tasks[i] != NULL && !judged->stage.tasks[i]->ended)
            return false;
    }
    return true;
}

/* The last healthy task has just ended, and the server may not have heard of it yet. */
static bool closed_all(const struct judged_case *judged)
{
    const struct task *last = judged->control;
    return last != NULL && case_open_connections(judged) <=
                               (int64_t)witness_task(&judged->stage.witness, last->id)->open;
}

static bool left_no_trace(const struct judged_case *judged)
{
    const struct stage *stage = &judged->stage;
    return judged->over && judged->step == STEP_ENDED &&
           verdict_is_clean_ok(judged->result->verdict) && stage->state == STAGE_READY &&
           all_ended(judged) && !counters_left_trace(&judged->counters) && closed_all(judged) &&
           stage_orphans(stage) == 0;
}

void case_share_give(struct judged_case *judged)
{
    judged->has_shared = may_share(judged) && left_no_trace(judged);
    if (judged->has_shared)
        driver_pool_put(judged->spec.drivers, judged->spec.manifest,
                        stage_release_driver(&judged->stage));
}

bool case_share_gives_up_overdue(struct judged_case *judged)
{
    if (!judged->is_shared || all_ended(judged))
        return false;
    case_inconclusive(judged, "tasks were overdue");
    judged->shared_failed = true;
    return true;
}

bool case_share_gives_up_moved(struct judged_case *judged)
{
    if (!judged->is_shared || judged->tasks_measured == 0)
        return false;
    case_inconclusive(judged, "a counter moved");
    return true;
}

bool case_share_failed(const struct judged_case *judged)
{
    const struct verdict *verdict = &judged->result->verdict;
    return judged->shared_failed ||
           (verdict->state == CASE_JUDGED && verdict->deadline != DEADLINE_OK);
}

bool case_share_wants_own(const struct judged_case *judged)
{
    return judged->is_shared && judged->result->verdict.state != CASE_SKIP &&
           !verdict_is_clean_ok(judged->result->verdict);
}
