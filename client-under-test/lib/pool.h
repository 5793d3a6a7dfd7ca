/* A pool and its tasks, for the files that implement sshexec.h. */
#ifndef SSHEXEC_POOL_H
#define SSHEXEC_POOL_H

#include "lib/err.h"
#include "lib/request.h"
#include "lib/result.h"
#include "lib/task.h"
#include "lib/turn.h"

#include <ev.h>

struct sshexec_pool {
    struct ev_loop *loop;
    bool owns_loop;
    struct engine *engine; /* owned */
    struct turn turn;
    struct turn_job starting;                   /* starts the task that has waited longest */
    sshexec_task *first, *last;                 /* owned; all, in the order they came */
    sshexec_task *first_waiting, *last_waiting; /* those that aren't started */
    size_t running, queued, running_most, queued_most;
    struct err_text error;
    bool is_running_loop; /* within sshexec_pool_run() */
    bool has_run_out;     /* and the pool itself ended the loop */
    bool is_draining, is_drained;
    ev_timer drain_bound;
    int64_t drain_ns;
    void (*on_drained)(sshexec_pool *pool, void *userdata);
    void *drain_userdata;
    uint64_t count;             /* tasks taken so far */
    struct pool_cursor *cursor; /* borrowed; of those who go through the tasks, the innermost */
};

/* Somebody goes through the tasks: what ends meanwhile is stepped over. */
struct pool_cursor {
    sshexec_task *next;
    struct pool_cursor *outer;
};

struct sshexec_task {
    sshexec_pool *pool;
    sshexec_task *next, *previous;
    sshexec_task *next_waiting, *previous_waiting;
    struct sshexec_request *request; /* owned */
    sshexec_events events;
    void *userdata;
    struct task *task;    /* the engine's; NULL while waiting, and when it is over */
    ev_timer queue_alarm; /* while waiting */
    int64_t begin_ns, deadline_ns, queue_end_ns;
    uint64_t number; /* in the order they came */
    size_t stdin_sent;
    bool is_over;                 /* its on_done is being called */
    bool is_told;                 /* its first on_phase is being called: it may not be freed */
    bool is_cancelled, is_paused; /* before the engine could be told */
    struct sshexec_result result;
};

#endif
