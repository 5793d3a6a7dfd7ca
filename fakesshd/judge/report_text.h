/* A run for people: one line per case as it ends, and a summary that tells the story in ten
 * seconds. */
#ifndef JUDGE_REPORT_TEXT_H
#define JUDGE_REPORT_TEXT_H

#include "judge/result.h"

#include <stdbool.h>
#include <stdio.h>

struct report_style {
    bool colour, verbose, utf8;
    double tasks_per_minute; /* at which the user's own tasks come, for "gone after" */
};

/* Colour on a terminal without NO_COLOR; blocks in sparklines where the locale has them. */
struct report_style report_style_for(FILE *out, bool verbose);

void report_text_case(FILE *out, const struct case_result *result, struct report_style style);
/* The part of the summary that has a line or more for each client. */
void report_text_clients(FILE *out, const struct run_result *run, struct report_style style);
void report_text_summary(FILE *out, const struct run_result *run, struct report_style style);

#endif
