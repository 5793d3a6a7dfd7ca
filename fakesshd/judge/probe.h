/* A client is probed before it is judged: can its word be taken at all? The probe asks what every
 * adapter must get right, whatever the client's defects are:
 *
 *     a healthy server       it says success
 *     a refused port         it does not say success
 *     a silent host, twice   two deadlines give two durations (when it comes back at all)
 *     another host key       it does not say success (clients with a manifest)
 *     an unknown operation   "unsupported" (drivers)
 *
 * `fakesshd probe` goes on where that is done (`thorough`): a driver is asked for everything that
 * its protocol promises. probe_findings.h has the list.
 *
 * A client that hangs or dies where the server misbehaves has shown a defect, which is for the
 * cases to find; it is no reason to distrust its adapter. */
#ifndef JUDGE_PROBE_H
#define JUDGE_PROBE_H

#include "judge/probe_findings.h"
#include "judge/stage.h"
#include "judge/window.h"

/* identifier, what it is; those between PROBE_OTHERS and PROBE_ENDED are only for the thorough */
#define PROBE_STEPS(X)                                                \
    X(PROBE_OPENING, "starting server and client")                    \
    X(PROBE_HEALTHY, "a task against a healthy server")               \
    X(PROBE_OTHERS, "a refused port, silent hosts, another host key") \
    X(PROBE_MORE, "many tasks, a status, much output, much input")    \
    X(PROBE_CANCELLING, "a task that is cancelled")                   \
    X(PROBE_ODD, "an operation that does not exist")                  \
    X(PROBE_SETTLING, "settle")                                       \
    X(PROBE_COUNTING, "counters")                                     \
    X(PROBE_STACKING, "stacks")                                       \
    X(PROBE_LEAVING, "bye")                                           \
    X(PROBE_CLOSING, "the end of input, in another process")          \
    X(PROBE_ENDED, "nothing")

enum probe_step {
#define X(id, sentence) id,
    PROBE_STEPS(X)
#undef X
};

struct probe_spec {
    const struct manifest *manifest; /* borrowed, as the scenarios */
    const struct scenario *healthy, *refused, *silent;
    bool thorough;
    const struct scenario *status, *output, *input; /* of use to the thorough */
    const struct driver_tap *tap;                   /* borrowed; NULL: none */
    int64_t deadline_ms;
    int lane;
    uint64_t seed;
    const char *workdir;
};

enum { PROBE_MANY_TASKS = 8, PROBE_SLOTS = 5, PROBE_SLOTS_THOROUGH = 18 };

/* Of the thorough steps. */
struct probe_more {
    struct task *many[PROBE_MANY_TASKS], *status, *output, *input, *cancelled, *left;
    int64_t asked_ns; /* of the step's request; 0: not made yet */
    struct driver second;
    bool second_greeted;
};

struct probe {
    struct probe_spec spec;
    struct stage stage;
    struct ev_loop *loop; /* borrowed, as the reaper */
    struct reaper *reaper;
    double slow_factor;
    struct window window; /* of the longer deadline */
    void (*on_end)(struct probe *probe, void *owner);
    void *owner;
    ev_timer wake;
    enum probe_step step;
    int64_t begun_ns;
    bool advancing;
    struct task *healthy_task, *refused_task, *short_task, *long_task, *other_key_task;
    int64_t step_ns; /* when the step began */
    struct probe_more more;
    struct probe_findings findings;
    bool trusted;      /* the verdict */
    bool cannot_start; /* not trusted because it did not even start */
    char why[500];     /* when not trusted: which step, what was expected, what came */
};

void probe_begin(struct probe *probe, const struct probe_spec *spec, struct ev_loop *loop,
                 struct reaper *reaper, double slow_factor,
                 void (*on_end)(struct probe *probe, void *owner), void *owner);
void probe_fini(struct probe *probe);

#endif
