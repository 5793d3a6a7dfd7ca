/* One server, one client, and the tasks between them: the common ground of a case and of the probe.
 * It starts tasks and gathers facts; what they mean is decided by its owner, whose on_change is
 * called whenever a fact was added. */
#ifndef JUDGE_STAGE_H
#define JUDGE_STAGE_H

#include "base/err.h"
#include "base/scenario.h"
#include "judge/driver.h"
#include "judge/helper.h"
#include "judge/manifest.h"
#include "judge/server_process.h"
#include "judge/task.h"
#include "judge/template.h"
#include "judge/witness.h"

#include <ev.h>

/* identifier, sentence */
#define STAGE_STATES(X)                                       \
    X(STAGE_STARTING, "the server or the client is starting") \
    X(STAGE_READY, "tasks can be started")                    \
    X(STAGE_FAILED, "the server or the client is gone; `why` tells")

/* How long server and client may take to begin. A virtual machine takes its time where many things
 * run. */
enum { STAGE_OPENING_MS = 30000 };

enum stage_state {
#define X(id, sentence) id,
    STAGE_STATES(X)
#undef X
};

/* Whose failure it was. */
enum stage_fault { STAGE_FAULT_NONE, STAGE_FAULT_SERVER, STAGE_FAULT_ADAPTER, STAGE_FAULT_CRASH };

struct stage_spec {
    const struct manifest *manifest; /* borrowed, as the scenarios */
    const struct scenario *const *scenarios;
    int scenario_count;
    int lane, slots;
    int64_t deadline_ms;
    uint64_t seed;
    const char *mark; /* of its processes' environment; unique in a run */
    const char *workdir;
    const struct driver_tap *tap; /* borrowed; NULL: none */
    struct driver *kept;          /* taken over; one that runs already; NULL: it is started */
};

struct stage {
    struct stage_spec spec;
    char mark[64];
    struct ev_loop *loop; /* borrowed */
    struct reaper *reaper;
    void (*on_change)(void *owner);
    void (*on_event)(void *owner, enum event event, const json_t *line); /* may be NULL */
    void *owner;
    struct server_process server;
    struct driver *driver;      /* owned; idle for ever of a client that is none */
    int id_base;                /* what the driver calls a task is this and the task's id */
    struct template_run **runs; /* owned; a template's, by task id - 1 */
    struct task **tasks;        /* owned; by id - 1; NULL for one that was forgotten */
    int task_count, task_size;
    struct witness witness;
    enum stage_state state;
    enum stage_fault fault;
    char why[1400];
    bool server_ready, client_ready;
    char *version;      /* owned; what the driver's hello says */
    bool counts_tasks;  /* the driver can report its own count of tasks */
    bool offers_stacks; /* and its stacks */
    bool offers_cancel; /* it ends a task that is cancelled; a template can always be told to end */
    int request_id;     /* of the last settle, counters or other request */
    bool request_answered, request_unsupported;
    int64_t driver_tasks; /* its last word on that; -1: none */
    int64_t driver_goroutines;
    char *driver_stacks;  /* owned; likewise; NULL: none */
    struct helper helper; /* an external client's command `pid` or `stop` */
    pid_t external_pid;   /* what the former said; 0: nothing */
    bool closed;
};

/* Starts server and client. On an error nothing needs to be closed but the stage. */
enum err stage_open(struct stage *stage, const struct stage_spec *spec, struct ev_loop *loop,
                    struct reaper *reaper, void (*on_change)(void *owner), void *owner,
                    struct err_text *error);

/* For the stage's own parts: a fact was added; the client can be given tasks now; the stage is of
 * no use any more. */
void stage_changed(struct stage *stage);
void stage_client_is_ready(struct stage *stage);
void stage_fail(struct stage *stage, enum stage_fault fault, const char *why);

/* The number of a scenario's service, by its id; -1 when it is not served. */
int stage_service(const struct stage *stage, const char *id);

/* Starts a task on `slot` of `service`. The returned task is the stage's and lives as long as it.
 * NULL when the client's process could not be started; the stage is then STAGE_FAILED. */
struct task *stage_start_task(struct stage *stage, int service, int slot, int64_t deadline_ms,
                              size_t stdin_bytes, bool wrong_hostkey);

/* Asks the driver ("settle", "counters", or something it cannot know); the answer sets
 * `request_answered`. */
void stage_request(struct stage *stage, const char *op);

/* Does the driver's hello list this operation? */
bool stage_offers(const struct stage *stage, const char *op);

/* One more process of the stage's driver, which is the caller's: driver_close(). */
enum err stage_start_another(struct stage *stage, struct driver *driver,
                             const struct driver_events *events, void *owner,
                             struct err_text *error);

/* The process whose descriptors and threads are counted; 0 for a template, and for an external
 * client whose process isn't known. */
pid_t stage_client_pid(const struct stage *stage);

/* Living processes that a driver started, and whose parents have ended: no longer its descendants.
 */
size_t stage_orphans(const struct stage *stage);

/* Was this task's answer what the server sent? Nonce or not, as the scenario's output decides. */
bool stage_answer_is_right(const struct stage *stage, const struct task *task);

/* Asks the client to end a task: a driver by `cancel`, a command by SIGTERM. */
void stage_cancel_task(struct stage *stage, struct task *task);

/* Ends a template's task that is overdue. */
void stage_kill_task(struct stage *stage, struct task *task);

/* Gives back a task that has ended and is accounted for, and what is left of its process. */
void stage_forget_task(struct stage *stage, struct task *task);

/* Ends the driver, and starts it anew; STAGE_STARTING until it says hello. Tasks that have not
 * ended do so as crashed. On an error the stage is STAGE_FAILED. */
enum err stage_restart_driver(struct stage *stage, struct err_text *error);

/* Takes the driver away, as it runs; it is the caller's, who says whose events they are. What is
 * left of the stage can be looked at and closed. */
struct driver *stage_release_driver(struct stage *stage);

/* The client's last words, for the report; "" when none. */
const char *stage_client_words(const struct stage *stage);

void stage_close(struct stage *stage);

#endif
