/* Results as TAP, version 14 (testanything.org): a test point for each case. Known gaps are TODO,
 * what was skipped is SKIP; a run that did not come to its end has a test point of its own that
 * failed. */
#ifndef JUDGE_REPORT_TAP_H
#define JUDGE_REPORT_TAP_H

#include "base/err.h"

#include <jansson.h>

/* Writes results (fakesshd-results(5)) to `path` ("-" is stdout), whole or not at all. */
enum err report_tap_write(const char *path, const json_t *results, struct err_text *error);

#endif
