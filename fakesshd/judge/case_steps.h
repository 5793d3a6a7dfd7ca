/* What a case does in each of its steps. A step looks at the facts and the clock, and either hands
 * over to the next or says when to look again; it never waits. */
#ifndef JUDGE_CASE_STEPS_H
#define JUDGE_CASE_STEPS_H

#include "judge/case.h"

/* The one way to the next step. */
void case_enter(struct judged_case *judged, enum case_step step, int64_t now_ns);

/* Of the case's tasks, as the server sees it now. */
int64_t case_open_connections(const struct judged_case *judged);

/* True when a step was taken; else *look_ns says when to look again (earlier if a fact comes). */
bool case_take_step(struct judged_case *judged, int64_t now_ns, int64_t *look_ns);

#endif
