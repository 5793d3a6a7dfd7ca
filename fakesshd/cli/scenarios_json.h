/* The catalogue for programs: `fakesshd list --json`, and GET /v1/scenarios of a control. */
#ifndef CLI_SCENARIOS_JSON_H
#define CLI_SCENARIOS_JSON_H

#include "base/scenario.h"

#include <jansson.h>

/* An array with an object for each; a new reference. */
json_t *scenarios_json(const struct scenario *const *items, size_t count);

#endif
