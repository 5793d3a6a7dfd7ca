/* A run for programs; the shape is promised, and has a schema number. */
#ifndef JUDGE_REPORT_JSON_H
#define JUDGE_REPORT_JSON_H

#include "base/err.h"
#include "judge/result.h"

#include <jansson.h>

enum { REPORT_JSON_SCHEMA = 1 };

/* The whole document, and one of its cases; new references. */
json_t *report_json_run(const struct run_result *run);
json_t *report_json_case(const struct case_result *result);

/* In a case's JSON, what the expectation file says of it: for one that was judged before the file
 * was changed. */
void report_json_set_expected(json_t *object, const struct case_result *result);

/* Writes results to `path` ("-" is stdout), whole or not at all. */
enum err report_json_write(const char *path, const json_t *results, struct err_text *error);

#endif
