#include "base/clock.h"

#include <time.h>

int64_t clock_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec;
}

int64_t clock_ns_from_seconds(double seconds)
{
    return (int64_t)(seconds * (double)CLOCK_NS_PER_S);
}

double clock_seconds_from_ns(int64_t ns)
{
    return (double)ns / (double)CLOCK_NS_PER_S;
}
