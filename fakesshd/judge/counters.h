/* The counters of one case: how many descriptors, threads, children, connections and tasks there
 * are at quiescence, round after round, how much memory, and what the growth rule says of each.
 *
 * Memory is a counter apart: allocators and garbage collectors keep what they were given back, so
 * it moves on its own. A short look (matrix, glance, quick) tells of it and never waits for it; the
 * longer profiles do, and there GROWING is a verdict. It is none where something else grows, for
 * what is left behind takes its memory along, and an INCONCLUSIVE of memory alone makes no case so.
 */
#ifndef JUDGE_COUNTERS_H
#define JUDGE_COUNTERS_H

#include "judge/growth.h"
#include "judge/procfs_limits.h"
#include "judge/result.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* identifier, name, verdict on the cleanup axis when it grows, limit (of judge/limits.h), whether
 * tasks alone make what is counted */
#define COUNTERS(X)                                                            \
    X(COUNTER_THREADS, "threads", CLEANUP_LEAK_THREAD, LIMIT_THREADS, false)   \
    X(COUNTER_FDS, "fds", CLEANUP_LEAK_FD, LIMIT_FDS, false)                   \
    X(COUNTER_CONNS, "conns", CLEANUP_LEAK_CONN, LIMIT_FDS, true)              \
    X(COUNTER_CHILDREN, "children", CLEANUP_LEAK_CHILD, LIMIT_PROCESSES, true) \
    X(COUNTER_TASKS, "tasks", CLEANUP_LEAK_TASK, LIMIT_NONE, true)             \
    X(COUNTER_GOROUTINES, "goroutines", CLEANUP_LEAK_TASK, LIMIT_NONE, false)  \
    X(COUNTER_MEMORY, "memory", CLEANUP_GROWING, LIMIT_MEMORY, false)

enum counter {
#define X(id, name, cleanup, limit, of_tasks) id,
    COUNTERS(X)
#undef X
        COUNTER_COUNT
};

/* One reading of them all; GROWTH_MISSING where there is none. */
struct reading {
    int64_t value[COUNTER_COUNT];
};

struct counters {
    const struct growth_profile *profile; /* static; that of the first look */
    struct growth_plan plan[COUNTER_COUNT];
    struct growth_result result[COUNTER_COUNT];
    struct counter_result series[COUNTER_COUNT]; /* readings for the report */
    struct reading last;
    bool any;
    bool drained_in_vain; /* a drain released nothing: none is made again but to confirm a leak */
};

void counters_init(struct counters *counters, const struct growth_profile *profile);
void counters_fini(struct counters *counters);

/* Takes down how much room the client has: GROWING may be said early where that is little. */
void counters_use_limits(struct counters *counters, pid_t client);

/* What the kernel says of the client now; `conns` comes from the witness. What only the driver can
 * tell, tasks and goroutines, is missing. */
struct reading counters_read(pid_t client, int64_t conns);

/* Are all counts the same? Memory is not asked: it never settles. */
bool reading_equal(const struct reading *a, const struct reading *b);

/* Adds a settled reading after so many tasks. */
void counters_add(struct counters *counters, int64_t tasks, const struct reading *reading);

/* Would a drain tell more before this reading is judged? Yes when some counter would be called
 * GROWING, and, until a drain was in vain, when a block ends that left a trace. */
bool counters_want_drain(struct counters *counters, int64_t tasks, const struct reading *reading);

/* What a drain found, all counters at once: see struct growth_drain. */
struct drain {
    struct reading before, late[GROWTH_LATE_READINGS], after;
    int late_count;
    int64_t drain_ms;
};

/* Counts a drain's readings. True when something was released. */
bool counters_add_drained(struct counters *counters, int64_t tasks, const struct drain *drain);

/* Asks the rule about each counter; `last`: there will be no more readings. True when each has its
 * verdict. */
bool counters_judge(struct counters *counters, bool last);

/* Where every task so far hangs, no statistics are needed: what a counter rises by with each of
 * them, round by round, they hold. Says GROWING of such counters and INCONCLUSIVE of others that
 * are open, unless one of those keeps rising with a part of the tasks: then false, and nothing is
 * said. Asked after a few rounds. */
bool counters_judge_hung(struct counters *counters);

/* Is some counter without a verdict still in the look that its profile began with? */
bool counters_in_first_look(const struct counters *counters);

/* The profile whose rounds, settling and drains are due: the first look's, `quick` once a glance
 * is not enough. Static memory. */
const struct growth_profile *counters_profile(const struct counters *counters);

/* Does some counter grow, as judged last? */
bool counters_some_grows(const struct counters *counters);

/* Is some count higher than at the first reading? Memory is not asked. */
bool counters_left_trace(const struct counters *counters);

/* Moves series and verdicts into the result, for those that were read at all. */
void counters_report(struct counters *counters, struct case_result *result);

/* The set of cleanup verdicts of those that grow, and whether one is inconclusive. */
unsigned counters_cleanup(const struct counters *counters, bool *inconclusive);

const char *counter_name(enum counter counter);

/* The verdict on the cleanup axis when it grows, and the limit that it will meet. */
enum cleanup_verdict counter_cleanup(enum counter counter);
enum limit_kind counter_limit(enum counter counter);

#endif
