/* What the service counts, and how Prometheus reads it (text format 0.0.4). Numbers only: no name
 * of a host or a user is ever a label. */
#ifndef SSHEXEC_METRICS_H
#define SSHEXEC_METRICS_H

#include "lib/sshexec.h"

#include <stdint.h>
#include <stdio.h>

#define METRICS_BUCKETS    12
#define METRICS_HTTP_CODES 600

struct histogram {
    uint64_t buckets[METRICS_BUCKETS]; /* each its own, not those below */
    uint64_t count;
    double sum;
};

struct metrics {
    uint64_t started, refused;
    uint64_t finished[SSHEXEC_COULD_NOT_TRY + 1][SSHEXEC_PHASE_COUNT];
    struct histogram duration, overshoot;
    struct histogram phases[SSHEXEC_PHASE_COUNT];
    uint64_t http[METRICS_HTTP_CODES]; /* by status */
};

/* What stands still to be looked at. */
struct metrics_now {
    size_t in_flight, queued, idle;
    struct metrics_process {
        double cpu_s, start_s;
        uint64_t fds, fds_most, threads, resident_bytes, virtual_bytes;
    } process;
};

void metrics_add_result(struct metrics *metrics, const sshexec_result *result);
void metrics_add_http(struct metrics *metrics, int status);

/* Reads /proc/self. */
void metrics_read_process(struct metrics_process *process);

void metrics_write(const struct metrics *metrics, const struct metrics_now *now, FILE *to);

#endif
