/* Results as JUnit XML, which any CI reads: a suite per client, a test case per id. Unexpected and
 * flaky are a failure; what could not be judged (ERROR, INCONCLUSIVE) is an error: a CI must not
 * pass over it; SKIP is skipped. A run that did not come to its end has a test case of its own for
 * that, in error, because the cases that were not judged are not there. */
#ifndef JUDGE_REPORT_JUNIT_H
#define JUDGE_REPORT_JUNIT_H

#include "base/err.h"

#include <jansson.h>

/* Writes results (fakesshd-results(5)) to `path` ("-" is stdout), whole or not at all. */
enum err report_junit_write(const char *path, const json_t *results, struct err_text *error);

#endif
