/* Everything that is made from results, by format. */
#ifndef JUDGE_REPORT_H
#define JUDGE_REPORT_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* name, letter, takes a path, what it is for; each NAME is written by report_NAME_write() */
#define REPORT_FORMATS(X)                                                      \
    X(json, 'J', true, "FILE|-: results for programs")                         \
    X(junit, 'U', true, "FILE|-: results for CI systems")                      \
    X(html, 'H', true, "FILE|-: results as a page for a browser, in one file") \
    X(md, 'M', true, "FILE|-: results as Markdown, for a job summary")         \
    X(tap, 'T', true, "FILE|-: results as TAP, version 14")                    \
    X(github, 'G', false, "annotations for GitHub's workflows, on standard output")

/* Where each format is to be written; NULL: nowhere. Borrowed. */
struct report_outputs {
#define X(name, letter, value, sentence) const char *name;
    REPORT_FORMATS(X)
#undef X
};

/* Writes all of them, `results` being of the shape of fakesshd-results(5). The first that cannot be
 * written ends it. */
enum err report_write_all(const struct report_outputs *outputs, const json_t *results,
                          struct err_text *error);

/* Where evidence belongs that nobody wants elsewhere: beside the JSON. NULL where that goes nowhere
 * or to standard output. Static memory. */
const char *report_evidence_folder(const struct report_outputs *outputs);

/* The path of the format with this letter; NULL when there is none. One that takes no path has "-"
 * for it. */
const char **report_path_of(struct report_outputs *outputs, int letter);

/* Does a file go to standard output? Annotations don't count: they stand well between other lines.
 */
bool report_uses_stdout(const struct report_outputs *outputs);
/* How many are there at all? */
size_t report_count(const struct report_outputs *outputs);

#endif
