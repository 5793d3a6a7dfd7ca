#include "lib/auth.h"

#include "lib/auth_agent.h"
#include "lib/kbdint.h"
#include "lib/memory.h"

#include <stdbool.h>
#include <stdlib.h>

enum method { METHOD_KEY, METHOD_AGENT, METHOD_PASSWORD, METHOD_KBDINT, METHOD_COUNT };

struct auth {
    ssh_session ssh; /* borrowed */
    struct auth_setup setup;
    bool is_refused[METHOD_COUNT]; /* or there is nothing for it */
    struct auth_agent *agent;      /* owned */
    unsigned kbdint_rounds;
    bool has_nothing;
};

struct auth *auth_new(ssh_session ssh, const struct auth_setup *setup)
{
    struct auth *auth = memory_zeroed(sizeof *auth);
    auth->ssh = ssh;
    auth->setup = *setup;
    auth->is_refused[METHOD_KEY] = setup->key == NULL;
    auth->is_refused[METHOD_AGENT] = setup->agent == NULL;
    auth->is_refused[METHOD_PASSWORD] = setup->password == NULL;
    auth->is_refused[METHOD_KBDINT] = setup->password == NULL;
    auth->has_nothing = setup->key == NULL && setup->agent == NULL && setup->password == NULL;
    if (setup->agent != NULL)
        auth->agent = auth_agent_new(ssh, setup);
    return auth;
}

void auth_free(struct auth **auth)
{
    if (*auth == NULL)
        return;
    auth_agent_free(&(*auth)->agent);
    free(*auth);
    *auth = NULL;
}

static int step_method(struct auth *auth, enum method method)
{
    switch (method) {
    case METHOD_KEY:
        return ssh_userauth_publickey(auth->ssh, NULL, keycache_ssh_key(auth->setup.key));
    case METHOD_AGENT:
        return auth_agent_step(auth->agent);
    case METHOD_PASSWORD:
        return ssh_userauth_password(auth->ssh, NULL, auth->setup.password);
    case METHOD_KBDINT:
        return kbdint_step(auth->ssh, auth->setup.password, &auth->kbdint_rounds);
    case METHOD_COUNT:
        break;
    }
    return SSH_AUTH_ERROR;
}

/* Denied, or accepted as one part of several: on to the next method. */
int auth_step(struct auth *auth, struct err_text *error)
{
    if (auth->has_nothing)
        return ssh_userauth_none(auth->ssh, NULL);
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (auth->is_refused[i])
            continue;
        int rc = step_method(auth, (enum method)i);
        if (rc == SSH_AUTH_SUCCESS || rc == SSH_AUTH_AGAIN || rc == SSH_AUTH_ERROR)
            return rc;
        auth->is_refused[i] = true;
    }
    if (auth->agent != NULL && auth_agent_error(auth->agent)[0] != '\0')
        (void)err_set(error, "%s", auth_agent_error(auth->agent));
    return SSH_AUTH_DENIED;
}
