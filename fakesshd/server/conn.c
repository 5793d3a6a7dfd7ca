#include "server/conn.h"

#include "base/fnv1a.h"

#include "base/clock.h"
#include "server/honest.h"
#include "server/news.h"
#include "server/server.h"
#include "server/session_crafted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct turn *turn_of(struct conn *conn)
{
    return &conn->server->turn;
}

static struct conn *conn_of_wire(struct wire *wire)
{
    return (struct conn *)((char *)wire - offsetof(struct conn, wire));
}

/* ---- phases ---- */

bool conn_enter(struct conn *conn, enum phase phase)
{
    if (!phase_step_is_legal(conn->phase, phase))
        return false;
    event_log_write(&conn->server->log, EVENT_PHASE, "{s:i, s:i, s:s, s:s}", "conn",
                    (int)conn->number, "slot", conn->slot, "from", phase_name(conn->phase), "to",
                    phase_name(phase));
    conn->phase = phase;
    conn->last_fault = 0;
    if (phase != PHASE_REKEY && phase != PHASE_KEEPALIVE)
        conn->reached = phase;
    turn_add(turn_of(conn), TURN_WAKE, conn);
    return true;
}

void conn_fault(struct conn *conn, const char *what)
{
    uint64_t this_fault = fnv1a_add(FNV1A_START, what, strlen(what));
    if (conn->last_fault == this_fault)
        return;
    conn->last_fault = this_fault;
    event_log_write(&conn->server->log, EVENT_FAULT, "{s:i, s:i, s:s, s:o}", "conn",
                    (int)conn->number, "slot", conn->slot, "phase", phase_name(conn->phase), "what",
                    event_log_text(what));
}

/* ---- what the wire tells ---- */

static void on_input(struct wire *wire)
{
    struct conn *conn = conn_of_wire(wire);
    turn_add(turn_of(conn), conn->session != NULL ? TURN_PUMP : TURN_WAKE, conn);
}

static void on_message(struct wire *wire, enum packet_message message)
{
    struct conn *conn = conn_of_wire(wire);
    switch (message) {
    case PACKET_IDENT:
        (void)conn_enter(conn, PHASE_KEXINIT);
        break;
    case PACKET_KEXINIT:
        (void)conn_enter(conn, PHASE_KEX);
        break;
    case PACKET_KEX_REPLY:
        (void)conn_enter(conn, PHASE_NEWKEYS);
        break;
    case PACKET_NEWKEYS:
        (void)conn_enter(conn, PHASE_SERVICE);
        break;
    case PACKET_NONE:
    case PACKET_DISCONNECT:
    case PACKET_IGNORE:
    case PACKET_DEBUG:
        break;
    }
}

static void on_room(struct wire *wire)
{
    struct conn *conn = conn_of_wire(wire);
    turn_add(turn_of(conn), TURN_WAKE, conn);
    if (conn->session != NULL && session_wants_pump(conn->session))
        turn_add(turn_of(conn), TURN_PUMP, conn);
}

static void on_held(struct wire *wire)
{
    turn_add(turn_of(conn_of_wire(wire)), TURN_WAKE, conn_of_wire(wire));
}

static void on_end(struct wire *wire, enum wire_end end)
{
    struct conn *conn = conn_of_wire(wire);
    event_log_write(&conn->server->log, EVENT_PEER, "{s:i, s:i, s:s}", "conn", (int)conn->number,
                    "slot", conn->slot, "how", end == WIRE_FIN ? "fin" : "rst");
    turn_add(turn_of(conn), TURN_WAKE, conn);
}

static const struct wire_events wire_events = {on_input, on_message, on_room, on_held, on_end};

/* ---- what the session tells ---- */

static void on_answered(void *owner, const struct session_request *request, bool accepted)
{
    if (accepted)
        news_of_answer(owner, request);
}

static void on_channel_open(void *owner, struct session_channel *channel)
{
    (void)channel;
    struct conn *conn = owner;
    turn_add(turn_of(conn), TURN_WAKE, conn);
}

static void on_channel_sent(void *owner, struct session_channel *channel, const char *what)
{
    news_of_channel(owner, channel, what);
}

static void on_rekey(void *owner, bool begins)
{
    struct conn *conn = owner;
    (void)conn_enter(conn, begins ? PHASE_REKEY : conn->reached);
    if (!begins && !wire_holds_back(&conn->wire))
        news_pass(conn);
}

static void on_change(void *owner)
{
    struct conn *conn = owner;
    turn_add(turn_of(conn), TURN_PUMP, conn);
}

static const struct session_events session_events = {on_answered, on_channel_open, on_channel_sent,
                                                     on_change, on_rekey};

/* ---- honest up to a phase ---- */

static enum err make_session(struct conn *conn, struct err_text *error)
{
    struct session_options options = {.software = conn->software};
    if (conn->service->scenario->engine == ENGINE_CRAFTED)
        return session_crafted_new(&conn->session, &conn->server->keys, &options, &session_events,
                                   conn, &conn->wire, error);
    int pair_fd = -1;
    enum err failed = session_libssh_new(&conn->session, &conn->server->keys, &options,
                                         &session_events, conn, &pair_fd, error);
    if (failed == ERR_NONE)
        wire_attach(&conn->wire, pair_fd);
    return failed;
}

enum err conn_need_session(struct conn *conn, struct err_text *error)
{
    if (conn->session != NULL)
        return ERR_NONE;
    wire_withhold(&conn->wire, PACKET_IDENT);
    return make_session(conn, error);
}

enum err conn_be_honest(struct conn *conn, enum phase phase, struct err_text *error)
{
    static const struct {
        enum phase phase;
        enum packet_message withheld;
    } holds[] = {{PHASE_IDENT, PACKET_IDENT},
                 {PHASE_KEXINIT, PACKET_KEXINIT},
                 {PHASE_KEX, PACKET_KEX_REPLY},
                 {PHASE_NEWKEYS, PACKET_NEWKEYS}};
    enum packet_message withheld = PACKET_NONE;
    for (size_t i = 0; i < sizeof holds / sizeof holds[0]; i++) {
        if (holds[i].phase == phase)
            withheld = holds[i].withheld;
    }
    wire_withhold(&conn->wire, withheld);
    conn->honest_until = phase;
    enum err failed = conn->session == NULL ? make_session(conn, error) : ERR_NONE;
    if (failed == ERR_NONE)
        turn_add(turn_of(conn), TURN_PUMP, conn);
    return failed;
}

void conn_open_gates(struct conn *conn)
{
    struct crafted *crafted = session_crafted(conn->session);
    gate_open(&conn->wire.out);
    gate_open(&conn->wire.in);
    conn->wire.hold_before = conn->wire.hold_after = PACKET_NONE;
    wire_withhold(&conn->wire, PACKET_NONE);
    if (crafted != NULL)
        rule_drop_holds(&crafted->rules);
    news_pass(conn);
    wire_resume_reading(&conn->wire);
    conn_flush(conn);
}

/* All that the session says to what has come goes out at once, not in a segment for each message.
 */
static void pump_corked(struct conn *conn, enum phase honest_until)
{
    conn->wire.corked = true;
    session_pump(conn->session);
    if (!conn->session->ended && honest_until > PHASE_TCP)
        honest_step(conn->session, honest_until);
    conn->wire.corked = false;
}

void conn_flush(struct conn *conn)
{
    for (int i = 0; i < 8 && conn->session != NULL; i++) {
        wire_move(&conn->wire);
        if (!session_wants_pump(conn->session) ||
            wire_unsent(&conn->wire) >= WIRE_OUTPUT_FULL_BYTES)
            break;
        pump_corked(conn, PHASE_TCP);
    }
    wire_move(&conn->wire);
}

bool conn_is_in_handshake(const struct conn *conn)
{
    return !conn->closed && conn->phase < PHASE_CHANNEL;
}

/* FIN, unless something was said that still has to wait. */
static void finish_if_all_said(struct conn *conn)
{
    if (conn->session == NULL || conn->wire.end != WIRE_OPEN ||
        !session_has_postponed(conn->session))
        wire_finish(&conn->wire);
}

void conn_pump(struct conn *conn)
{
    if (conn->closed || conn->session == NULL)
        return;
    pump_corked(conn, conn->honest_until);
    conn_flush(conn);
    if (conn->finishing)
        finish_if_all_said(conn);
    turn_add(turn_of(conn), TURN_WAKE, conn);
    if (session_wants_pump(conn->session) && wire_unsent(&conn->wire) < WIRE_OUTPUT_FULL_BYTES)
        turn_add(turn_of(conn), TURN_PUMP, conn);
}

/* ---- the coroutine ---- */

static void on_wait_over(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct conn *conn = timer->data;
    turn_add(turn_of(conn), TURN_WAKE, conn);
}

static void arm_wait(struct conn *conn)
{
    ev_timer_stop(conn->server->loop, &conn->wait_over);
    if (conn->run.wait_until_ns == INT64_MAX)
        return;
    int64_t left_ns = conn->run.wait_until_ns - clock_now_ns();
    ev_now_update(conn->server->loop);
    ev_timer_set(&conn->wait_over, left_ns > 0 ? clock_seconds_from_ns(left_ns) : 0., 0.);
    ev_timer_start(conn->server->loop, &conn->wait_over);
}

static void script_ended(struct conn *conn, enum script_status status, const struct err_text *error)
{
    if (status == SCRIPT_FAILED) {
        event_log_write(&conn->server->log, EVENT_ERROR, "{s:s, s:i, s:i, s:s}", "id",
                        conn->service->scenario->id, "conn", (int)conn->number, "slot", conn->slot,
                        "text", error->text);
        conn_close(conn, "the scenario failed");
        return;
    }
    conn_finish(conn);
}

void conn_wake(struct conn *conn)
{
    if (conn->closed)
        return;
    if (script_run_is_waiting(&conn->run)) {
        struct err_text error;
        enum script_status status = script_resume(conn->server->script, &conn->run, &error);
        if (conn->closed)
            return;
        if (status == SCRIPT_WAITS)
            arm_wait(conn);
        else
            script_ended(conn, status, &error);
    }
    if (conn->finishing && !conn->closed && (conn->wire.end != WIRE_OPEN || conn->wire.fd < 0))
        conn_close(conn, conn->wire.fd < 0 ? "the server sent a reset" : "the client left");
}

/* ---- beginning and end ---- */

static void conn_link(struct conn *conn)
{
    struct server *server = conn->server;
    conn->next = server->conns;
    if (server->conns != NULL)
        server->conns->previous = conn;
    server->conns = conn;
    server->conns_open++;
}

static void conn_unlink(struct conn *conn)
{
    if (conn->next != NULL)
        conn->next->previous = conn->previous;
    if (conn->previous != NULL)
        conn->previous->next = conn->next;
    else
        conn->server->conns = conn->next;
    conn->server->conns_open--;
}

static void capture(struct conn *conn)
{
    struct sockaddr_storage client = {.ss_family = AF_UNSPEC}, own = client;
    socklen_t client_size = sizeof client, own_size = sizeof own;
    if (conn->server->pcap == NULL ||
        getpeername(conn->wire.fd, (struct sockaddr *)&client, &client_size) != 0 ||
        getsockname(conn->wire.fd, (struct sockaddr *)&own, &own_size) != 0)
        return;
    conn->capture = calloc(1, sizeof *conn->capture);
    if (conn->capture != NULL)
        pcap_begin(conn->capture, conn->server->pcap, &client, &own, clock_now_ns());
    conn->wire.capture = conn->capture;
}

struct conn *conn_new(struct server *server, struct service *service, int fd, int slot,
                      const char *peer)
{
    struct conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL) {
        (void)close(fd);
        return NULL;
    }
    conn->server = server;
    conn->service = service;
    conn->number = ++server->conn_count;
    conn->nth = ++service->conn_count;
    conn->slot = slot;
    conn->phase = conn->reached = conn->honest_until = PHASE_TCP;
    conn->t0_ns = server->task_t0_ns[slot] != 0 ? server->task_t0_ns[slot] : clock_now_ns();
    ev_timer_init(&conn->wait_over, on_wait_over, 0., 0.);
    ev_set_priority(&conn->wait_over, EV_MAXPRI);
    conn->wait_over.data = conn;
    conn_link(conn);
    event_log_write(&server->log, EVENT_ACCEPT, "{s:s, s:i, s:i, s:s}", "id", service->scenario->id,
                    "conn", (int)conn->number, "slot", slot, "peer", peer);
    wire_init(&conn->wire, fd, &wire_events, &server->hangup);
    capture(conn);
    struct err_text error;
    if (script_begin(server->script, &conn->run, &service->behaviour, conn, &error) != ERR_NONE) {
        script_ended(conn, SCRIPT_FAILED, &error);
        return conn;
    }
    (void)conn_enter(conn, PHASE_IDENT);
    turn_add(&server->turn, TURN_WAKE, conn);
    return conn;
}

void conn_finish(struct conn *conn)
{
    conn->finishing = true;
    conn_flush(conn);
    finish_if_all_said(conn);
    turn_add(turn_of(conn), TURN_WAKE, conn);
}

static void tell_stdin(struct conn *conn)
{
    const struct session_channel *channel = conn->session != NULL ? conn->session->channels : NULL;
    for (; channel != NULL; channel = channel->next) {
        if (channel->stdin_bytes > 0)
            event_log_write(&conn->server->log, EVENT_STDIN, "{s:i, s:i, s:I, s:b}", "conn",
                            (int)conn->number, "slot", conn->slot, "bytes",
                            (json_int_t)channel->stdin_bytes, "eof", channel->stdin_eof);
    }
}

void conn_close(struct conn *conn, const char *why)
{
    if (conn->closed)
        return;
    conn->closed = true;
    tell_stdin(conn);
    event_log_write(&conn->server->log, EVENT_CLOSE, "{s:i, s:i, s:s, s:s, s:I, s:I}", "conn",
                    (int)conn->number, "slot", conn->slot, "phase", phase_name(conn->phase), "why",
                    why, "bytes_in", (json_int_t)conn->wire.bytes_in, "bytes_out",
                    (json_int_t)conn->wire.bytes_out);
    ev_timer_stop(conn->server->loop, &conn->wait_over);
    wire_fini(&conn->wire);
    turn_add(turn_of(conn), TURN_FREE, conn);
    if (conn->server->options.once)
        server_conn_ended(conn->server);
}

void conn_free(struct conn *conn)
{
    script_end(conn->server->script, &conn->run);
    session_free(&conn->session);
    news_drop(conn);
    conn_unlink(conn);
    free(conn->software);
    free(conn->capture);
    free(conn);
}
