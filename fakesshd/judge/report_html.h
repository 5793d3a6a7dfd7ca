/* Results as one page for a browser, which needs nothing else: no network, no other file. */
#ifndef JUDGE_REPORT_HTML_H
#define JUDGE_REPORT_HTML_H

#include "base/err.h"

#include <jansson.h>

/* Writes the page to `path` ("-" is stdout), whole or not at all. `results` are of the shape of
 * fakesshd-results(5), as report_json_run() makes and results_read() reads them; borrowed.
 * ERR_INPUT when they are not. */
enum err report_html_write(const char *path, const json_t *results, struct err_text *error);

#endif
