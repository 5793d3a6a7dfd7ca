/* What a stage knows of one task, as window.h judges it. */
#ifndef JUDGE_STAGE_FACTS_H
#define JUDGE_STAGE_FACTS_H

#include "judge/stage.h"
#include "judge/window.h"

/* Must the server have seen a connection of each task's? Not where the fault comes before one: in
 * the answer to its name, or in TCP itself. */
bool stage_facts_need_contact(const struct scenario *scenario);

/* The facts of a task of `scenario` at `now_ns`. One that has not ended is taken for one that hangs
 * by the window's bound: it is judged when the oldest does. */
struct task_facts stage_facts(const struct stage *stage, const struct task *task,
                              const struct scenario *scenario, const struct window *window,
                              int64_t now_ns);

#endif
