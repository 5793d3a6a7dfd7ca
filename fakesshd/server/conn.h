/* One connection: one phase, one coroutine of the scenario, one wire, at most one session.
 *
 * Its way: conn_new → the script's `serve` begins (phase ident) → verbs wait and are woken →
 * the client leaves, or the script ends and the connection is finished → conn_close → conn_free at
 * the end of the turn. Events mark facts; conn_pump and conn_wake, called by the turn, act on them.
 */
#ifndef SERVER_CONN_H
#define SERVER_CONN_H

#include "base/phase.h"
#include "base/scenario.h"
#include "server/script.h"
#include "server/session.h"
#include "server/turn.h"
#include "server/wire.h"

struct server;
struct service;
struct news;

struct conn {
    struct conn *next, *previous; /* of all the server's connections */
    struct turn_links turn;
    struct server *server;   /* borrowed */
    struct service *service; /* borrowed: the scenario and its listeners */
    unsigned number, nth;    /* of the server's, of the scenario's connections; from 1 */
    int slot;
    enum phase phase;
    enum phase reached;      /* how far the way went that rekey and keepalive interrupt */
    enum phase honest_until; /* requests are answered as an honest server would, up to here */
    struct wire wire;
    struct pcap_flow *capture; /* owned; NULL where nothing is captured */
    struct session *session;   /* owned; NULL until the script's first SSH step */
    struct script_run run;
    ev_timer wait_over;
    int64_t t0_ns;        /* of the task that this is for, else when it was accepted */
    char *software;       /* owned; what the identification string shall say, or NULL */
    uint64_t last_fault;  /* hash of what conn_fault told last in this phase */
    struct news *unheard; /* owned; what a gate still holds back from the client */
    bool finishing;       /* the script is through; the client has still to leave */
    bool closed;
};

/* Takes over the accepted socket. NULL when memory is short; the socket is closed then. */
struct conn *conn_new(struct server *server, struct service *service, int fd, int slot,
                      const char *peer);

/* The one way to change the phase. A step that is not legal is no step: false. */
bool conn_enter(struct conn *conn, enum phase phase);

/* From now on be honest up to `phase` and withhold what leads beyond it. Makes the session if there
 * is none. ERR_SYSTEM when it cannot be made. */
enum err conn_be_honest(struct conn *conn, enum phase phase, struct err_text *error);

/* The session, made if there is none; nothing is said before conn_be_honest. */
enum err conn_need_session(struct conn *conn, struct err_text *error);

/* Everything that was held back may pass: undoes holds, cuts and drips, and reads again. */
void conn_open_gates(struct conn *conn);

/* Tells that the server now misbehaves, in words; what is done again and again is told once. */
void conn_fault(struct conn *conn, const char *what);

/* Moves what the session wrote towards the client; after every act of the session. */
void conn_flush(struct conn *conn);

/* Orderly end: what is queued, FIN, then wait for the client to leave. */
void conn_finish(struct conn *conn);
/* The end: the socket is closed now, the memory is freed at the end of the turn. */
void conn_close(struct conn *conn, const char *why);

/* Is the costly part still ahead? */
bool conn_is_in_handshake(const struct conn *conn);

/* ---- for the turn alone ---- */
void conn_pump(struct conn *conn);
void conn_wake(struct conn *conn);
void conn_free(struct conn *conn);

#endif
