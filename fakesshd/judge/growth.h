/* Does a counter grow without bound? The rule behind BOUNDED, GROWING and INCONCLUSIVE, as pure
 * arithmetic over readings; it knows no process, no file and no clock.
 *
 * Readings are taken at quiescence after rounds of tasks. Work is counted in blocks of 10/rho
 * tasks, where rho is the smallest leak per task that must not pass. BOUNDED: the last blocks moved
 * so little that a leak of rho would have shown (a Poisson statement with an error of 5e-5).
 * GROWING: over three blocks or more the floor was never undercut again, and rose in many separate
 * steps that do not slow down. INCONCLUSIVE: the tasks ended with neither. */
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

#define GROWTH_MISSING   INT64_MIN   /* a reading that could not be taken */
#define GROWTH_VALUE_MAX (1LL << 53) /* readings beyond +- this count as missing */

enum { GROWTH_READINGS_MAX = 4096 }; /* of more readings the last so many count */

struct growth_config {
    bool bytes;       /* memory, not a count of things */
    bool anchors;     /* one drained reading a block */
    bool of_tasks;    /* all that is counted was made by tasks: at 0 nothing is left of any */
    double rho;       /* the smallest leak per task that must not pass */
    int64_t block;    /* tasks per block; at least 1 */
    int64_t guard;    /* rise at which GROWING may be said before three blocks; 0: never */
    const char *unit; /* static; what `tasks` counts when it is not tasks: GROWTH_HUNG_CALL */
};

/* The named profiles: matrix, glance, quick, ci, thorough, soak. */
struct growth_profile {
    const char *name;
    struct growth_config config;
    int tasks_per_round, rounds_per_block, warmup_rounds, blocks_max;
    int64_t settle_stable_ms, settle_max_ms, drain_ms;
};

/* NULL when there is no profile of that name. Static memory. */
const struct growth_profile *growth_profile_find(const char *name);

/* The short looks, which go on with a longer profile where they saw a trace: quick, and those that
 * come before it, a glance (matrix, glance). */
bool growth_profile_is_short(const struct growth_profile *profile);
bool growth_profile_is_glance(const struct growth_profile *profile);

/* The same profile for memory: rho becomes 1 MiB per block, and there is no guard. */
struct growth_config growth_config_for_bytes(const struct growth_profile *profile);

struct growth_result {
    enum growth_verdict verdict;
    /* Between the first and the last floor: how much it rose, the largest fall in between, tasks
     * done. rises: those that the latest test of GROWING counted (that of the last three blocks, if
     * it came to that); 0 when BOUNDED came first. */
    int64_t growth, noise, tasks, rises;
    double rate, rate_low, rate_high; /* per task; the interval is 95 % */
    double bound;  /* the smallest leak per task that the readings exclude; INFINITY when none, or
                      when  it was not asked for (GROWTH_AT_GUARD) */
    double rho;    /* what the verdict was about */
    int64_t block; /* tasks per block, likewise */
    int64_t level; /* the latest reading */
    bool bytes;    /* units are bytes */
    bool accelerating; /* GROWING, and faster in the last third than in the first */
    double late_rate;  /* per task, in the last third; of use when accelerating */
    char why[160];     /* which test decided, in words */
    const char *unit;  /* the configuration's; NULL: tasks */
};

/* What work is counted in. */
#define GROWTH_TASK      "task"
#define GROWTH_HUNG_CALL "hung call"

/* Judges readings q[0..n-1] taken after t[0..n-1] tasks (t[0] = 0 or the first reading's count);
 * GROWTH_MISSING readings and readings that did not advance t are ignored. Returns the verdict that
 * holds at this moment (GROWTH_CONTINUE: more tasks are needed) with its figures. With
 * fewer than two readings all figures are 0. */
struct growth_result growth_evaluate(const struct growth_config *config, const int64_t *q,
                                     const int64_t *t, size_t n, enum growth_moment moment);

/* Is an evaluation due at this valid reading, and which? `first` is the first valid reading of all,
 * `tasks_before` the count of the one before this (`tasks` when there is none). */
bool growth_moment_of(const struct growth_config *config, int64_t first, int64_t value,
                      int64_t tasks_before, int64_t tasks, enum growth_moment *moment);

/* Goes through a whole series in order, as a run would have done: evaluates where floor(t/block)
 * advanced since the last valid reading (a block's end), where the guard is set and the reading is
 * that far above the first, and at the final reading; stops at the first verdict. *decided_at gets
 * the tasks done by then. Never GROWTH_CONTINUE. */
struct growth_result growth_judge_series(const struct growth_config *config, const int64_t *q,
                                         const int64_t *t, size_t n, int64_t *decided_at);

const char *growth_verdict_word(enum growth_verdict verdict);

/* Poisson: the mean m at which P(X <= k) is e^-9.9. The bound on a leak that moved k units. */
double growth_poisson_upper(int64_t k);

/* ---- one counter of a running client: a short look first, then a longer one ----
 *
 * A short look cannot tell a pool that fills from a leak. So a plan begins with the blocks of
 * `quick`, which may say BOUNDED, and GROWING only from GROWTH_QUICK_RATE per task on. Anything
 * else goes on in the same process with the blocks of `ci`, over all readings so far, and has ci's
 * word. `glance` is one block of 40 tasks before that: where it saw any trace, the blocks of
 * `quick` follow, and then those of `ci`; `matrix` is the same with 8 tasks after a warm-up of
 * 8, a reading before and one after. A plan that was begun with another profile has that profile's
 * word alone.
 *
 *     growth_plan_init(&plan, limit);
 *     do {
 *         run growth_plan_profile(&plan)->tasks_per_round tasks, settle, read the counter
 *         growth_plan_add(&plan, tasks_so_far, reading);
 *     } while (growth_plan_verdict(&plan, false, &result) == GROWTH_CONTINUE && time is left);
 *     growth_plan_verdict(&plan, true, &result);
 *
 * The first reading is that after the warm-up. Each counter has a plan of its own, all are read at
 * the same moments, and the run goes on until all have a verdict. */

#define GROWTH_QUICK_RATE   0.2
#define GROWTH_MATRIX       "matrix"
#define GROWTH_GLANCE       "glance"
#define GROWTH_AFTER_GLANCE "quick"

struct growth_plan {
    const struct growth_profile *profile; /* static; the longer one once it goes on */
    const char *next;                     /* the profile that it may go on with; NULL: none */
    bool bytes;                           /* memory; see growth_config_for_bytes() */
    bool of_tasks;                        /* as in growth_config */
    bool anchors;                         /* one drained reading a block */
    int64_t limit;                        /* 0: none known */
    int64_t *q, *t;                       /* owned; readings that count */
    size_t count, size;
    struct growth_result result; /* of the latest evaluation; final unless GROWTH_CONTINUE */
};

/* `limit`: the counter's real limit, which brings the guard down to half of the headroom; 0 when
 * none is known. */
void growth_plan_init(struct growth_plan *plan, int64_t limit);
void growth_plan_init_profile(struct growth_plan *plan, const struct growth_profile *profile,
                              int64_t limit);
void growth_plan_fini(struct growth_plan *plan);

/* Adds the reading after so many tasks, and evaluates where a block ends or the guard is reached.
 * Once there is a verdict further readings change nothing; with anchors only drained ones count. */
void growth_plan_add(struct growth_plan *plan, int64_t tasks, int64_t value);

/* The verdict so far, with its figures. `last`: there will be no more readings; the answer is then
 * never GROWTH_CONTINUE. */
enum growth_verdict growth_plan_verdict(struct growth_plan *plan, bool last,
                                        struct growth_result *result);

/* Whose rounds and blocks are due now. Static memory. */
const struct growth_profile *growth_plan_profile(const struct growth_plan *plan);

/* Tasks after which the next block ends, counted as growth_plan_add counts them. */
int64_t growth_plan_block_end(const struct growth_plan *plan);

/* ---- a drain: no new tasks for a while, then a reading ----
 *
 * A client that lingers lets go of things some time after their tasks ended, so that a reading
 * counts what is about to go. A drain tells. It is paid for only where it can tell something: */

enum { GROWTH_LATE_READINGS = 6 }; /* between three quarters and seven eighths of a drain */

/* Would this reading end a block in which the counter rose, or fell and rose? Then it may stand for
 * things that are about to go. With anchors always at a block's end. */
bool growth_plan_wants_drain(const struct growth_plan *plan, int64_t tasks, int64_t value);

/* Would the plan say GROWING with this reading? Nothing is changed. */
bool growth_plan_would_grow(struct growth_plan *plan, int64_t tasks, int64_t value);

/* What a drain found. GROWTH_MISSING stands where a reading could not be taken. */
struct growth_drain {
    int64_t before;                     /* the reading that the drain was made for */
    int64_t late[GROWTH_LATE_READINGS]; /* between three quarters and seven eighths of it */
    int64_t after;                      /* at its end */
    int64_t drain_ms;
};

/* Counts a drained reading; replaces growth_plan_add() for it. When the counter was still falling
 * in the last quarter the verdict is INCONCLUSIVE. When it fell at all the client lingers, and from
 * here on the plan takes one drained reading a block (anchors), of which this is the first: earlier
 * readings hold an unknown number of things that were about to go, and are dropped.
 *
 * A fall counts where it is larger than the counter's own ups and downs, which is how far the
 * readings fell before, and how far they rose late in the drain, where nothing can grow. */
void growth_plan_add_drained(struct growth_plan *plan, int64_t tasks,
                             const struct growth_drain *drain);

#endif
