/* The window of one task, as plain arithmetic: was it early, in time, late or hung? No clock is
 * read here; every number that a decision used is there to be printed. */
#ifndef JUDGE_WINDOW_H
#define JUDGE_WINDOW_H

#include "base/outcome.h"
#include "base/phase.h"
#include "judge/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window {
    int64_t deadline_ns; /* as given to the client */
    int64_t early_ns;    /* earlier than this is EARLY: deadline - max(2 ms, 1 %) */
    int64_t late_ns;     /* later than this is LATE: deadline + grace x slow factor */
    int64_t hung_ns;     /* alive at this is HUNG: deadline + max(2 s, 5 x grace) */
    int64_t grace_ns;    /* already multiplied by the slow factor */
    bool is_cancelled;   /* deadline_ns is when the task is cancelled, long before its deadline */
};

enum { GRACE_NATIVE_MS = 100, GRACE_MANAGED_MS = 250 };

/* The grace of a client whose manifest names none: `floor_ms` (native drivers GRACE_NATIVE_MS,
 * templates and managed runtimes GRACE_MANAGED_MS), or 5 % of the deadline if that is more. */
int64_t window_grace_ms(int64_t deadline_ms, int64_t floor_ms);

/* `slow_factor` says how much slower than expected the machine is; below 1 counts as 1. It widens
 * the grace, and through it the bound of HUNG, never the early bound. */
struct window window_make(int64_t deadline_ms, int64_t grace_ms, double slow_factor);

/* What is known about one task when it is judged. */
struct task_facts {
    bool ended;         /* a result came, or the process exited */
    bool crashed;       /* died of a signal, or its driver did */
    int term_signal;    /* which; 0: not known */
    int64_t elapsed_ns; /* from t0 to the end, or to now */
    enum outcome outcome;
    bool phase_reported;
    enum phase phase;
    bool contact; /* the server saw a connection of this task (or, for tcp and dns, its trace) */
    bool contact_needed; /* false for tcp and dns ids */
    bool command_done;   /* the server sent an exit-status and all its output to this task */
    bool answer_right;   /* exit status, output and nonce are those that the server sent */
    bool witnessed;      /* the client itself says nothing: the outcome is window_outcome_seen() */
};

struct expectation {
    outcome_set outcomes;
    phase_set phases; /* 0: any */
};

/* The outcome of a task of which the witness alone tells: it let go of its connection after
 * `elapsed_ns`, the server having sent all of the command's answer or not. What it made of that
 * isn't known, so it is taken to be what was expected, where that can be. */
enum outcome window_outcome_seen(const struct window *window, const struct expectation *expected,
                                 bool command_done, int64_t elapsed_ns);

/* The deadline axis of one task. `why` gets a sentence with every number used.
 *
 * A task that died is CRASH. One that was alive at its hung bound is HUNG, even when it came back
 * after that: the verdict must not depend on when it was looked for. One that has not ended is LATE
 * from its late bound on, and until then OK: judge it again later. One that ended without a
 * connection, where contact is needed, is NO_CONTACT. The others by what the client said, of what
 * is expected:
 *
 *   said      expected has        before the early bound      from there on
 *   success   success             OK                          OK, beyond the late bound LATE
 *   success   no success          WRONG_OUTCOME               WRONG_OUTCOME
 *   timeout   timeout             EARLY (not with failure)    OK, beyond the late bound LATE
 *   timeout   failure             WRONG_OUTCOME               WRONG_OUTCOME
 *   timeout   success only        EARLY                       WRONG_OUTCOME
 *   failure   failure             OK                          OK, beyond the late bound LATE
 *   failure   timeout or success  EARLY                       WRONG_OUTCOME
 *   cancelled cancelled           WRONG_OUTCOME               OK, beyond the late bound LATE
 *   others    anything            WRONG_OUTCOME               WRONG_OUTCOME
 *
 * Success without a finished command or with a wrong answer is WRONG_OUTCOME whatever is expected,
 * and so is anything but success, where only success is expected, for a task whose command was
 * done. An outcome that is not success and stands as OK or LATE is WRONG_PHASE when the client
 * reports a phase that is not one of the expected. */
enum deadline_verdict window_judge(const struct window *window, const struct expectation *expected,
                                   const struct task_facts *facts, char *why, size_t why_size);

/* The deadline axis of a case out of its tasks': the worst, except that LATE needs two tasks, or
 * one beyond twice the grace (`elapsed_ns` beside each verdict tells). OK when there are none. */
enum deadline_verdict window_judge_all(const struct window *window,
                                       const enum deadline_verdict *verdicts,
                                       const int64_t *elapsed_ns, size_t count);

/* What is known of a case's tasks together. */
struct window_hints {
    bool beyond_usual; /* some task came back later than a quiet machine allows */
    bool timed_out;    /* some task said that its time was up */
    bool unended;      /* some task has not ended to this moment */
};

/* Could a machine that was slow for a while have made this verdict of a sound client? It makes
 * whoever it stops late, and lets a deadline strike in an earlier phase, before the connection, or
 * before what the server had to say. It makes nobody early, no success out of nothing, and nobody
 * stay away. */
bool window_may_be_noise(enum deadline_verdict verdict, const struct window_hints *hints);

#endif
