/* Is a case as expected, and if not: has a line of the expectation file gone stale, and how? */
#ifndef JUDGE_EXPECT_DECIDE_H
#define JUDGE_EXPECT_DECIDE_H

#include "judge/expect.h"

/* identifier, word, what it means; written in results */
#define EXPECT_STALES(X)                                                \
    X(EXPECT_SOUND, "no", "the line holds, or there is none")           \
    X(EXPECT_PASSES, "passes", "listed, but it passes")                 \
    X(EXPECT_DIFFERS, "differs", "listed, but it fails differently")    \
    X(EXPECT_EXPIRED, "expired", "listed, but the line's date is over") \
    X(EXPECT_SKIPPED, "skipped", "listed, but not asked of this client")

enum expect_stale {
#define X(id, word, sentence) id,
    EXPECT_STALES(X)
#undef X
};

struct expect_decision {
    bool as_expected;
    enum expect_stale stale;
    const struct expect_entry *entry;   /* borrowed; the line that counts; NULL: none */
    const struct expect_entry *unknown; /* a line for this id whose condition cannot be told */
};

/* `file` may be NULL. INCONCLUSIVE and ERROR are never as expected, and never a line's fault. */
struct expect_decision expect_decide(const struct expect_file *file, const char *id,
                                     struct verdict verdict, const struct expect_facts *facts);

/* One sentence for people on a case that is not as expected because of a line, or "". */
void expect_decision_print(const struct expect_decision *decision, const struct expect_file *file,
                           char *text, size_t size);

const char *expect_stale_word(enum expect_stale stale);

#endif
