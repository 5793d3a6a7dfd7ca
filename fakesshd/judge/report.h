/* Everything that is made from results, by format. */
#ifndef JUDGE_REPORT_H
#define JUDGE_REPORT_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* name, letter, what it is for; each NAME is written by report_NAME_write() */
#define REPORT_FORMATS(X)                           \
    X(json, 'J', "FILE|-: results for programs")    \
    X(junit, 'U', "FILE|-: results for CI systems") \
    X(html, 'H', "FILE|-: results as a page for a browser, in one file")

/* Where each format is to be written; NULL: nowhere. Borrowed. */
struct report_outputs {
#define X(name, letter, sentence) const char *name;
    REPORT_FORMATS(X)
#undef X
};

/* Writes all of them, `results` being of the shape of fakesshd-results(5). The first that cannot be
 * written ends it. */
enum err report_write_all(const struct report_outputs *outputs, const json_t *results,
                          struct err_text *error);

/* Does one of them go to standard output? And how many are there at all? */
bool report_uses_stdout(const struct report_outputs *outputs);
size_t report_count(const struct report_outputs *outputs);

#endif
