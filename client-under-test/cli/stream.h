/* The process's own standard streams, without blocking and without side effects: O_NONBLOCK belongs
 * to the open file, which may be shared with the shell and its other children. */
#ifndef SSHEXEC_STREAM_H
#define SSHEXEC_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stream {
    int fd;           /* what to read or write; may be the original */
    bool is_own;      /* opened by stream_init() */
    bool is_pollable; /* false for regular files, which are always ready */
    int old_flags;    /* to be restored; -1: nothing was changed */
};

/* Makes standard stream 0, 1 or 2 ready for reads or writes that never wait. */
void stream_init(struct stream *stream, int fd);

/* As read(2) and write(2): -1 with EAGAIN when it would have to wait. */
ssize_t stream_read(const struct stream *stream, void *bytes, size_t length);
ssize_t stream_write(const struct stream *stream, const void *bytes, size_t length);

void stream_fini(struct stream *stream);

#endif
