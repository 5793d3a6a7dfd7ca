/* Results as Markdown, for a job summary or a comment: counts, timers, and what was not expected.
 */
#ifndef JUDGE_REPORT_MD_H
#define JUDGE_REPORT_MD_H

#include "base/err.h"

#include <jansson.h>

/* Writes results (fakesshd-results(5)) to `path` ("-" is stdout), whole or not at all. */
enum err report_md_write(const char *path, const json_t *results, struct err_text *error);

#endif
