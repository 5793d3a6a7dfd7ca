/* Healthy tasks beside those that are judged: whoever cannot do these shows nothing by the others.
 * A control is judged by what the client says; whether its answers are right is asked by healthy/
 * ids. */
#ifndef JUDGE_CASE_CONTROL_H
#define JUDGE_CASE_CONTROL_H

#include "judge/case.h"

/* judged->control is a new task; NULL when it could not be started. */
void case_control_start(struct judged_case *judged);

/* Has it ended, or been under way for so long? Then control_failed and control_why are known; until
 * then *look_ns says when to look again. */
bool case_control_is_over(struct judged_case *judged, int64_t bound_after_ns, int64_t now_ns,
                          int64_t *look_ns);

/* While some hang others must be served: after each round that left a task hanging, until one such
 * control has failed. */
bool case_control_wanted_between(const struct judged_case *judged);

#endif
