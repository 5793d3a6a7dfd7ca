/* How far a matrix is, for people: a line that moves on a terminal, now and then a line elsewhere.
 */
#ifndef JUDGE_MATRIX_TEXT_H
#define JUDGE_MATRIX_TEXT_H

#include "judge/report_text.h"
#include "judge/result.h"

#include <stdint.h>
#include <stdio.h>

struct matrix_progress {
    FILE *out; /* borrowed */
    struct report_style style;
    bool live; /* a terminal */
    size_t cells, done, done_before;
    int unexpected, undecided;
    int64_t begun_ns;
};

void matrix_progress_begin(struct matrix_progress *progress, FILE *out, bool verbose, size_t cells,
                           size_t done_before);

/* A cell has ended: on a terminal it is told when it is not as expected, elsewhere always. */
void matrix_progress_cell(struct matrix_progress *progress, const struct case_result *result);

/* Takes the moving line away. */
void matrix_progress_end(struct matrix_progress *progress);

/* What `run` says of each client, then a table: how many cells of whom have which verdict. `noise`
 * is a line on the machine, "" when there is none. */
void matrix_text_summary(FILE *out, const struct run_result *run, const char *noise,
                         struct report_style style);

/* "1 h 02 min", "3 min 20 s", "8 s" to go after `done` of `all` cells took so long; "" when nothing
 * can be said yet. Pure. */
void matrix_time_left(size_t done, size_t all, int64_t took_ms, char text[32]);

#endif
