/* Where a server's events go: JSON lines for programs (`--events`), readable lines on stderr for
 * people. Nothing here ever blocks the loop: lines for a pipe are queued and written when it takes
 * them. A reader of events who leaves ends the server; nobody need read what is for people. */
#ifndef SERVER_EVENT_LOG_H
#define SERVER_EVENT_LOG_H

#include "base/err.h"
#include "base/event.h"
#include "server/buffer.h"
#include "server/readable_log.h"

#include <ev.h>
#include <jansson.h>
#include <stdbool.h>

struct event_log {
    struct ev_loop *loop;         /* borrowed */
    int fd;                       /* -1: no JSON lines */
    struct readable_log readable; /* for people, on stderr */
    bool broken;                  /* the reader is gone, or lags too far behind */
    ev_io writable;
    struct buffer queue;
};

/* `target` is NULL (no JSON lines), "-" (stdout) or a file's path. */
enum err event_log_init(struct event_log *log, struct ev_loop *loop, const char *target,
                        bool readable, struct err_text *error);

/* From here on nothing written to the target waits: to be called when all else that goes to stdout
 * (the addresses) is out. */
void event_log_start(struct event_log *log);

/* A value for `fields` out of text that a script or a client may have made of any bytes, NULL
 * included: control characters become \\xNN, and so does whatever is beyond ASCII in what is no
 * UTF-8, which JSON cannot hold. A new reference, for "o". */
json_t *event_log_text(const char *text);

/* Writes one event. `fields` is a jansson pack format with its values, for example
 *     event_log_write(log, EVENT_PHASE, "{s:i, s:s}", "conn", 3, "to", "kex");
 * "t_ns" and "event" are put in front. */
void event_log_write(struct event_log *log, enum event event, const char *fields, ...);

/* Sends what is queued, as far as it goes; called once in each turn of the loop. */
void event_log_flush(struct event_log *log);

/* Writes all that is left, within a bound of time, and closes. */
void event_log_fini(struct event_log *log);

#endif
