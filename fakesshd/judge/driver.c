#include "judge/driver.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 256 * 1024,
    QUEUE_MAX_BYTES = 64 * 1024 * 1024,
    DUMP_MAX_BYTES = 4 * 1024 * 1024,
    UNASKED_MAX = 10000,
    LAST_READS_MAX = 64 /* more than a pipe holds; a child of its may go on for ever */
};

static void keep_last_words(struct driver *driver, const char *text, size_t length)
{
    size_t used = strlen(driver->last_words), room = sizeof driver->last_words - 1;
    if (length > room) {
        text += length - room;
        length = room;
    }
    if (used + length > room) {
        size_t drop = used + length - room;
        memmove(driver->last_words, driver->last_words + drop, used - drop);
        used -= drop;
    }
    memcpy(driver->last_words + used, text, length);
    driver->last_words[used + length] = '\0';
}

static void keep_dump(struct driver *driver, const char *text, size_t length)
{
    if (driver->dump_length + length > DUMP_MAX_BYTES)
        length = DUMP_MAX_BYTES - driver->dump_length;
    driver->dump = realloc(driver->dump, driver->dump_length + length + 1);
    if (driver->dump == NULL)
        abort();
    memcpy(driver->dump + driver->dump_length, text, length);
    driver->dump_length += length;
    driver->dump[driver->dump_length] = '\0';
}

/* What it said on stderr, as much as one read gives: that many bytes; 0 at its end, -1 when there
 * is nothing for now. */
static ssize_t read_error(struct driver *driver)
{
    char text[65536];
    ssize_t got = read(driver->error_fd, text, sizeof text);
    if (got > 0 && driver->is_dumping)
        keep_dump(driver, text, (size_t)got);
    else if (got > 0)
        keep_last_words(driver, text, (size_t)got);
    return got < 0 && errno != EAGAIN && errno != EINTR ? 0 : got;
}

/* The news of a death may be heard before the words that led to it. */
static void read_last_words(struct driver *driver)
{
    for (int i = 0; i < LAST_READS_MAX && read_error(driver) > 0; i++) {
    }
}

static void stop_watching(struct driver *driver)
{
    ev_io_stop(driver->loop, &driver->out_ready);
    ev_io_stop(driver->loop, &driver->error_ready);
    ev_io_stop(driver->loop, &driver->in_ready);
}

static void driver_ended(struct driver *driver, bool crashed, const char *why)
{
    if (driver->closing)
        return;
    driver->closing = true;
    read_last_words(driver);
    stop_watching(driver);
    driver->events->on_end(driver->owner, crashed, why);
}

static void tap(const struct driver *driver, enum transcript_kind kind, const char *text,
                size_t length, int status)
{
    if (driver->tap != NULL)
        driver->tap->on_entry(driver->tap->owner, kind, text, length, status);
}

static void broke_protocol(struct driver *driver, const char *how, const char *line)
{
    char why[400];
    (void)snprintf(why, sizeof why, "the driver broke the protocol: %s%s%.120s", how,
                   line != NULL ? ": " : "", line != NULL ? line : "");
    driver_ended(driver, false, why);
}

static void on_bad_line(struct driver *driver, const char *how, const char *line)
{
    if (driver->tap == NULL)
        broke_protocol(driver, how, line);
}

static void on_line(void *context, char *text, size_t length)
{
    struct driver *driver = context;
    if (driver->closing)
        return;
    tap(driver, TRANSCRIPT_SAID, text, length, 0);
    json_t *line = json_loadb(text, length, JSON_ALLOW_NUL, NULL);
    const char *op = json_string_value(json_object_get(line, "op"));
    const json_t *id = json_object_get(line, "id");
    if (op == NULL) {
        on_bad_line(driver, "expected a JSON object with \"op\"", text);
    } else if (strcmp(op, "hello") == 0 && driver->greeted) {
        on_bad_line(driver, "expected \"hello\" once", text);
    } else if (strcmp(op, "hello") == 0) {
        driver->greeted = true;
        driver->hello = json_incref(line);
        driver->events->on_hello(driver->owner, line);
    } else if (!driver->greeted) {
        on_bad_line(driver, "expected \"hello\" first", text);
    } else if (!json_is_integer(id)) {
        on_bad_line(driver, "expected an integer \"id\"", text);
    } else if (json_integer_value(id) < 0 || json_integer_value(id) > INT_MAX) {
        driver_note_unasked(driver);
    } else if (strcmp(op, "result") == 0) {
        driver->events->on_result(driver->owner, (int)json_integer_value(id), line);
    } else {
        driver->events->on_reply(driver->owner, op, (int)json_integer_value(id), line);
    }
    json_decref(line);
}

void driver_note_unasked(struct driver *driver)
{
    if (++driver->unasked > UNASKED_MAX)
        broke_protocol(driver, "it floods its standard output with replies that nobody asked for",
                       NULL);
}

/* A broken pipe may be the first sign of a death, and the death says more: its news gets a moment.
 */
static void complain_soon(struct driver *driver, const char *how)
{
    if (driver->died || driver->closing || driver->is_dumping || ev_is_active(&driver->patience))
        return;
    driver->complaint = how;
    ev_timer_start(driver->loop, &driver->patience);
}

/* What its last line without a newline would have been. */
static void tell_unfinished(struct driver *driver)
{
    if (driver->out.used == 0 || driver->tap == NULL)
        return;
    char *text = strndup(driver->out.buffer, driver->out.used);
    tap(driver, TRANSCRIPT_UNFINISHED, text != NULL ? text : "", text != NULL ? strlen(text) : 0,
        0);
    free(text);
    driver->out.used = 0;
}

static void on_out_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    struct driver *driver = io->data;
    switch (line_reader_read(&driver->out)) {
    case LINES_MORE:
        break;
    case LINES_TOO_LONG:
        tap(driver, TRANSCRIPT_TOO_LONG, "", 0, 0);
        broke_protocol(driver, "a line is longer than 256 KiB", NULL);
        break;
    case LINES_END:
    case LINES_FAILED:
        ev_io_stop(loop, io);
        tell_unfinished(driver);
        complain_soon(driver, "it closed its standard output");
        break;
    }
}

static void on_patience_over(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct driver *driver = timer->data;
    broke_protocol(driver, driver->complaint, NULL);
}

static void on_error_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    if (read_error(io->data) == 0)
        ev_io_stop(loop, io);
}

static void on_in_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    struct driver *driver = io->data;
    if (!line_writer_flush(&driver->in) || driver->in.used == 0)
        ev_io_stop(loop, io);
}

static void on_exit_of_driver(void *context, const struct process_exit *end)
{
    struct driver *driver = context;
    char how[96], why[200];
    driver->died = true;
    driver->pid = 0;
    if (driver->is_dumping)
        return;
    driver->status = end->status;
    if (line_reader_read(&driver->out) == LINES_END)
        tell_unfinished(driver);
    tap(driver, TRANSCRIPT_EXIT, "", 0, end->status);
    process_describe_exit(end->status, how, sizeof how);
    (void)snprintf(why, sizeof why, "the driver ended by itself: %s", how);
    driver_ended(driver, WIFSIGNALED(end->status), why);
}

static enum err spawn(struct driver *driver, char *const *argv, const char *mark,
                      struct err_text *error)
{
    int theirs[3] = {-1, -1, -1};
    enum err failed = process_pipe(PIPE_WE_WRITE, &driver->in_fd, &theirs[0], error);
    if (failed == ERR_NONE)
        failed = process_pipe(PIPE_WE_READ, &driver->out_fd, &theirs[1], error);
    if (failed == ERR_NONE)
        failed = process_pipe(PIPE_WE_READ, &driver->error_fd, &theirs[2], error);
    struct process_spec process = {.argv = argv,
                                   .mark = mark,
                                   .stdin_fd = theirs[0],
                                   .stdout_fd = theirs[1],
                                   .stderr_fd = theirs[2]};
    if (failed == ERR_NONE)
        failed = process_spawn(&process, &driver->pid, NULL, error);
    for (int i = 0; i < 3; i++) {
        if (theirs[i] >= 0)
            (void)close(theirs[i]);
    }
    return failed;
}

enum err driver_start(struct driver *driver, char *const *argv, const char *mark,
                      struct ev_loop *loop, struct reaper *reaper,
                      const struct driver_events *events, void *owner,
                      const struct driver_tap *listener, struct err_text *error)
{
    memset(driver, 0, sizeof *driver);
    driver->loop = loop;
    driver->reaper = reaper;
    driver->events = events;
    driver->owner = owner;
    driver->tap = listener;
    (void)snprintf(driver->mark, sizeof driver->mark, "%s", mark);
    driver->in_fd = driver->out_fd = driver->error_fd = -1;
    ev_timer_init(&driver->patience, on_patience_over, 0.2, 0.);
    driver->patience.data = driver;
    ev_io_init(&driver->out_ready, on_out_ready, 0, EV_READ);
    ev_io_init(&driver->error_ready, on_error_ready, 0, EV_READ);
    ev_io_init(&driver->in_ready, on_in_ready, 0, EV_WRITE);
    driver->out_ready.data = driver->error_ready.data = driver->in_ready.data = driver;
    enum err failed = spawn(driver, argv, mark, error);
    if (failed != ERR_NONE)
        return failed;
    tap(driver, TRANSCRIPT_BEGIN, argv[0], strlen(argv[0]), 0);
    reaper_watch(reaper, driver->pid, on_exit_of_driver, driver);
    line_reader_init(&driver->out, driver->out_fd, LINE_MAX_BYTES, on_line, driver);
    line_writer_init(&driver->in, driver->in_fd, QUEUE_MAX_BYTES);
    ev_io_set(&driver->out_ready, driver->out_fd, EV_READ);
    ev_io_set(&driver->error_ready, driver->error_fd, EV_READ);
    ev_io_set(&driver->in_ready, driver->in_fd, EV_WRITE);
    ev_io_start(loop, &driver->out_ready);
    ev_io_start(loop, &driver->error_ready);
    return ERR_NONE;
}

void driver_send(struct driver *driver, json_t *request)
{
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (text != NULL && !driver->closing)
        tap(driver, TRANSCRIPT_ASKED, text, strlen(text), 0);
    bool taken = text != NULL && !driver->closing && line_writer_put(&driver->in, text);
    free(text);
    if (!taken)
        complain_soon(driver, "it does not read its requests");
    else if (driver->in.used > 0)
        ev_io_start(driver->loop, &driver->in_ready);
}

void driver_finish_input(struct driver *driver)
{
    ev_io_stop(driver->loop, &driver->in_ready);
    line_writer_fini(&driver->in);
    line_writer_init(&driver->in, -1, 0);
    if (driver->in_fd >= 0)
        (void)close(driver->in_fd);
    driver->in_fd = -1;
    tap(driver, TRANSCRIPT_CLOSED, "", 0, 0);
}

void driver_ask_dump(struct driver *driver)
{
    driver->is_dumping = true;
    ev_timer_stop(driver->loop, &driver->patience);
    if (driver->pid > 0)
        (void)kill(driver->pid, SIGQUIT);
}

bool driver_has_dumped(const struct driver *driver)
{
    return driver->died && !ev_is_active(&driver->error_ready);
}

void driver_hand_over(struct driver *driver, const struct driver_events *events, void *owner)
{
    driver->events = events;
    driver->owner = owner;
    driver->last_words[0] = '\0';
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void driver_close(struct driver *driver)
{
    if (driver->loop == NULL)
        return;
    driver->closing = true;
    stop_watching(driver);
    ev_timer_stop(driver->loop, &driver->patience);
    if (driver->pid > 0) {
        tap(driver, TRANSCRIPT_KILLED, "", 0, 0);
        reaper_forget(driver->reaper, driver->pid);
        process_kill_all(driver->reaper, driver->pid, driver->mark);
    } else {
        process_kill_all(driver->reaper, 0, driver->mark);
    }
    line_reader_fini(&driver->out);
    line_writer_fini(&driver->in);
    close_fd(&driver->in_fd);
    close_fd(&driver->out_fd);
    close_fd(&driver->error_fd);
    free(driver->dump);
    json_decref(driver->hello);
    driver->dump = NULL;
    driver->hello = NULL;
    driver->loop = NULL;
}
