/* The tasks that are under way, on one loop. */
#include "lib/memory.h"
#include "lib/task_state.h"

#include <stdlib.h>

void engine_link(struct task *task)
{
    struct engine *engine = task->engine;
    task->previous = engine->last;
    if (engine->last != NULL)
        engine->last->next = task;
    else
        engine->first = task;
    engine->last = task;
    engine->count++;
}

void engine_unlink(struct task *task)
{
    struct engine *engine = task->engine;
    if (task->previous != NULL)
        task->previous->next = task->next;
    else
        engine->first = task->next;
    if (task->next != NULL)
        task->next->previous = task->previous;
    else
        engine->last = task->previous;
    engine->count--;
}

struct engine *engine_new(struct ev_loop *loop)
{
    struct engine *engine = memory_zeroed(sizeof *engine);
    engine->loop = loop;
    turn_init(&engine->turn, loop);
    idle_init(&engine->idle, loop);
    return engine;
}

void engine_free(struct engine **engine)
{
    struct engine *old = *engine;
    if (old == NULL)
        return;
    struct task *next = NULL;
    for (struct task *task = old->first; task != NULL; task = next) {
        next = task->next;
        task_drop(task);
    }
    idle_fini(&old->idle);
    turn_fini(&old->turn);
    keycache_fini(&old->keys);
    free(old);
    *engine = NULL;
}

void engine_set_reuse(struct engine *engine, size_t most, int64_t keep_ms)
{
    idle_set_limits(&engine->idle, most, keep_ms);
}

size_t engine_idle_count(const struct engine *engine)
{
    return engine->idle.count;
}

size_t engine_task_count(const struct engine *engine)
{
    return engine->count;
}

void engine_each_task(struct engine *engine,
                      void (*visit)(struct task *task, void *userdata, void *argument),
                      void *argument)
{
    for (struct task *task = engine->first; task != NULL; task = task->next)
        visit(task, task->userdata, argument);
}
