/* A run for programs; the shape is promised, and has a schema number. */
#ifndef JUDGE_REPORT_JSON_H
#define JUDGE_REPORT_JSON_H

#include "base/err.h"
#include "judge/result.h"

enum { REPORT_JSON_SCHEMA = 1 };

/* Writes the run to `path` ("-" is stdout), whole or not at all. */
enum err report_json_write(const char *path, const struct run_result *run, struct err_text *error);

#endif
