/* What a run found out, ready to be reported: filled by case.c and run.c, read by the report_*
 * files. All text is owned by the struct that holds it. */
#ifndef JUDGE_RESULT_H
#define JUDGE_RESULT_H

#include "base/err.h"
#include "base/outcome.h"
#include "base/phase.h"
#include "judge/expect_decide.h"
#include "judge/growth.h"
#include "judge/histogram.h"
#include "judge/noise.h"
#include "judge/verdict.h"
#include "judge/window.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COUNTERS_MAX = 8, ELAPSED_KEPT = 200 };

/* One counter of a case: threads, fds, tasks, conns, children, or what the driver adds. */
struct counter_result {
    char name[32];
    struct growth_result growth;
    int64_t *series; /* owned; readings in order, GROWTH_MISSING where none */
    int64_t *tasks;  /* owned; tasks done before each */
    size_t readings;
    int64_t limit; /* of the user who will run this client; 0: none known */
    char limit_name[48];
    /* Of a soak: the same over the calls that hung. */
    bool has_per_hung;
    struct growth_result per_hung;
    int64_t *hung; /* owned; hung calls before each reading; NULL: none */
};

/* What a case came to before it was judged once more: one of its repeats, or a first try. */
struct attempt {
    uint64_t seed;
    struct verdict verdict;
    bool as_expected;
    char *reason; /* owned */
    int64_t elapsed_max_ms;
    double slow_factor, busy_part;
    struct attempt *first; /* owned; of one that was judged again; NULL */
};

/* Who did or said it. */
#define TIMELINE_WHO(X)     \
    X(WHO_JUDGE, "judge")   \
    X(WHO_SERVER, "server") \
    X(WHO_CLIENT, "client")

enum timeline_who {
#define X(id, word) id,
    TIMELINE_WHO(X)
#undef X
};

/* Static memory. */
const char *timeline_who_word(enum timeline_who who);

/* One step of a case's timeline. */
struct timeline_entry {
    int64_t at_ns; /* since the case began */
    enum timeline_who who;
    char *text; /* owned */
};

struct case_result {
    char *id, *client, *client_version;
    int64_t deadline_ms;
    outcome_set expected_outcomes;
    phase_set expected_phases;
    struct verdict verdict;
    struct verdict expected_verdict; /* OK, or what the client's expectation file lists */
    bool as_expected;
    char *known_gap;         /* the expectation file's reason, when it was used; else NULL */
    char *known_gap_at;      /* "FILE:LINE" of that reason */
    enum expect_stale stale; /* what is wrong with that line */
    char *stale_why;         /* and in a sentence; NULL when nothing is */
    enum err error;          /* whose fault a CASE_ERROR is */
    int tasks, hung;
    int64_t elapsed_min_ms, elapsed_p50_ms, elapsed_p99_ms, elapsed_max_ms;
    int64_t *elapsed_us; /* of the first tasks, ELAPSED_KEPT at most, in their order */
    size_t elapsed_count;
    struct histogram overshoot;  /* elapsed - deadline, of those that ended as timeouts */
    int outcomes[OUTCOME_COUNT]; /* how many tasks ended how; the others are those that did not */
    struct window window;        /* of its tasks; all zero when it has none */
    struct counter_result counters[COUNTERS_MAX];
    size_t counter_count;
    int tasks_before; /* that its driver had done for other cases; 0: it had a process of its own */
    int controls, controls_failed; /* healthy tasks: before the others, beside what hung, after */
    int open_after_settle;  /* connections that the server still sees after their tasks ended */
    int surplus;            /* connections beyond one a task */
    double slow_factor;     /* of the machine, when it was judged */
    bool may_be_noise;      /* a slow machine could have made this verdict of a sound client */
    double busy_part;       /* of the machine's processors during the case, 0..1 */
    char *reason;           /* one sentence: what happened and why that is the verdict */
    char *repro;            /* the command line that shows it again */
    char *client_stderr;    /* the last lines, or NULL */
    json_t *evidence;       /* of a hang or a leak; NULL: none was taken */
    char *evidence_summary; /* "25 threads, same stack: poll ← …" */
    char *evidence_file;    /* NULL: none was written */
    struct timeline_entry *timeline; /* in the order of time */
    size_t timeline_count, timeline_dropped;
    uint64_t seed;           /* of the attempt that the rest tells of */
    int repetition;          /* its number, from 1; 0: the only one */
    struct attempt *first;   /* owned; what it came to before it was judged again; NULL */
    struct attempt *repeats; /* owned; all of them, in order; NULL: it was judged once */
    size_t repeat_count;
};

struct run_result {
    bool complete;
    char *tool, *host;
    char *began;                  /* wall clock, "2026-11-28T09:00:00Z" */
    json_t *machine;              /* what it ran on; as the next two an object, or NULL */
    json_t *scenarios;            /* by id: what is known of them from their files */
    json_t *clients;              /* by name: likewise, from their manifests */
    int shard_index, shard_count; /* of a share; {0, 0}: it is the whole */
    const char *profile;          /* static; how many tasks a driver's case took; NULL: no driver */
    struct noise_certificate noise;
    uint64_t seed;
    int repeats; /* asked for, of each case */
    int64_t wall_ms;
    struct case_result *cases; /* owned, in the order of ids and clients */
    size_t case_count;
    char *incomplete_why; /* NULL when complete */
    json_t *soak;         /* owned; what is told of a soak beside its cases; NULL: it is none */
};

/* Is this counter's growth part of the case's verdict? Memory's may be told without being one. */
bool case_result_grows(const struct case_result *result, const struct counter_result *counter);

/* What a result comes to, as an attempt; takes its `first` along. */
struct attempt attempt_take(struct case_result *result);

/* Free everything inside; the structs themselves are the caller's, and are empty afterwards. */
void attempt_fini(struct attempt *attempt);
void case_result_fini(struct case_result *result);

/* Frees all but what the exit code depends on: of a case that somebody has been told of in full. */
void case_result_slim(struct case_result *result);
void run_result_fini(struct run_result *result);

#endif
