/* The streams of one command. Each of the three may be a pipe that the other side neither reads nor
 * fills: none of them may hold up the deadline, which is the task's until the task is over, and
 * then holds for what is left to be written. */
#include "cli/exec.h"

#include "cli/outbox.h"
#include "cli/report.h"
#include "cli/stream.h"
#include "lib/alarm.h"
#include "lib/deadline.h"
#include "lib/sshexec.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STDIN_PIECE ((size_t)16 * 1024)

/* While this much output waits to be taken, nothing more is read from the server. */
#define OUTPUT_HIGH ((size_t)256 * 1024)

struct exec {
    const struct options *options;
    struct ev_loop *loop;
    sshexec_pool *pool;
    sshexec_task *task; /* NULL when it is over */
    struct stream input;
    ev_io readable;
    char piece[STDIN_PIECE]; /* read from stdin and not yet taken by the task */
    size_t piece_start, piece_end;
    bool input_ended;
    struct outbox output, errors;
    ev_timer deadline; /* for what is left to be written when the task is over */
    ev_signal interrupted, terminated;
    int64_t deadline_ns;
    int status;
};

/* ---- the end ---- */

static void say(struct exec *exec, const char *text)
{
    char line[1500];
    (void)snprintf(line, sizeof line, "sshexec: %s\n", text);
    outbox_add(&exec->errors, line, strlen(line));
}

static void leave_if_written(struct exec *exec)
{
    if (exec->task == NULL && outbox_waiting(&exec->output) == 0 &&
        outbox_waiting(&exec->errors) == 0)
        ev_break(exec->loop, EVBREAK_ALL);
}

static void on_deadline(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct exec *exec = watcher->data;
    (void)events;
    if (exec->status != EXEC_STATUS_TIMEOUT && outbox_waiting(&exec->output) > 0) {
        exec->status = EXEC_STATUS_TIMEOUT;
        say(exec, "timeout in phase data: the command is over, but its output is not being read");
    }
    ev_break(loop, EVBREAK_ALL);
}

/* The task is over: what it wrote may still have to go out, until the same deadline. */
static void begin_leaving(struct exec *exec)
{
    ev_io_stop(exec->loop, &exec->readable);
    alarm_set(exec->loop, &exec->deadline, exec->deadline_ns);
    leave_if_written(exec);
}

/* A status that doesn't fit into ours must not turn into 0. */
static int own_status(int64_t remote_status)
{
    return remote_status < EXEC_STATUS_FAILURE ? (int)remote_status : EXEC_STATUS_FAILURE;
}

static int status_of(const sshexec_result *result)
{
    sshexec_outcome outcome = sshexec_result_outcome(result);
    if (outcome == SSHEXEC_SUCCESS)
        return own_status(sshexec_result_exit_status(result));
    return outcome == SSHEXEC_TIMEOUT ? EXEC_STATUS_TIMEOUT : EXEC_STATUS_FAILURE;
}

static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct exec *exec = userdata;
    char text[1400];
    (void)task;
    exec->task = NULL;
    exec->status = status_of(result);
    report_write(text, sizeof text, result);
    if (exec->output.is_broken)
        say(exec, "failure: standard output was closed");
    else if (sshexec_result_outcome(result) != SSHEXEC_SUCCESS || exec->options->is_verbose)
        say(exec, text);
    begin_leaving(exec);
}

static void on_phase(sshexec_task *task, sshexec_phase phase, void *userdata)
{
    struct exec *exec = userdata;
    char text[200];
    if (!exec->options->is_verbose)
        return;
    (void)snprintf(text, sizeof text, "after %.1f ms %s: %s",
                   (double)sshexec_task_age_ns(task) / (double)NS_PER_MS, sshexec_phase_name(phase),
                   sshexec_phase_sentence(phase));
    say(exec, text);
}

static void on_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
    struct exec *exec = watcher->data;
    (void)events;
    exec->status = 128 + watcher->signum;
    ev_break(loop, EVBREAK_ALL);
}

/* ---- output ---- */

static void on_outbox_change(struct outbox *outbox, void *userdata)
{
    struct exec *exec = userdata;
    (void)outbox;
    if (exec->task == NULL)
        leave_if_written(exec);
    else if (exec->output.is_broken)
        sshexec_task_cancel(exec->task);
    else if (outbox_waiting(&exec->output) < OUTPUT_HIGH &&
             outbox_waiting(&exec->errors) < OUTPUT_HIGH)
        sshexec_task_resume(exec->task);
}

static void on_output(sshexec_task *task, sshexec_stream stream, const void *bytes, size_t length,
                      void *userdata)
{
    struct exec *exec = userdata;
    struct outbox *outbox = stream == SSHEXEC_STDERR ? &exec->errors : &exec->output;
    outbox_add(outbox, bytes, length);
    if (exec->output.is_broken)
        sshexec_task_cancel(task);
    else if (outbox_waiting(outbox) >= OUTPUT_HIGH)
        sshexec_task_pause(task);
}

/* ---- standard input ---- */

static void pass_input_on(struct exec *exec, sshexec_task *task)
{
    size_t length = exec->piece_end - exec->piece_start;
    if (length > 0)
        exec->piece_start +=
            sshexec_task_write_stdin(task, exec->piece + exec->piece_start, length);
    if (exec->piece_start < exec->piece_end)
        return;
    if (exec->input_ended)
        sshexec_task_end_stdin(task);
    else
        ev_io_start(exec->loop, &exec->readable);
}

static void on_stdin(sshexec_task *task, size_t room, void *userdata)
{
    struct exec *exec = userdata;
    if (room > 0 || exec->input_ended)
        pass_input_on(exec, task);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct exec *exec = watcher->data;
    (void)events;
    ssize_t got = stream_read(&exec->input, exec->piece, sizeof exec->piece);
    if (got < 0 && errno == EAGAIN)
        return;
    ev_io_stop(loop, watcher);
    exec->piece_start = 0;
    exec->piece_end = got > 0 ? (size_t)got : 0;
    exec->input_ended = got <= 0;
    if (exec->task != NULL)
        pass_input_on(exec, exec->task);
}

/* ---- one run ---- */

static bool start_task(struct exec *exec, int64_t start_ns, struct err_text *error)
{
    static const sshexec_events events = {
        .on_done = on_done, .on_output = on_output, .on_stdin = on_stdin, .on_phase = on_phase};
    sshexec_request *request = exec->options->request;
    (void)sshexec_request_set_begin_ns(request, start_ns);
    return options_read_password(exec->options, error) &&
           (sshexec_pool_submit(exec->pool, request, &events, exec, &exec->task) == SSHEXEC_OK ||
            err_set(error, "%s", sshexec_pool_error(exec->pool)));
}

static void watch_signal(struct exec *exec, ev_signal *watcher, int number)
{
    ev_signal_init(watcher, on_signal, number);
    watcher->data = exec;
    ev_signal_start(exec->loop, watcher);
    ev_unref(exec->loop);
}

static void exec_init(struct exec *exec)
{
    exec->pool = sshexec_pool_new(exec->loop);
    stream_init(&exec->input, STDIN_FILENO);
    outbox_init(&exec->output, exec->loop, STDOUT_FILENO, on_outbox_change, exec);
    outbox_init(&exec->errors, exec->loop, STDERR_FILENO, on_outbox_change, exec);
    ev_io_init(&exec->readable, on_readable, exec->input.fd, EV_READ);
    exec->readable.data = exec;
    ev_timer_init(&exec->deadline, on_deadline, 0, 0);
    exec->deadline.data = exec;
    watch_signal(exec, &exec->interrupted, SIGINT);
    watch_signal(exec, &exec->terminated, SIGTERM);
}

static void exec_fini(struct exec *exec)
{
    sshexec_pool_free(exec->pool);
    ev_io_stop(exec->loop, &exec->readable);
    ev_timer_stop(exec->loop, &exec->deadline);
    ev_ref(exec->loop);
    ev_signal_stop(exec->loop, &exec->interrupted);
    ev_ref(exec->loop);
    ev_signal_stop(exec->loop, &exec->terminated);
    outbox_fini(&exec->errors);
    outbox_fini(&exec->output);
    stream_fini(&exec->input);
}

int exec_run(const struct options *options, int64_t start_ns)
{
    static struct exec exec; /* large, and there is one */
    struct err_text error = {""};
    exec.options = options;
    exec.input_ended = options->has_no_stdin;
    exec.status = EXEC_STATUS_FAILURE;
    exec.deadline_ns = deadline_after(start_ns, options->deadline_ms);
    exec.loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (exec.loop == NULL) {
        (void)fputs("sshexec: can't make an event loop\n", stderr);
        return EXEC_STATUS_FAILURE;
    }
    exec_init(&exec);
    if (start_task(&exec, start_ns, &error)) {
        (void)ev_run(exec.loop, 0);
    } else {
        char text[600];
        (void)snprintf(text, sizeof text, "could not try: %s", error.text);
        say(&exec, text);
    }
    exec_fini(&exec);
    ev_loop_destroy(exec.loop);
    return exec.status;
}
