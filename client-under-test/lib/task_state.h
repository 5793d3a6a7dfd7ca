/* What an engine and a task are made of; for engine.c, task.c and task_connect.c alone. */
#ifndef SSHEXEC_TASK_STATE_H
#define SSHEXEC_TASK_STATE_H

#include "lib/dial.h"
#include "lib/idle.h"
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
    struct idle idle;
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
    bool is_reused;    /* the session had been at rest */
    bool is_paused;
    bool is_in_event; /* an event of this task is being called: nothing may be freed */
    bool is_cancelled;

    enum phase phase;
    int64_t phase_entered_ns;
    struct task_result result;
};

/* ---- engine.c ---- */

/* Puts the task into its engine's list, and takes it out. */
void engine_link(struct task *task);
void engine_unlink(struct task *task);

/* ---- task.c ---- */

/* The limit that comes first has changed. */
void task_set_alarm(struct task *task);
void task_set_keepalive(struct task *task, int64_t since_ns);

/* The one setter of a task's phase; who waits for the task is told apart, when all is in place. */
void task_enter_phase(struct task *task, enum phase phase);
void task_tell_phase(struct task *task);

/* Goes to the phase that its progress says, and tells of each on the way. */
void task_note_phase(struct task *task);

/* The last thing that happens to a task: it is freed. */
void task_finish(struct task *task, enum task_outcome outcome, enum phase phase,
                 const char *sentence);

/* The same when the deadline is over; true then. */
bool task_finish_if_deadline(struct task *task);

/* ---- task_connect.c ---- */

/* Asks for the name, or dials; false with a sentence when neither can be. */
bool task_begin_connecting(struct task *task, struct err_text *error);

/* The dial is over: its result, then the session. False when the task is finished. */
bool task_begin_session(struct task *task);

/* Goes on with a connection at rest, if there is one for this login. */
bool task_reuse_connection(struct task *task);

/* The connection that was at rest is no good: a new one is made, unless the server may have got the
 * command. True when the task goes on, or is over already. */
bool task_begin_afresh(struct task *task);

/* ---- for engine.c ---- */

/* Closes and frees all that the task has, without a word to anyone. */
void task_drop(struct task *task);

#endif
