/* Where a host may be reached, in the order to be tried. Plain values. */
#ifndef SSHEXEC_ADDRESSES_H
#define SSHEXEC_ADDRESSES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t length;
};

enum { ADDRESSES_MAX = 8 }; /* of a host; the others are not tried */

struct addresses {
    struct address list[ADDRESSES_MAX];
    size_t count;
};

struct address address_of_v4(const struct in_addr *ip, int port);
struct address address_of_v6(const struct in6_addr *ip, unsigned scope_id, int port);

bool address_equal(const struct address *one, const struct address *other);

/* False when there is no room, or it is there already. */
bool addresses_add(struct addresses *addresses, const struct address *address);

/* RFC 8305 4: the families take turns, IPv6 first; `is_reachable` NULL or false for an address puts
 * it behind all others. */
void addresses_sort(struct addresses *addresses, bool (*is_reachable)(const struct address *));

/* Does the routing table know a way? Nothing is sent. */
bool address_has_route(const struct address *address);

#endif
