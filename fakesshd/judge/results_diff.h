/* Two results held against each other, client by client and id by id. */
#ifndef JUDGE_RESULTS_DIFF_H
#define JUDGE_RESULTS_DIFF_H

#include "judge/results.h"
#include "judge/verdict.h"

#include <stdint.h>
#include <stdio.h>

/* identifier, word, plural, what it means; in the order in which they are told */
#define DIFF_KINDS(X)                                                                           \
    X(DIFF_REGRESSION, "regression", "regressions",                                             \
      "was OK and is not, or is worse on one axis and better on none")                          \
    X(DIFF_CHANGED, "changed", "changed", "fails otherwise, or less badly")                     \
    X(DIFF_UNDECIDED, "undecided", "undecided", "had a verdict, and was not decided this time") \
    X(DIFF_SKIPPED, "now skipped", "now skipped", "had a verdict, and is not asked any more")   \
    X(DIFF_GONE, "gone", "gone", "is not in the new results")                                   \
    X(DIFF_NEW, "new", "new", "had no verdict in the old results")                              \
    X(DIFF_FIXED, "fixed", "fixed", "was not OK, and is")                                       \
    X(DIFF_MOVED, "moved", "moved", "the same verdict, but other times")                        \
    X(DIFF_SAME, "the same", "the same", "the same verdict")

enum diff_kind {
#define X(id, word, plural, sentence) id,
    DIFF_KINDS(X)
#undef X
};

#define X(id, word, plural, sentence) +1
enum { DIFF_KIND_COUNT = 0 DIFF_KINDS(X) };
#undef X

/* identifier, word */
#define DIFF_FAILS(X)                     \
    X(DIFF_FAIL_REGRESSION, "regression") \
    X(DIFF_FAIL_CHANGE, "change")         \
    X(DIFF_FAIL_NONE, "none")

enum diff_fail {
#define X(id, word) id,
    DIFF_FAILS(X)
#undef X
};

struct diff_item {
    enum diff_kind kind;
    const char *client, *id;                                      /* borrowed from the results */
    char before[RESULTS_VERDICT_MAX], after[RESULTS_VERDICT_MAX]; /* "" where there is none */
    const char *reason;                                           /* of the new one; "" */
    int64_t before_ms, after_ms; /* the 99th percentile; of DIFF_MOVED */
    int64_t deadline_ms;         /* of DIFF_MOVED */
};

struct results_diff {
    struct diff_item *items; /* owned; in the order of kinds, without DIFF_SAME */
    size_t count;
    int counts[DIFF_KIND_COUNT];
    const char *old_lacks,
        *new_lacks; /* borrowed; why the results are not complete; NULL: they are */
};

/* What becomes of a case whose verdict was `before` and is `after`. Never DIFF_GONE or DIFF_MOVED.
 */
enum diff_kind diff_verdicts(struct verdict before, struct verdict after);

/* Have times moved by more than a busy machine moves them: 20 ms, or a tenth of the deadline? */
bool diff_has_moved(int64_t before_ms, int64_t after_ms, int64_t deadline_ms);

/* Both are documents that results_read() took. A case that is there several times is held against
 * the one of the same place in the other. */
void results_diff_make(struct results_diff *diff, const json_t *before, const json_t *after);
void results_diff_fini(struct results_diff *diff);

/* Is there something that this is to fail on? */
bool results_diff_fails(const struct results_diff *diff, enum diff_fail fail);

bool diff_fail_parse(const char *word, enum diff_fail *fail);

/* For people, for a job's summary, for programs (a new reference). */
void results_diff_print(const struct results_diff *diff, FILE *out);
void results_diff_markdown(const struct results_diff *diff, FILE *out);
json_t *results_diff_json(const struct results_diff *diff);

#endif
