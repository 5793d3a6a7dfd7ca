/* How fast tasks may be started, over all cases together: a handshake costs both ends about 1.4 ms
 * of processor time, and a burst would make the judge's own controls late. Plain arithmetic. */
#ifndef JUDGE_PACE_H
#define JUDGE_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    int64_t gap_ns;       /* between two starts */
    int64_t queue_end_ns; /* the turn of who comes next */
    int64_t free_ns;      /* no start before this, even if many have missed their turns */
};

void pace_init(struct pace *pace, int starts_per_second);

/* What a start costs, in starts of a task in a running driver: a process of its own and what it
 * asks of the server take some 30 ms of processor time (OpenSSH's ssh on two cores at 2 GHz). */
enum { PACE_DRIVER_TASK = 1, PACE_PROCESS = 20 };

/* May a task start now? If so it is counted as `cost` starts; if not, *next_ns is when to ask
 * again. Who asks has a turn, *turn_ns, which is PACE_NO_TURN before each start, and kept from one
 * asking to the next: without it who happens to ask first is served for ever, and others never. */
#define PACE_NO_TURN INT64_MIN
bool pace_take(struct pace *pace, int64_t now_ns, int cost, int64_t *turn_ns, int64_t *next_ns);

#endif
