/* Bytes on their way out to a stream that may not take them now. */
#ifndef SSHEXEC_OUTBOX_H
#define SSHEXEC_OUTBOX_H

#include "cli/stream.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct outbox {
    struct ev_loop *loop; /* borrowed */
    struct stream stream;
    ev_io writable;
    char *bytes; /* owned */
    size_t start, end, size;
    bool is_broken; /* nobody reads any more: everything is dropped */
    /* Called from the loop when the amount of waiting bytes fell, or the stream broke. */
    void (*on_change)(struct outbox *outbox, void *userdata);
    void *userdata;
};

void outbox_init(struct outbox *outbox, struct ev_loop *loop, int fd,
                 void (*on_change)(struct outbox *outbox, void *userdata), void *userdata);

/* Writes what the stream takes at once and keeps a copy of the rest. */
void outbox_add(struct outbox *outbox, const void *bytes, size_t length);

/* How many bytes wait. */
size_t outbox_waiting(const struct outbox *outbox);

void outbox_fini(struct outbox *outbox);

#endif
