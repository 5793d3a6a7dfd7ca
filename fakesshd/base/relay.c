#include "base/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 32 * 1024 };

/* One direction. */
struct way {
    int from, to;
    size_t most; /* how many bytes one write may have, so that it never waits */
    size_t start, end;
    bool ended; /* nothing more comes */
    char bytes[BUFFER_BYTES];
};

static bool is_empty(const struct way *way)
{
    return way->start == way->end;
}

static bool would_wait(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* 0, or the number of the error. */
static int pull(struct way *way)
{
    ssize_t got = read(way->from, way->bytes, sizeof way->bytes);
    if (got < 0)
        return would_wait() ? 0 : errno;
    way->ended = got == 0;
    way->start = 0;
    way->end = (size_t)got;
    return 0;
}

static int push(struct way *way)
{
    size_t length = way->end - way->start;
    ssize_t put = write(way->to, way->bytes + way->start, length < way->most ? length : way->most);
    if (put < 0)
        return would_wait() ? 0 : errno;
    way->start += (size_t)put;
    return 0;
}

/* What is watched: reading while nothing waits to be passed on, writing while something does. */
static void watch(const struct way *way, struct pollfd *from, struct pollfd *to)
{
    bool reads = is_empty(way) && !way->ended;
    *from = (struct pollfd){.fd = reads ? way->from : -1, .events = POLLIN};
    *to = (struct pollfd){.fd = is_empty(way) ? -1 : way->to, .events = POLLOUT};
}

static int move(struct way *way, const struct pollfd *from, const struct pollfd *to)
{
    int number = 0;
    if (from->revents != 0)
        number = pull(way);
    if (number == 0 && to->revents != 0)
        number = push(way);
    return number;
}

/* Who reads the output may leave at any time: that is an end, too. */
static bool reader_left(int out_fd)
{
    struct pollfd out = {.fd = out_fd, .events = 0};
    return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

enum err relay_connect(int out_fd, int socket_fd, const struct sockaddr *address, socklen_t size,
                       struct err_text *error)
{
    int flags = fcntl(socket_fd, F_GETFL);
    (void)fcntl(socket_fd, F_SETFL, flags | O_NONBLOCK);
    int number = connect(socket_fd, address, size) == 0 ? 0 : errno;
    struct pollfd fds[2] = {{.fd = socket_fd, .events = POLLOUT}, {.fd = out_fd, .events = 0}};
    while (number == EINPROGRESS && fds[0].revents == 0 && fds[1].revents == 0)
        (void)poll(fds, 2, -1);
    if (fds[1].revents != 0)
        return err_set(error, ERR_SYSTEM, "nobody waits for the connection any more");
    socklen_t length = sizeof number;
    if (number == EINPROGRESS)
        (void)getsockopt(socket_fd, SOL_SOCKET, SO_ERROR, &number, &length);
    (void)fcntl(socket_fd, F_SETFL, flags);
    return number == 0 ? ERR_NONE : err_set(error, ERR_SYSTEM, "%s", strerror(number));
}

enum err relay_run(int in_fd, int out_fd, int socket_fd, struct err_text *error)
{
    struct way up = {.from = in_fd, .to = socket_fd, .most = PIPE_BUF};
    struct way down = {.from = socket_fd, .to = out_fd, .most = PIPE_BUF};
    bool fin_sent = false;
    while (!(down.ended && is_empty(&down)) && !reader_left(out_fd)) {
        struct pollfd fds[5];
        watch(&up, &fds[0], &fds[1]);
        watch(&down, &fds[2], &fds[3]);
        fds[4] = (struct pollfd){.fd = out_fd, .events = 0}; /* POLLERR comes unasked */
        if (poll(fds, 5, -1) < 0 && errno != EINTR)
            return err_set_errno(error, "cannot wait for bytes");
        int number = move(&up, &fds[0], &fds[1]);
        if (number == 0)
            number = move(&down, &fds[2], &fds[3]);
        if (number == EPIPE && reader_left(out_fd))
            break;
        if (number != 0)
            return err_set(error, ERR_SYSTEM, "the connection broke: %s", strerror(number));
        if (up.ended && is_empty(&up) && !fin_sent) {
            fin_sent = true;
            (void)shutdown(socket_fd, SHUT_WR);
        }
    }
    return ERR_NONE;
}
