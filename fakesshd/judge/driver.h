/* A driver client: one long-lived process, spoken to in JSON lines. The protocol is in
 * fakesshd-driver(7). Its word on time or liveness is never trusted; when it breaks the protocol
 * the sentence says how. */
#ifndef JUDGE_DRIVER_H
#define JUDGE_DRIVER_H

#include "base/err.h"
#include "judge/lines.h"
#include "judge/process.h"
#include "judge/task.h"
#include "judge/transcript.h"

#include <ev.h>
#include <jansson.h>

struct driver_events {
    void (*on_hello)(void *owner, const json_t *hello);
    /* A result; the task is found by its id. */
    void (*on_result)(void *owner, int id, const json_t *result);
    /* A reply to settle, counters or an unknown operation: its "op" and id. */
    void (*on_reply)(void *owner, const char *op, int id, const json_t *reply);
    /* It ended, or broke the protocol; `crashed`: by a signal. Nothing follows. */
    void (*on_end)(void *owner, bool crashed, const char *why);
};

/* Sees every line both ways, and what became of the process. Who listens wants to hear of every
 * mistake: a driver with a tap is not given up at the first line that breaks the protocol; the line
 * is passed over. */
struct driver_tap {
    void (*on_entry)(void *owner, enum transcript_kind kind, const char *text, size_t length,
                     int status);
    void *owner; /* borrowed */
};

struct driver {
    struct ev_loop *loop; /* borrowed, as the reaper */
    struct reaper *reaper;
    const struct driver_events *events; /* borrowed, static */
    void *owner;
    const struct driver_tap *tap; /* borrowed; NULL: none */
    char mark[64];                /* of its processes' environment */
    pid_t pid;                    /* 0 when it does not run */
    int in_fd, out_fd, error_fd;  /* owned */
    struct line_reader out;
    struct line_writer in;
    ev_io out_ready, error_ready, in_ready;
    ev_timer patience;     /* from a broken pipe to the news of its death */
    const char *complaint; /* borrowed, static; what is said when no such news comes */
    json_t *hello;         /* owned reference; NULL before it came */
    bool greeted, closing, died;
    /* Of those who had it before: ids are never used twice in a driver's life. */
    int tasks_before, requests_before;
    int unasked;           /* replies to nothing that was asked */
    int status;            /* of the process, when it died */
    char last_words[2048]; /* the end of its stderr */
    bool is_dumping;       /* it was asked for its stacks, and dies of it */
    char *dump;            /* owned; its stderr since then */
    size_t dump_length;
};

enum err driver_start(struct driver *driver, char *const *argv, const char *mark,
                      struct ev_loop *loop, struct reaper *reaper,
                      const struct driver_events *events, void *owner, const struct driver_tap *tap,
                      struct err_text *error);

/* Sends one request and takes over the reference. A driver that does not read is told by on_end. */
void driver_send(struct driver *driver, json_t *request);

/* A reply to nothing that was asked. One may be late, or said twice; thousands are a flood, and end
 * the driver as any other breach of the protocol does. */
void driver_note_unasked(struct driver *driver);

/* Closes its standard input, on which it is to end. */
void driver_finish_input(struct driver *driver);

/* Sends SIGQUIT, on which Go's runtime prints its goroutines to stderr and ends. From here on its
 * end is no event: driver_has_dumped() tells when it is there. */
void driver_ask_dump(struct driver *driver);
bool driver_has_dumped(const struct driver *driver);

/* From here on its events go to another owner. It runs, and whoever had it waits for nothing. */
void driver_hand_over(struct driver *driver, const struct driver_events *events, void *owner);

/* Kills its group, and what descends from it outside of it. No event follows. */
void driver_close(struct driver *driver);

#endif
