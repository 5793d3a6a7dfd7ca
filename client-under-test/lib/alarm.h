/* A timer for a point on the monotonic clock. */
#ifndef SSHEXEC_ALARM_H
#define SSHEXEC_ALARM_H

#include <ev.h>
#include <stdint.h>

/* Starts `timer`, which is not running, to fire at deadline_ns; whoever is called looks at the
 * clock once more, for libev may round a little. */
void alarm_set(struct ev_loop *loop, ev_timer *timer, int64_t deadline_ns);

#endif
