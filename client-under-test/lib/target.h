/* What a task is aimed at: a copy of its options with the keys read, and the host's name looked up
 * as far as that needs no network. */
#ifndef SSHEXEC_TARGET_H
#define SSHEXEC_TARGET_H

#include "lib/addresses.h"
#include "lib/hostkey.h"
#include "lib/keycache.h"
#include "lib/task.h"

struct target {
    struct addresses addresses; /* none: the network is to be asked for `name` */
    int port;
    char *name, *dns; /* owned, as all that follow; dns may be NULL */
    char *user, *command;
    char *password, *agent; /* may be NULL */
    struct environment environment;
    struct hostkey_policy hostkeys;
    struct keycache_key *key; /* a reference of ours, or NULL */
};

/* False with a sentence when the task is not possible; target_fini() afterwards in any case. */
bool target_init(struct target *target, const struct task_options *options, struct keycache *keys,
                 struct err_text *error);

/* Would whoever logged in for one have done it for the other? */
bool target_is_same_login(const struct target *one, const struct target *other);

void target_fini(struct target *target);

#endif
