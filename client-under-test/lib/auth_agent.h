/* Public key authentication with the keys of an agent. */
#ifndef SSHEXEC_AUTH_AGENT_H
#define SSHEXEC_AUTH_AGENT_H

#include "lib/auth.h"

struct auth_agent;

struct auth_agent *auth_agent_new(ssh_session ssh, const struct auth_setup *setup);

/* As auth_step(); SSH_AUTH_DENIED when none of the agent's keys will do, or the agent won't. */
int auth_agent_step(struct auth_agent *auth);

/* Why the agent could not be asked; "" when it could. */
const char *auth_agent_error(const struct auth_agent *auth);

void auth_agent_free(struct auth_agent **auth);

#endif
