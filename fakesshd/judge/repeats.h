/* What the repeats of one case amount to. Pure: it decides over attempts that were made. */
#ifndef JUDGE_REPEATS_H
#define JUDGE_REPEATS_H

#include "judge/result.h"

/* The most that --until-fail makes where --repeat does not say how many. */
enum { REPEATS_UNTIL_FAIL = 100, REPEATS_MAX = 100000 };

/* Which of all attempts the result tells of in full: the first in error, else the first that was
 * not as expected, else the first that could not be decided, else the first with a known gap, else
 * the first. Should `next`, that came after it, take the place of `told`? */
bool repeats_prefer(const struct attempt *told, const struct attempt *next);

/* FLAKY when some were as expected and some were not; else what they all were, INCONCLUSIVE when
 * some could not be decided. `count` is 1 or more. */
struct verdict repeats_verdict(const struct attempt *attempts, size_t count);

/* "9 of 10 as expected (9 OK, 1 HUNG), with seed 5: has not come back …"; the caller's to free. */
char *repeats_reason(const struct attempt *attempts, size_t count);

/* Is another attempt to be made? */
struct repeats_plan {
    int repeats;
    bool until_fail;
};
bool repeats_go_on(const struct repeats_plan *plan, const struct attempt *attempts, size_t count);

#endif
