/* Joins a pair of descriptors with a connection: what `fakesshd connect` is for. */
#ifndef BASE_RELAY_H
#define BASE_RELAY_H

#include "base/err.h"

#include <sys/socket.h>

/* Connects the socket; gives up when nobody reads `out_fd` any more. */
enum err relay_connect(int out_fd, int socket_fd, const struct sockaddr *address, socklen_t size,
                       struct err_text *error);

/* Copies from `in_fd` to `socket_fd` and from there to `out_fd`, until the peer has ended its side
 * and all of it was passed on, or nobody reads `out_fd` any more. The end of `in_fd` is passed on
 * as FIN, and the other direction goes on. Waits as long as that takes: whoever waits for the bytes
 * has the deadline. The descriptors stay the caller's. ERR_SYSTEM when the connection breaks. */
enum err relay_run(int in_fd, int out_fd, int socket_fd, struct err_text *error);

#endif
