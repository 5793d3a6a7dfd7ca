#include "lib/addresses.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

struct address address_of_v4(const struct in_addr *ip, int port)
{
    return (struct address){
        .v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = *ip},
        .length = sizeof(struct sockaddr_in)};
}

struct address address_of_v6(const struct in6_addr *ip, unsigned scope_id, int port)
{
    return (struct address){.v6 = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((uint16_t)port),
                                   .sin6_addr = *ip,
                                   .sin6_scope_id = scope_id},
                            .length = sizeof(struct sockaddr_in6)};
}

bool address_equal(const struct address *one, const struct address *other)
{
    if (one->any.sa_family != other->any.sa_family)
        return false;
    if (one->any.sa_family == AF_INET)
        return one->v4.sin_addr.s_addr == other->v4.sin_addr.s_addr &&
               one->v4.sin_port == other->v4.sin_port;
    return memcmp(&one->v6.sin6_addr, &other->v6.sin6_addr, sizeof one->v6.sin6_addr) == 0 &&
           one->v6.sin6_port == other->v6.sin6_port &&
           one->v6.sin6_scope_id == other->v6.sin6_scope_id;
}

bool addresses_add(struct addresses *addresses, const struct address *address)
{
    for (size_t i = 0; i < addresses->count; i++) {
        if (address_equal(&addresses->list[i], address))
            return false;
    }
    if (addresses->count == ADDRESSES_MAX)
        return false;
    addresses->list[addresses->count++] = *address;
    return true;
}

/* Moves the addresses of `from` that are of this kind to `to`, one of each family at a time. */
static void take_turns(const struct addresses *from, const bool *is_wanted, struct addresses *to)
{
    const sa_family_t families[] = {AF_INET6, AF_INET};
    bool is_taken[ADDRESSES_MAX] = {false};
    for (size_t turn = 0, missed = 0; missed < 2; turn++) {
        size_t i = 0;
        while (i < from->count &&
               (!is_wanted[i] || is_taken[i] || from->list[i].any.sa_family != families[turn % 2]))
            i++;
        missed = i < from->count ? 0 : missed + 1;
        if (i == from->count)
            continue;
        is_taken[i] = true;
        (void)addresses_add(to, &from->list[i]);
    }
}

void addresses_sort(struct addresses *addresses, bool (*is_reachable)(const struct address *))
{
    struct addresses sorted = {.count = 0};
    bool good[ADDRESSES_MAX], bad[ADDRESSES_MAX];
    for (size_t i = 0; i < addresses->count; i++) {
        good[i] = is_reachable == NULL || is_reachable(&addresses->list[i]);
        bad[i] = !good[i];
    }
    take_turns(addresses, good, &sorted);
    take_turns(addresses, bad, &sorted);
    *addresses = sorted;
}

bool address_has_route(const struct address *address)
{
    int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool has = connect(fd, &address->any, address->length) == 0;
    (void)close(fd);
    return has;
}
