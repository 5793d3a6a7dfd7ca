/* What a soak decides, as plain arithmetic over numbers: how many tasks until the next reading, how
 * near a limit is, what the readings say, and how long all of it may take. No clock, no process. */
#ifndef JUDGE_SOAK_PLAN_H
#define JUDGE_SOAK_PLAN_H

#include "judge/growth.h"
#include "judge/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* identifier, word, what becomes of a task that hangs */
#define SOAK_MODES(X)                                                           \
    X(SOAK_ENDURE, "endure", "what hangs is left where it is, new tasks go on") \
    X(SOAK_ISOLATE, "isolate", "the client is ended and started anew when a task hangs")

enum soak_mode {
#define X(id, word, sentence) id,
    SOAK_MODES(X)
#undef X
};

/* Static memory. */
const char *soak_mode_word(enum soak_mode mode);

/* ---- limits ---- */

/* How much of a limit is used up. */
struct soak_limit {
    const char *what; /* static: "descriptors of the client" */
    char name[48];    /* of the limit: "RLIMIT_NOFILE" */
    int64_t first;    /* used when the soak began */
    int64_t used;     /* used now; -1: not known */
    int64_t value;    /* 0: there is none */
};

enum { SOAK_STOP_PERCENT = 80 };

/* The one that is used up most, in parts of its value; NULL when none is known. */
const struct soak_limit *soak_plan_nearest(const struct soak_limit *limits, size_t count);

/* Is so much of it used that the soak ends? */
bool soak_plan_is_used_up(const struct soak_limit *limit);

/* Which part of the way from the beginning to the stop is gone, of the limit that is furthest on
 * it: 0..1. */
double soak_plan_way_gone(const struct soak_limit *limits, size_t count);

/* On how many addresses each of so many scenarios is served: the more, the longer until a late
 * connection could be taken for the next task's; but listening takes a sixteenth of the server's
 * descriptors at most. */
int soak_plan_slots(int64_t limit_fds, size_t services);

/* ---- rounds ---- */

enum {
    SOAK_ROUNDS_MIN = 24, /* the rule of growth wants ten rises or more, spread over the soak */
    SOAK_ROUNDS_MAX = 60
};

/* What the latest round was like. */
struct soak_round {
    int size;        /* 0: there was none */
    double way_gone; /* by this round, of the way to the nearest limit */
};

/* How many tasks the next round starts. The soak is cut into a few dozen rounds, each followed by a
 * reading; where a round takes a large part of the way to a limit the next is so much smaller that
 * the readings until the stop are as many, and at first, when nothing is known of that, as if each
 * task took one of `room_least`, the room that the scarcest thing has left. At least 1. */
int soak_plan_round_size(int tasks, const struct soak_round *latest, int64_t room_least);

/* ---- the verdict ---- */

/* The rule for readings that span so many tasks (or hung calls): they are the three blocks that
 * GROWING needs, and BOUNDED is said of a rate that one of them, and no fewer than 20, excludes. */
struct growth_config soak_plan_config(int64_t tasks, bool bytes, const char *unit);

/* One counter over tasks, and over hung calls. */
struct soak_growth {
    struct growth_result per_task, per_hung;
    bool has_hung; /* some call hung; else per_hung is empty */
    bool by_hung;  /* the verdict is that of per_hung */
    enum growth_verdict verdict;
};

/* Judges q[0..n-1] against the tasks done, and the calls that hung, before each reading. When calls
 * hang the verdict is that per hung call, except that what grows with the tasks alone is GROWING
 * too. */
struct soak_growth soak_plan_judge(const int64_t *q, const int64_t *tasks, const int64_t *hung,
                                   size_t n, bool bytes);

/* Takes into account what was left when nothing had been asked of the client for a while: what grew
 * and was let go of by half or more is no leak, but nothing that is known to be bounded either.
 * `last` is the reading before that; GROWTH_MISSING readings change nothing. */
void soak_plan_idled(struct soak_growth *growth, int64_t last, int64_t after);

/* A counter that was read, and at the end could not be: only a driver knows it, and said no more.
 */
void soak_plan_fell_silent(struct soak_growth *growth);

/* ---- time ---- */

struct soak_span {
    int tasks;
    double tasks_per_second;
    enum soak_mode mode;
    const struct window *window; /* borrowed */
    int64_t settle_max_ms, drain_ms;
};

/* After so long the soak is ended wherever it is: what it takes when every task hangs, and as much
 * again. */
int64_t soak_plan_budget_ns(const struct soak_span *span);

#endif
