/* Does a client burn processor time while it only has to wait? Plain arithmetic over two samples.
 */
#ifndef JUDGE_SPIN_H
#define JUDGE_SPIN_H

#include <stdbool.h>
#include <stdint.h>

struct spin_sample {
    int64_t from_ns;      /* when it was taken */
    int64_t cpu_ns;       /* processor time of the client so far; -1: unknown */
    int64_t run_delay_ns; /* time that its threads were runnable and had no processor */
};

/* More than this share of a core, in each interval of a wait, is SPIN. */
#define SPIN_SHARE_MIN 0.5

/* The share of a core that the client used between two samples. On a busy machine a client that
 * spins gets less than it asks for: one that had a quarter of a core or more, and was runnable four
 * fifths of the time, is given the share that it asked for, at most 1. */
double spin_share(const struct spin_sample *before, const struct spin_sample *after);

/* The intervals of one wait, one after the other. */
struct spin_watch {
    struct spin_sample last;     /* from_ns 0: none yet */
    int intervals, kept_waiting; /* the latter say nothing */
    double shares[3];            /* of the latest others, the oldest first; 0 where there is none */
};

void spin_watch_add(struct spin_watch *watch, const struct spin_sample *sample);

/* The share of a core that it used in each of two intervals, the last ones or those before the very
 * last, in which a wait may have ended; 0 when there were not two of them. To begin many tasks
 * takes a while; whoever spins does it to the end, whenever it began. */
double spin_watch_share(const struct spin_watch *watch);

/* It wanted a processor to the end, and hardly ever had one. */
bool spin_watch_is_unsure(const struct spin_watch *watch);

#endif
