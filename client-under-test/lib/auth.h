/* Proving who the user is: the methods that there is something for, one after the other, each until
 * the server refuses it. Key file first, then the agent's keys, then the password: as one, and as
 * the answer to a question. "none" only for those who have nothing. */
#ifndef SSHEXEC_AUTH_H
#define SSHEXEC_AUTH_H

#include "lib/err.h"
#include "lib/keycache.h"

#include <ev.h>
#include <libssh/libssh.h>

struct auth_setup {
    const struct keycache_key *key;  /* NULL: none; borrowed, as the next two */
    const char *agent;               /* an agent's socket; NULL: none */
    const char *password;            /* NULL: none */
    struct ev_loop *loop;            /* where the agent is waited for */
    void (*on_wake)(void *userdata); /* the agent has answered: auth_step() gets further */
    void *userdata;
};

struct auth;

struct auth *auth_new(ssh_session ssh, const struct auth_setup *setup);

/* SSH_AUTH_SUCCESS; SSH_AUTH_AGAIN when the server or the agent is to be waited for; else it
 * failed, with a sentence where libssh has none. */
int auth_step(struct auth *auth, struct err_text *error);

/* Lets go of the agent and says nothing more. NULL is fine. */
void auth_free(struct auth **auth);

#endif
