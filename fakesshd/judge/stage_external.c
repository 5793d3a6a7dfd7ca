#include "judge/stage_external.h"

#include "base/data_dir.h"

#include <stdio.h>
#include <stdlib.h>

static enum err start_helper(struct stage *stage, char *const *words, void (*on_end)(void *owner),
                             struct err_text *error)
{
    struct placeholder_values values = {
        .bin = data_dir_of_program(), .data = data_dir(), .workdir = stage->spec.workdir};
    char **argv = argv_expand(words, &values);
    helper_close(&stage->helper);
    enum err failed =
        helper_start(&stage->helper, argv, stage->loop, stage->reaper, on_end, stage, error);
    argv_free(argv);
    return failed;
}

static void on_pid(void *owner)
{
    struct stage *stage = owner;
    char *end = NULL, why[1000];
    long pid = strtol(stage->helper.text, &end, 10);
    if (stage->helper.failure[0] == '\0' && end != stage->helper.text && pid > 1) {
        stage->external_pid = (pid_t)pid;
        stage_client_is_ready(stage);
        return;
    }
    (void)snprintf(
        why, sizeof why, "the manifest's command 'pid' printed no process id but '%s'%s%s",
        stage->helper.text, stage->helper.failure[0] != '\0' ? ", " : "", stage->helper.failure);
    stage_fail(stage, STAGE_FAULT_ADAPTER, why);
}

enum err stage_external_begin(struct stage *stage, struct err_text *error)
{
    if (stage->spec.manifest->pid != NULL)
        return start_helper(stage, stage->spec.manifest->pid, on_pid, error);
    stage->client_ready = true;
    return ERR_NONE;
}

void stage_external_look(struct stage *stage)
{
    for (int i = 0; i < stage->task_count; i++) {
        struct task *task = stage->tasks[i];
        const struct witness_task *seen = witness_task(&stage->witness, task->id);
        if (task->ended || seen->conns == 0 || seen->open > 0)
            continue;
        task->ended = true;
        task->ended_ns = seen->left_ns;
        task->mapped = seen->exit_seen;
        task->outcome = seen->exit_seen ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
        task->exit_status = seen->exit_status;
        task->stdout_bytes = seen->stdout_bytes;
        task->stdout_fnv1a = seen->stdout_fnv1a;
        task->stdout_whole = task->nonce_seen = true;
    }
}

static void on_stopped(void *owner)
{
    struct stage *stage = owner;
    stage->on_change(stage->owner);
}

bool stage_external_stop(struct stage *stage)
{
    struct err_text error;
    return stage->spec.manifest->stop != NULL &&
           start_helper(stage, stage->spec.manifest->stop, on_stopped, &error) == ERR_NONE;
}
