/* How slow this machine is just now. Measured, printed, and used to widen the grace; above the cap
 * no verdict on time is given. */
#ifndef JUDGE_NOISE_H
#define JUDGE_NOISE_H

#include "base/err.h"

#include <ev.h>
#include <stdint.h>

#define NOISE_FACTOR_CAP 5.0

struct noise {
    struct ev_loop *loop; /* borrowed */
    ev_timer beat;
    int64_t due_ns;
    int64_t lateness_worst_us;  /* of the beat, since the start */
    int64_t lateness_recent_us; /* the worst of late, forgotten by half in a second or so */
    int64_t fork_exec_p50_us;
    double factor;       /* now; 1 on a quiet machine */
    double factor_worst; /* of the run */
};

/* Measures fork and exec, then keeps a timer beating in the loop. */
void noise_start(struct noise *noise, struct ev_loop *loop);
void noise_stop(struct noise *noise);

/* The slow factor of lateness and fork+exec times: 1 while a timer is at most 20 ms late and a
 * process starts within 20 ms; in proportion beyond. */
double noise_factor_of(int64_t lateness_us, int64_t fork_exec_us);

#endif
