#include "judge/throttle.h"

#include "base/clock.h"

enum { GAP_MS = 40, MEASURE_MS = 200, FLOOR_PART = 4 };

#define MOST_BUSY 0.75
#define CALM_BUSY 0.5 /* below what counts as noisy */

void throttle_init(struct throttle *throttle, int jobs)
{
    *throttle = (struct throttle){.floor = jobs / FLOOR_PART, .most = MOST_BUSY};
    if (throttle->floor < 1)
        throttle->floor = 1;
}

static void measure(struct throttle *throttle, struct procfs_machine machine, int64_t now_ns)
{
    if (throttle->measured_ns == 0) {
        throttle->machine = machine;
        throttle->measured_ns = now_ns;
    } else if (now_ns >= throttle->measured_ns + MEASURE_MS * CLOCK_NS_PER_MS) {
        throttle->busy = procfs_busy_part(throttle->machine, machine);
        throttle->machine = machine;
        throttle->measured_ns = now_ns;
    }
}

bool throttle_is_calm(struct throttle *throttle, struct procfs_machine machine, int64_t now_ns)
{
    measure(throttle, machine, now_ns);
    return throttle->busy < CALM_BUSY;
}

bool throttle_take(struct throttle *throttle, int running, struct procfs_machine machine,
                   int64_t now_ns, int64_t *next_ns)
{
    measure(throttle, machine, now_ns);
    if (now_ns < throttle->next_ns) {
        *next_ns = throttle->next_ns;
        return false;
    }
    /* One at a time, so that what a start costs is seen before the next. */
    throttle->next_ns = now_ns + GAP_MS * CLOCK_NS_PER_MS;
    if (running < throttle->floor || throttle->busy < throttle->most)
        return true;
    *next_ns = throttle->next_ns;
    return false;
}
