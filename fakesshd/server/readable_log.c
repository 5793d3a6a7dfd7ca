#include "server/readable_log.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEPT_MAX_BYTES = 256 * 1024 };

void readable_log_init(struct readable_log *log, int fd)
{
    *log = (struct readable_log){.fd = fd};
}

void readable_log_say(struct readable_log *log, const char *format, ...)
{
    char *line = NULL;
    va_list words;
    if (log->fd < 0)
        return;
    va_start(words, format);
    int length = vasprintf(&line, format, words);
    va_end(words);
    if (length < 0)
        return;
    if (buffer_length(&log->lines) + (size_t)length > KEPT_MAX_BYTES ||
        !buffer_add(&log->lines, line, (size_t)length))
        log->left_out++;
    free(line);
}

/* The file may be shared with a shell, so it stays in the mode that it has: a write blocks. But one
 * of PIPE_BUF bytes or less does not when poll says that there is room. */
static bool has_room(int fd, int wait_ms)
{
    struct pollfd look = {.fd = fd, .events = POLLOUT};
    return poll(&look, 1, wait_ms) > 0 && (look.revents & POLLOUT) != 0;
}

static bool write_some(struct readable_log *log)
{
    size_t length = buffer_length(&log->lines);
    ssize_t put = write(log->fd, buffer_front(&log->lines), length < PIPE_BUF ? length : PIPE_BUF);
    if (put > 0)
        buffer_take(&log->lines, (size_t)put);
    else if (put < 0 && errno != EINTR && errno != EAGAIN)
        log->fd = -1; /* nobody will ever read it */
    return put > 0;
}

static void tell_left_out(struct readable_log *log)
{
    unsigned long count = log->left_out;
    if (count == 0)
        return;
    log->left_out = 0;
    readable_log_say(log, "(%lu lines left out: nobody read them)\n", count);
}

void readable_log_flush(struct readable_log *log, int wait_ms)
{
    int64_t until_ns = clock_now_ns() + wait_ms * CLOCK_NS_PER_MS;
    while (log->fd >= 0 && buffer_length(&log->lines) > 0) {
        int64_t left_ms = (until_ns - clock_now_ns()) / CLOCK_NS_PER_MS;
        if (!has_room(log->fd, left_ms > 0 ? (int)left_ms : 0) || !write_some(log))
            return;
        if (buffer_length(&log->lines) == 0)
            tell_left_out(log);
    }
}

void readable_log_fini(struct readable_log *log)
{
    buffer_fini(&log->lines);
    log->fd = -1;
}
