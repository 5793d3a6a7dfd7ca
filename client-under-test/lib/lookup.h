/* Asking the network for a name's addresses without ever waiting: the only file that drives c-ares.
 *
 * A lookup has no time limit of its own. It asks again, at growing intervals, until the caller's
 * deadline; only an answer or an error ends it earlier. It has no thread, and its sockets are
 * closed before anyone hears that it is over. */
#ifndef SSHEXEC_LOOKUP_H
#define SSHEXEC_LOOKUP_H

#include "lib/addresses.h"
#include "lib/err.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct lookup;

/* `addresses`, in the order to be tried, is NULL when there are none; then the sentence says why.
 * Called once, from the loop, never from within lookup_start(); lookup_free() may be called from
 * it. */
typedef void lookup_done(void *userdata, const struct addresses *addresses, const char *sentence);

struct lookup_setup {
    const char *name;
    int port;           /* for the addresses; nothing is asked about it */
    const char *server; /* "127.0.0.1:53", "[::1]:53"; NULL: those of /etc/resolv.conf */
    int64_t deadline_ns;
    lookup_done *on_done;
    void *userdata;
};

/* NULL with a sentence when nothing can be asked. */
struct lookup *lookup_start(struct ev_loop *loop, const struct lookup_setup *setup,
                            struct err_text *error);

/* Closes what it has open and says nothing more. NULL is fine. */
void lookup_free(struct lookup **lookup);

/* Makes c-ares do its once-only work. */
bool lookup_warm_up(struct err_text *error);

#endif
