#include "server/event_log.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUEUE_MAX_BYTES = 16 * 1024 * 1024, LAST_WORDS_MS = 500 };

static void on_writable(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    event_log_flush(io->data);
}

/* Only a pipe or a socket of our own is made non-blocking: the flag belongs to the open file, and a
 * terminal's is shared with the shell. */
static void make_non_blocking(int fd)
{
    struct stat about;
    if (fstat(fd, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode)))
        (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

enum err event_log_init(struct event_log *log, struct ev_loop *loop, const char *target,
                        bool readable, struct err_text *error)
{
    memset(log, 0, sizeof *log);
    log->loop = loop;
    log->fd = -1;
    readable_log_init(&log->readable, readable ? STDERR_FILENO : -1);
    if (target != NULL && strcmp(target, "-") == 0) {
        log->fd = STDOUT_FILENO;
    } else if (target != NULL) {
        log->fd = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (log->fd < 0)
            return err_set_errno(error, "cannot write events to %s", target);
    }
    ev_io_init(&log->writable, on_writable, log->fd, EV_WRITE);
    log->writable.data = log;
    return ERR_NONE;
}

void event_log_start(struct event_log *log)
{
    if (log->fd == STDOUT_FILENO)
        make_non_blocking(log->fd);
}

static void write_question(struct readable_log *log, json_t *line)
{
    readable_log_say(log, "dns: asked for %s %s over %s; the answer, after %lld ms: %s\n",
                     json_string_value(json_object_get(line, "name")),
                     json_string_value(json_object_get(line, "type")),
                     json_string_value(json_object_get(line, "transport")),
                     json_integer_value(json_object_get(line, "after_ms")),
                     json_string_value(json_object_get(line, "answer")));
}

/* What a person wants to read of an event; the rest is for programs. */
static void write_for_people(struct readable_log *log, enum event event, json_t *line)
{
    const char *text = NULL;
    long long conn = json_integer_value(json_object_get(line, "conn"));
    switch (event) {
    case EVENT_DNS:
        write_question(log, line);
        return;
    case EVENT_ACCEPT:
        readable_log_say(log, "conn %lld: %s connected, scenario %s\n", conn,
                         json_string_value(json_object_get(line, "peer")),
                         json_string_value(json_object_get(line, "id")));
        return;
    case EVENT_PHASE:
        readable_log_say(log, "conn %lld: %s -> %s\n", conn,
                         json_string_value(json_object_get(line, "from")),
                         json_string_value(json_object_get(line, "to")));
        return;
    case EVENT_FAULT:
        readable_log_say(log, "conn %lld: on purpose, in phase %s: %s\n", conn,
                         json_string_value(json_object_get(line, "phase")),
                         json_string_value(json_object_get(line, "what")));
        return;
    case EVENT_EXEC:
        readable_log_say(log, "conn %lld: asked to run: %s\n", conn,
                         json_string_value(json_object_get(line, "command")));
        return;
    case EVENT_PEER:
        text = json_string_value(json_object_get(line, "how"));
        readable_log_say(log, "conn %lld: the client left (%s)\n", conn, text);
        return;
    case EVENT_CLOSE:
        readable_log_say(log, "conn %lld: closed in phase %s: %s\n", conn,
                         json_string_value(json_object_get(line, "phase")),
                         json_string_value(json_object_get(line, "why")));
        return;
    case EVENT_LOG:
    case EVENT_ERROR:
        readable_log_say(log, "conn %lld: %s%s\n", conn,
                         event == EVENT_ERROR ? "scenario error: " : "",
                         json_string_value(json_object_get(line, "text")));
        return;
    case EVENT_EXIT:
    case EVENT_STDIN:
    case EVENT_LISTENING:
    case EVENT_TASK:
    case EVENT_CONTROL:
    case EVENT_BYE:
        return;
    }
}

json_t *event_log_text(const char *text)
{
    json_t *whole = text == NULL ? json_null() : json_string(text);
    bool escape_all = whole == NULL, has_control = false;
    for (const char *at = text; at != NULL && *at != '\0'; at++)
        has_control |= (unsigned char)*at < ' ' || *at == 0x7f;
    if (!escape_all && !has_control)
        return whole;
    json_decref(whole);
    struct buffer clean = {0};
    bool good = true;
    for (const char *at = text; *at != '\0' && good; at++) {
        unsigned char byte = (unsigned char)*at;
        char piece[8];
        bool plain = byte >= ' ' && byte != 0x7f && (byte < 0x80 || !escape_all);
        int length = snprintf(piece, sizeof piece, plain ? "%c" : "\\x%02x", byte);
        good = buffer_add(&clean, piece, (size_t)length);
    }
    json_t *result = good ? json_stringn(buffer_front(&clean), buffer_length(&clean))
                          : json_string("(memory is short)");
    buffer_fini(&clean);
    return result;
}

/* Where some text was not made by event_log_text() after all. */
static json_t *pack(const char *fields, va_list args)
{
    json_error_t why;
    json_t *line = json_vpack_ex(&why, 0, fields, args);
    return line != NULL ? line : json_pack("{s:s}", "unprintable", why.text);
}

void event_log_write(struct event_log *log, enum event event, const char *fields, ...)
{
    if (log->fd < 0 && log->readable.fd < 0)
        return;
    va_list args;
    va_start(args, fields);
    json_t *rest = pack(fields, args);
    va_end(args);
    if (log->readable.fd >= 0)
        write_for_people(&log->readable, event, rest);
    if (log->fd >= 0 && !log->broken) {
        json_t *line =
            json_pack("{s:I, s:s}", "t_ns", (json_int_t)clock_now_ns(), "event", event_name(event));
        (void)json_object_update(line, rest);
        char *text = json_dumps(line, JSON_COMPACT);
        if (text == NULL || !buffer_add(&log->queue, text, strlen(text)) ||
            !buffer_add(&log->queue, "\n", 1) || buffer_length(&log->queue) > QUEUE_MAX_BYTES)
            log->broken = true;
        free(text);
        json_decref(line);
    }
    json_decref(rest);
}

void event_log_flush(struct event_log *log)
{
    bool blocked = false;
    readable_log_flush(&log->readable, 0);
    while (buffer_length(&log->queue) > 0 && !log->broken && !blocked) {
        ssize_t put = write(log->fd, buffer_front(&log->queue), buffer_length(&log->queue));
        if (put > 0)
            buffer_take(&log->queue, (size_t)put);
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            blocked = true;
        else if (errno != EINTR)
            log->broken = true;
    }
    if (blocked)
        ev_io_start(log->loop, &log->writable);
    else
        ev_io_stop(log->loop, &log->writable);
}

void event_log_fini(struct event_log *log)
{
    int64_t until_ns = clock_now_ns() + LAST_WORDS_MS * CLOCK_NS_PER_MS;
    event_log_flush(log);
    while (buffer_length(&log->queue) > 0 && !log->broken && clock_now_ns() < until_ns) {
        struct pollfd wait = {.fd = log->fd, .events = POLLOUT};
        (void)poll(&wait, 1, 50);
        event_log_flush(log);
    }
    ev_io_stop(log->loop, &log->writable);
    readable_log_flush(&log->readable, LAST_WORDS_MS);
    readable_log_fini(&log->readable);
    buffer_fini(&log->queue);
    if (log->fd > STDERR_FILENO)
        (void)close(log->fd);
    log->fd = -1;
}
