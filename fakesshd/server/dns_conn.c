/* A client that asks for names over TCP: messages with two bytes of length before each (RFC 1035
 * 4.2.2), one answered after the other (RFC 7766 6.2.1). */
#include "server/dns.h"

#include "server/buffer.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PREFIX_BYTES = 2, ASKED_MAX_BYTES = 4096 };

/* A timer that is due may see a clock that is short of it by less than this. */
#define TIMER_SLACK_MS 0.5

enum conn_state {
    CONN_READS, /* for a question */
    CONN_WAITS, /* until the answer is due */
    CONN_WRITES,
    CONN_MUTE /* says nothing more; a client that leaves is seen */
};

struct dns_conn {
    struct dns_conn *next, *previous, **list;
    struct dns_slot *slot; /* borrowed */
    int fd;                /* owned */
    enum conn_state state;
    struct buffer asked;
    struct dns_reply reply;
    uint8_t out[PREFIX_BYTES + DNS_ANSWER_MAX_BYTES];
    size_t out_length, out_sent;
    int64_t every_ms; /* 0: all bytes at once */
    ev_tstamp begun;  /* when the first byte was due */
    ev_io readable, writable;
    ev_timer due;
};

static void conn_free(struct dns_conn *conn)
{
    struct ev_loop *loop = dns_slot_loop(conn->slot);
    ev_io_stop(loop, &conn->readable);
    ev_io_stop(loop, &conn->writable);
    ev_timer_stop(loop, &conn->due);
    if (conn->previous != NULL)
        conn->previous->next = conn->next;
    else
        *conn->list = conn->next;
    if (conn->next != NULL)
        conn->next->previous = conn->previous;
    (void)close(conn->fd);
    buffer_fini(&conn->asked);
    free(conn);
}

void dns_conn_close_all(struct dns_conn **list)
{
    struct dns_conn *next = NULL;
    for (struct dns_conn *conn = *list; conn != NULL; conn = next) {
        next = conn->next;
        conn_free(conn);
    }
}

static void wait_ms(struct dns_conn *conn, int64_t ms)
{
    struct ev_loop *loop = dns_slot_loop(conn->slot);
    ev_timer_stop(loop, &conn->due);
    ev_timer_set(&conn->due, (double)ms / 1000., 0.);
    ev_timer_start(loop, &conn->due);
}

/* ---- answering ---- */

static void begin_answer(struct dns_conn *conn)
{
    const struct dns_reply *reply = &conn->reply;
    if (reply->rule.says == DNS_SAYS_FIN) {
        (void)shutdown(conn->fd, SHUT_WR);
        conn->state = CONN_MUTE;
        return;
    }
    if (reply->length == 0) {
        conn->state = CONN_MUTE;
        return;
    }
    conn->out[0] = (uint8_t)(reply->length >> 8);
    conn->out[1] = (uint8_t)reply->length;
    memcpy(conn->out + PREFIX_BYTES, reply->bytes, reply->sent_bytes);
    conn->out_length = PREFIX_BYTES + reply->sent_bytes;
    conn->out_sent = 0;
    conn->every_ms = dns_rule_every_ms(&reply->rule, dns_slot_deadline_ms(conn->slot));
    conn->begun = ev_now(dns_slot_loop(conn->slot));
    conn->state = CONN_WRITES;
}

/* How many bytes may be out by now. Counted from the first: a late timer delays one, not all. */
static size_t allowed_bytes(const struct dns_conn *conn)
{
    if (conn->every_ms == 0)
        return conn->out_length;
    double passed_ms = (ev_now(dns_slot_loop(conn->slot)) - conn->begun) * 1000;
    size_t allowed = 1 + (size_t)((passed_ms + TIMER_SLACK_MS) / (double)conn->every_ms);
    return allowed < conn->out_length ? allowed : conn->out_length;
}

static int64_t next_byte_ms(const struct dns_conn *conn)
{
    double passed_ms = (ev_now(dns_slot_loop(conn->slot)) - conn->begun) * 1000;
    int64_t left_ms = (int64_t)conn->out_sent * conn->every_ms - (int64_t)passed_ms;
    return left_ms > 0 ? left_ms : 0;
}

/* Takes the next whole question out of what was sent. False when there is none yet. */
static bool next_question(struct dns_conn *conn)
{
    for (;;) {
        const uint8_t *front = (const uint8_t *)buffer_front(&conn->asked);
        size_t have = buffer_length(&conn->asked);
        if (have < PREFIX_BYTES)
            return false;
        size_t length = (size_t)(front[0] << 8 | front[1]);
        if (have < PREFIX_BYTES + length)
            return false;
        bool asked =
            dns_slot_reply(conn->slot, DNS_TCP, front + PREFIX_BYTES, length, &conn->reply);
        buffer_take(&conn->asked, PREFIX_BYTES + length);
        if (asked)
            return true;
    }
}

/* Sends what may go now. False when the connection is broken. */
static bool write_some(struct dns_conn *conn)
{
    size_t allowed = allowed_bytes(conn);
    while (conn->out_sent < allowed) {
        size_t length = conn->every_ms > 0 ? 1 : allowed - conn->out_sent;
        ssize_t sent = send(conn->fd, conn->out + conn->out_sent, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (sent < 0) {
            ev_io_start(dns_slot_loop(conn->slot), &conn->writable);
            return true;
        }
        conn->out_sent += (size_t)sent;
    }
    if (conn->out_sent < conn->out_length) {
        wait_ms(conn, next_byte_ms(conn));
        return true;
    }
    conn->state = conn->reply.sent_bytes < conn->reply.length ? CONN_MUTE : CONN_READS;
    return true;
}

/* Goes on as far as it goes without waiting. Frees a connection that is broken. */
static void advance(struct dns_conn *conn)
{
    while (conn->state == CONN_READS && next_question(conn)) {
        if (conn->reply.after_ms > 0) {
            conn->state = CONN_WAITS;
            wait_ms(conn, conn->reply.after_ms);
            return;
        }
        begin_answer(conn);
        if (conn->state == CONN_WRITES && !write_some(conn)) {
            conn_free(conn);
            return;
        }
    }
}

/* ---- callbacks ---- */

static void on_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct dns_conn *conn = timer->data;
    if (conn->state == CONN_WAITS)
        begin_answer(conn);
    if (conn->state == CONN_WRITES && !write_some(conn))
        conn_free(conn);
    else
        advance(conn);
}

static void on_writable(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    struct dns_conn *conn = io->data;
    ev_io_stop(loop, io);
    if (conn->state == CONN_WRITES && !write_some(conn))
        conn_free(conn);
    else
        advance(conn);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    struct dns_conn *conn = io->data;
    char *room = buffer_room(&conn->asked, ASKED_MAX_BYTES);
    ssize_t got = room == NULL ? -1 : recv(conn->fd, room, ASKED_MAX_BYTES, 0);
    if (got < 0 && room != NULL && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        conn_free(conn);
        return;
    }
    if (conn->state == CONN_MUTE)
        return; /* what is asked now is not heard */
    buffer_added(&conn->asked, (size_t)got);
    if (buffer_length(&conn->asked) > ASKED_MAX_BYTES)
        conn_free(conn); /* far more than one question: no client of ours */
    else
        advance(conn);
}

void dns_conn_new(struct dns_slot *slot, int fd, struct dns_conn **list)
{
    struct dns_conn *conn = calloc(1, sizeof *conn);
    int on = 1;
    if (conn == NULL) {
        (void)close(fd);
        return;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    conn->slot = slot;
    conn->fd = fd;
    conn->list = list;
    conn->next = *list;
    if (*list != NULL)
        (*list)->previous = conn;
    *list = conn;
    ev_io_init(&conn->readable, on_readable, fd, EV_READ);
    ev_io_init(&conn->writable, on_writable, fd, EV_WRITE);
    ev_timer_init(&conn->due, on_due, 0., 0.);
    conn->readable.data = conn->writable.data = conn->due.data = conn;
    ev_io_start(dns_slot_loop(slot), &conn->readable);
}
