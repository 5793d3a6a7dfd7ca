/* One connection of a task, done right: every wait goes through `wait`, and the one that
 * link_init() sets ends at the task's deadline. A defect is made by setting another one, or by
 * leaving out a step; this file, link.c and name.c hold none. */
#ifndef WRONG_LINK_H
#define WRONG_LINK_H

#include "threads/task.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

/* The phases that these clients can name; all of a key exchange is "kex". */
#define LINK_PHASES(X) \
    X("dns")           \
    X("tcp")           \
    X("ident")         \
    X("kex")           \
    X("service")       \
    X("auth")          \
    X("channel")       \
    X("request")       \
    X("data")          \
    X("exit")          \
    X("close")         \
    X("rekey")

struct link {
    struct task *task; /* borrowed */
    int64_t deadline_ns;
    /* Waits until poll() says one of `events`; false when the client's time is up. */
    bool (*wait)(struct link *link, short events);
    bool is_blocking; /* libssh waits by itself, for ever; see link_block() */

    const char *phase;       /* what is due now */
    const char *interrupted; /* the phase that a rekey came into; NULL otherwise */
    bool is_credulous;       /* link_resolve() takes any answer for its own */
    char host[64];           /* the address that the task's host has */
    bool timed_out, cancelled, could_not_try;
    bool is_deaf; /* does not heed that it was cancelled */
    char error[256];

    int fd;              /* owned until libssh takes it */
    ssh_session ssh;     /* owned; owns fd */
    ssh_channel channel; /* owned by ssh */
    ssh_event event;     /* owned */
    size_t stdin_sent;
    bool stdin_ended;
    bool authenticated;
    bool got_status, got_signal, got_eof, got_close;
    int exit_status;
    struct ssh_callbacks_struct callbacks;
    struct ssh_channel_callbacks_struct channel_callbacks;
};

void link_init(struct link *link, struct task *task);

/* The steps, in order. Each returns false when it failed or the time is up. */
bool link_resolve(struct link *link); /* when the task names a DNS server; name.c */
bool link_connect(struct link *link);
bool link_handshake(struct link *link); /* identification, key exchange, host key */
bool link_log_in(struct link *link);
bool link_execute(struct link *link); /* until exit status and end of output are here */

/* All of them. */
bool link_do_all(struct link *link);

/* From here on libssh blocks, and knows no timeout: there is no deadline any more. */
void link_block(struct link *link);

/* Keeps the sentence; returns false. */
bool link_fail(struct link *link, const char *sentence);

/* The sound wait. */
bool link_wait_until_deadline(struct link *link, short events);

/* Fills the task's result from what happened. */
void link_conclude(const struct link *link, bool success);

/* Leaves politely after a success, at once otherwise; frees everything. */
void link_close(struct link *link, bool success);

#endif
