#include "lib/kbdint.h"

/* OpenSSH's servers ask once, and again a few times after a wrong answer. */
#define ROUNDS_MOST 8

/* False when this is no question for a password. */
static bool answer(ssh_session ssh, const char *password)
{
    char echo = 0;
    int prompts = ssh_userauth_kbdint_getnprompts(ssh);
    if (prompts == 0)
        return true; /* a message, which is to be answered with nothing (RFC 4256 3.2) */
    return prompts == 1 && ssh_userauth_kbdint_getprompt(ssh, 0, &echo) != NULL && echo == 0 &&
           ssh_userauth_kbdint_setanswer(ssh, 0, password) == 0;
}

int kbdint_step(ssh_session ssh, const char *password, unsigned *rounds)
{
    for (;;) {
        int rc = ssh_userauth_kbdint(ssh, NULL, NULL);
        if (rc != SSH_AUTH_INFO)
            return rc;
        if (++*rounds > ROUNDS_MOST || !answer(ssh, password))
            return SSH_AUTH_DENIED;
    }
}
