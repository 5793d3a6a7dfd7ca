#include "judge/case_ending.h"

#include "base/clock.h"
#include "judge/case_control.h"
#include "judge/case_steps.h"
#include "judge/case_verdict.h"
#include "judge/procfs_go.h"
#include "judge/stage_external.h"

enum { POLL_MS = 5, END_UNSEEN_MS = 500, DUMP_MAX_MS = 2000 };

#define MS CLOCK_NS_PER_MS

/* A process may just have ended, and nobody have seen its connections and children go yet. */
static bool an_end_may_be_unseen(const struct judged_case *judged, int64_t now_ns)
{
    for (int i = 0; i < judged->stage.task_count; i++) {
        const struct task *task = judged->stage.tasks[i];
        if (judged->stage.runs[i] == NULL || !task->ended ||
            now_ns >= task->ended_ns + END_UNSEEN_MS * MS)
            continue;
        if (witness_task(&judged->stage.witness, task->id)->open > 0 ||
            template_left_behind(judged->stage.runs[i]) > 0)
            return true;
    }
    return false;
}

/* Of a driver the process, of a template the first that hangs. */
static void begin_evidence(struct judged_case *judged)
{
    pid_t pid = stage_client_pid(&judged->stage);
    for (int i = 0; i < judged->stage.task_count && pid == 0; i++) {
        const struct task *task = judged->stage.tasks[i];
        pid = !task->ended && !task->control ? task->pid : 0;
    }
    evidence_begin(&judged->evidence, &pid, pid > 0, !judged->spec.no_evidence, judged->loop,
                   judged->reaper, case_on_change, judged);
    if (judged->stage.offers_stacks)
        stage_request(&judged->stage, "stacks");
}

bool case_step_waiting_hung(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    bool lives_on = manifest_lives_on(judged->spec.manifest);
    int64_t oldest_ns = INT64_MAX, newest_ns = 0;
    for (int i = 0; i < judged->stage.task_count; i++) {
        struct task *task = judged->stage.tasks[i];
        if (task->ended)
            continue;
        int64_t bound_ns = task->t0_ns + judged->window.hung_ns;
        oldest_ns = bound_ns < oldest_ns ? bound_ns : oldest_ns;
        newest_ns = bound_ns > newest_ns ? bound_ns : newest_ns;
    }
    /* A driver's hang is declared from the oldest; each process of a template has its own. */
    int64_t bound_ns = lives_on ? oldest_ns : newest_ns;
    if (oldest_ns != INT64_MAX && now_ns < bound_ns) {
        *look_ns = bound_ns;
        return false;
    }
    if (an_end_may_be_unseen(judged, now_ns)) {
        *look_ns = now_ns + POLL_MS * MS;
        return false;
    }
    case_gather(judged, now_ns);
    if (oldest_ns != INT64_MAX)
        case_note(judged, "some tasks hang");
    if (oldest_ns != INT64_MAX || counters_some_grows(&judged->counters))
        begin_evidence(judged);
    case_enter(judged, STEP_EVIDENCE, now_ns);
    return true;
}

bool case_step_evidence(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    bool waits = judged->evidence.loop != NULL && !judged->evidence.is_over;
    bool asks = judged->evidence.loop != NULL && judged->stage.offers_stacks &&
                !judged->stage.request_answered && now_ns < judged->step_ns + DUMP_MAX_MS * MS;
    if (waits || asks) {
        *look_ns = judged->step_ns + (waits ? EVIDENCE_MAX_MS : DUMP_MAX_MS) * MS;
        return false;
    }
    for (int i = 0; i < judged->stage.task_count && !manifest_lives_on(judged->spec.manifest);
         i++) {
        if (!judged->stage.tasks[i]->ended)
            stage_kill_task(&judged->stage, judged->stage.tasks[i]);
    }
    case_control_start(judged);
    case_enter(judged, STEP_CONTROL_AFTER, now_ns);
    return true;
}

/* Go's runtime tells where every goroutine is, but dies of it: so that is the last that is asked.
 */
static bool wants_dump(const struct judged_case *judged)
{
    return judged->evidence.loop != NULL && judged->stage.driver_stacks == NULL &&
           judged->spec.manifest->driver && judged->stage.state != STAGE_FAILED &&
           procfs_is_go(stage_client_pid(&judged->stage));
}

/* Of an external client that holds something nobody else lets go. */
static bool begins_to_stop(struct judged_case *judged)
{
    bool holds = case_open_connections(judged) > 0;
    for (int i = 0; i < judged->stage.task_count && !holds; i++)
        holds = !judged->stage.tasks[i]->ended;
    return holds && judged->spec.manifest->external && stage_external_stop(&judged->stage);
}

bool case_step_control_after(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    if (!case_control_is_over(judged, judged->window.hung_ns, now_ns, look_ns))
        return false;
    if (begins_to_stop(judged)) {
        case_enter(judged, STEP_STOPPING, now_ns);
    } else if (wants_dump(judged)) {
        driver_ask_dump(judged->stage.driver);
        case_enter(judged, STEP_DUMP, now_ns);
    } else {
        case_judge(judged);
    }
    return true;
}

bool case_step_dump(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    int64_t bound_ns = judged->step_ns + DUMP_MAX_MS * MS;
    if (!driver_has_dumped(judged->stage.driver) && now_ns < bound_ns) {
        *look_ns = now_ns + POLL_MS * MS;
        return false;
    }
    case_judge(judged);
    return true;
}

bool case_step_stopping(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    const struct helper *helper = &judged->stage.helper;
    if (!helper->is_over) {
        *look_ns = now_ns + HELPER_MAX_MS * MS;
        return false;
    }
    if (helper->failure[0] != '\0')
        case_note(judged, "the manifest's command 'stop' failed: %s", helper->failure);
    case_judge(judged);
    return true;
}
