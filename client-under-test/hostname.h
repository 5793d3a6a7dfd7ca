/* Where a host is: an IP literal, or a name in /etc/hosts. Nothing here asks the network, because
 * getaddrinfo() can block for far longer than any deadline. */
#ifndef SSHEXEC_HOSTNAME_H
#define SSHEXEC_HOSTNAME_H

#include "err.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

struct address {
    struct sockaddr_storage bytes;
    socklen_t length;
};

/* Finds the address of `host`: "127.0.0.1", "::1", "fe80::1%eth0", or a name of /etc/hosts. */
bool hostname_resolve(const char *host, int port, struct address *address, struct err_text *error);

/* The same, from the text of a hosts(5) file; IP literals are not looked up here. False when the
 * name isn't in it. The first line with the name decides. */
bool hostname_find(const char *hosts_text, const char *name, int port, struct address *address);

#endif
