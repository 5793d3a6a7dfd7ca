/* Connecting to the first of a host's addresses that answers, without ever waiting.
 *
 * The addresses are tried in their order: the next one is begun when one fails, or when 250 ms have
 * passed without a connection (RFC 8305 5), beside those that are under way. The first connection
 * is the result, and the others are closed. A dial has no time limit of its own. */
#ifndef SSHEXEC_DIAL_H
#define SSHEXEC_DIAL_H

#include "lib/addresses.h"

#include <ev.h>

struct dial;

/* `fd` is connected, and the callee's from here on; -1 when no address could be connected to. Then
 * `number` is the errno of the one that was tried last. Called once, from the loop, never from
 * within dial_start(); everything else is closed, and dial_free() may be called from it. */
typedef void dial_done(void *userdata, int fd, int number);

struct dial_setup {
    const struct addresses *addresses; /* at least one; copied */
    int send_buffer_bytes;             /* SO_SNDBUF; 0: the system's choice */
    dial_done *on_done;
    void *userdata;
};

struct dial *dial_start(struct ev_loop *loop, const struct dial_setup *setup);

/* Closes what it has open and says nothing more. NULL is fine. */
void dial_free(struct dial **dial);

#endif
