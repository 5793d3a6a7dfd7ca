/* What a message of libssh's server asks for, in the words of session.h. */
#ifndef SERVER_LIBSSH_MESSAGE_H
#define SERVER_LIBSSH_MESSAGE_H

#include "server/hostkey.h"
#include "server/session.h"

#include <libssh/libssh.h>

/* Fills in kind, type, detail, is_probe and right: is it what an honest server accepts? The channel
 * is the caller's to find. `keys`: those of the user are in them. */
void libssh_message_describe(ssh_message message, const struct hostkey *keys,
                             struct session_request *request);

#endif
