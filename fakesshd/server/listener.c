#include "server/listener.h"

#include "base/clock.h"
#include "base/scenario.h"
#include "server/conn.h"
#include "server/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { ACCEPTS_PER_CALL = 64, BACKLOG_USUAL = 4096, FILL_MS = 1000, SMALL_BUFFER_BYTES = 2048 };

/* How often a full backlog is looked at; how late a SYN may come again. */
#define WATCH_EVERY_S 0.02
#define SYN_LATE_S    0.15

/* ---- addresses ---- */

enum err address_of_slot(const char *host, int slot, int port, union address *address,
                         struct err_text *error)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons((uint16_t)port);
        unsigned char *octets = (unsigned char *)&address->v4.sin_addr;
        if (slot > 0)
            octets[2] = (unsigned char)slot;
        return ERR_NONE;
    }
    if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1) {
        if (slot > 0)
            return err_set(error, ERR_USAGE, "--slots: only 127.x.0.1 addresses have slots, not %s",
                           host);
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons((uint16_t)port);
        return ERR_NONE;
    }
    return err_set(error, ERR_USAGE, "--listen: expected an IP address, found '%s'", host);
}

bool address_is_loopback(const union address *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
    return (ntohl(address->v4.sin_addr.s_addr) >> 24) == 127;
}

int address_port(const union address *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

void address_print(const union address *address, char text[64])
{
    const void *bytes = address->any.sa_family == AF_INET6 ? (const void *)&address->v6.sin6_addr
                                                           : (const void *)&address->v4.sin_addr;
    if (inet_ntop(address->any.sa_family, bytes, text, 64) == NULL)
        text[0] = '\0';
}

static socklen_t address_size(const union address *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

/* ---- a backlog that has room late ---- */

/* listen(fd, 0) lets one connection through, and the next connect hangs (Linux, loopback). The one
 * that gets through is our own. */
static enum err fill_backlog(struct listener *listener, struct err_text *error)
{
    int fd = socket(listener->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    listener->filler_fd = fd;
    if (fd < 0)
        return err_set_errno(error, "cannot make a socket");
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (connect(fd, &listener->address.any, address_size(&listener->address)) != 0 &&
        (errno != EINPROGRESS || poll(&ready, 1, FILL_MS) != 1))
        return err_set_errno(error, "cannot fill the backlog of port %d",
                             address_port(&listener->address));
    return ERR_NONE;
}

static bool opens_late(const struct listener *listener)
{
    return listener->service->scenario->listen_opens_after_ns >= 0;
}

/* How many SYNs the kernel has dropped for want of room. */
static uint32_t dropped_syns(const struct listener *listener)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof memory;
    (void)getsockopt(listener->fd, SOL_SOCKET, SO_MEMINFO, memory, &size);
    return memory[SK_MEMINFO_DROPS];
}

static void close_filler(struct listener *listener)
{
    if (listener->filler_fd >= 0)
        (void)close(listener->filler_fd);
    listener->filler_fd = -1;
}

static void tell(const struct listener *listener, const char *text)
{
    event_log_write(&listener->service->server->log, EVENT_LOG, "{s:i, s:i, s:o}", "conn", 0,
                    "slot", listener->slot, "text",
                    json_sprintf("%s: %s", listener->service->scenario->id, text));
}

/* There is no more room: the next client's SYN will be dropped. */
static void turn_away(struct listener *listener)
{
    struct ev_loop *loop = listener->service->server->loop;
    struct err_text ignored;
    ev_io_stop(loop, &listener->readable);
    ev_timer_stop(loop, &listener->turnover);
    (void)fill_backlog(listener, &ignored);
    listener->dropped = dropped_syns(listener);
    ev_timer_again(loop, &listener->watch);
    tell(listener, "no room for a connection any more: SYNs are dropped");
}

/* The kernel sends a SYN again 1, 3, 7, ... s after the first. */
static double next_syn_s(double after_s)
{
    double at_s = 1.;
    while (at_s <= after_s)
        at_s = 2. * at_s + 1.;
    return at_s - after_s;
}

static void on_turnover(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)revents;
    struct listener *listener = timer->data;
    if (listener->filler_fd < 0) {
        turn_away(listener); /* whom this was for has given up */
        return;
    }
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        (void)close(fd);
    close_filler(listener);
    tell(listener, "there is room for a connection");
    ev_io_start(loop, &listener->readable);
    int64_t after_ns = listener->service->scenario->listen_opens_after_ns;
    ev_timer_set(timer, next_syn_s(clock_seconds_from_ns(after_ns)) + SYN_LATE_S, 0.);
    ev_timer_start(loop, timer);
}

static void on_watch(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)revents;
    struct listener *listener = timer->data;
    if (dropped_syns(listener) == listener->dropped)
        return;
    ev_timer_stop(loop, timer);
    int64_t after_ns = listener->service->scenario->listen_opens_after_ns;
    ev_timer_set(&listener->turnover, clock_seconds_from_ns(after_ns), 0.);
    ev_timer_start(loop, &listener->turnover);
}

/* ---- accepting ---- */

static void on_resume(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)revents;
    struct listener *listener = timer->data;
    ev_io_start(loop, &listener->readable);
}

/* Out of descriptors: what is connected goes on; new clients wait in the backlog. */
static void pause_accepting(struct listener *listener, int number)
{
    struct server *server = listener->service->server;
    char text[160];
    (void)snprintf(text, sizeof text,
                   "no connection can be accepted: %s (%u are open); trying again in 0.2 s",
                   strerror(number), server->conns_open);
    event_log_write(&server->log, EVENT_LOG, "{s:i, s:i, s:s}", "conn", 0, "slot", listener->slot,
                    "text", text);
    ev_io_stop(server->loop, &listener->readable);
    ev_timer_stop(server->loop, &listener->resume);
    ev_timer_set(&listener->resume, 0.2, 0.);
    ev_timer_start(server->loop, &listener->resume);
}

static void on_accept(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    struct listener *listener = io->data;
    for (int i = 0; i < ACCEPTS_PER_CALL; i++) {
        union address peer = {.any = {0}};
        socklen_t size = sizeof peer;
        int fd = accept4(listener->fd, &peer.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                pause_accepting(listener, errno);
            return;
        }
        int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        char host[64], text[96];
        address_print(&peer, host);
        (void)snprintf(text, sizeof text, "%s:%d", host, address_port(&peer));
        (void)conn_new(listener->service->server, listener->service, fd, listener->slot, text);
        if (opens_late(listener)) {
            turn_away(listener);
            return;
        }
    }
}

/* ---- opening ---- */

static enum err bind_and_listen(struct listener *listener, struct err_text *error)
{
    const struct scenario *scenario = listener->service->scenario;
    int on = 1;
    char host[64];
    address_print(&listener->address, host);
    (void)setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = address_size(&listener->address);
    if (bind(listener->fd, &listener->address.any, size) != 0)
        return err_set_errno(error, "cannot listen on %s port %d", host,
                             address_port(&listener->address));
    (void)getsockname(listener->fd, &listener->address.any, &size);
    if (scenario->listen_refuse)
        return ERR_NONE; /* bound and not listening: connecting is refused */
    int backlog = scenario->listen_backlog >= 0 ? scenario->listen_backlog : BACKLOG_USUAL;
    if (scenario->listen_small_buffer) {
        /* Inherited by the accepted sockets; a client that sends much is stopped soon. */
        int bytes = SMALL_BUFFER_BYTES;
        (void)setsockopt(listener->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    if (listen(listener->fd, backlog) != 0)
        return err_set_errno(error, "cannot listen on %s port %d", host,
                             address_port(&listener->address));
    if (scenario->listen_backlog >= 0)
        return fill_backlog(listener, error);
    return ERR_NONE;
}

enum err listener_open(struct listener *listener, struct service *service, int slot, int port,
                       struct err_text *error)
{
    memset(listener, 0, sizeof *listener);
    listener->service = service;
    listener->slot = slot;
    listener->fd = listener->filler_fd = -1;
    enum err failed =
        address_of_slot(service->server->options.host, slot, port, &listener->address, error);
    if (failed != ERR_NONE)
        return failed;
    listener->fd =
        socket(listener->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0)
        return err_set_errno(error, "cannot make a socket");
    ev_io_init(&listener->readable, on_accept, listener->fd, EV_READ);
    listener->readable.data = listener;
    ev_timer_init(&listener->resume, on_resume, 0., 0.);
    listener->resume.data = listener;
    ev_timer_init(&listener->watch, on_watch, 0., WATCH_EVERY_S);
    listener->watch.data = listener;
    ev_timer_init(&listener->turnover, on_turnover, 0., 0.);
    listener->turnover.data = listener;
    return bind_and_listen(listener, error);
}

void listener_start(struct listener *listener)
{
    const struct scenario *scenario = listener->service->scenario;
    listener->dropped = dropped_syns(listener);
    if (opens_late(listener))
        ev_timer_again(listener->service->server->loop, &listener->watch);
    if (scenario->listen_accept && !scenario->listen_refuse)
        ev_io_start(listener->service->server->loop, &listener->readable);
}

void listener_close(struct listener *listener)
{
    if (listener->service == NULL)
        return;
    ev_io_stop(listener->service->server->loop, &listener->readable);
    ev_timer_stop(listener->service->server->loop, &listener->resume);
    ev_timer_stop(listener->service->server->loop, &listener->watch);
    ev_timer_stop(listener->service->server->loop, &listener->turnover);
    close_filler(listener);
    if (listener->fd >= 0)
        (void)close(listener->fd);
    listener->fd = -1;
}
