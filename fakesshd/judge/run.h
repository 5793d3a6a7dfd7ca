/* A run: clients are probed, then their cases are judged side by side, and the results reported. */
#ifndef JUDGE_RUN_H
#define JUDGE_RUN_H

#include "base/exit_code.h"
#include "base/scenario.h"
#include "judge/expect.h"
#include "judge/manifest.h"
#include "judge/report.h"
#include "judge/result.h"
#include "judge/shard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One client of a run. */
struct run_client {
    const struct manifest *manifest; /* borrowed */
    struct expect_file *expect;      /* borrowed; NULL: everything must be OK */
    char version[160];               /* first line of its version command; "" when unknown */
    const char *missing;             /* borrowed; why it isn't there and is skipped; NULL: it is */
    /* Of some clients only some cases are judged, or with another profile; NULL: as for all. */
    bool (*wants)(const void *context, const struct scenario *scenario);
    const char *(*profile_for)(const void *context, const struct scenario *scenario);
    const void *context; /* borrowed; of both */
};

struct run_options {
    int64_t deadline_ms;
    int64_t drain_ms;     /* 0: the profile's */
    int tasks_per_minute; /* of the user who reads "gone after 10 min" */
    int jobs;
    int starts_per_second;
    int template_tasks;
    const char *profile; /* of growth.h; NULL: quick, and glance where many cases are asked for */
    bool verbose, fail_fast, no_probe, no_stacks;
    bool spares_processors; /* no more is started while the machine is busy: for many clients */
    bool shares_drivers;    /* a driver without a trace goes on with another case: for many cases */
    const char *evidence;   /* folder for what hung or grew; NULL: none */
    int min_tests;
    uint64_t seed;
    int repeats;        /* of each case, with the seeds seed, seed + 1 and so on; 1: judged once */
    bool until_fail;    /* no more of a case once it was not as expected */
    struct shard shard; /* told in the results, so that a missing one is missed */
    struct report_outputs reports; /* what is made of the results */
    const char *events;            /* file; NULL: none */
    /* Called with each case as it ends, instead of printing lines and a summary; may be NULL. False
     * stops the run. Nothing but verdicts is kept of the cases then. */
    bool (*on_case)(void *context, const struct case_result *result);
    /* Called once with everything that was found; may be NULL. */
    void (*on_result)(void *context, const struct run_result *result);
    void *context; /* borrowed */
};

/* The scenarios that every run needs for itself. */
struct run_fixtures {
    const struct scenario *healthy, *refused, *silent; /* borrowed */
};

/* Finds them in the catalogue. ERR_SYSTEM when one is missing. */
enum err run_fixtures_find(struct run_fixtures *fixtures, const struct catalogue *catalogue,
                           struct err_text *error);

/* Runs every scenario against every client; prints case lines and the summary to `out`. Its own
 * errors go to stderr. Returns an exit code of base/exit_code.h. */
enum exit_code run_all(const struct run_options *options, const struct run_fixtures *fixtures,
                       struct run_client *clients, size_t client_count,
                       const struct scenario *const *scenarios, size_t scenario_count, FILE *out);

#endif
