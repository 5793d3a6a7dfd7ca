/* Where a task goes: "[user@]host[:port]", or "ssh://[user@]host[:port]". */
#ifndef SSHEXEC_DESTINATION_H
#define SSHEXEC_DESTINATION_H

#include "lib/err.h"

#include <stdbool.h>

struct destination {
    char *user; /* owned, as the next; NULL: not named */
    char *host;
    int port; /* 0: not named */
};

/* Takes apart "host", "you@host:22", "[::1]:22", "::1". False with a sentence;
 * destination_fini() afterwards in any case. */
bool destination_read(struct destination *destination, const char *text, struct err_text *error);
void destination_fini(struct destination *destination);

bool destination_read_port(const char *text, int *port, struct err_text *error);

#endif
