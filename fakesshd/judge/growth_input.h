/* Series of readings out of a file, for `fakesshd growth`: anyone's counters, as JSON or as CSV. */
#ifndef JUDGE_GROWTH_INPUT_H
#define JUDGE_GROWTH_INPUT_H

#include "base/err.h"
#include "judge/growth.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One counter and the rule that it is to be judged by. */
struct growth_series {
    char *id; /* owned; the vector's "id", the column's name, or a number */
    struct growth_config config;
    int64_t *q, *t; /* owned; GROWTH_MISSING where there is no reading */
    size_t n, size;
};

struct growth_input {
    struct growth_series *items; /* owned */
    size_t count;
};

/* Reads everything that `in` holds; `name` is what sentences call it.
 *
 * JSON when it begins with { or [: an object {"id", "config": {"bytes", "anchors", "rho", "block",
 * "guard"}, "tasks": […], "values": […]}, an array of such, an object whose "vectors" is one, or
 * several of these one after another (JSON lines). null is a reading that could not be taken. What
 * "config" leaves out comes from the object's "profile", else from `profile`.
 *
 * CSV otherwise: the first column is tasks done, each other one a counter; fields are separated by
 * commas, semicolons or tabs; a first line that does not begin with a number names the columns; #
 * begins a comment; an empty field, NaN or null is a missing reading. A counter whose name ends in
 * "bytes" is memory. `profile` rules.
 *
 * ERR_INPUT, with line or field in the sentence, for anything else, for no series at all, and for
 * numbers that are not whole or beyond 2^53. ERR_SYSTEM when reading fails. */
enum err growth_input_read(FILE *in, const char *name, const struct growth_profile *profile,
                           struct growth_input *input, struct err_text *error);

void growth_input_fini(struct growth_input *input);

/* ---- for the two formats, which share what is below ---- */

/* Text that is to be read: NUL behind its end, and none inside. */
struct growth_text {
    const char *name;
    char *bytes;
    size_t length;
};

enum err growth_input_json(const struct growth_text *text, const struct growth_profile *profile,
                           struct growth_input *input, struct err_text *error);
enum err growth_input_csv(const struct growth_text *text, const struct growth_profile *profile,
                          struct growth_input *input, struct err_text *error);

/* Adds an empty series. */
struct growth_series *growth_input_add(struct growth_input *input, const char *id,
                                       const struct growth_config *config);
void growth_series_add(struct growth_series *series, int64_t tasks, int64_t value);

#endif
