#include "judge/pace.h"

#include "base/clock.h"

void pace_init(struct pace *pace, int starts_per_second)
{
    pace->gap_ns = CLOCK_NS_PER_S / starts_per_second;
    pace->next_ns = 0;
}

bool pace_take(struct pace *pace, int64_t now_ns, int cost, int64_t *next_ns)
{
    if (now_ns < pace->next_ns) {
        *next_ns = pace->next_ns;
        return false;
    }
    pace->next_ns = now_ns + cost * pace->gap_ns;
    return true;
}
