/* Where a host is, as far as this machine knows: an IP literal, or a name in /etc/hosts. Nothing
 * here asks the network; that is lookup.h. */
#ifndef SSHEXEC_HOSTNAME_H
#define SSHEXEC_HOSTNAME_H

#include "lib/err.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

struct address {
    struct sockaddr_storage bytes;
    socklen_t length;
};

/* Takes "127.0.0.1", "::1", "fe80::1%eth0". */
bool hostname_literal(const char *host, int port, struct address *address);

/* Looks into /etc/hosts; false also when that can't be read. */
bool hostname_in_hosts(const char *host, int port, struct address *address);

/* Can the network be asked for it? RFC 1123 2.1, and the underscores that many a name has. */
bool hostname_is_name(const char *host);

/* Is this the address of a DNS server: "127.0.0.1:53", "[::1]:53"? */
bool hostname_check_server(const char *server, struct err_text *error);

/* As hostname_in_hosts(), from the text of a hosts(5) file; IP literals are not looked up here.
 * False when the name isn't in it. The first line with the name decides. */
bool hostname_find(const char *hosts_text, const char *name, int port, struct address *address);

#endif
