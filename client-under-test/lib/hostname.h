/* Where a host is, as far as this machine knows: an IP literal, or a name in /etc/hosts. Nothing
 * here asks the network; that is lookup.h. */
#ifndef SSHEXEC_HOSTNAME_H
#define SSHEXEC_HOSTNAME_H

#include "lib/addresses.h"
#include "lib/err.h"

#include <stdbool.h>

/* Takes "127.0.0.1", "::1", "fe80::1%eth0". */
bool hostname_literal(const char *host, int port, struct address *address);

/* Adds what /etc/hosts has; false when that is nothing, or can't be read. */
bool hostname_in_hosts(const char *host, int port, struct addresses *addresses);

/* Can the network be asked for it? RFC 1123 2.1, and the underscores that many a name has. */
bool hostname_is_name(const char *host);

/* Is this the address of a DNS server: "127.0.0.1:53", "[::1]:53"? */
bool hostname_check_server(const char *server, struct err_text *error);

/* As hostname_in_hosts(), from the text of a hosts(5) file; IP literals are not looked up here. All
 * lines with the name count, in their order. */
bool hostname_find(const char *hosts_text, const char *name, int port, struct addresses *addresses);

#endif
