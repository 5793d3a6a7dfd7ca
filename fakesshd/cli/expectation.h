/* What a scenario expects, in words and as JSON. */
#ifndef CLI_EXPECTATION_H
#define CLI_EXPECTATION_H

#include "base/scenario.h"

#include <jansson.h>

/* "timeout in ident", "timeout or failure in kex or newkeys", "success". Cut where it is longer
 * than `size`. */
void expectation_text(const struct scenario *item, char *text, size_t size);

/* { "outcome": [...], "phase": [...] }; a new reference. */
json_t *expectation_json(const struct scenario *item);

#endif
