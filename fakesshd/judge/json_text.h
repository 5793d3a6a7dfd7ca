/* JSON values that are always made, whatever the text in them: results must not be lost because a
 * client wrote rubbish on its stderr. */
#ifndef JUDGE_JSON_TEXT_H
#define JUDGE_JSON_TEXT_H

#include "base/outcome.h"
#include "base/phase.h"

#include <jansson.h>

/* A string; what is no UTF-8 in it is replaced. null for NULL. */
json_t *json_text(const char *text);

/* A number; null for one that is not finite. */
json_t *json_number(double number);

/* Lists of the words. */
json_t *json_outcomes(outcome_set set);
json_t *json_phases(phase_set set);

#endif
