/* A soak: one client, left running against faults for many tasks. What does it hold, for each call
 * that hangs, and when will it die of that?
 *
 *     probe -> opening -> control -> round -> settling -> counting -> round ... -> idling ->
 *     evidence -> control -> verdict
 *
 * Endure: calls that hang are left where they are, and new ones go on; it stops at 80 % of the
 * nearest limit. Isolate: when a call hangs the client is looked at, ended and started anew. */
#ifndef JUDGE_SOAK_H
#define JUDGE_SOAK_H

#include "base/exit_code.h"
#include "judge/report.h"
#include "judge/run.h"
#include "judge/soak_plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SOAK_IDS_MAX = 40 };

struct soak_options {
    int64_t deadline_ms;
    int tasks;
    double tasks_per_second; /* at which they are started */
    enum soak_mode mode;
    int64_t drain_ms;     /* how long the client idles at the end */
    int tasks_per_minute; /* of the user who reads "gone after 10 min" */
    bool verbose, no_probe, no_stacks;
    const char *evidence; /* folder for what hung or grew; NULL: none */
    uint64_t seed;
    struct report_outputs reports;
    const char *events; /* a file; NULL: none */
};

/* Soaks one client with tasks of these scenarios (1 to SOAK_IDS_MAX), as many of each in every
 * round, in an order that the seed makes; prints its progress and the verdicts to `out`. Its own
 * errors go to stderr. */
enum exit_code soak_all(const struct soak_options *options, const struct run_fixtures *fixtures,
                        const struct run_client *client, const struct scenario *const *scenarios,
                        size_t scenario_count, FILE *out);

#endif
