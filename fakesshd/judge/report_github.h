/* Results as annotations of GitHub's workflows: lines that the runner takes out of the output and
 * shows beside the code. Unexpected cells and errors are errors, what is flaky or undecided is a
 * warning, the counts are a notice. */
#ifndef JUDGE_REPORT_GITHUB_H
#define JUDGE_REPORT_GITHUB_H

#include "base/err.h"

#include <jansson.h>

/* Writes results (fakesshd-results(5)) to `path` ("-" is stdout), whole or not at all. */
enum err report_github_write(const char *path, const json_t *results, struct err_text *error);

#endif
