/* A case whose driver had other cases before, or will have others after it. */
#ifndef JUDGE_CASE_SHARE_H
#define JUDGE_CASE_SHARE_H

#include "judge/case.h"

/* The driver that it begins with, as the case's own; NULL: it starts one. A driver may remember the
 * addresses of names, so where names are asked for it is a new one. */
struct driver *case_share_take(struct judged_case *judged);

/* Gives the driver to the next case, if it has come through this one without a trace: clean OK,
 * each task ended, each connection closed, and no counter higher than before. */
void case_share_give(struct judged_case *judged);

/* With a shared driver, ends the case where tasks are overdue or a counter moved, for it can't be a
 * clean OK any more. */
bool case_share_gives_up_overdue(struct judged_case *judged);
bool case_share_gives_up_moved(struct judged_case *judged);

/* It began with a driver that had cases before, and there it isn't a clean OK: whose trace it is
 * that it shows nobody can tell, so it is to be judged in a process of its own. */
bool case_share_wants_own(const struct judged_case *judged);

/* And it was tasks that failed there, not counters that moved: if it comes through in a process of
 * its own, that is worth telling. */
bool case_share_failed(const struct judged_case *judged);

#endif
