/* What is known of a client: a file of lines
 *
 *     selector verdict[,verdict] [condition]... [until DATE] reason
 *
 * where the reason has a URL or names an RFC ("RFC 4253"). Empty lines are skipped, and what
 * follows a # at a line's beginning. The selector is a word of base/selector.h, not a file and
 * without "!", within one phase. A verdict is written as verdict_print() does; HUNG+* is HUNG
 * whatever it holds, for that depends on how many tasks were asked; OK stands for "now and then it
 * passes", FLAKY for repeats that differ, FLAKY(8/10) for those that are as expected
 * eight times in ten or more. A line counts where all of its conditions hold (expect_condition.h),
 * and up to the end of its date, UTC; of several lines that count for an id the first does.
 *
 * A line that is no longer true fails the run as an unexpected verdict does, and one that means no
 * scenario is an error: known gaps must not rot. expect_decide.h has the rules. */
#ifndef JUDGE_EXPECT_H
#define JUDGE_EXPECT_H

#include "base/err.h"
#include "judge/expect_condition.h"
#include "judge/verdict.h"

#include <stdbool.h>
#include <stddef.h>

/* A line must not excuse more than one who reviews it can look through: the largest scenario has 14
 * variants, and most phases fit; the whole of a large one does not. */
enum { EXPECT_VERDICTS_MAX = 8, EXPECT_CONDITIONS_MAX = 4, EXPECT_IDS_MAX = 40 };

/* A verdict of a line: what hangs, whatever it holds. */
#define EXPECT_HUNG_ANY "HUNG+*"

struct expect_entry {
    char *selector; /* owned, as the reason */
    struct verdict verdicts[EXPECT_VERDICTS_MAX];
    bool holds_any[EXPECT_VERDICTS_MAX]; /* HUNG+*: the set of what was left behind is not asked */
    size_t verdict_count;
    struct expect_condition conditions[EXPECT_CONDITIONS_MAX]; /* owned */
    size_t condition_count;
    int until; /* the last day that it counts, 20270630; 0: no end */
    char *reason;
    int line;
};

struct expect_file {
    char *path;                   /* owned */
    struct expect_entry *entries; /* owned; in the order of lines */
    size_t count;
};

/* ERR_EXPECT, with path and line in the sentence, for a file that cannot be read and for anything
 * in it that is no such line. *file is the caller's, NULL after an error. */
enum err expect_read(const char *path, struct expect_file **result, struct err_text *error);
/* The same for a text that is there already; `path` is for sentences. */
enum err expect_parse(const char *path, const char *text, struct expect_file **result,
                      struct err_text *error);
void expect_free(struct expect_file **file);

/* ERR_EXPECT when some line has no effect on any of these ids (all that are known, not only those
 * of this run): it means none of them, or earlier lines without conditions mean all that it does;
 * and when one means more than EXPECT_IDS_MAX. */
enum err expect_check(const struct expect_file *file, const char *const *ids, size_t count,
                      struct err_text *error);

/* The entry that counts for this id, expired or not; NULL when everything must be well. */
const struct expect_entry *expect_lookup(const struct expect_file *file, const char *id,
                                         const struct expect_facts *facts);

/* Do all conditions hold? One that cannot be told makes it EXPECT_UNKNOWN, unless another is false.
 */
enum expect_truth expect_entry_counts(const struct expect_entry *entry,
                                      const struct expect_facts *facts);

/* A verdict of the line, as the file has it. */
void expect_entry_print_verdict(const struct expect_entry *entry, size_t index,
                                char text[VERDICT_TEXT_MAX]);

bool expect_entry_allows(const struct expect_entry *entry, struct verdict verdict);
bool expect_entry_is_expired(const struct expect_entry *entry, int today);

#endif
