#include "hostname.h"

#include "file.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOSTS_FILE  "/etc/hosts"
#define HOSTS_LIMIT ((size_t)4 * 1024 * 1024)
#define SPACE       " \t\r"

static bool literal_v4(const char *text, int port, struct address *address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, text, &v4.sin_addr) != 1)
        return false;
    memcpy(&address->bytes, &v4, sizeof v4);
    address->length = sizeof v4;
    return true;
}

/* RFC 4007 11: an address may carry the zone it is meant in, "fe80::1%eth0". */
static bool literal_v6(const char *text, int port, struct address *address)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    char digits[INET6_ADDRSTRLEN + 1];
    size_t length = strcspn(text, "%");
    if (length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (inet_pton(AF_INET6, digits, &v6.sin6_addr) != 1)
        return false;
    if (text[length] == '%') {
        v6.sin6_scope_id = if_nametoindex(text + length + 1);
        if (v6.sin6_scope_id == 0)
            return false;
    }
    memcpy(&address->bytes, &v6, sizeof v6);
    address->length = sizeof v6;
    return true;
}

static bool literal(const char *text, int port, struct address *address)
{
    *address = (struct address){0};
    return literal_v4(text, port, address) || literal_v6(text, port, address);
}

bool hostname_find(const char *hosts_text, const char *name, int port, struct address *address)
{
    char line[1024];
    for (const char *at = hosts_text; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)length, at);
        at += length + (at[length] == '\n' ? 1 : 0);
        line[strcspn(line, "#")] = '\0';

        char *rest = NULL;
        char *first = strtok_r(line, SPACE, &rest);
        for (char *word = first == NULL ? NULL : strtok_r(NULL, SPACE, &rest); word != NULL;
             word = strtok_r(NULL, SPACE, &rest)) {
            if (strcasecmp(word, name) == 0 && literal(first, port, address))
                return true;
        }
    }
    return false;
}

bool hostname_resolve(const char *host, int port, struct address *address, struct err_text *error)
{
    if (literal(host, port, address))
        return true;
    char *text = NULL;
    if (!file_read(HOSTS_FILE, HOSTS_LIMIT, &text, error))
        return false;
    bool found = hostname_find(text, host, port, address);
    free(text);
    return found || err_set(error,
                            "host '%.100s' is neither an IP address nor a name in " HOSTS_FILE
                            " (names are not asked of the network)",
                            host);
}
