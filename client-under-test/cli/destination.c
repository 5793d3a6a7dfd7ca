#include "cli/destination.h"

#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

#define SCHEME "ssh://"

bool destination_read_port(const char *text, int *port, struct err_text *error)
{
    char *end = NULL;
    long number = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number < 1 || number > 65535)
        return err_set(error, "expected a port from 1 to 65535; found '%.40s'", text);
    *port = (int)number;
    return true;
}

/* Where the host ends and what port follows: NULL for none. One colon parts them; more are an IPv6
 * address, which needs brackets to have a port behind it. */
static bool split_host(char *text, char **host, char **port, struct err_text *error)
{
    char *first = strchr(text, ':');
    *host = text;
    *port = NULL;
    if (text[0] == '[') {
        char *end = strchr(text, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return err_set(error, "destination: expected [address]:port; found '%.100s'", text);
        *host = text + 1;
        *port = end[1] == ':' ? end + 2 : NULL;
        *end = '\0';
    } else if (first != NULL && strchr(first + 1, ':') == NULL) {
        *port = first + 1;
        *first = '\0';
    }
    return (*host)[0] != '\0' || err_set(error, "destination: the host's name is missing");
}

static bool read_copy(struct destination *destination, char *text, struct err_text *error)
{
    char *at = strrchr(text, '@'), *host = NULL, *port = NULL;
    struct err_text why = {""};
    if (at == text)
        return err_set(error, "destination: expected a user's name; found nothing");
    if (!split_host(at == NULL ? text : at + 1, &host, &port, error))
        return false;
    if (port != NULL && !destination_read_port(port, &destination->port, &why))
        return err_set(error, "destination: %.400s", why.text);
    if (at != NULL) {
        *at = '\0';
        destination->user = memory_text(text);
    }
    destination->host = memory_text(host);
    return true;
}

bool destination_read(struct destination *destination, const char *text, struct err_text *error)
{
    *destination = (struct destination){.user = NULL};
    bool is_url = strncmp(text, SCHEME, sizeof SCHEME - 1) == 0;
    char *copy = memory_text(is_url ? text + sizeof SCHEME - 1 : text);
    size_t length = strlen(copy);
    if (is_url && length > 0 && copy[length - 1] == '/')
        copy[length - 1] = '\0';
    bool good = read_copy(destination, copy, error);
    free(copy);
    return good;
}

void destination_fini(struct destination *destination)
{
    free(destination->user);
    free(destination->host);
}
