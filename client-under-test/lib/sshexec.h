/* libsshexec: runs commands over SSH on a libev loop, each under one absolute deadline; no thread,
 * and nothing that blocks.
 *
 *     static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
 *     {
 *         printf("%s %d\n", sshexec_outcome_name(sshexec_result_outcome(result)),
 *                sshexec_result_exit_status(result));
 *     }
 *     …
 *     static const sshexec_events events = {.on_done = on_done};
 *     sshexec_pool *pool = sshexec_pool_new(NULL);
 *     sshexec_request *request = sshexec_request_new("db1.example", 22, "probe", "uptime");
 *     sshexec_request_add_hostkey(request, "ssh-ed25519 AAAA…");
 *     sshexec_request_set_key_file(request, "/etc/probe/key");
 *     sshexec_request_set_deadline_ms(request, 3000);
 *     if (sshexec_pool_submit(pool, request, &events, NULL, NULL) != SSHEXEC_OK)
 *         fprintf(stderr, "%s\n", sshexec_pool_error(pool));
 *     sshexec_request_free(request);
 *     sshexec_pool_run(pool);
 *     sshexec_pool_free(pool);
 *
 * The deadline counts from sshexec_pool_submit() and covers all that follows: the wait in the
 * queue, the question for the host's name, the connection, the key exchange, authentication, the
 * command, close. When it passes, the descriptor is closed at once, nothing more is sent, and
 * on_done is called once, with the phase that the task was in.
 *
 * What the deadline does to the remote command: nothing by itself. The server sees the connection
 * break; OpenSSH's sshd then closes the command's standard streams. A command that writes gets
 * SIGPIPE, one that reads finds the end of input, one that does neither goes on. A command that
 * must not outlive its deadline has to know it: "timeout 3 command".
 *
 * A pool, its requests and its tasks belong to the thread that runs its loop; other pools may
 * belong to other threads. The library prints nothing, starts no process, and leaves signals alone;
 * but where memory for its own structures is refused, it says so on stderr and aborts. Every name
 * here that isn't documented as "NULL is fine" wants a pointer. */
#ifndef SSHEXEC_H
#define SSHEXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ev_loop;

typedef struct sshexec_pool sshexec_pool;       /* where tasks wait and run */
typedef struct sshexec_request sshexec_request; /* what is to be done */
typedef struct sshexec_task sshexec_task;       /* one that waits or runs */
typedef struct sshexec_result sshexec_result;   /* how it ended */

typedef enum sshexec_outcome {
    SSHEXEC_SUCCESS,   /* "success": the exit status and the whole output came */
    SSHEXEC_TIMEOUT,   /* "timeout": the deadline passed first, or another limit of the request */
    SSHEXEC_FAILURE,   /* "failure": the connection, the server or the command's channel failed */
    SSHEXEC_CANCELLED, /* "cancelled": the caller ended it */
    SSHEXEC_COULD_NOT_TRY /* "could_not_try": nothing was sent: the task itself is not possible */
} sshexec_outcome;

/* In the order in which a task goes through them. */
typedef enum sshexec_phase {
    SSHEXEC_PHASE_NONE, /* "none" */
    SSHEXEC_PHASE_QUEUE,
    SSHEXEC_PHASE_DNS,
    SSHEXEC_PHASE_TCP,
    SSHEXEC_PHASE_IDENT,
    SSHEXEC_PHASE_KEXINIT,
    SSHEXEC_PHASE_KEX,
    SSHEXEC_PHASE_NEWKEYS,
    SSHEXEC_PHASE_SERVICE,
    SSHEXEC_PHASE_AUTH,
    SSHEXEC_PHASE_CHANNEL,
    SSHEXEC_PHASE_REQUEST,
    SSHEXEC_PHASE_DATA,
    SSHEXEC_PHASE_EXIT,
    SSHEXEC_PHASE_CLOSE,
    SSHEXEC_PHASE_REKEY,
    SSHEXEC_PHASE_KEEPALIVE,
    SSHEXEC_PHASE_DISCONNECT,
    SSHEXEC_PHASE_COUNT
} sshexec_phase;

typedef enum sshexec_status {
    SSHEXEC_OK,
    SSHEXEC_FULL,     /* as many run and wait as may: try later */
    SSHEXEC_DRAINING, /* the pool takes nothing any more */
    SSHEXEC_INVALID   /* the request can't be done by anyone */
} sshexec_status;

/* "0.1.0" */
const char *sshexec_version(void);
const char *sshexec_outcome_name(sshexec_outcome outcome);
const char *sshexec_phase_name(sshexec_phase phase);

/* What a task in this phase waits for, as half a sentence. */
const char *sshexec_phase_sentence(sshexec_phase phase);

/* ---- requests ----
 *
 * All that is given is copied. A setter that is given what can't be returns false;
 * sshexec_request_error() then says why, and sshexec_pool_submit() refuses the request with the
 * same sentence, so that nobody has to look at each call. A request can be submitted many times. */

/* `host`: an address or a name; `user` and `command` as the server shall see them. NULL, and 0 for
 * the port, are fine for now in a request that others are to be copied from. */
sshexec_request *sshexec_request_new(const char *host, int port, const char *user,
                                     const char *command);

/* Owned by the caller. */
sshexec_request *sshexec_request_copy(const sshexec_request *request);

/* NULL, and 0 for the port, leave alone what there is. */
bool sshexec_request_set_destination(sshexec_request *request, const char *host, int port,
                                     const char *user);
bool sshexec_request_set_command(sshexec_request *request, const char *command);

/* Wipes what is secret. NULL is fine. */
void sshexec_request_free(sshexec_request *request);

/* The first mistake, "" when there was none. */
const char *sshexec_request_error(const sshexec_request *request);

/* Whom to believe; one of the three is needed, and there is no "whoever it is". A key as in
 * known_hosts ("ssh-ed25519 AAAA…"), several may be given; "SHA256:…"; a known_hosts file, hashed
 * names included, which is read when the task starts and has no say where a key or a fingerprint is
 * given. */
bool sshexec_request_add_hostkey(sshexec_request *request, const char *line);
bool sshexec_request_set_fingerprint(sshexec_request *request, const char *fingerprint);
bool sshexec_request_set_known_hosts(sshexec_request *request, const char *path);

/* Nobody is believed any more, until one of the three is called again. */
void sshexec_request_forget_hostkeys(sshexec_request *request);

/* How to prove who the user is: the key first, then the agent's keys, then the password; "none"
 * without any, and NULL takes one away. A key file is read when the task starts, and again only
 * after it changed; a key's own text goes before a file. An agent is named by its socket; each time
 * it signs, libssh 0.10.6 loses 120 bytes. Nothing asks for a passphrase. */
bool sshexec_request_set_key_file(sshexec_request *request, const char *path);
bool sshexec_request_set_key(sshexec_request *request, const char *text);
bool sshexec_request_set_agent(sshexec_request *request, const char *path);
bool sshexec_request_set_password(sshexec_request *request, const char *password);

/* The DNS server to ask, alone: "127.0.0.1:53". The system's otherwise, and /etc/hosts. */
bool sshexec_request_set_dns(sshexec_request *request, const char *server);

/* For the command's environment, up to 64 of them. A server may refuse any (OpenSSH: AcceptEnv),
 * and the command then runs without. */
bool sshexec_request_set_variable(sshexec_request *request, const char *name, const char *value);

/* The command's standard input; empty otherwise. Events with an on_stdin take its place. */
bool sshexec_request_set_stdin(sshexec_request *request, const void *bytes, size_t length);

/* 1 ms to 24 h. Needed: only you know it. */
bool sshexec_request_set_deadline_ms(sshexec_request *request, int64_t deadline_ms);

/* From when the deadline counts, in ns of CLOCK_MONOTONIC: for callers who read the request from
 * somebody before they could submit it. From sshexec_pool_submit() otherwise, or when 0. */
bool sshexec_request_set_begin_ns(sshexec_request *request, int64_t begin_ns);

/* Limits besides the deadline, each 1 ms to 24 h; whichever comes first ends the task as
 * SSHEXEC_TIMEOUT, and the error says which it was. How long a phase may take, the queue included;
 * how long it may be until the key exchange is done; how long the server may send nothing. */
bool sshexec_request_set_phase_limit_ms(sshexec_request *request, sshexec_phase phase,
                                        int64_t limit_ms);
bool sshexec_request_set_connect_limit_ms(sshexec_request *request, int64_t limit_ms);
bool sshexec_request_set_idle_limit_ms(sshexec_request *request, int64_t limit_ms);

/* After so long without a byte from the server, 1 ms to 24 h, it is asked whether it is there
 * (keepalive@openssh.com); no request is sent otherwise. When nothing has come after twice that
 * time, or after the limit of SSHEXEC_PHASE_KEEPALIVE, the task ends as SSHEXEC_TIMEOUT. */
bool sshexec_request_set_keepalive_ms(sshexec_request *request, int64_t interval_ms);

/* The most bytes of stdout and stderr together (64 MiB): beyond them the task fails. */
bool sshexec_request_set_output_limit(sshexec_request *request, uint64_t limit_bytes);

/* How many bytes of each stream a result holds (1 MiB). What is beyond is counted and dropped. */
bool sshexec_request_set_output_kept(sshexec_request *request, uint64_t kept_bytes);

/* ---- events ---- */

typedef enum sshexec_stream { SSHEXEC_STDOUT = 1, SSHEXEC_STDERR = 2 } sshexec_stream;

/* Called from the loop, never from within sshexec_pool_submit(). Any function may be called from
 * them, but sshexec_pool_free(). Those that are NULL are not called; on_done is needed. */
typedef struct sshexec_events {
    /* The task is over and its descriptor is closed. The last call; the task and the result are
     * freed after it. */
    void (*on_done)(sshexec_task *task, const sshexec_result *result, void *userdata);
    /* Bytes that the command wrote. The result then holds none. */
    void (*on_output)(sshexec_task *task, sshexec_stream stream, const void *bytes, size_t length,
                      void *userdata);
    /* Standard input takes up to `room` bytes now (sshexec_task_write_stdin, …_end_stdin); called
     * again whenever that may have changed, until the end was sent. `room` may be 0: then only the
     * end can be sent. */
    void (*on_stdin)(sshexec_task *task, size_t room, void *userdata);
    /* The task entered this phase. */
    void (*on_phase)(sshexec_task *task, sshexec_phase phase, void *userdata);
    void (*reserved[4])(void); /* NULL */
} sshexec_events;

/* ---- pools ---- */

/* `loop` NULL: a loop of its own. NULL when the system refuses what is needed. The loop must
 * outlive the pool. */
sshexec_pool *sshexec_pool_new(struct ev_loop *loop);

/* Drops every task without a word, and frees the pool. NULL is fine. */
void sshexec_pool_free(sshexec_pool *pool);

/* How many tasks run at once (256), and how many more may wait (4,096). At least one runs. Lower
 * limits end nothing that runs or waits. */
void sshexec_pool_set_limits(sshexec_pool *pool, size_t running, size_t queued);

/* Keeps up to `connections` after a success, each for keep_ms (1 ms to 24 h), for the next task
 * with the same host, login and host keys; 0, as in the beginning: none, each task has its own. One
 * command runs on a connection at a time. A connection is kept only when its task ended as it
 * should; one that is silent when it is used again is given up after a quarter of the time left, a
 * second at most, and a new one is made within the same deadline. */
void sshexec_pool_set_reuse(sshexec_pool *pool, size_t connections, int64_t keep_ms);

/* Takes a task: SSHEXEC_OK, and *task (`task` may be NULL) is valid until its on_done. Otherwise
 * sshexec_pool_error() has a sentence, and no event will come. `events` is copied. */
sshexec_status sshexec_pool_submit(sshexec_pool *pool, const sshexec_request *request,
                                   const sshexec_events *events, void *userdata,
                                   sshexec_task **task);

/* Why the last sshexec_pool_submit() refused. */
const char *sshexec_pool_error(const sshexec_pool *pool);

struct ev_loop *sshexec_pool_loop(sshexec_pool *pool);

/* Turns the loop until no task is left and a drain has ended, or somebody breaks it; false in the
 * latter case. */
bool sshexec_pool_run(sshexec_pool *pool);

/* Takes nothing more. When no task is left, or `bound_ms` (0 to 24 h) have passed and the rest were
 * cancelled, `on_drained` is called from the loop, once; it may be NULL. A second call may only
 * shorten it: the first one's `on_drained` stays. */
void sshexec_pool_drain(sshexec_pool *pool, int64_t bound_ms,
                        void (*on_drained)(sshexec_pool *pool, void *userdata), void *userdata);

size_t sshexec_pool_running(const sshexec_pool *pool);
size_t sshexec_pool_queued(const sshexec_pool *pool);

/* How many connections are kept for later. */
size_t sshexec_pool_idle(const sshexec_pool *pool);

/* Goes through the tasks that are there now, oldest first. `visit` may cancel any and submit more;
 * what has ended meanwhile isn't visited. */
void sshexec_pool_each_task(sshexec_pool *pool,
                            void (*visit)(sshexec_task *task, void *userdata, void *argument),
                            void *argument);

/* Does the once-only work of OpenSSL and libssh now (up to 16 ms) and not within the first task's
 * deadline. False when they can't. */
bool sshexec_warm_up(void);

/* ---- tasks ---- */

/* Ends it as SSHEXEC_CANCELLED: on_done is called before this returns, or right after the event of
 * this task that it is called from. What turns out complete within that event is a success. */
void sshexec_task_cancel(sshexec_task *task);

/* Takes up to `length` bytes; how many were taken. */
size_t sshexec_task_write_stdin(sshexec_task *task, const void *bytes, size_t length);
void sshexec_task_end_stdin(sshexec_task *task);

/* Stops and resumes reading from the server: back-pressure for output that can't be passed on. The
 * deadline goes on, and so does what comes before the connection. */
void sshexec_task_pause(sshexec_task *task);
void sshexec_task_resume(sshexec_task *task);

/* Where it is, and since when; ages in ns. */
sshexec_phase sshexec_task_phase(const sshexec_task *task);
int64_t sshexec_task_phase_age_ns(const sshexec_task *task);
int64_t sshexec_task_age_ns(const sshexec_task *task);

/* Bytes that went over the connection so far, as they are on the wire. */
uint64_t sshexec_task_bytes_in(const sshexec_task *task);
uint64_t sshexec_task_bytes_out(const sshexec_task *task);

/* As the request says; borrowed. */
const char *sshexec_task_host(const sshexec_task *task);
int sshexec_task_port(const sshexec_task *task);

void *sshexec_task_userdata(const sshexec_task *task);

/* ---- results: valid during on_done ---- */

sshexec_outcome sshexec_result_outcome(const sshexec_result *result);

/* Where it ended; SSHEXEC_PHASE_NONE for a success, and for what could not be tried. */
sshexec_phase sshexec_result_phase(const sshexec_result *result);

/* 0 to 2^32-1 for a success; -1 otherwise. */
int64_t sshexec_result_exit_status(const sshexec_result *result);

/* The signal that ended the command, without "SIG"; "" when none did. The outcome is a failure. */
const char *sshexec_result_signal(const sshexec_result *result);

/* One sentence; "" for a success. It may quote what the server sent. */
const char *sshexec_result_error(const sshexec_result *result);

/* What was kept of a stream, followed by a NUL that isn't counted. */
const char *sshexec_result_output(const sshexec_result *result, sshexec_stream stream,
                                  size_t *length);

/* How many bytes the stream had, and whether more than were kept. */
uint64_t sshexec_result_output_bytes(const sshexec_result *result, sshexec_stream stream);
bool sshexec_result_is_truncated(const sshexec_result *result, sshexec_stream stream);

/* From the beginning to the end, the queue included. */
int64_t sshexec_result_elapsed_ns(const sshexec_result *result);

/* How long the task was in a phase; -1 when it never was. */
int64_t sshexec_result_phase_ns(const sshexec_result *result, sshexec_phase phase);

/* How long after the deadline on_done is called; negative before it. */
int64_t sshexec_result_overshoot_ns(const sshexec_result *result);

#ifdef __cplusplus
}
#endif

#endif
