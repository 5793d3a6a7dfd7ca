/* When the next case may be started: waiting is free, processor time is not. Cases that wait for
 * deadlines stand side by side by the dozen, but what starts processes and shakes hands would make
 * each other late. Plain arithmetic over readings that are handed in. */
#ifndef JUDGE_THROTTLE_H
#define JUDGE_THROTTLE_H

#include "judge/procfs.h"

#include <stdbool.h>
#include <stdint.h>

struct throttle {
    int floor;   /* so many run however busy the machine is */
    double most; /* busy part of the processors from which on nothing more is started */
    double busy; /* of late */
    int64_t measured_ns, next_ns; /* when that was looked at; no start before this */
    struct procfs_machine machine;
};

void throttle_init(struct throttle *throttle, int jobs);

/* May a case be started while `running` others are there? If so it is counted; if not, *next_ns is
 * when to ask again. */
bool throttle_take(struct throttle *throttle, int running, struct procfs_machine machine,
                   int64_t now_ns, int64_t *next_ns);

/* Is so little going on that one more would be judged as if it were alone? */
bool throttle_is_calm(struct throttle *throttle, struct procfs_machine machine, int64_t now_ns);

#endif
