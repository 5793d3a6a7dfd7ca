/* Is a client there at all? Its version command says so: one that cannot be started, or that fails,
 * means that something is missing, and its cases are skipped with that reason. */
#ifndef JUDGE_INSTALLATION_H
#define JUDGE_INSTALLATION_H

#include "judge/manifest.h"

#include <stdbool.h>
#include <stddef.h>

enum { INSTALLATION_WORDS_MAX = 400 };

struct installation {
    bool missing;
    char version[160];                   /* first line of the version command; "" when unknown */
    char reason[INSTALLATION_WORDS_MAX]; /* "not installed: …" when missing, else "" */
};

/* Runs the version commands of all of them side by side, each for twenty seconds at most; one that
 * says nothing in that time, or that is not in the manifest, proves nothing. Before the loop turns.
 */
void installation_ask(const struct manifest *const *manifests, size_t count,
                      struct installation *found);

/* How the version command ended. */
struct installation_end {
    const char *start_error; /* it could not be started: why; else NULL */
    bool in_time;            /* it ended by itself; `status` is as from waitpid */
    int status;
    const char *line; /* its first */
};

/* What that means; a plain function of its arguments. */
void installation_decide(const struct manifest *manifest, const struct installation_end *end,
                         struct installation *found);

#endif
