/* A fake server: one loop, one Lua state, any number of scenarios each on its own port. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/err.h"
#include "base/scenario.h"
#include "server/dns.h"
#include "server/event_log.h"
#include "server/hostkey.h"
#include "server/listener.h"
#include "server/script.h"
#include "server/turn.h"
#include "server/wire.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct server_options {
    char host[64];       /* address of slot 0 */
    int port;            /* 0: the kernel chooses */
    int slots;           /* addresses that are listened on, same port */
    int64_t deadline_ms; /* what scripts see as conn.deadline */
    bool once;           /* end after each scenario has had its first connection */
    bool other_hosts;    /* an address that is not loopback is meant */
    const char *events;  /* NULL, "-" or a file */
    const char *pcap;    /* NULL, or the file that gets what went over each connection */
    const char *control; /* NULL, or "-": tasks are announced on stdin, whose end ends the server */
    bool readable;       /* log for people on stderr */
    uint64_t seed;       /* of the scripts' random numbers */
    unsigned host_keys;  /* those that are shown: HOST_KEY_BITs */
};

enum { SERVER_SLOTS_MAX = 256 };

/* One scenario and where it is reached. */
struct service {
    struct server *server;           /* borrowed */
    const struct scenario *scenario; /* borrowed */
    struct script_behaviour behaviour;
    struct listener *listeners; /* owned; one for each slot */
    int listener_count;
    int port;
    struct dns_server *dns; /* owned; NULL where the scenario has none */
    unsigned conn_count;    /* accepted so far */
};

struct server {
    struct server_options options;
    struct ev_loop *loop; /* owned */
    struct event_log log;
    struct pcap *pcap; /* owned; NULL where nothing is captured */
    struct hostkey keys;
    struct hangup_watch hangup;
    struct turn turn;
    struct script *script;    /* owned */
    struct service *services; /* owned */
    size_t service_count;
    struct conn *conns; /* owned list */
    unsigned conn_count, conns_open;
    int64_t task_t0_ns[SERVER_SLOTS_MAX]; /* by slot; 0: no task was announced */
    ev_io control_readable;
    struct buffer control;
    ev_signal interrupted, terminated;
    enum err failed; /* why the loop was ended, if not as asked */
    struct err_text failure;
};

/* Opens everything and prints the listening lines on stdout; nothing is accepted yet. */
enum err server_open(struct server *server, const struct server_options *options,
                     const struct scenario *const *scenarios, size_t count, struct err_text *error);

/* Serves until it is told to end: by a signal, the end of the control pipe, --once. */
enum err server_run(struct server *server, struct err_text *error);

/* Shut-down, in this order: connections and their coroutines, listeners, Lua, events, keys, loop.
 */
void server_close(struct server *server);

/* With --once: a connection is over; the server ends when each scenario has had one. */
void server_conn_ended(struct server *server);

/* A fatal failure inside a callback: the loop ends and server_run returns it. */
void server_fail(struct server *server, const struct err_text *why);

#endif
