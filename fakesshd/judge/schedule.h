/* Which case is judged when: a lane for each that runs, clients are probed before their first, and
 * what came out late or early on a busy machine is judged again at the end: alone, or where many
 * are judged first beside a few others, and alone if that was too much, too. */
#ifndef JUDGE_SCHEDULE_H
#define JUDGE_SCHEDULE_H

#include "judge/case.h"
#include "judge/driver_pool.h"
#include "judge/probe.h"
#include "judge/report_text.h"
#include "judge/run.h"
#include "judge/throttle.h"
#include "judge/workdir.h"

enum { SCHEDULE_LANES_MAX = 64 };

/* identifier, sentence */
#define JOB_STATES(X)                                                                             \
    X(JOB_WAITING, "its client is not probed yet, or no lane is free")                            \
    X(JOB_RUNNING, "it is being judged")                                                          \
    X(JOB_DONE, "it has its verdict")                                                             \
    X(JOB_AGAIN, "late or early on a busy machine: it is to be judged again beside a few others") \
    X(JOB_ALONE, "likewise, but alone")

enum job_state {
#define X(id, sentence) id,
    JOB_STATES(X)
#undef X
        JOB_STATE_COUNT
};

struct job {
    struct run *run; /* borrowed */
    size_t client;
    const struct scenario *scenario;
    enum job_state state;     /* schedule_set_state() alone sets it */
    int again;                /* which try it is: judge/second_try.h */
    bool fresh;               /* with a driver that no other case has had */
    char *shared_why;         /* owned; how it failed with one that others had; NULL: it didn't */
    struct attempt *first;    /* owned; the first verdict of one that is judged again; NULL */
    struct attempt *attempts; /* owned; what was judged so far, where there are repeats */
    size_t attempt_count;
    struct case_result told;    /* owned; of all attempts the one that is told of in full */
    struct judged_case *judged; /* owned while it runs */
    int lane;
};

enum client_state { CLIENT_UNPROBED, CLIENT_PROBING, CLIENT_TRUSTED, CLIENT_NOT_PROVEN };

struct client_run {
    struct run *run;
    enum client_state state;
    struct probe probe;
    int lane;
    int running;        /* of its cases */
    size_t left;        /* of its cases: those that aren't done */
    bool failed_once;   /* its probe, which is asked once more */
    bool leaves_traces; /* the driver of its latest case was of no use to another */
    char why[500];
    bool cannot_start;
};

struct run {
    const struct run_options *options;
    const struct run_fixtures *fixtures;
    struct run_client *clients;
    size_t client_count;
    struct client_run *client_runs; /* owned */
    struct job *jobs;               /* owned; in the order of scenarios, then clients */
    size_t *order;                  /* owned; in which jobs are begun: indexes into jobs */
    size_t job_count;
    size_t in_state[JOB_STATE_COUNT];     /* how many of the jobs */
    const struct growth_profile *profile; /* static; of drivers */
    FILE *out;
    struct report_style style;
    struct ev_loop *loop;
    struct reaper reaper;
    struct pace pace;
    struct noise noise;
    struct throttle throttle;
    struct driver_pool drivers; /* those that wait for another case */
    ev_timer later;             /* until the throttle lets the next one start */
    ev_signal interrupted, terminated;
    ev_timer own_deadline;
    ev_async schedule; /* starts what can be started, outside of other callbacks */
    int running;
    int floods;      /* running cases of scenarios that send without end */
    bool alone_runs; /* one that nothing is started beside */
    bool lanes[SCHEDULE_LANES_MAX];
    int lane_base;
    int signal_number;
    bool cut_short; /* some case was to be repeated more often */
    bool stopping, out_of_time;
    struct expect_facts facts; /* of the machine and the day: taken once, at the start */
    struct workdir workdir;
    FILE *events; /* owned; NULL: none */
    struct run_result result;
};

/* The order of a seed: the usual one for the usual seed, any for another, the same again for the
 * same. Fills `order` with the numbers from 0 to count - 1. */
void schedule_order(size_t *order, size_t count, uint64_t seed);

/* All are waiting, at the start. */
void schedule_count_jobs(struct run *run);

void schedule_set_state(struct job *job, enum job_state state);

/* Another can have it. */
void schedule_give_lane(struct run *run, int lane);

/* Callback of run->schedule: starts what can be started, ends the loop when all is done. Runs again
 * whenever a lane is given back. */
void schedule_on_wake(struct ev_loop *loop, ev_async *async, int revents);

/* Callback of run->later: the same. */
void schedule_on_later(struct ev_loop *loop, ev_timer *timer, int revents);

#endif
