/* Does a client burn processor time while it only has to wait? Plain arithmetic over two samples.
 */
#ifndef JUDGE_SPIN_H
#define JUDGE_SPIN_H

#include <stdint.h>

struct spin_sample {
    int64_t from_ns;      /* when it was taken */
    int64_t cpu_ns;       /* processor time of the client so far; -1: unknown */
    int64_t run_delay_ns; /* time that its threads were runnable and had no processor */
};

/* More than this share of a core, for the whole of an interval, is SPIN. */
#define SPIN_SHARE_MIN 0.5

/* The share of a core that the client used between two samples. On a busy machine a client that
 * spins gets less than it asks for: one that had a quarter of a core or more, and was runnable four
 * fifths of the time, is given the share that it asked for, at most 1. */
double spin_share(const struct spin_sample *before, const struct spin_sample *after);

#endif
