/* Lines for people on standard error. They never block the loop: what a reader does not take is
 * kept up to a bound, and beyond it left out, and counted. */
#ifndef SERVER_READABLE_LOG_H
#define SERVER_READABLE_LOG_H

#include "server/buffer.h"

#include <stdbool.h>

struct readable_log {
    int fd; /* borrowed; -1: no lines are wanted */
    struct buffer lines;
    unsigned long left_out; /* lines, since one was last written */
};

void readable_log_init(struct readable_log *log, int fd);

/* Adds a line; `format` ends with a newline. */
void readable_log_say(struct readable_log *log, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes as much as is taken at once; after that waits for the reader, up to `wait_ms` in all. */
void readable_log_flush(struct readable_log *log, int wait_ms);

void readable_log_fini(struct readable_log *log);

#endif
