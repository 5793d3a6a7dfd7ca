#include "judge/stage_facts.h"

#include <string.h>

bool stage_facts_need_contact(const struct scenario *scenario)
{
    phase_set before = PHASE_BIT(PHASE_DNS) | PHASE_BIT(PHASE_TCP);
    bool listens = scenario->listen_accept && !scenario->listen_refuse &&
                   scenario->listen_backlog < 0 && !scenario->dns.wanted;
    return listens && (scenario->phases == 0 || (scenario->phases & ~before) != 0) &&
           strncmp(scenario->id, "tcp/", 4) != 0;
}

struct task_facts stage_facts(const struct stage *stage, const struct task *task,
                              const struct scenario *scenario, const struct window *window,
                              int64_t now_ns)
{
    const struct witness_task *seen = witness_task(&stage->witness, task->id);
    struct task_facts facts = {
        .ended = task->ended,
        .crashed = task->crashed,
        .term_signal = task->term_signal,
        .elapsed_ns = task_elapsed_ns(task, now_ns),
        .outcome = task->outcome,
        .phase_reported = task->phase_reported,
        .phase = task->phase,
        .contact = seen->conns > 0,
        .contact_needed = stage_facts_need_contact(scenario),
        .command_done = seen->exit_seen,
        .answer_right = stage_answer_is_right(stage, task),
    };
    /* It counts from when it was asked to end, which may have been a little later than was due. */
    if (task->cancelled_ns != 0)
        facts.elapsed_ns -= task->cancelled_ns - task->t0_ns - window->deadline_ns;
    if (stage->spec.manifest->external) {
        struct expectation expected = {scenario->outcomes, scenario->phases};
        facts.witnessed = true;
        facts.outcome =
            window_outcome_seen(window, &expected, facts.command_done, facts.elapsed_ns);
    }
    /* A command's status other than 0 is its client's too, as with ssh(1). */
    if (task->ended && !task->mapped && task->outcome == OUTCOME_FAILURE && facts.answer_right)
        facts.outcome = OUTCOME_SUCCESS;
    /* The oldest hang stands for those that are only overdue yet. */
    if (!task->ended && facts.elapsed_ns < window->hung_ns)
        facts.elapsed_ns = window->hung_ns;
    /* A template without a map cannot tell a timeout from another failure: in its window it is one.
     */
    if (task->ended && !task->mapped && task->outcome == OUTCOME_FAILURE &&
        facts.elapsed_ns >= window->early_ns &&
        (scenario->outcomes & OUTCOME_BIT(OUTCOME_TIMEOUT)) != 0)
        facts.outcome = OUTCOME_TIMEOUT;
    return facts;
}
