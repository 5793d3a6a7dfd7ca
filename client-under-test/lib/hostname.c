#include "lib/hostname.h"

#include "lib/file.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOSTS_FILE  "/etc/hosts"
#define HOSTS_LIMIT ((size_t)4 * 1024 * 1024)
#define SPACE       " \t\r"

enum { NAME_MAX_BYTES = 254 }; /* RFC 1035 2.3.4, with a dot at the end */

static bool literal_v4(const char *text, int port, struct address *address)
{
    struct in_addr ip;
    if (inet_pton(AF_INET, text, &ip) != 1)
        return false;
    *address = address_of_v4(&ip, port);
    return true;
}

/* RFC 4007 11: an address may carry the zone it is meant in, "fe80::1%eth0". */
static bool literal_v6(const char *text, int port, struct address *address)
{
    char digits[INET6_ADDRSTRLEN + 1];
    struct in6_addr ip;
    unsigned scope_id = 0;
    size_t length = strcspn(text, "%");
    if (length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (inet_pton(AF_INET6, digits, &ip) != 1)
        return false;
    if (text[length] == '%') {
        scope_id = if_nametoindex(text + length + 1);
        if (scope_id == 0)
            return false;
    }
    *address = address_of_v6(&ip, scope_id, port);
    return true;
}

bool hostname_literal(const char *host, int port, struct address *address)
{
    return literal_v4(host, port, address) || literal_v6(host, port, address);
}

static void add_if_named(char *line, const char *name, int port, struct addresses *addresses)
{
    struct address address;
    char *rest = NULL;
    char *first = strtok_r(line, SPACE, &rest);
    for (char *word = first == NULL ? NULL : strtok_r(NULL, SPACE, &rest); word != NULL;
         word = strtok_r(NULL, SPACE, &rest)) {
        if (strcasecmp(word, name) == 0 && hostname_literal(first, port, &address))
            (void)addresses_add(addresses, &address);
    }
}

bool hostname_find(const char *hosts_text, const char *name, int port, struct addresses *addresses)
{
    char line[1024];
    for (const char *at = hosts_text; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)length, at);
        at += length + (at[length] == '\n' ? 1 : 0);
        line[strcspn(line, "#")] = '\0';
        add_if_named(line, name, port, addresses);
    }
    return addresses->count > 0;
}

bool hostname_in_hosts(const char *host, int port, struct addresses *addresses)
{
    struct err_text unread;
    char *text = NULL;
    if (!file_read(HOSTS_FILE, HOSTS_LIMIT, &text, &unread))
        return false;
    bool found = hostname_find(text, host, port, addresses);
    free(text);
    return found;
}

bool hostname_is_name(const char *host)
{
    size_t length = strlen(host);
    return length > 0 && length <= NAME_MAX_BYTES &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               length;
}

bool hostname_check_server(const char *server, struct err_text *error)
{
    char text[64];
    struct in_addr v4;
    struct in6_addr v6;
    const char *port = strrchr(server, ':');
    bool bracketed = server[0] == '[' && port != NULL && port[-1] == ']';
    size_t length = port != NULL ? (size_t)(port - server) : 0;
    char *end = NULL;
    long number = port != NULL ? strtol(port + 1, &end, 10) : 0;
    if (length > 0 && length < sizeof text && port[1] >= '0' && port[1] <= '9' && *end == '\0' &&
        number >= 1 && number <= 65535) {
        size_t skip = bracketed ? 1 : 0;
        memcpy(text, server + skip, length - 2 * skip);
        text[length - 2 * skip] = '\0';
        if (inet_pton(bracketed ? AF_INET6 : AF_INET, text,
                      bracketed ? (void *)&v6 : (void *)&v4) == 1)
            return true;
    }
    return err_set(error, "expected ADDRESS:PORT, as in 127.0.0.1:53 or [::1]:53; found '%.60s'",
                   server);
}
