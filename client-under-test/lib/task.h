/* Running a command over SSH under one absolute deadline, without ever blocking: the engine of
 * sshexec, written so that it can become a library.
 *
 * An engine lives on a libev loop of the caller's and starts no thread. A task goes from the first
 * question (of a DNS server) to the last call (close) under one deadline. When it passes, the
 * descriptor is closed at once, nothing is sent, and the result names the phase that the task was
 * in. */
#ifndef SSHEXEC_TASK_H
#define SSHEXEC_TASK_H

#include "lib/environment.h"
#include "lib/err.h"
#include "lib/hostkey.h"
#include "lib/limits.h"
#include "lib/phase.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* identifier, word, sentence */
#define TASK_OUTCOMES(X)                                                                     \
    X(TASK_SUCCESS, "success", "the exit status and the whole output came")                  \
    X(TASK_TIMEOUT, "timeout", "the deadline passed first")                                  \
    X(TASK_FAILURE, "failure", "the connection, the server or the command's channel failed") \
    X(TASK_CANCELLED, "cancelled", "the caller ended it")                                    \
    X(TASK_COULD_NOT_TRY, "could_not_try", "nothing was sent: the task itself is not possible")

enum task_outcome {
#define X(id, word, sentence) id,
    TASK_OUTCOMES(X)
#undef X
};

const char *task_outcome_name(enum task_outcome outcome);

struct engine;
struct task;

/* What is to be done. All of it is copied; the caller keeps its own. */
struct task_options {
    const char *host; /* IP literal or name */
    const char *dns;  /* "127.0.0.1:53": the DNS server to ask, alone; NULL: the system's */
    int port;
    const char *user;
    const char *command;
    const char *key;                       /* path of a private key, or NULL */
    const char *key_text;                  /* a private key itself, or NULL */
    const char *agent;                     /* path of an agent's socket, or NULL */
    const char *password;                  /* or NULL */
    const struct hostkey_policy *hostkeys; /* at least one key or fingerprint, or known_hosts */
    const char *known_hosts;               /* path, or NULL: read when hostkeys holds nothing */
    const struct environment *environment; /* NULL: nothing is set */
    int64_t start_ns;                      /* CLOCK_MONOTONIC: what elapsed_ns counts from */
    struct limits limits;                  /* the deadline, and others besides */
    int32_t keepalive_ms; /* after so long without a byte, ask whether the server is there; 0: no */
    uint64_t output_limit; /* bytes of stdout and stderr; beyond it the task fails */
    int send_buffer_bytes; /* SO_SNDBUF; 0: the system's choice */
};

struct task_result {
    enum task_outcome outcome;
    enum phase phase;              /* where it ended; meaningless for TASK_SUCCESS */
    uint32_t exit_status;          /* for TASK_SUCCESS */
    int64_t elapsed_ns;            /* since start_ns */
    int64_t phase_ns[PHASE_COUNT]; /* how long each phase took; 0 for those never entered */
    bool phase_entered[PHASE_COUNT];
    char signal[32]; /* that ended the command; "" when none did */
    char error[512]; /* "" for TASK_SUCCESS */
};

enum task_stream { TASK_STDOUT, TASK_STDERR };

/* Called by the engine from the loop, never from within task_start(). on_output and on_stdin may
 * call any task function. */
struct task_events {
    /* Bytes that the command wrote. */
    void (*on_output)(struct task *task, enum task_stream stream, const void *bytes, size_t length,
                      void *userdata);
    /* The command's standard input takes up to `room` bytes now (task_write_stdin, task_end_stdin);
     * called again whenever that may have changed, until the end of input was sent. `room` may be
     * 0: then only the end can be sent. */
    void (*on_stdin)(struct task *task, size_t room, void *userdata);
    /* The task is over and its descriptor is closed. The last call; the task is freed after it. */
    void (*on_done)(struct task *task, const struct task_result *result, void *userdata);
    /* The task entered this phase; not called for the first one. NULL is fine. */
    void (*on_phase)(struct task *task, enum phase phase, void *userdata);
};

/* The loop must outlive the engine. */
struct engine *engine_new(struct ev_loop *loop);

/* Drops every task without a word, then frees the engine. */
void engine_free(struct engine **engine);

/* Keeps up to `most` connections after a success, each for keep_ms, for the next task with the same
 * login. 0: none, as in the beginning. */
void engine_set_reuse(struct engine *engine, size_t most, int64_t keep_ms);

/* How many connections are kept. */
size_t engine_idle_count(const struct engine *engine);

/* How many tasks are under way. */
size_t engine_task_count(const struct engine *engine);

/* Starts a task. NULL with a sentence when it is not possible at all (no name that could
 * be a host's, no readable key, no host key to compare with): nothing was sent then, and no event
 * will come. */
struct task *task_start(struct engine *engine, const struct task_options *options,
                        const struct task_events *events, void *userdata, struct err_text *error);

/* Ends a task at once, as TASK_CANCELLED. on_done is called before this returns, but for a call
 * from within an event of the same task: then it follows that event. */
void task_cancel(struct task *task);

/* Takes up to `length` bytes for the command's standard input; how many were taken. */
size_t task_write_stdin(struct task *task, const void *bytes, size_t length);
void task_end_stdin(struct task *task);

/* Stops and resumes reading from the server: back-pressure for output that can't be passed on. The
 * deadline goes on. */
void task_pause(struct task *task);
void task_resume(struct task *task);

/* The phase that the task is in, and when it entered it. */
enum phase task_phase(const struct task *task, int64_t *entered_ns);
int64_t task_started_ns(const struct task *task);

/* Bytes over the connection so far, as they are on the wire. */
void task_count_bytes(const struct task *task, uint64_t *in, uint64_t *out);

/* Goes through the tasks that are under way, oldest first. */
void engine_each_task(struct engine *engine,
                      void (*visit)(struct task *task, void *userdata, void *argument),
                      void *argument);

/* Makes OpenSSL and libssh do their once-only work now (up to 16 ms), outside any deadline. */
bool engine_warm_up(struct err_text *error);

#endif
