/* What the parts of a soak share: soak.c begins and ends it, soak_steps.c takes it on,
 * soak_limits.c reads how near its limits are, soak_verdict.c says what it amounts to, soak_text.c
 * tells. */
#ifndef JUDGE_SOAK_STATE_H
#define JUDGE_SOAK_STATE_H

#include "judge/counters.h"
#include "judge/evidence.h"
#include "judge/expect_condition.h"
#include "judge/noise.h"
#include "judge/probe.h"
#include "judge/report_text.h"
#include "judge/soak.h"
#include "judge/stage.h"
#include "judge/workdir.h"

#include <ev.h>

/* identifier, what is being done */
#define SOAK_STEPS(X)                                              \
    X(SOAK_PROBING, "probing the client")                          \
    X(SOAK_OPENING, "starting server and client")                  \
    X(SOAK_CONTROL_BEFORE, "a healthy task before the others")     \
    X(SOAK_ROUND, "a round of tasks")                              \
    X(SOAK_SETTLING, "waiting for the client to settle")           \
    X(SOAK_COUNTING, "asking the client for its counters")         \
    X(SOAK_AWAITING_HANG, "waiting whether an overdue task hangs") \
    X(SOAK_LOOKING, "looking at what hangs before it is ended")    \
    X(SOAK_IDLING, "idling, to see what the client lets go of")    \
    X(SOAK_EVIDENCE, "taking down what hangs or grows")            \
    X(SOAK_CONTROL_AFTER, "a healthy task after the others")       \
    X(SOAK_DUMP, "waiting for the runtime's own dump")             \
    X(SOAK_CLOSING, "waiting for the server's last news")          \
    X(SOAK_ENDED, "nothing: it has ended")

enum soak_step {
#define X(id, sentence) id,
    SOAK_STEPS(X)
#undef X
};

/* Of the tasks of one scenario. */
struct soak_id {
    const struct scenario *scenario; /* borrowed */
    int service, started;
    enum deadline_verdict *verdicts; /* owned; of each task that has ended or hangs */
    int64_t *elapsed_ns;             /* owned; likewise */
    size_t count, size;
    int of[DEADLINE_HUNG + 1];        /* how many of each verdict */
    char why[DEADLINE_HUNG + 1][400]; /* of the first of each */
    int hung;                         /* past the bound, or ended for it */
    int outcomes[OUTCOME_COUNT];      /* how many ended how */
    struct histogram overshoot;       /* of those that said that their time was up */
    int open_left, left_behind;       /* by tasks of templates that have ended */
    bool beyond_usual;                /* some came back later than a quiet machine allows */
    bool timed_out;                   /* some said that their time was up */
};

/* A task that is not accounted for yet. */
struct soak_task {
    struct task *task;   /* borrowed: the stage's */
    int id;              /* index of its scenario */
    size_t counted_from; /* the reading that counts it among the hung calls, from 1; 0: none */
    int life;            /* of which client it is a task */
    bool judged;
    bool has_left; /* a template's: ended, and left something behind */
};

/* From a start of the client to its end; of a template there is one. */
struct soak_life {
    struct reading *readings; /* owned, as the next two */
    int64_t *tasks, *hung;    /* done before each reading, and those of them that were overdue */
    size_t count, size;
    int started, overdue; /* so far */
    struct reading after; /* when it had idled at the end */
    bool has_after;
};

enum { SOAK_LIMITS_MAX = 5, SOAK_LOOKS_MAX = 3 };

struct soak {
    const struct soak_options *options; /* borrowed, as all of the next four */
    const struct run_fixtures *fixtures;
    const struct run_client *client;
    FILE *out;
    struct soak_id *ids; /* owned */
    size_t id_count;
    int64_t deadline_ms;
    int slots;
    bool driver;
    struct report_style style;
    struct workdir workdir;
    FILE *events; /* owned; NULL: none */
    struct ev_loop *loop;
    struct reaper reaper;
    struct noise noise;
    ev_signal interrupted, terminated;
    ev_timer own_deadline, wake;
    int signal_number;
    bool out_of_time;
    struct probe probe;
    bool probing; /* the probe is to be given back */
    struct stage stage;
    bool opened; /* likewise the stage */
    enum soak_step step;
    int64_t begun_ns, step_ns;
    bool advancing;
    struct window window;
    double window_factor, slow_factor; /* it was made with; the worst since */
    int64_t usual_late_ns;
    struct growth_profile profile; /* its settling times; the rest is soak_plan's */
    int control_service;
    struct task *control;
    bool control_failed;
    char control_why[300];
    /* Tasks. */
    struct soak_task *live; /* owned; running, overdue, hung, or with something left behind */
    size_t live_count, live_size;
    int started;             /* in all */
    struct soak_round round; /* the latest */
    int round_left;          /* of this round, not started */
    int *order;              /* owned; of this round, the index of each task's scenario */
    size_t order_size;
    uint64_t random;
    int64_t next_start_ns;
    /* Readings. */
    struct soak_life life; /* of the client that runs */
    struct soak_life best; /* isolate: of those that ended, the one that tells most */
    bool has_best;
    int lives;              /* clients started */
    int lives_without_task; /* in a row */
    int64_t stable_since_ns, limits_read_ns;
    struct reading latest; /* while the client settles */
    bool settle_asked, any_reading;
    int unanswered; /* requests of ours, in a row: a driver that answers none is not waited for */
    struct soak_limit limits[SOAK_LIMITS_MAX];
    size_t limit_count;
    bool stopped; /* at a limit: stopped_by */
    struct soak_limit stopped_by;
    int readings_shown;
    double way_before; /* of the way to a limit, when the round began */
    struct evidence evidence[SOAK_LOOKS_MAX];
    int looks;         /* evidence taken so far */
    bool stacks_asked; /* of the driver */
    bool crashed;
    int crashes;
    char crash_why[1400];
    /* The end. */
    enum case_state state; /* CASE_JUDGED unless it could not be */
    enum err error;
    char why[1400];
    struct run_result result;
    struct expect_facts facts;
};

/* ---- soak_steps.c ---- */

const char *soak_step_sentence(enum soak_step step);
void soak_enter(struct soak *soak, enum soak_step step, int64_t now_ns);

/* True when a step was taken; else *look_ns says when to look again. */
bool soak_take_step(struct soak *soak, int64_t now_ns, int64_t *look_ns);

/* Ends it without a verdict. */
void soak_give_up(struct soak *soak, enum case_state state, enum err error, const char *why);

/* Has it started all its tasks, or stopped? */
bool soak_is_done(const struct soak *soak);
/* To the next round, or to the end. */
void soak_go_on(struct soak *soak, int64_t now_ns);

/* ---- soak_isolate.c ---- */

/* Looks at what hangs, or at the driver; it goes on until soak_look_goes_on() says no. */
void soak_look_begin(struct soak *soak);
bool soak_look_goes_on(const struct soak *soak, int64_t now_ns, int64_t *look_ns);
/* Ends the driver, and starts another. */
void soak_respawn(struct soak *soak, int64_t now_ns);
bool soak_step_awaiting_hang(struct soak *soak, int64_t now_ns, int64_t *look_ns);
bool soak_step_looking(struct soak *soak, int64_t now_ns, int64_t *look_ns);

/* ---- soak_limits.c ---- */

/* Reads what is used of each limit; the first time, the limits too. */
void soak_limits_read(struct soak *soak);
/* The least room that is left of any, in things; at least 0. */
int64_t soak_limits_room(const struct soak *soak);

/* ---- soak_tasks.c ---- */

/* Starts a task of the scenario with this index. */
void soak_tasks_start(struct soak *soak, int id);
/* Judges those that ended a while ago, so that the server's news of them is here, and lets go of
 * them. */
void soak_tasks_collect(struct soak *soak, int64_t now_ns);
/* Judges all that have not ended as hung: the oldest stands for those that are only overdue. */
void soak_tasks_hang(struct soak *soak, int64_t now_ns);
/* Judges those that hang by now. */
void soak_tasks_hang_now(struct soak *soak, int64_t now_ns);
/* Judges all that have ended: nothing more is heard of them. */
void soak_tasks_judge_ended(struct soak *soak, int64_t now_ns);
/* How many run and are not overdue; *due_ns is when the next of them is. */
int soak_tasks_running(const struct soak *soak, int64_t now_ns, int64_t *due_ns);
/* How many are overdue, and when the oldest of them counts as hung. */
int soak_tasks_overdue(const struct soak *soak, int64_t now_ns, int64_t *oldest_ns);
/* Counts those that are overdue at this quiet point and were not before. One that comes back by
 * itself after all is taken out again. */
void soak_tasks_count_overdue(struct soak *soak, int64_t now_ns);

/* ---- soak_life.c ---- */

void soak_life_add(struct soak_life *life, const struct reading *reading);
/* A call that was counted as hung from this reading on (from 1) has come back. */
void soak_life_take_back(struct soak_life *life, size_t counted_from);
void soak_life_fini(struct soak_life *life);
/* What its readings say of one counter; false when it was never read. */
bool soak_life_judge(const struct soak_life *life, enum counter counter,
                     struct soak_growth *growth);
/* Its readings of one counter, in an array for the caller. */
int64_t *soak_life_series(const struct soak_life *life, enum counter counter);

/* ---- soak_verdict.c ---- */

/* Fills in the results: a case for each scenario. */
void soak_judge(struct soak *soak);

/* ---- soak_text.c ---- */

/* After a reading, and at the end. */
void soak_text_progress(struct soak *soak, const struct reading *reading);
void soak_text_end(struct soak *soak);

#endif
