/* Lines come in as tasks have room, and results go out as they end: neither the list nor the
 * results are ever held as a whole. */
#include "cli/batch.h"

#include "cli/batch_line.h"
#include "cli/batch_tally.h"
#include "cli/exec.h"
#include "cli/lines.h"
#include "cli/outbox.h"
#include "cli/stream.h"
#include "cli/task_json.h"
#include "lib/deadline.h"
#include "lib/memory.h"
#include "lib/sshexec.h"
#include "lib/turn.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_LIMIT ((size_t)256 * 1024)

/* How much of the output a result holds, and how much may wait to be read by somebody. */
#define OUTPUT_KEPT ((uint64_t)64 * 1024)
#define OUTBOX_FULL ((size_t)1024 * 1024)

/* How often a terminal is told how far it is; how long the last lines may take to be read. */
#define PROGRESS_NS (100 * NS_PER_MS)
#define ENDING_S    1.0

struct batch {
    const struct options *options;
    struct ev_loop *loop;
    sshexec_pool *pool;
    struct turn turn;
    struct turn_job reading;
    struct stream input;
    struct lines lines;
    ev_io readable;
    struct outbox output, errors;
    ev_timer ending;
    ev_signal interrupted, terminated;
    struct batch_tally tally;
    int64_t told_ns; /* when a terminal was told last; 0 where there is none */
    int signal;      /* that ended it; 0: none */
    bool is_terminal, input_ended, is_ending;
};

/* For a task: which line it came from. */
struct item {
    struct batch *batch;
    unsigned long line;
};

/* ---- what is said ---- */

static void say(struct batch *batch, const char *text)
{
    char line[1200];
    const char *wipe = batch->is_terminal ? "\r\033[K" : "";
    (void)snprintf(line, sizeof line, "%ssshexec batch: %s\n", wipe, text);
    outbox_add(&batch->errors, line, strlen(line));
}

static void tell_progress(struct batch *batch)
{
    char line[200];
    int64_t now_ns = clock_now_ns();
    if (!batch->is_terminal || now_ns - batch->told_ns < PROGRESS_NS)
        return;
    batch->told_ns = now_ns;
    (void)snprintf(
        line, sizeof line, "\r\033[K%lu done, %zu under way, %lu ok, %lu timed out, %lu failed",
        batch->tally.done, sshexec_pool_running(batch->pool) + sshexec_pool_queued(batch->pool),
        batch->tally.good, batch->tally.timeouts, batch->tally.failures);
    outbox_add(&batch->errors, line, strlen(line));
}

static void refuse_line(struct batch *batch, unsigned long number, const char *sentence)
{
    char text[700];
    batch->tally.bad_lines++;
    (void)snprintf(text, sizeof text, "line %lu: %s", number, sentence);
    say(batch, text);
}

/* The last line that the command wrote, with nothing in it that moves a cursor. */
static void last_line(const sshexec_result *result, char *text, size_t size)
{
    size_t length = 0;
    const char *output = sshexec_result_output(result, SSHEXEC_STDOUT, &length);
    if (sshexec_result_outcome(result) != SSHEXEC_SUCCESS) {
        output = sshexec_result_error(result);
        length = strlen(output);
    }
    while (length > 0 && (output[length - 1] == '\n' || output[length - 1] == '\r'))
        length--;
    size_t start = length;
    while (start > 0 && output[start - 1] != '\n')
        start--;
    (void)snprintf(text, size, "%.*s", (int)(length - start < size ? length - start : size - 1),
                   output + start);
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = ' ';
    }
}

static void write_text(struct batch *batch, const sshexec_task *task, const sshexec_result *result)
{
    char last[300], status[24] = "-", line[900];
    sshexec_phase phase = sshexec_result_phase(result);
    int64_t exit_status = sshexec_result_exit_status(result);
    if (exit_status >= 0)
        (void)snprintf(status, sizeof status, "%lld", (long long)exit_status);
    last_line(result, last, sizeof last);
    (void)snprintf(line, sizeof line, "%s\t%s\t%.3f s\t%s%s%s\t%s\n", sshexec_task_host(task),
                   status, (double)sshexec_result_elapsed_ns(result) / 1e9,
                   sshexec_outcome_name(sshexec_result_outcome(result)),
                   phase == SSHEXEC_PHASE_NONE ? "" : "/",
                   phase == SSHEXEC_PHASE_NONE ? "" : sshexec_phase_name(phase), last);
    outbox_add(&batch->output, line, strlen(line));
}

static void write_json(struct batch *batch, const sshexec_task *task, const sshexec_result *result,
                       unsigned long number)
{
    json_t *line = task_json_result(result);
    (void)json_object_set_new(line, "line", json_integer((json_int_t)number));
    (void)json_object_set_new(line, "host", task_json_text(sshexec_task_host(task)));
    (void)json_object_set_new(line, "port", json_integer(sshexec_task_port(task)));
    char *text = json_dumps(line, JSON_COMPACT);
    outbox_add(&batch->output, text, strlen(text));
    outbox_add(&batch->output, "\n", 1);
    free(text);
    json_decref(line);
}

/* ---- the end ---- */

static void leave_if_written(struct batch *batch)
{
    if (batch->is_ending && outbox_waiting(&batch->output) == 0 &&
        outbox_waiting(&batch->errors) == 0)
        ev_break(batch->loop, EVBREAK_ALL);
}

static void begin_ending(struct batch *batch)
{
    char text[600];
    if (batch->is_ending)
        return;
    batch->is_ending = true;
    ev_io_stop(batch->loop, &batch->readable);
    batch_tally_write(&batch->tally, text, sizeof text);
    say(batch, text);
    ev_now_update(batch->loop);
    ev_timer_start(batch->loop, &batch->ending);
    leave_if_written(batch);
}

static void on_ending_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void cancel_visit(sshexec_task *task, void *userdata, void *argument)
{
    (void)userdata, (void)argument;
    sshexec_task_cancel(task);
}

static void go_on(struct batch *batch);

static void stop(struct batch *batch)
{
    batch->input_ended = true;
    lines_fini(&batch->lines);
    lines_init(&batch->lines, LINE_LIMIT);
    sshexec_pool_each_task(batch->pool, cancel_visit, NULL);
    go_on(batch);
}

static void on_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
    struct batch *batch = watcher->data;
    (void)loop, (void)events;
    batch->signal = watcher->signum;
    stop(batch);
}

/* ---- tasks ---- */

static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct item *item = userdata;
    struct batch *batch = item->batch;
    batch_tally_add(&batch->tally, result);
    if (batch->options->is_json)
        write_json(batch, task, result, item->line);
    else
        write_text(batch, task, result);
    free(item);
    tell_progress(batch);
    turn_add(&batch->turn, &batch->reading);
}

static void begin_task(struct batch *batch, sshexec_request *request)
{
    static const sshexec_events events = {.on_done = on_done};
    unsigned long number = batch->lines.number;
    struct item *item = memory_zeroed(sizeof *item);
    *item = (struct item){batch, number};
    (void)sshexec_request_set_output_kept(request, OUTPUT_KEPT);
    if (sshexec_pool_submit(batch->pool, request, &events, item, NULL) == SSHEXEC_OK) {
        batch->tally.begun++;
    } else {
        refuse_line(batch, number, sshexec_pool_error(batch->pool));
        free(item);
    }
}

static void take_line(struct batch *batch)
{
    char *text = NULL;
    size_t length = 0;
    struct err_text error = {""};
    enum lines_found found = lines_next(&batch->lines, &text, &length);
    if (found == LINES_TOO_LONG)
        refuse_line(batch, batch->lines.number, "a line may have 256 KiB; this one is longer");
    if (found != LINES_ONE)
        return;
    sshexec_request *request = batch_line_read(text, length, batch->options->request, &error);
    if (request != NULL)
        begin_task(batch, request);
    else if (error.text[0] != '\0')
        refuse_line(batch, batch->lines.number, error.text);
    sshexec_request_free(request);
}

/* ---- input ---- */

static bool has_room(const struct batch *batch)
{
    size_t under_way = sshexec_pool_running(batch->pool) + sshexec_pool_queued(batch->pool);
    return under_way < (size_t)batch->options->jobs && outbox_waiting(&batch->output) < OUTBOX_FULL;
}

/* What to do next, after anything that may have changed it. */
static void go_on(struct batch *batch)
{
    if (batch->is_ending) {
        leave_if_written(batch);
        return;
    }
    bool has_line = lines_has_next(&batch->lines);
    size_t under_way = sshexec_pool_running(batch->pool) + sshexec_pool_queued(batch->pool);
    if (batch->output.is_broken && !batch->input_ended) {
        say(batch, "nobody reads the results any more");
        stop(batch);
    } else if (has_line && has_room(batch)) {
        turn_add(&batch->turn, &batch->reading);
    } else if (!has_line && !batch->input_ended) {
        ev_io_start(batch->loop, &batch->readable);
    } else if (!has_line && under_way == 0) {
        begin_ending(batch);
    }
}

static void on_reading(struct turn_job *job)
{
    struct batch *batch = (struct batch *)((char *)job - offsetof(struct batch, reading));
    if (lines_has_next(&batch->lines) && has_room(batch))
        take_line(batch);
    go_on(batch);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct batch *batch = watcher->data;
    size_t room = 0;
    (void)events;
    char *place = lines_room(&batch->lines, &room);
    ssize_t got = stream_read(&batch->input, place, room);
    ev_io_stop(loop, watcher);
    if (got > 0) {
        lines_added(&batch->lines, (size_t)got);
    } else if (got == 0 || errno != EAGAIN) {
        batch->input_ended = true;
        lines_end(&batch->lines);
    }
    go_on(batch);
}

static void on_outbox_change(struct outbox *outbox, void *userdata)
{
    (void)outbox;
    go_on(userdata);
}

/* ---- one run ---- */

static void watch_signal(struct batch *batch, ev_signal *watcher, int number)
{
    ev_signal_init(watcher, on_signal, number);
    watcher->data = batch;
    ev_signal_start(batch->loop, watcher);
    ev_unref(batch->loop);
}

static void batch_init(struct batch *batch)
{
    size_t jobs = (size_t)batch->options->jobs;
    batch->pool = sshexec_pool_new(batch->loop);
    sshexec_pool_set_limits(batch->pool, jobs, jobs);
    if (batch->options->reuse_ms > 0)
        sshexec_pool_set_reuse(batch->pool, jobs, batch->options->reuse_ms);
    turn_init(&batch->turn, batch->loop);
    batch->reading.run = on_reading;
    stream_init(&batch->input, STDIN_FILENO);
    lines_init(&batch->lines, LINE_LIMIT);
    outbox_init(&batch->output, batch->loop, STDOUT_FILENO, on_outbox_change, batch);
    outbox_init(&batch->errors, batch->loop, STDERR_FILENO, on_outbox_change, batch);
    batch->is_terminal = isatty(STDERR_FILENO) == 1;
    ev_io_init(&batch->readable, on_readable, batch->input.fd, EV_READ);
    batch->readable.data = batch;
    ev_timer_init(&batch->ending, on_ending_over, ENDING_S, 0);
    watch_signal(batch, &batch->interrupted, SIGINT);
    watch_signal(batch, &batch->terminated, SIGTERM);
}

static void batch_fini(struct batch *batch)
{
    sshexec_pool_free(batch->pool);
    turn_remove(&batch->turn, &batch->reading);
    turn_fini(&batch->turn);
    ev_io_stop(batch->loop, &batch->readable);
    ev_timer_stop(batch->loop, &batch->ending);
    ev_ref(batch->loop);
    ev_signal_stop(batch->loop, &batch->interrupted);
    ev_ref(batch->loop);
    ev_signal_stop(batch->loop, &batch->terminated);
    outbox_fini(&batch->output);
    outbox_fini(&batch->errors);
    lines_fini(&batch->lines);
    stream_fini(&batch->input);
}

/* The file takes the place of standard input, which nobody else needs. */
static bool open_file(const char *path, struct err_text *error)
{
    if (strcmp(path, "-") == 0)
        return true;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(error, "can't read %s", path);
    (void)dup2(fd, STDIN_FILENO);
    (void)close(fd);
    return true;
}

int batch_run(const struct options *options)
{
    struct batch batch = {.options = options};
    struct err_text error = {""};
    if (open_file(options->file, &error) && options_read_password(options, &error))
        batch.loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (batch.loop == NULL) {
        (void)fprintf(stderr, "sshexec batch: %s\n",
                      error.text[0] != '\0' ? error.text : "can't make an event loop");
        return EXEC_STATUS_FAILURE;
    }
    (void)sshexec_warm_up();
    batch_init(&batch);
    go_on(&batch);
    (void)ev_run(batch.loop, 0);
    int status = batch.signal != 0        ? 128 + batch.signal
                 : batch.output.is_broken ? EXEC_STATUS_FAILURE
                                          : batch_tally_status(&batch.tally);
    batch_fini(&batch);
    ev_loop_destroy(batch.loop);
    return status;
}
