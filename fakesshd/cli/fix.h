/* What `run --fix` and `expect` share: writing a client's expectation file from results. */
#ifndef CLI_FIX_H
#define CLI_FIX_H

#include "base/scenario.h"
#include "judge/manifest.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct fix_request {
    const struct manifest *manifest; /* borrowed, as all here */
    const char *expect;              /* the file; NULL: the one beside the manifest */
    const json_t *const *runs;
    size_t run_count;
    const struct catalogue *catalogue;
    bool print_only; /* the new text goes to `out` instead of into the file */
    FILE *out;       /* for people: what was done, and what was left */
};

/* Writes the file at once and whole, or leaves it. ERR_EXPECT for a file in error, ERR_USAGE for a
 * client without a manifest file or without a case in the results, ERR_SYSTEM when it cannot be
 * written. */
enum err fix_write(const struct fix_request *request, struct err_text *error);

#endif
