/* Keyboard-interactive authentication (RFC 4256) by a password: its questions are answered by
 * nobody but us. */
#ifndef SSHEXEC_KBDINT_H
#define SSHEXEC_KBDINT_H

#include <libssh/libssh.h>
#include <stdbool.h>

/* Goes as far as possible without waiting; what libssh's ssh_userauth_kbdint() returns, but never
 * SSH_AUTH_INFO. The password answers a single question that is not to be echoed. More questions at
 * once, one that would be shown, or many rounds are refused: SSH_AUTH_DENIED. `rounds` counts from
 * 0 and belongs to the caller. */
int kbdint_step(ssh_session ssh, const char *password, unsigned *rounds);

#endif
