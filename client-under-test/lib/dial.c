#include "lib/dial.h"

#include "lib/memory.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#define NEXT_ADDRESS_S 0.25

/* One address that is being connected to. */
struct attempt {
    struct dial *dial; /* borrowed */
    int fd;            /* -1: not begun, or over */
    ev_io io;
};

struct dial {
    struct ev_loop *loop; /* borrowed */
    struct addresses addresses;
    struct attempt attempts[ADDRESSES_MAX];
    size_t begun, failed;
    int last_errno;
    int send_buffer_bytes;
    ev_timer next; /* when the next address is begun; or at once, when there is something to tell */
    dial_done *on_done;
    void *userdata;
};

static void begin_next(struct dial *dial);

static int make_socket(const struct dial *dial, const struct address *address)
{
    int yes = 1;
    int fd =
        socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (dial->send_buffer_bytes > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &dial->send_buffer_bytes,
                         sizeof dial->send_buffer_bytes);
    return fd;
}

/* ---- the end ---- */

static void stop(struct attempt *attempt)
{
    if (attempt->fd < 0)
        return;
    ev_io_stop(attempt->dial->loop, &attempt->io);
    (void)close(attempt->fd);
    attempt->fd = -1;
}

static void let_go(struct dial *dial)
{
    ev_timer_stop(dial->loop, &dial->next);
    for (size_t i = 0; i < dial->begun; i++)
        stop(&dial->attempts[i]);
}

static void end_with(struct dial *dial, int fd, int number)
{
    let_go(dial);
    dial->on_done(dial->userdata, fd, number);
}

void dial_free(struct dial **dial)
{
    if (*dial == NULL)
        return;
    let_go(*dial);
    free(*dial);
    *dial = NULL;
}

/* ---- the attempts ---- */

static void succeed(struct attempt *attempt)
{
    int fd = attempt->fd;
    ev_io_stop(attempt->dial->loop, &attempt->io);
    attempt->fd = -1;
    end_with(attempt->dial, fd, 0);
}

/* The next address is not waited for any longer. */
static void fail(struct attempt *attempt, int number)
{
    struct dial *dial = attempt->dial;
    stop(attempt);
    dial->last_errno = number;
    dial->failed++;
    ev_timer_stop(dial->loop, &dial->next);
    ev_feed_event(dial->loop, &dial->next, EV_TIMER);
}

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
    struct attempt *attempt = io->data;
    int number = 0;
    socklen_t length = sizeof number;
    (void)loop, (void)events;
    (void)getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &number, &length);
    if (number == 0)
        succeed(attempt);
    else
        fail(attempt, number);
}

static void begin(struct attempt *attempt, const struct address *address)
{
    struct dial *dial = attempt->dial;
    attempt->fd = make_socket(dial, address);
    if (attempt->fd < 0) {
        fail(attempt, errno);
        return;
    }
    if (connect(attempt->fd, &address->any, address->length) != 0 && errno != EINPROGRESS &&
        errno != EINTR) {
        fail(attempt, errno);
        return;
    }
    ev_io_set(&attempt->io, attempt->fd, EV_WRITE);
    ev_io_start(dial->loop, &attempt->io);
    if (dial->begun < dial->addresses.count) {
        ev_now_update(dial->loop);
        ev_timer_set(&dial->next, NEXT_ADDRESS_S, 0);
        ev_timer_start(dial->loop, &dial->next);
    }
}

static void begin_next(struct dial *dial)
{
    size_t i = dial->begun++;
    begin(&dial->attempts[i], &dial->addresses.list[i]);
}

static void on_next(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct dial *dial = timer->data;
    (void)loop, (void)events;
    if (dial->begun < dial->addresses.count)
        begin_next(dial);
    else if (dial->failed == dial->begun)
        end_with(dial, -1, dial->last_errno);
}

struct dial *dial_start(struct ev_loop *loop, const struct dial_setup *setup)
{
    struct dial *dial = memory_zeroed(sizeof *dial);
    dial->loop = loop;
    dial->addresses = *setup->addresses;
    dial->send_buffer_bytes = setup->send_buffer_bytes;
    dial->on_done = setup->on_done;
    dial->userdata = setup->userdata;
    ev_timer_init(&dial->next, on_next, 0, 0);
    dial->next.data = dial;
    for (size_t i = 0; i < ADDRESSES_MAX; i++) {
        struct attempt *attempt = &dial->attempts[i];
        *attempt = (struct attempt){.dial = dial, .fd = -1};
        ev_init(&attempt->io, on_writable);
        attempt->io.data = attempt;
    }
    begin_next(dial);
    return dial;
}
