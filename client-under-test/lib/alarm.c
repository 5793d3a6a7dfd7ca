#include "lib/alarm.h"

#include "lib/deadline.h"

void alarm_set(struct ev_loop *loop, ev_timer *timer, int64_t deadline_ns)
{
    /* The seconds first, then the loop's clock: libev counts from its own cached time, and with an
     * old one the timer would fire early. */
    double seconds = deadline_seconds_left(deadline_ns, clock_now_ns());
    ev_now_update(loop);
    ev_timer_set(timer, seconds, 0);
    ev_timer_start(loop, timer);
}
