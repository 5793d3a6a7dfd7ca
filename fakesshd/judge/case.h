/* One case: a scenario's variant against a client. Rounds of tasks, then a verdict.
 *
 *     opening -> control -> round -> (control beside what hangs) -> settling -> counting ->
 *     (draining) -> round ... -> waiting for what hangs -> control -> ended
 *
 * Events add facts to the stage; case_advance looks at the facts and the clock and takes as many
 * steps as they allow. Each step has a bound, and the case has one of its own. */
#ifndef JUDGE_CASE_H
#define JUDGE_CASE_H

#include "base/scenario.h"
#include "judge/case_budget.h"
#include "judge/counters.h"
#include "judge/evidence.h"
#include "judge/noise.h"
#include "judge/pace.h"
#include "judge/procfs.h"
#include "judge/procfs_compilers.h"
#include "judge/result.h"
#include "judge/spin.h"
#include "judge/stage.h"
#include "judge/window.h"

#include <ev.h>
#include <stdio.h>

/* identifier, what is being done; for "what was still running" */
#define CASE_STEPS(X)                                                \
    X(STEP_OPENING, "starting server and client")                    \
    X(STEP_CONTROL_BEFORE, "a healthy task before the first")        \
    X(STEP_ROUND, "a round of tasks")                                \
    X(STEP_CONTROL_BETWEEN, "a healthy task beside those that hang") \
    X(STEP_SETTLING, "waiting for the client to settle")             \
    X(STEP_COUNTING, "asking the client for its counters")           \
    X(STEP_DRAINING, "idling, to see whether it lets go")            \
    X(STEP_WAITING_HUNG, "waiting for overdue tasks")                \
    X(STEP_EVIDENCE, "taking down what hangs or grows")              \
    X(STEP_CONTROL_AFTER, "a healthy task after the last")           \
    X(STEP_DUMP, "waiting for the runtime's own dump")               \
    X(STEP_STOPPING, "ending what is left of the client")            \
    X(STEP_ENDED, "nothing: it has ended")

enum case_step {
#define X(id, sentence) id,
    CASE_STEPS(X)
#undef X
};

/* Of a run that was not told another. */
enum { CASE_SEED_USUAL = 1 };

struct case_spec {
    const struct manifest *manifest; /* borrowed, as the scenarios */
    const struct scenario *scenario;
    const struct scenario *control; /* healthy/exec */
    const char *client_version;     /* borrowed; NULL: what the driver says */
    int64_t deadline_ms;
    const struct growth_profile *profile; /* borrowed; of a driver */
    int64_t drain_ms;                     /* of each drain; 0: the profile's */
    int template_tasks;
    int lane;
    uint64_t seed;
    int repetition; /* from 1, where the case is judged several times; 0: it is not */
    const char *workdir;
    /* Where drivers wait that others have had, and where this one goes when it left no trace;
     * borrowed; NULL: its driver is its own and ends with it. */
    struct driver_pool *drivers;
    bool fresh;                  /* it doesn't begin with one that another has had */
    bool no_evidence;            /* nothing is asked of a debugger */
    const char *evidence_folder; /* borrowed; NULL: no files */
    FILE *events;                /* borrowed; what the server says is copied there; NULL: nowhere */
};

struct judged_case {
    struct case_spec spec;
    struct stage stage;
    struct ev_loop *loop; /* borrowed, as the next three */
    struct reaper *reaper;
    struct pace *pace;
    struct noise *noise;
    void (*on_end)(struct judged_case *judged, void *owner);
    void *owner;
    ev_timer wake;
    enum case_step step;
    bool advancing;            /* a change during a step is seen by the step itself */
    bool over;                 /* on_end was called, or is about to be */
    int64_t begun_ns, step_ns; /* when the case and its step began */
    int64_t due_ms;            /* when a task is due: its deadline, or when it is cancelled */
    struct window window;
    double window_factor;  /* the slow factor that it was made with */
    int64_t usual_late_ns; /* its late bound on a quiet machine */
    struct case_budget budget;
    int service, control_service, slots;
    bool is_shared;       /* its driver had cases before: it may say clean OK, and nothing else */
    bool shared_failed;   /* there its tasks were overdue */
    int warmup_rounds;    /* of its driver's, which a shared one has behind it */
    bool has_shared;      /* its driver waits for another case; known when all is given back */
    struct task *control; /* of the control step that runs */
    bool control_failed;
    bool between_failed; /* a control beside tasks that hung; the next one is the last */
    bool is_stopped;     /* a signal has stopped the client's process */
    char control_why[300];
    int round, round_size, round_started; /* rounds so far; of this one: tasks, started */
    int first_of_round;                   /* index into the stage's tasks */
    int64_t next_start_ns, turn_ns;       /* of the next task; judge/pace.h */
    struct counters counters;
    int64_t stable_since_ns;
    bool settle_asked;
    bool settles_control; /* what settles now is a healthy task, too */
    struct drain drain;   /* the one under way, or the latest */
    int64_t drain_end_ns;
    bool drained;                      /* it is over, and is to be counted */
    int tasks_measured;                /* after the warm-up */
    struct spin_watch spin;            /* of this round */
    struct procfs_compilers compilers; /* the client's, at its start */
    int64_t delay_ns;       /* what the client's threads had waited for a processor, at its start */
    int64_t cpu_ns;         /* what it had used by then */
    int64_t control_cpu_ns; /* what the healthy task before cost it; 0: unknown */
    bool asks_one;          /* the last round, of one task, tells whether the others spun */
    bool spin_unsure;       /* it used a processor to the end of a round, and wanted more */
    int64_t starved_ns;     /* the worst round: what each waited on an average */
    int64_t pressure_us;    /* the machine's, when the case began; -1: unknown */
    double slow_factor;     /* the machine's worst since the case began */
    double spin_share;      /* the largest share of a core in an idle interval */
    size_t left_behind;     /* processes of templates, after their own ended */
    int64_t gathered_ns;    /* when the facts were taken down */
    struct procfs_machine machine_before;
    struct evidence evidence;
    struct case_result *result; /* borrowed; filled in */
};

/* Begins a case; its result goes to `result`. Always ends with one call of on_end, from the loop.
 */
void case_begin(struct judged_case *judged, const struct case_spec *spec, struct ev_loop *loop,
                struct reaper *reaper, struct pace *pace, struct noise *noise,
                struct case_result *result, void (*on_end)(struct judged_case *judged, void *owner),
                void *owner);

/* Ends it now, with a verdict that says so (CASE_ERROR, `why`). No on_end follows. */
void case_abort(struct judged_case *judged, const char *why);

/* The window of its tasks on a machine that is so slow. */
struct window case_window(const struct judged_case *judged, double slow_factor);

/* What it is doing, in words. Static memory. */
const char *case_step_sentence(enum case_step step);

/* After on_end or case_abort: gives everything back. */
void case_fini(struct judged_case *judged);

/* A fact was added; it is looked at after the callback that brought it, which may be in the middle
 * of something. For what the case waits for; `judged` is void * so that it fits a callback. */
void case_on_change(void *judged);

/* For the timeline of -v. */
void case_note(struct judged_case *judged, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
