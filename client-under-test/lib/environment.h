/* Variables for the command's environment: names and values in the order given. */
#ifndef SSHEXEC_ENVIRONMENT_H
#define SSHEXEC_ENVIRONMENT_H

#include "lib/err.h"

#include <stdbool.h>
#include <stddef.h>

struct environment {
    char **pairs; /* owned; name, value, name, value, … */
    size_t count; /* of variables */
};

enum { ENVIRONMENT_MOST = 64 };

/* A later value takes an earlier one's place. False with a sentence for what is no name, or when
 * there are too many. */
bool environment_set(struct environment *environment, const char *name, const char *value,
                     struct err_text *error);

void environment_copy(struct environment *to, const struct environment *from);

const char *environment_name(const struct environment *environment, size_t index);
const char *environment_value(const struct environment *environment, size_t index);

/* Wipes the values: some are secrets. */
void environment_fini(struct environment *environment);

#endif
