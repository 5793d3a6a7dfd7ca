/* Does a counter grow without bound? The rule behind BOUNDED, GROWING and INCONCLUSIVE, as pure
 * arithmetic over readings; it knows no process, no file and no clock. */
#ifndef JUDGE_GROWTH_H
#define JUDGE_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROWTH_VERDICTS(X)         \
    X(GROWTH_CONTINUE, "CONTINUE") \
    X(GROWTH_BOUNDED, "BOUNDED")   \
    X(GROWTH_GROWING, "GROWING")   \
    X(GROWTH_INCONCLUSIVE, "INCONCLUSIVE")

enum growth_verdict {
#define X(id, word) id,
    GROWTH_VERDICTS(X)
#undef X
};

/* When an evaluation is made. */
enum growth_moment { GROWTH_AT_BLOCK_END, GROWTH_AT_GUARD, GROWTH_AT_LAST };

#define GROWTH_MISSING INT64_MIN /* a reading that could not be taken */

struct growth_config {
    bool bytes;    /* memory, not a count of things */
    bool anchors;  /* one drained reading a block */
    double rho;    /* the smallest leak per task that must not pass */
    int64_t block; /* tasks per block */
    int64_t guard; /* rise at which GROWING may be said before three blocks; 0: never */
};

/* The named profiles: quick, ci, thorough, soak. */
struct growth_profile {
    const char *name;
    struct growth_config config;
    int tasks_per_round, rounds_per_block, warmup_rounds, blocks_max;
    int64_t settle_stable_ms, settle_max_ms, drain_ms;
};
const struct growth_profile *growth_profile_find(const char *name);

struct growth_result {
    enum growth_verdict verdict;
    int64_t growth, noise, tasks, rises;
    double rate, rate_low, rate_high; /* per task; the interval is 95 % */
    double bound;                     /* the smallest leak per task that the readings exclude */
    char why[160];                    /* which test decided, in words */
};

/* Judges readings q[0..n-1] taken after t[0..n-1] tasks (t[0] = 0 or the first reading's count);
 * GROWTH_MISSING readings and readings that did not advance t are ignored. Returns the verdict that
 * holds at this moment (GROWTH_CONTINUE: more tasks are needed) with its figures. */
struct growth_result growth_evaluate(const struct growth_config *config, const int64_t *q,
                                     const int64_t *t, size_t n, enum growth_moment moment);

const char *growth_verdict_word(enum growth_verdict verdict);

#endif
