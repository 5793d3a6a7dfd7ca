/* How long a case may take: plain arithmetic over its profile and its window. */
#ifndef JUDGE_CASE_BUDGET_H
#define JUDGE_CASE_BUDGET_H

#include "judge/growth.h"
#include "judge/window.h"

#include <stdbool.h>
#include <stdint.h>

enum { CASE_ROUND_SPREAD_MS = 50 }; /* a round's tasks are started over so long, or more */

struct case_budget {
    const struct growth_profile *profile; /* static; that of the first look */
    const struct window *window;          /* borrowed */
    int64_t drain_ms;                     /* of one drain */
};

/* After this time an open question about a counter is INCONCLUSIVE. The first look of a short
 * profile (matrix, glance, quick) has time for all of its rounds, what it goes on with ten seconds;
 * a long profile was asked for by name, and has the time that it needs. */
int64_t case_budget_growth_ns(const struct case_budget *budget, bool in_first_look);

/* After this time the case is ended wherever it is. */
int64_t case_budget_whole_ns(const struct case_budget *budget);

#endif
