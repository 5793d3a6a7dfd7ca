#include "judge/pace.h"

#include "base/clock.h"

enum { CATCH_UP = 2 }; /* so much faster those are served whose turn has passed */

void pace_init(struct pace *pace, int starts_per_second)
{
    *pace = (struct pace){.gap_ns = CLOCK_NS_PER_S / starts_per_second};
}

bool pace_take(struct pace *pace, int64_t now_ns, int cost, int64_t *turn_ns, int64_t *next_ns)
{
    if (*turn_ns == PACE_NO_TURN) {
        *turn_ns = now_ns > pace->queue_end_ns ? now_ns : pace->queue_end_ns;
        pace->queue_end_ns = *turn_ns + cost * pace->gap_ns;
    }
    int64_t start_ns = *turn_ns > pace->free_ns ? *turn_ns : pace->free_ns;
    if (now_ns < start_ns) {
        *next_ns = start_ns;
        return false;
    }
    pace->free_ns = now_ns + cost * pace->gap_ns / CATCH_UP;
    *turn_ns = PACE_NO_TURN;
    return true;
}
