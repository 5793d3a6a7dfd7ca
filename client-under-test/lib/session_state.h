/* What a session is made of; for session*.c alone. */
#ifndef SSHEXEC_SESSION_STATE_H
#define SSHEXEC_SESSION_STATE_H

#include "lib/auth.h"
#include "lib/session.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

struct session {
    ssh_session ssh;     /* owned */
    ssh_channel channel; /* owned by ssh */
    int fd;              /* owned, through ssh */
    struct session_setup setup;
    struct progress *progress;
    size_t stage;        /* that is being gone through; see session.c */
    bool has_taken_fd;   /* libssh knows the descriptor, and closes it with the session */
    bool hostkey_is_due; /* new keys are in use, and nobody has looked at the host key yet */
    struct auth *auth;   /* owned; while authenticating */
    size_t variables_set;
    bool keepalive_is_sent; /* and nothing has come since */
    uint64_t bytes_before_keepalive;
    bool stdin_ended;
    bool is_closing; /* from here on what the server sends is of no interest */
    char signal[32];
    bool exec_is_sent;
    uint64_t bytes_at_rest;       /* received when it came to rest */
    uint64_t packets_before_init; /* sent before our half of the key exchange */
    uint64_t packets_before_exec; /* received before the exec request was sent */
    struct ssh_counter_struct socket_bytes;
    struct ssh_counter_struct packets;
    struct ssh_callbacks_struct callbacks;
    struct ssh_channel_callbacks_struct channel_callbacks;
};

/* Does libssh still hold the descriptor? Where a write fails it closes it, and says nothing; the
 * number may be another task's by now. */
bool session_holds_fd(const struct session *session);

/* Reads what has come, as while a command runs. False with a sentence when the session is over. */
bool session_read(struct session *session, struct err_text *error);

/* The next step opens a channel. */
void session_begin_command(struct session *session);

#endif
