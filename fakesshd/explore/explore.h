/* Scenarios composed by chance against one client, until the time is over: what it fails on is made
 * small and written as a scenario file. */
#ifndef EXPLORE_EXPLORE_H
#define EXPLORE_EXPLORE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct explore_options {
    const char *client;   /* a name or a manifest's file */
    const char *deadline; /* NULL: run's usual one */
    const char *folder;   /* where findings are written; made when it is not there */
    uint64_t seed;        /* the first plan is that of this seed, the next that of the next */
    int64_t time_ms;      /* no batch is begun after that; what was found is still made small */
    int findings_max;
};

struct explore_result {
    int tried, not_judged; /* plans; those of which the judge said nothing that counts */
    int found;             /* different findings that were written */
    int alike;             /* failures of a kind that had been found before */
    int once;              /* failures that did not show again */
    bool interrupted;
    uint64_t next_seed;
};

/* Says on `out` what it finds, as it finds it. The first SIGINT or SIGTERM ends it as the end of
 * time would, without shrinking. Errors: no client of that name, a folder that cannot be written, a
 * judge that cannot be started; *result tells what there was before. */
enum err explore(const struct explore_options *options, FILE *out, struct explore_result *result,
                 struct err_text *error);

#endif
