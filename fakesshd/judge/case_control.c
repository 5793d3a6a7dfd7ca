#include "judge/case_control.h"

#include "base/clock.h"

#include <stdio.h>

#define MS CLOCK_NS_PER_MS

void case_control_start(struct judged_case *judged)
{
    struct task *task = stage_start_task(&judged->stage, judged->control_service, 0,
                                         judged->spec.deadline_ms, 0, false);
    if (task != NULL)
        task->control = true;
    judged->control = task;
    if (judged->control_cpu_ns == 0 && stage_client_pid(&judged->stage) > 0)
        judged->cpu_ns = procfs_cpu_ns(stage_client_pid(&judged->stage));
}

bool case_control_is_over(struct judged_case *judged, int64_t bound_after_ns, int64_t now_ns,
                          int64_t *look_ns)
{
    struct task *task = judged->control;
    if (task == NULL)
        return true;
    int64_t bound_ns = task->t0_ns + bound_after_ns;
    if (!task->ended && now_ns < bound_ns) {
        *look_ns = bound_ns;
        return false;
    }
    judged->control_failed = !task->ended || task->outcome != OUTCOME_SUCCESS;
    if (judged->control_cpu_ns == 0 && stage_client_pid(&judged->stage) > 0)
        judged->control_cpu_ns = procfs_cpu_ns(stage_client_pid(&judged->stage)) - judged->cpu_ns;
    judged->result->controls++;
    judged->result->controls_failed += judged->control_failed;
    (void)snprintf(judged->control_why, sizeof judged->control_why, "%s%s%s",
                   task->ended ? outcome_name(task->outcome) : "no answer",
                   task->error[0] != '\0' ? ": " : "", task->error);
    case_note(judged, "healthy task: %s after %lld ms", judged->control_why,
              (long long)(task_elapsed_ns(task, now_ns) / MS));
    if (!task->ended)
        stage_kill_task(&judged->stage, task);
    return true;
}

bool case_control_wanted_between(const struct judged_case *judged)
{
    if (!manifest_lives_on(judged->spec.manifest) || judged->between_failed)
        return false;
    for (int i = judged->first_of_round; i < judged->stage.task_count; i++) {
        if (!judged->stage.tasks[i]->ended)
            return true;
    }
    return false;
}
