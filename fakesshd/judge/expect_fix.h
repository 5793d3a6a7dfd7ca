/* Rewrites an expectation file by what one or several runs saw. A plain function: the old text and
 * results go in, the new text comes out, with what was done and what was left to people.
 *
 * A line stays where every id that it means did as it says; comments, order, reasons and conditions
 * stay as they are. Where one passes its line goes, where one fails differently the verdict is
 * changed: what was seen takes the place of a single verdict, and joins several. A pattern whose
 * ids no longer do the same is taken apart into a line for each. What is new comes behind the last
 * line of its phase, with the judge's words and the scenario's own source for a reason.
 *
 * Left as it is, and told: what was not decided; a line whose date is over and that still fails,
 * for a date is a promise of people; what was not judged. A line with OK among its verdicts goes
 * only when EXPECT_FIX_PASSES runs in turn saw it pass. */
#ifndef JUDGE_EXPECT_FIX_H
#define JUDGE_EXPECT_FIX_H

#include "judge/expect_sighting.h"

/* What fails half of the time passes five times in a row once in 32. */
enum { EXPECT_FIX_PASSES = 5 };

/* An id that there is, and where its behaviour was seen or is ruled: "https://…", "RFC 4253 8". */
struct expect_known_id {
    const char *id, *source; /* borrowed */
};

struct expect_fix_spec {
    const char *path; /* of the file, for sentences */
    const char *text; /* what stands in it; "" when there is none */
    const char *client;
    const json_t *const *runs; /* documents as report_json_run() makes them */
    size_t run_count;
    const struct expect_known_id *ids; /* all of the catalogue */
    size_t id_count;
    const struct expect_facts *now; /* the day, and this machine where a run names none */
};

struct expect_fix {
    char *text; /* owned; the new file; equal to the old one when there is nothing to do */
    int kept, changed, dropped, added; /* lines */
    char *notes; /* owned; a sentence a line: what was done, and what was not */
};

/* ERR_EXPECT when the old text is no expectation file. */
enum err expect_fix_make(const struct expect_fix_spec *spec, struct expect_fix *fix,
                         struct err_text *error);
void expect_fix_fini(struct expect_fix *fix);

#endif
