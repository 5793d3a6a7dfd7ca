#include "lease/door.h"

#include "base/event.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

union door_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un un;
};

/* ---- words ---- */

static enum err refuse(struct err_text *error, const char *word)
{
    return err_set(error, ERR_USAGE,
                   "--control: expected unix:PATH or a loopback ADDRESS:PORT, found '%.200s'",
                   word);
}

static bool make_address(const struct door *door, union door_address *address, socklen_t *size)
{
    memset(address, 0, sizeof *address);
    if (door->is_unix) {
        address->un.sun_family = AF_UNIX;
        memcpy(address->un.sun_path, door->path, strlen(door->path));
        *size = sizeof address->un;
        return true;
    }
    if (inet_pton(AF_INET, door->host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons((uint16_t)door->port);
        *size = sizeof address->v4;
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
    }
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = htons((uint16_t)door->port);
    *size = sizeof address->v6;
    return inet_pton(AF_INET6, door->host, &address->v6.sin6_addr) == 1 &&
           IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
}

static enum err parse_path(const char *path, struct door *door, struct err_text *error)
{
    door->is_unix = true;
    if (path[0] == '\0' || strlen(path) >= sizeof door->path)
        return err_set(error, ERR_USAGE,
                       "--control: the path of a socket has 1 to %zu bytes, found %zu",
                       sizeof door->path - 1, strlen(path));
    (void)snprintf(door->path, sizeof door->path, "%s", path);
    return ERR_NONE;
}

enum err door_parse(const char *word, struct door *door, struct err_text *error)
{
    *door = (struct door){.fd = -1};
    if (strncmp(word, "unix:", 5) == 0)
        return parse_path(word + 5, door, error);
    const char *colon = strrchr(word, ':');
    if (colon == NULL)
        return refuse(error, word);
    size_t length = (size_t)(colon - word);
    bool bracketed = length >= 2 && word[0] == '[' && word[length - 1] == ']';
    const char *host = bracketed ? word + 1 : word;
    length -= bracketed ? 2 : 0;
    char *end = NULL;
    long port = strtol(colon + 1, &end, 10);
    if (length == 0 || length >= sizeof door->host || end == colon + 1 || *end != '\0' ||
        port < 0 || port > 65535)
        return refuse(error, word);
    (void)snprintf(door->host, sizeof door->host, "%.*s", (int)length, host);
    door->port = (int)port;
    union door_address address;
    socklen_t size = 0;
    return make_address(door, &address, &size) ? ERR_NONE : refuse(error, word);
}

/* ---- listening ---- */

/* A socket's file stays behind when its server is killed. */
static enum err remove_stale(const struct door *door, struct err_text *error)
{
    struct stat about;
    if (lstat(door->path, &about) != 0)
        return ERR_NONE;
    if (!S_ISSOCK(about.st_mode))
        return err_set(error, ERR_USAGE, "--control: %s is there already, and no socket",
                       door->path);
    union door_address address;
    socklen_t size = 0;
    (void)make_address(door, &address, &size);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool is_served = fd >= 0 && (connect(fd, &address.any, size) == 0 || errno == EAGAIN);
    if (fd >= 0)
        (void)close(fd);
    if (is_served)
        return err_set(error, ERR_USAGE, "--control: another server listens on %s", door->path);
    return unlink(door->path) == 0
               ? ERR_NONE
               : err_set_errno(error, "--control: cannot remove the old socket %s", door->path);
}

static enum err bind_and_listen(struct door *door, struct err_text *error)
{
    union door_address address;
    socklen_t size = 0;
    int on = 1;
    (void)make_address(door, &address, &size);
    door->fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (door->fd < 0)
        return err_set_errno(error, "--control: cannot make a socket");
    if (!door->is_unix)
        (void)setsockopt(door->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    mode_t mask = umask(0177);
    bool bound = bind(door->fd, &address.any, size) == 0;
    int number = errno;
    (void)umask(mask);
    errno = number;
    if (bound && listen(door->fd, BACKLOG) == 0 &&
        getsockname(door->fd, &address.any, &size) == 0) {
        if (!door->is_unix)
            door->port = ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                                 : address.v4.sin_port);
        return ERR_NONE;
    }
    if (door->is_unix)
        return err_set_errno(error, "--control: cannot listen on %s", door->path);
    return err_set_errno(error, "--control: cannot listen on %s port %d", door->host, door->port);
}

enum err door_open(struct door *door, struct err_text *error)
{
    enum err failed = door->is_unix ? remove_stale(door, error) : ERR_NONE;
    if (failed == ERR_NONE)
        failed = bind_and_listen(door, error);
    return failed;
}

json_t *door_json(const struct door *door)
{
    const char *event = event_name(EVENT_CONTROL);
    int pid = (int)getpid();
    if (door->is_unix)
        return json_pack("{s:s, s:i, s:s, s:i}", "event", event, "schema", 1, "unix", door->path,
                         "pid", pid);
    bool is_v6 = strchr(door->host, ':') != NULL;
    json_t *url = json_sprintf("http://%s%s%s:%d", is_v6 ? "[" : "", door->host, is_v6 ? "]" : "",
                               door->port);
    return json_pack("{s:s, s:i, s:o, s:i}", "event", event, "schema", 1, "url", url, "pid", pid);
}

/* ---- who comes in ---- */

bool door_lets_in(const struct door *door, const char *host_header, const char *origin_header)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    if (door->is_unix)
        return true;
    if (origin_header != NULL)
        return false;
    if (host_header == NULL)
        return true; /* HTTP/1.0: no browser */
    const char *colon = strrchr(host_header, ':');
    const char *bracket = strchr(host_header, ']');
    bool has_port = colon != NULL && (bracket == NULL || colon > bracket);
    size_t length = has_port ? (size_t)(colon - host_header) : strlen(host_header);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && strncasecmp(names[i], host_header, length) == 0)
            return true;
    }
    return strlen(door->host) == length && strncmp(door->host, host_header, length) == 0;
}

void door_close(struct door *door)
{
    if (door->fd >= 0)
        (void)close(door->fd);
    door->fd = -1;
    if (door->is_unix)
        (void)unlink(door->path);
}
