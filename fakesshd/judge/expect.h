/* What is known of a client: a file of lines `selector verdict[,verdict] reason`, where the reason
 * has a URL or names an RFC ("RFC 4253"). Empty lines are skipped, and what follows a # at a line's
 * beginning. The selector is a word of base/selector.h, not a file and without "!"; of several
 * lines that mean an id the first counts. A verdict is written as verdict_print() does; OK stands
 * for "now and then it passes", FLAKY for repeats that differ, FLAKY(8/10) for those that are as
 * expected eight times in ten or more.
 *
 * A line that is no longer true fails the run as an unexpected verdict does, and one that means no
 * scenario is an error: known gaps must not rot. */
#ifndef JUDGE_EXPECT_H
#define JUDGE_EXPECT_H

#include "base/err.h"
#include "judge/verdict.h"

#include <stdbool.h>
#include <stddef.h>

enum { EXPECT_VERDICTS_MAX = 8 };

struct expect_entry {
    char *selector; /* owned, as the reason */
    struct verdict verdicts[EXPECT_VERDICTS_MAX];
    size_t verdict_count;
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
void expect_free(struct expect_file **file);

/* ERR_EXPECT when some line has no effect on any of these ids (all that are known, not only those
 * of this run): it means none of them, or earlier lines mean all that it does. */
enum err expect_check(const struct expect_file *file, const char *const *ids, size_t count,
                      struct err_text *error);

/* The entry that counts for this id; NULL when everything must be well. */
const struct expect_entry *expect_lookup(const struct expect_file *file, const char *id);

bool expect_entry_allows(const struct expect_entry *entry, struct verdict verdict);

#endif
