#include "server/wire.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE_BYTES = 16 * 1024, HANGUPS_PER_CALL = 64 };

static void wire_arm(struct wire *wire);
static void push_to_session(struct wire *wire);

/* ---- what is captured ---- */

static void captured_bytes(struct wire *wire, enum pcap_side from, const void *bytes,
                           ssize_t length)
{
    if (wire->capture != NULL && length > 0)
        pcap_bytes(wire->capture, from, bytes, (size_t)length, clock_now_ns());
}

static void captured_end(struct wire *wire, enum pcap_side from, bool reset)
{
    if (wire->capture != NULL)
        pcap_end(wire->capture, from, reset, clock_now_ns());
}

/* close() resets the connection when bytes were left unread. */
static void captured_close(struct wire *wire)
{
    int unread = 0;
    if (wire->capture == NULL || wire->end == WIRE_RST)
        return;
    bool resets = ioctl(wire->fd, FIONREAD, &unread) == 0 && unread > 0;
    if (resets || !wire->finished)
        captured_end(wire, PCAP_SERVER, resets);
}

/* ---- who left while nobody read ---- */

static void wire_ended(struct wire *wire, enum wire_end end)
{
    if (wire->end != WIRE_OPEN)
        return;
    wire->end = end;
    captured_end(wire, PCAP_CLIENT, end == WIRE_RST);
    wire_arm(wire);
    wire->events->on_end(wire, end);
}

static void on_hangup(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    struct hangup_watch *watch = io->data;
    struct epoll_event events[HANGUPS_PER_CALL];
    int count = epoll_wait(watch->epoll_fd, events, HANGUPS_PER_CALL, 0);
    for (int i = 0; i < count; i++) {
        bool reset = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0;
        wire_ended(events[i].data.ptr, reset ? WIRE_RST : WIRE_FIN);
    }
}

bool hangup_watch_init(struct hangup_watch *watch, struct ev_loop *loop)
{
    watch->loop = loop;
    watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (watch->epoll_fd < 0)
        return false;
    ev_io_init(&watch->ready, on_hangup, watch->epoll_fd, EV_READ);
    watch->ready.data = watch;
    ev_io_start(loop, &watch->ready);
    return true;
}

void hangup_watch_fini(struct hangup_watch *watch)
{
    ev_io_stop(watch->loop, &watch->ready);
    (void)close(watch->epoll_fd);
}

/* libev drops the descriptor from its own epoll set while it has no watcher, so nothing is told
 * when the client leaves: the second set asks for that alone. */
static void wire_watch_hangup(struct wire *wire, bool on)
{
    if (wire->watched == on)
        return;
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = wire};
    (void)epoll_ctl(wire->hangup->epoll_fd, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, wire->fd, &event);
    wire->watched = on;
}

/* ---- what is watched now ---- */

static bool wants_input(const struct wire *wire)
{
    return wire->end == WIRE_OPEN && !wire->reading_stopped && !gate_is_held(&wire->in) &&
           gate_ask_again_ns(&wire->in) == INT64_MAX &&
           buffer_length(&wire->input) < WIRE_INPUT_FULL_BYTES;
}

static void arm_gate_timer(struct wire *wire, int64_t now_ns)
{
    int64_t due_ns = INT64_MAX;
    if (wire->end == WIRE_OPEN && buffer_length(&wire->output) > 0)
        due_ns = gate_ask_again_ns(&wire->out);
    int64_t in_ns =
        wire->end == WIRE_OPEN && !wire->reading_stopped ? gate_ask_again_ns(&wire->in) : INT64_MAX;
    due_ns = in_ns < due_ns ? in_ns : due_ns;
    ev_timer_stop(wire->hangup->loop, &wire->gate_due);
    if (due_ns == INT64_MAX)
        return;
    double delay = due_ns > now_ns ? clock_seconds_from_ns(due_ns - now_ns) : 0.;
    /* libev counts from its cached time, which may be old by now. */
    ev_now_update(wire->hangup->loop);
    ev_timer_set(&wire->gate_due, delay, 0.);
    ev_timer_start(wire->hangup->loop, &wire->gate_due);
}

static void wire_arm(struct wire *wire)
{
    if (wire->fd < 0)
        return;
    int64_t now_ns = clock_now_ns();
    int events = wants_input(wire) ? EV_READ : 0;
    if (wire->end == WIRE_OPEN && buffer_length(&wire->output) > 0 &&
        gate_allow(&wire->out, 1, now_ns) > 0 && wire->output_was_full)
        events |= EV_WRITE;
    if (events != (wire->io.events & (EV_READ | EV_WRITE)) || !ev_is_active(&wire->io)) {
        ev_io_stop(wire->hangup->loop, &wire->io);
        ev_io_set(&wire->io, wire->fd, events);
        if (events != 0)
            ev_io_start(wire->hangup->loop, &wire->io);
    }
    wire_watch_hangup(wire, wire->end == WIRE_OPEN && (events & EV_READ) == 0);
    arm_gate_timer(wire, now_ns);
}

/* ---- towards the client ---- */

/* Holds that stand in front of the message that would pass next. */
static bool hold_strikes_before(struct wire *wire, enum packet_message message, bool starts)
{
    if (!starts || message == PACKET_NONE ||
        (message != wire->hold_before && message != wire->withheld))
        return false;
    bool again = gate_is_held(&wire->out);
    if (message == wire->withheld && wire->out.hold_at != wire->withheld_at)
        wire->cut_beyond = wire->out.hold_at;
    gate_hold(&wire->out);
    if (message == wire->withheld)
        wire->withheld_at = wire->out.hold_at;
    else
        wire->hold_before = PACKET_NONE;
    if (!again)
        wire->events->on_held(wire);
    return true;
}

void wire_withhold(struct wire *wire, enum packet_message message)
{
    if (wire->withheld_at != GATE_NEVER && wire->out.hold_at == wire->withheld_at)
        wire->out.hold_at = wire->cut_beyond;
    wire->withheld_at = wire->cut_beyond = GATE_NEVER;
    wire->withheld = message;
}

void wire_hold_here(struct wire *wire)
{
    uint64_t here = wire->out.passed + buffer_length(&wire->output);
    if (here < wire->out.hold_at)
        wire->out.hold_at = here;
}

bool wire_holds_back(const struct wire *wire)
{
    return wire->out.passed + buffer_length(&wire->output) > wire->out.hold_at;
}

static void message_sent(struct wire *wire, enum packet_message message)
{
    if (message == PACKET_NONE)
        return;
    if (message == wire->hold_after) {
        wire->hold_after = PACKET_NONE;
        gate_hold(&wire->out);
        wire->events->on_message(wire, message);
        wire->events->on_held(wire);
        return;
    }
    wire->events->on_message(wire, message);
}

/* Sends one piece; false when nothing more may or can be sent now. */
static bool send_piece(struct wire *wire)
{
    if (wire->finished || wire->end != WIRE_OPEN)
        buffer_fini(&wire->output);
    size_t available = buffer_length(&wire->output);
    if (available == 0 || wire->fd < 0 || wire->end != WIRE_OPEN)
        return false;
    char *bytes = wire->output.bytes + wire->output.start;
    enum packet_message message = PACKET_NONE;
    bool starts = false;
    size_t piece = packet_peek(&wire->stream, bytes, available, &message, &starts);
    if (piece == 0) {
        if (wire->hold_before != PACKET_NONE || wire->withheld != PACKET_NONE)
            return false; /* too few bytes to know whether to hold */
        piece = available;
    }
    if (hold_strikes_before(wire, message, starts))
        return false;
    int64_t now_ns = clock_now_ns();
    size_t allowed = gate_allow(&wire->out, piece, now_ns);
    if (allowed == 0)
        return false;
    gate_damage(&wire->out, bytes, allowed);
    ssize_t sent = send(wire->fd, bytes, allowed, MSG_NOSIGNAL);
    captured_bytes(wire, PCAP_SERVER, bytes, sent);
    if (sent < (ssize_t)allowed) {
        size_t rest = sent > 0 ? (size_t)sent : 0;
        gate_damage(&wire->out, bytes, allowed); /* a second time undoes it */
        gate_damage(&wire->out, bytes, rest);
    }
    if (sent <= 0) {
        wire->output_was_full = errno == EAGAIN || errno == EWOULDBLOCK;
        if (!wire->output_was_full)
            wire_ended(wire, WIRE_RST);
        return false;
    }
    wire->output_was_full = (size_t)sent < allowed;
    gate_pass(&wire->out, (size_t)sent, now_ns);
    bool held_now = gate_is_held(&wire->out);
    enum packet_message done = packet_pass(&wire->stream, bytes, available, (size_t)sent);
    buffer_take(&wire->output, (size_t)sent);
    wire->bytes_out += (uint64_t)sent;
    message_sent(wire, done);
    if (held_now)
        wire->events->on_held(wire);
    return true;
}

/* Reads what the session wrote; its end of the pair closes when it is through. */
static void pull_from_session(struct wire *wire)
{
    while (wire->pair_fd >= 0 && !wire->pair_drained &&
           buffer_length(&wire->output) < WIRE_OUTPUT_FULL_BYTES) {
        char *room = buffer_room(&wire->output, PIECE_BYTES);
        if (room == NULL)
            return;
        ssize_t got = read(wire->pair_fd, room, PIECE_BYTES);
        if (got > 0) {
            buffer_added(&wire->output, (size_t)got);
            continue;
        }
        if (buffer_length(&wire->output) == 0)
            buffer_fini(&wire->output);
        if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
            wire->pair_drained = true;
            wire->finishing = true;
            wire->deaf = true;
        }
        return;
    }
}

/* What a gate holds back for good is not waited for. */
static void finish_if_drained(struct wire *wire)
{
    if (wire->finishing && gate_is_held(&wire->out))
        buffer_fini(&wire->output);
    if (!wire->finishing || wire->finished || wire->fd < 0 || buffer_length(&wire->output) > 0)
        return;
    wire->finished = true;
    captured_end(wire, PCAP_SERVER, false);
    (void)shutdown(wire->fd, SHUT_WR); /* from here on the session's words are dropped */
}

void wire_move(struct wire *wire)
{
    size_t before = buffer_length(&wire->output);
    push_to_session(wire);
    do {
        pull_from_session(wire);
    } while (send_piece(wire));
    finish_if_drained(wire);
    wire_arm(wire);
    size_t after = buffer_length(&wire->output);
    if (after < WIRE_OUTPUT_FULL_BYTES && (before >= WIRE_OUTPUT_FULL_BYTES || after == 0))
        wire->events->on_room(wire);
}

bool wire_send(struct wire *wire, const void *bytes, size_t length)
{
    if (wire->end != WIRE_OPEN || wire->finishing || !buffer_add(&wire->output, bytes, length))
        return false;
    if (!wire->corked)
        wire_move(wire);
    return true;
}

size_t wire_unsent(const struct wire *wire)
{
    return buffer_length(&wire->output);
}

void wire_half_close(struct wire *wire)
{
    wire->finishing = true;
    wire_move(wire);
}

void wire_finish(struct wire *wire)
{
    wire->deaf = true;
    buffer_fini(&wire->input);
    wire_half_close(wire);
}

void wire_reset(struct wire *wire)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (wire->fd < 0)
        return;
    wire_watch_hangup(wire, false);
    ev_io_stop(wire->hangup->loop, &wire->io);
    ev_timer_stop(wire->hangup->loop, &wire->gate_due);
    (void)setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    captured_end(wire, PCAP_SERVER, true);
    (void)close(wire->fd);
    wire->fd = -1;
}

/* ---- from the client ---- */

/* Hands the session what has come; what does not fit waits in the input buffer. */
static void push_to_session(struct wire *wire)
{
    while (wire->pair_fd >= 0 && buffer_length(&wire->input) > 0) {
        ssize_t put = send(wire->pair_fd, buffer_front(&wire->input), buffer_length(&wire->input),
                           MSG_NOSIGNAL);
        if (put <= 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                buffer_fini(&wire->input); /* the session is gone */
            return;
        }
        buffer_take(&wire->input, (size_t)put);
    }
    if (wire->pair_fd >= 0 && wire->end != WIRE_OPEN)
        (void)shutdown(wire->pair_fd, SHUT_WR);
}

static void wire_pull(struct wire *wire)
{
    static char piece[PIECE_BYTES]; /* a connection that waits keeps no more than what came */
    int64_t now_ns = clock_now_ns();
    bool came = false;
    push_to_session(wire);
    for (int turns = 0; turns < 4; turns++) {
        if (wire->fd < 0 || wire->end != WIRE_OPEN || wire->reading_stopped ||
            buffer_length(&wire->input) >= WIRE_INPUT_FULL_BYTES)
            break;
        size_t allowed = gate_allow(&wire->in, PIECE_BYTES, now_ns);
        if (allowed == 0)
            break;
        ssize_t got = recv(wire->fd, piece, allowed, 0);
        captured_bytes(wire, PCAP_CLIENT, piece, got);
        if (got > 0) {
            gate_damage(&wire->in, piece, (size_t)got);
            gate_pass(&wire->in, (size_t)got, now_ns);
            wire->bytes_in += (uint64_t)got;
            if (!wire->deaf && !buffer_add(&wire->input, piece, (size_t)got))
                break;
            came = true;
        }
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            break;
        if (got > 0 && (size_t)got < allowed)
            break; /* all there was; its end, if it comes, is another event */
        if (got <= 0) {
            push_to_session(wire);
            wire_ended(wire, got == 0 ? WIRE_FIN : WIRE_RST);
            break;
        }
    }
    push_to_session(wire);
    if (came)
        wire->events->on_input(wire);
    wire_arm(wire);
}

static void on_socket_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop;
    struct wire *wire = io->data;
    if (revents & EV_WRITE)
        wire_move(wire);
    if (revents & EV_READ)
        wire_pull(wire);
}

static void on_gate_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct wire *wire = timer->data;
    wire_move(wire);
    wire_pull(wire);
}

void wire_stop_reading(struct wire *wire)
{
    wire->reading_stopped = true;
    wire_arm(wire);
}

void wire_resume_reading(struct wire *wire)
{
    wire->reading_stopped = false;
    wire_pull(wire);
}

/* ---- beginning and end ---- */

void wire_init(struct wire *wire, int fd, const struct wire_events *events,
               struct hangup_watch *hangup)
{
    memset(wire, 0, sizeof *wire);
    wire->events = events;
    wire->hangup = hangup;
    wire->fd = fd;
    wire->pair_fd = -1;
    gate_init(&wire->in);
    gate_init(&wire->out);
    wire->withheld_at = wire->cut_beyond = GATE_NEVER;
    ev_io_init(&wire->io, on_socket_ready, fd, EV_READ);
    wire->io.data = wire;
    ev_timer_init(&wire->gate_due, on_gate_due, 0., 0.);
    wire->gate_due.data = wire;
    ev_set_priority(&wire->gate_due, EV_MAXPRI);
    wire_arm(wire);
}

void wire_attach(struct wire *wire, int pair_fd)
{
    wire->pair_fd = pair_fd;
    push_to_session(wire);
}

void wire_fini(struct wire *wire)
{
    if (wire->fd >= 0) {
        wire_watch_hangup(wire, false);
        ev_io_stop(wire->hangup->loop, &wire->io);
        ev_timer_stop(wire->hangup->loop, &wire->gate_due);
        captured_close(wire);
        (void)close(wire->fd);
        wire->fd = -1;
    }
    if (wire->pair_fd >= 0)
        (void)close(wire->pair_fd);
    wire->pair_fd = -1;
    buffer_fini(&wire->input);
    buffer_fini(&wire->output);
}
