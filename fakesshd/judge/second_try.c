#include "judge/second_try.h"

enum { AT_ONCE_PART = 4 /* of a deadline */ };

#define BUSY_PART 0.6 /* of the processors: beyond it a client may have had to wait for one */

/* Giving up takes a timer, if only one of the client's own: who is done long before the deadline
 * had none. */
static bool gave_up_at_once(const struct case_result *result)
{
    return result->elapsed_max_ms * AT_ONCE_PART < result->deadline_ms;
}

static bool spins(struct verdict verdict)
{
    return (verdict.cleanup & CLEANUP_BIT(CLEANUP_SPIN)) != 0;
}

/* Of what was judged twice the second time is believed where it says the same of the deadline, and
 * of spinning; and where it says what is known of the client: one whose timers go by whole seconds
 * stands at an edge, and is LATE or HUNG however often it is looked at. */
static bool is_confirmed(const struct attempt *first, const struct case_result *result)
{
    if (first == NULL)
        return false;
    return result->as_expected || (first->verdict.state == CASE_JUDGED &&
                                   first->verdict.deadline == result->verdict.deadline &&
                                   spins(first->verdict) == spins(result->verdict));
}

bool second_try_is_due(const struct case_result *result, const struct attempt *first, int tried)
{
    bool was_noisy = result->busy_part > BUSY_PART || result->slow_factor > 1;
    bool is_clean = verdict_is_clean_ok(result->verdict);
    if (tried == SECOND_TRY_ALONE || !was_noisy || is_clean)
        return false;
    /* Too slow to judge times at all, or an error of ours that was out of time: for a moment. */
    if (result->verdict.state != CASE_JUDGED)
        return result->may_be_noise;
    /* What was in time, if only by the width that the noise gave it, has nothing to dispute. */
    bool is_off = result->may_be_noise && result->verdict.deadline != DEADLINE_OK;
    bool is_early = result->verdict.deadline == DEADLINE_EARLY && !gave_up_at_once(result);
    return (spins(result->verdict) || is_off || is_early) && !is_confirmed(first, result);
}
