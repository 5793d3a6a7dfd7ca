/* The counters of one case: how many descriptors, threads, children, connections and tasks there
 * are at quiescence, round after round, and what the growth rule says of each. */
#ifndef JUDGE_COUNTERS_H
#define JUDGE_COUNTERS_H

#include "judge/growth.h"
#include "judge/result.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* identifier, name, verdict on the cleanup axis when it grows */
#define COUNTERS(X)                                     \
    X(COUNTER_THREADS, "threads", CLEANUP_LEAK_THREAD)  \
    X(COUNTER_FDS, "fds", CLEANUP_LEAK_FD)              \
    X(COUNTER_CONNS, "conns", CLEANUP_LEAK_CONN)        \
    X(COUNTER_CHILDREN, "children", CLEANUP_LEAK_CHILD) \
    X(COUNTER_TASKS, "tasks", CLEANUP_LEAK_TASK)

enum counter {
#define X(id, name, cleanup) id,
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
};

void counters_init(struct counters *counters, const struct growth_profile *profile);
void counters_fini(struct counters *counters);

/* What the kernel says of the client now; `conns` and `tasks` come from the witness and the driver.
 */
struct reading counters_read(pid_t client, int64_t conns, int64_t tasks);

bool reading_equal(const struct reading *a, const struct reading *b);

/* Adds a settled reading after so many tasks. */
void counters_add(struct counters *counters, int64_t tasks, const struct reading *reading);

/* Asks the rule about each counter; `last`: there will be no more readings. True when each has its
 * verdict. */
bool counters_judge(struct counters *counters, bool last);

/* Is some counter without a verdict still in the look that its profile began with? */
bool counters_in_first_look(const struct counters *counters);

/* Tasks in the next round: those of the first look, and of `quick` once a glance is not enough. */
int counters_tasks_per_round(const struct counters *counters);

/* The rounds that the first look takes at most, warm-up included. */
int64_t counters_first_look_rounds(const struct counters *counters);

/* Does some counter grow, as judged last? */
bool counters_some_grows(const struct counters *counters);

/* After idling: did one that grows fall by a tenth of its growth or more? */
bool counters_released(const struct counters *counters, const struct reading *now);

/* Moves series and verdicts into the result, for those that were read at all. */
void counters_report(struct counters *counters, struct case_result *result);

/* The set of cleanup verdicts of those that grow, and whether one is inconclusive. */
unsigned counters_cleanup(const struct counters *counters, bool *inconclusive);

const char *counter_name(enum counter counter);

#endif
