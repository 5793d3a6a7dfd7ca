/* A run as JUnit XML, which any CI reads: a suite per client, a test case per id. Unexpected is a
 * failure; what could not be judged (ERROR, INCONCLUSIVE) is an error; SKIP is skipped. */
#ifndef JUDGE_REPORT_JUNIT_H
#define JUDGE_REPORT_JUNIT_H

#include "base/err.h"
#include "judge/result.h"

enum err report_junit_write(const char *path, const struct run_result *run, struct err_text *error);

#endif
