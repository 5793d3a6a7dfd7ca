/* What an engine and a task are made of; for engine.c and task.c alone. */
#ifndef SSHEXEC_TASK_STATE_H
#define SSHEXEC_TASK_STATE_H

#include "lib/dial.h"
#include "lib/keycache.h"
#include "lib/limits.h"
#include "lib/lookup.h"
#include "lib/progress.h"
#include "lib/session.h"
#include "lib/target.h"
#include "lib/task.h"
#include "lib/turn.h"

struct engine {
    struct ev_loop *loop; /* borrowed */
    struct turn turn;
    struct keycache keys;
    struct task *first, *last; /* owned list, oldest first */
    size_t count;
};

struct task {
    struct engine *engine; /* borrowed: lives longer */
    struct task *next, *previous;
    struct task_events events;
    void *userdata;

    struct target target;
    int64_t start_ns;
    struct limits limits;
    int32_t keepalive_ms;
    uint64_t output_limit;

    int send_buffer_bytes;

    struct lookup *lookup;   /* owned; while the name is being resolved */
    struct dial *dial;       /* owned; while being connected */
    int fd;                  /* owned; between connection and session, else -1 */
    struct session *session; /* owned */
    struct progress progress;
    ev_io io;
    ev_timer alarm; /* for the limit that comes first */
    ev_timer keepalive;
    int64_t heard_ns; /* when the last byte came from the server; 0: not connected */
    uint64_t heard_bytes;
    struct turn_job job;
    int connect_errno; /* of a dial that failed */
    bool is_paused;
    bool is_in_event; /* an event of this task is being called: nothing may be freed */
    bool is_cancelled;

    enum phase phase;
    int64_t phase_entered_ns;
    struct task_result result;
};

/* Puts the task into its engine's list, and takes it out. */
void engine_link(struct task *task);
void engine_unlink(struct task *task);

/* Closes and frees all that the task has, without a word to anyone. */
void task_drop(struct task *task);

#endif
