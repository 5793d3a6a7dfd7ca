/* One task's SSH session: the only file that drives libssh. Nothing here waits: session_step() does
 * what is possible now and returns. Facts go into a struct progress, output to a callback.
 *
 * Traps of libssh 0.10.6 that are met here, each with a test: it makes the descriptor blocking at
 * its first POLLOUT; after a MAC error ssh_userauth_*() says SSH_AGAIN for ever; ssh_disconnect()
 * leaves a descriptor of ours open while ssh_free() closes it; ssh_channel_write() takes as much as
 * the peer's window, whatever the socket can hold; ssh_channel_read() drops data after an error;
 * floods before authentication are never an error; a CLOSE does not end a wait for a reply; a write
 * that fails closes the descriptor and tells nobody. */
#ifndef SSHEXEC_SESSION_H
#define SSHEXEC_SESSION_H

#include "lib/environment.h"
#include "lib/err.h"
#include "lib/hostkey.h"
#include "lib/keycache.h"
#include "lib/progress.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

enum session_stream { SESSION_STDOUT, SESSION_STDERR };

/* Bytes that the command wrote. Called from within session_step(): no session function may be
 * called from it. */
typedef void session_output(void *userdata, enum session_stream stream, const void *bytes,
                            size_t length);

/* A stage of the session is done, and `progress` says so. Called from within session_step(). */
typedef void session_progress(void *userdata);

/* session_step() would get further, though nothing came over the connection. Called from the loop.
 */
typedef void session_wake(void *userdata);

/* All that is pointed to is borrowed for the session's life. */
struct session_setup {
    struct ev_loop *loop;
    const char *user;
    const char *command;
    const struct environment *environment;
    const char *password;           /* NULL: none */
    const struct keycache_key *key; /* NULL: none */
    const char *agent;              /* an agent's socket; NULL: none */
    const struct hostkey_policy *hostkeys;
    session_output *on_output;
    session_progress *on_progress;
    session_wake *on_wake;
    void *userdata;
};

/* Takes a connected, non-blocking descriptor and makes a session on it; the descriptor belongs to
 * the session from here on, also when NULL is returned (it is closed then). `progress` is borrowed
 * and kept up to date. */
struct session *session_new(int fd, const struct session_setup *setup, struct progress *progress,
                            struct err_text *error);

/* Goes as far as possible without waiting. False when the session is broken, with a sentence. */
bool session_step(struct session *session, struct err_text *error);

/* The connection's descriptor, for watching. */
int session_fd(const struct session *session);

/* Is it over? A write may have shown it, which no event on the descriptor tells any more. */
bool session_is_broken(const struct session *session);

/* Asks the server whether it is there, unless it was asked already, or has not let us in; progress
 * says so until something comes. */
void session_send_keepalive(struct session *session);

/* Is something to be written as soon as the socket can take it? (It is always worth reading.) */
bool session_wants_write(const struct session *session);

/* How many bytes of standard input fit now; 0 while the window is closed, the socket is full or
 * keys are being exchanged. */
size_t session_stdin_room(const struct session *session);

/* Sends up to session_stdin_room() bytes; how many were taken. */
size_t session_write_stdin(struct session *session, const void *bytes, size_t length);

/* Tells the command that its standard input ends here. */
void session_end_stdin(struct session *session);

/* Bytes over the connection so far, as they are on the wire. */
void session_count_bytes(const struct session *session, uint64_t *in, uint64_t *out);

/* The signal that ended the command, "" when none did. */
const char *session_exit_signal(const struct session *session);

/* ---- for one command after the other ---- */

/* Is the command over, and the connection as good as ever? */
bool session_can_rest(const struct session *session);

/* Closes the channel and keeps the connection; from here on `progress` and `hostkeys` are borrowed
 * (a server may exchange keys at any time), and what the setup points to is not. Nothing but the
 * next three, finish and drop may be called then. */
void session_rest(struct session *session, struct progress *progress,
                  const struct hostkey_policy *hostkeys);

/* Something came while it was at rest: reads it. False when it is good for nothing any more. */
bool session_tend(struct session *session);

/* Is it not in the middle of another key exchange? */
bool session_can_resume(const struct session *session);

/* Another command, on a channel of its own; session_step() goes on. */
void session_resume(struct session *session, const struct session_setup *setup,
                    struct progress *progress);

/* May the server have got the command? Then it must not be sent again. */
bool session_has_sent_command(const struct session *session);

/* ---- the end ---- */

/* Closes the channel and says goodbye as far as the socket takes it at once, then frees. */
void session_finish(struct session **session);

/* Closes the descriptor at once and sends nothing, then frees. For deadlines. */
void session_drop(struct session **session);

#endif
