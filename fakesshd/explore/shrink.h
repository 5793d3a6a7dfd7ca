/* From a scenario that a client fails on to the smallest one that it still fails on in the same
 * way. Greedy: all scenarios that are simpler by one step are judged side by side, the first that
 * shows the fault again takes the place of the last, until none does. */
#ifndef EXPLORE_SHRINK_H
#define EXPLORE_SHRINK_H

#include "explore/trial.h"

/* Judges plans as trial_judge does. */
typedef enum err (*shrink_judge)(void *owner, const struct plan *plans, size_t count,
                                 struct trial_verdict *verdicts, struct err_text *error);

/* `plan` and `verdict`: what was found, and what is left of it in the end. *again tells whether the
 * fault was seen a second time, in the plan itself or in a simpler one; a client that failed once
 * only leaves the plan as it was. Errors are the judge's; the plan is then the smallest so far. */
enum err shrink_plan(struct plan *plan, struct trial_verdict *verdict, shrink_judge judge,
                     void *owner, bool *again, struct err_text *error);

#endif
