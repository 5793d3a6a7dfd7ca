/* When a line of an expectation file counts: `[version < 9.6]`, `[deadline <= 500ms]`,
 * `[kernel >= 6.1]`, `[arch = x86_64]`, `[version ~ "libssh"]`. What is asked and what is known are
 * plain values: nothing here looks at a clock or at the machine but expect_facts_now(). */
#ifndef JUDGE_EXPECT_CONDITION_H
#define JUDGE_EXPECT_CONDITION_H

#include "base/err.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

/* identifier, word, how it is compared, what it is */
#define EXPECT_SUBJECTS(X)                                                                       \
    X(EXPECT_VERSION, "version", EXPECT_AS_VERSION,                                              \
      "the client's version, as its line in a report says")                                      \
    X(EXPECT_DEADLINE, "deadline", EXPECT_AS_DURATION, "the deadline that the client was given") \
    X(EXPECT_KERNEL, "kernel", EXPECT_AS_VERSION, "the kernel's release, as uname -r says")      \
    X(EXPECT_ARCH, "arch", EXPECT_AS_WORD, "the machine, as uname -m says")

enum expect_comparison { EXPECT_AS_VERSION, EXPECT_AS_DURATION, EXPECT_AS_WORD };

enum expect_subject {
#define X(id, word, comparison, sentence) id,
    EXPECT_SUBJECTS(X)
#undef X
};

/* identifier, sign; a longer sign stands before one that it begins with */
#define EXPECT_SIGNS(X)      \
    X(EXPECT_AT_MOST, "<=")  \
    X(EXPECT_LESS, "<")      \
    X(EXPECT_AT_LEAST, ">=") \
    X(EXPECT_MORE, ">")      \
    X(EXPECT_UNEQUAL, "!=")  \
    X(EXPECT_EQUAL, "=")     \
    X(EXPECT_LIKE, "~")

enum expect_sign {
#define X(id, sign) id,
    EXPECT_SIGNS(X)
#undef X
};

struct expect_condition {
    enum expect_subject subject;
    enum expect_sign sign;
    char *value; /* owned */
    int64_t duration_ms;
    regex_t regex; /* of EXPECT_LIKE, a POSIX extended regular expression */
};

/* What is known of a case. A text that is NULL or empty is not known. */
struct expect_facts {
    const char *version; /* borrowed */
    int64_t deadline_ms; /* 0: not known */
    char kernel[65], arch[65];
    int today; /* 20260630 is the 30th of June 2026, UTC */
};

enum expect_truth { EXPECT_FALSE, EXPECT_TRUE, EXPECT_UNKNOWN };

/* The machine and the date of now; version and deadline are left empty. */
void expect_facts_now(struct expect_facts *facts);

/* Reads what stands between the brackets. The error's sentence is without file and line. The
 * condition is to be freed with expect_condition_fini() unless this failed. */
enum err expect_condition_parse(const char *text, struct expect_condition *condition,
                                struct err_text *error);
void expect_condition_fini(struct expect_condition *condition);

enum expect_truth expect_condition_holds(const struct expect_condition *condition,
                                         const struct expect_facts *facts);

const char *expect_subject_word(enum expect_subject subject);

/* "2027-06-30" as 20270630; 0 when there is no such day, or it is written otherwise. */
int expect_date_parse(const char *text);

/* Compares two versions field by field: numbers as numbers, letters by the alphabet and before any
 * number. A version begins at the first digits with a point and digits behind them ("OpenSSH_9.2p1"
 * is 9.2p1), else at the first digit, and ends at the first space or comma. Only as many fields
 * count as `asked` has: 9.6.1 is equal to 9.6, and 9.5 less. A missing field is 0. */
int expect_version_compare(const char *known, const char *asked);

#endif
