/* The names that a host's name may stand for, by the search list of resolv.conf(5). */
#ifndef SSHEXEC_CANDIDATES_H
#define SSHEXEC_CANDIDATES_H

#include <stddef.h>

struct candidates {
    char **names; /* owned, in the order to be asked for; at least one */
    size_t count;
};

/* `name` and, unless it ends with a dot, `name` in each of the domains. It goes first when it has
 * `ndots` dots or more, else last (RFC 1535 6). */
void candidates_init(struct candidates *candidates, const char *name, const char *const *domains,
                     size_t domain_count, int ndots);
void candidates_fini(struct candidates *candidates);

#endif
