/* By when a task has to be further than it is. Plain values and a clock; no loop. */
#ifndef SSHEXEC_LIMITS_H
#define SSHEXEC_LIMITS_H

#include "lib/phase.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LIMIT_REUSE ends no task: it is how long a connection that was at rest may take to open a channel
 * before a new one is made. */
enum limit { LIMIT_DEADLINE, LIMIT_CONNECT, LIMIT_PHASE, LIMIT_IDLE, LIMIT_REUSE };

/* Durations in ms; 0: there is none. */
struct limits {
    int64_t deadline_ns; /* CLOCK_MONOTONIC: everything */
    int32_t connect_ms;  /* from the task's start to the end of the key exchange */
    int32_t idle_ms;     /* once connected: without a byte from the server */
    int32_t reuse_ms;
    int32_t phase_ms[PHASE_COUNT];
};

/* Where a task is; all in ns of CLOCK_MONOTONIC. */
struct limits_position {
    enum phase phase;
    int64_t start_ns;   /* the task's */
    int64_t entered_ns; /* the phase */
    bool is_reused;     /* the connection had been at rest */
    int64_t heard_ns;   /* the last byte from the server, or the connection; 0: not connected */
};

/* Which limit comes first, and when. Of those that come at the same time, the first in the order of
 * `enum limit`. */
enum limit limits_next(const struct limits *limits, const struct limits_position *at,
                       int64_t *due_ns);

/* "deadline passed in phase kex: …", and so on. */
void limits_sentence(char *text, size_t size, const struct limits *limits, enum limit passed,
                     enum phase phase);

#endif
