/* What is known of a client: a file of lines `selector verdict[,verdict] reason`, where the reason
 * has a URL or names an RFC. Lines that begin with # and empty lines are skipped. A line that is no
 * longer true fails the run as an unexpected verdict does: known gaps must not rot. */
#ifndef JUDGE_EXPECT_H
#define JUDGE_EXPECT_H

#include "base/err.h"
#include "judge/result.h"
#include "judge/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { EXPECT_VERDICTS_MAX = 4 };

struct expect_entry {
    char *selector; /* owned, as the reason */
    struct verdict verdicts[EXPECT_VERDICTS_MAX];
    size_t verdict_count;
    char *reason;
    int line;
    bool used;
};

struct expect_file {
    char *path;
    struct expect_entry *entries;
    size_t count;
};

/* ERR_EXPECT with path and line for anything that is no such line. */
enum err expect_read(const char *path, struct expect_file **file, struct err_text *error);
void expect_free(struct expect_file **file);

/* The first entry that means this id, marked as used; NULL when none does. */
const struct expect_entry *expect_lookup(struct expect_file *file, const char *id);

bool expect_entry_allows(const struct expect_entry *entry, struct verdict verdict);

/* Prints a line for each entry that matched no case of this client in a complete run of the
 * catalogue's part it speaks of; true when there was one. */
bool expect_report_unused(const struct expect_file *file, FILE *out, const struct run_result *run,
                          const char *client);

#endif
