/* Is a verdict worth a second look? What a slow machine could have made is, and spinning or giving
 * up on a server that others kept from its processor. A plain function of what was found. */
#ifndef JUDGE_SECOND_TRY_H
#define JUDGE_SECOND_TRY_H

#include "judge/result.h"

/* Which try a result is of. */
enum { SECOND_TRY_NONE = 0, SECOND_TRY_BESIDE_OTHERS = 1, SECOND_TRY_ALONE = 2 };

/* What the result says of being expected is known by then.
 * `first` is what was found before, NULL for nothing; `tried` is one of the above: alone is the
 * last. */
bool second_try_is_due(const struct case_result *result, const struct attempt *first, int tried);

#endif
