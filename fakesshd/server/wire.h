/* The bytes of one connection: a TCP socket with a gate in each direction and, once a session
 * exists, a socket pair whose far end belongs to the session.
 *
 *     client  ── TCP ──  [gate in]  ──►  pair or input buffer   ──► session or script
 *     client  ◄─ TCP ──  [gate out] ◄──  output buffer ◄── pair or script
 *
 * The wire moves bytes and reports what happened; it decides nothing. Everything that it reports
 * goes through `struct wire_events`, and none of these may free the wire. */
#ifndef SERVER_WIRE_H
#define SERVER_WIRE_H

#include "server/buffer.h"
#include "server/gate.h"
#include "server/packet.h"
#include "server/pcap.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

enum wire_end { WIRE_OPEN, WIRE_FIN, WIRE_RST };

struct wire;

struct wire_events {
    void (*on_input)(struct wire *wire); /* bytes came for the script, or went to the session */
    void (*on_message)(struct wire *wire, enum packet_message message); /* wholly sent */
    void (*on_room)(struct wire *wire); /* the output buffer has room again, or was emptied */
    void (*on_held)(struct wire *wire); /* a hold on a message took effect */
    void (*on_end)(struct wire *wire, enum wire_end end); /* the client left */
};

/* Sockets that nobody reads give no sign when the client leaves; this watches them, one for a
 * server. */
struct hangup_watch {
    struct ev_loop *loop; /* borrowed */
    int epoll_fd;
    ev_io ready;
};

struct wire {
    const struct wire_events *events; /* borrowed, static */
    struct hangup_watch *hangup;      /* borrowed: lives as long as the server */
    int fd, pair_fd;                  /* owned; -1 when there is none */
    ev_io io;
    ev_timer gate_due;
    struct gate in, out;
    struct buffer input, output;
    struct packet_stream stream;
    enum packet_message hold_before, hold_after; /* armed holds; PACKET_NONE */
    enum packet_message withheld;                /* by honesty, see wire_withhold; PACKET_NONE */
    uint64_t withheld_at; /* where that took effect, GATE_NEVER while it has not */
    uint64_t cut_beyond;  /* the script's own cut, which holds when that is over; GATE_NEVER */
    enum wire_end end;
    bool reading_stopped; /* by the script */
    bool finishing;       /* FIN once the output is empty */
    bool finished;        /* FIN is out: nothing more can be sent */
    bool corked;          /* wire_send only queues: its caller moves the bytes soon */
    bool deaf;            /* what still comes is read only to see the client leave */
    bool pair_drained, watched, output_was_full;
    uint64_t bytes_in, bytes_out;
    struct pcap_flow *capture; /* borrowed; NULL where nothing is captured */
};

bool hangup_watch_init(struct hangup_watch *watch, struct ev_loop *loop);
void hangup_watch_fini(struct hangup_watch *watch);

/* Takes over the connected socket `fd` (non-blocking). */
void wire_init(struct wire *wire, int fd, const struct wire_events *events,
               struct hangup_watch *hangup);
/* Closes what is open; the client sees a FIN, or a RST where unread bytes are left. */
void wire_fini(struct wire *wire);

/* From now on the bytes go to and come from `pair_fd`, which the wire owns. */
void wire_attach(struct wire *wire, int pair_fd);

/* Queues bytes for the client. False when memory is short or the client left. */
bool wire_send(struct wire *wire, const void *bytes, size_t length);

/* How many bytes wait to be sent; a sender does well to stop at WIRE_OUTPUT_FULL_BYTES. */
size_t wire_unsent(const struct wire *wire);
enum { WIRE_OUTPUT_FULL_BYTES = 64 * 1024, WIRE_INPUT_FULL_BYTES = 64 * 1024 };

/* Fetches what the session has written and sends what may be sent. Call after the session acted or
 * a gate changed. */
void wire_move(struct wire *wire);

/* Nothing passes from `message` on; PACKET_NONE lets pass what an earlier call withheld. Holds and
 * cuts of the script's own stay as they are. */
void wire_withhold(struct wire *wire, enum packet_message message);

/* What was queued so far passes, nothing after it. An earlier hold stays. */
void wire_hold_here(struct wire *wire);
/* Is there something queued that a hold doesn't let pass? */
bool wire_holds_back(const struct wire *wire);

/* All that was queued is sent, then FIN; the client's bytes are still read (and dropped), so that
 * its leaving is seen. */
void wire_finish(struct wire *wire);
/* The same, but the client's bytes still go to whom they went before. */
void wire_half_close(struct wire *wire);
/* RST, at once; what was queued is lost. */
void wire_reset(struct wire *wire);

void wire_stop_reading(struct wire *wire);
void wire_resume_reading(struct wire *wire);

#endif
