/* How a task comes by its session: a name, an address, a connection; or a connection at rest. */
#include "lib/deadline.h"
#include "lib/task_state.h"

#include <errno.h>
#include <string.h>

/* A connection that was at rest may take a quarter of the time left to open a channel, and no more
 * than this. */
#define REUSE_PATIENCE_MS 1000

/* ---- the session ---- */

static void on_session_progress(void *userdata)
{
    task_note_phase(userdata);
}

static void on_session_wake(void *userdata)
{
    struct task *task = userdata;
    ev_io_stop(task->engine->loop, &task->io);
    turn_add(&task->engine->turn, &task->job);
}

static void on_session_output(void *userdata, enum session_stream stream, const void *bytes,
                              size_t length)
{
    struct task *task = userdata;
    if (task->progress.output_bytes > task->output_limit)
        return;
    task->events.on_output(task, stream == SESSION_STDERR ? TASK_STDERR : TASK_STDOUT, bytes,
                           length, task->userdata);
}

static struct session_setup setup_of(struct task *task)
{
    return (struct session_setup){
        .loop = task->engine->loop,
        .user = task->target.user,
        .command = task->target.command,
        .environment = &task->target.environment,
        .agent = task->target.agent,
        .password = task->target.password,
        .key = task->target.key,
        .hostkeys = &task->target.hostkeys,
        .on_output = on_session_output,
        .on_progress = on_session_progress,
        .on_wake = on_session_wake,
        .userdata = task,
    };
}

/* From here on the server's silence counts. */
static void begin_hearing(struct task *task)
{
    task->heard_ns = clock_now_ns();
    task_set_alarm(task);
    task_set_keepalive(task, task->heard_ns);
}

static bool fail_to_connect(struct task *task)
{
    struct err_text error = {""};
    size_t count = task->target.addresses.count;
    if (count > 1)
        (void)err_set(&error, "can't connect to any of %zu addresses: %s", count,
                      strerror(task->connect_errno));
    else
        (void)err_set(&error, "can't connect: %s", strerror(task->connect_errno));
    task_finish(task, TASK_FAILURE, task->phase, error.text);
    return false;
}

bool task_begin_session(struct task *task)
{
    struct err_text error = {""};
    /* A server that refuses gives ECONNREFUSED: one that was reset had been connected. */
    task->progress.connected = task->fd >= 0 || task->connect_errno == ECONNRESET;
    task_note_phase(task);
    if (task->fd < 0)
        return fail_to_connect(task);

    struct session_setup setup = setup_of(task);
    begin_hearing(task);
    int fd = task->fd;
    task->fd = -1;
    task->session = session_new(fd, &setup, &task->progress, &error);
    if (task->session == NULL) {
        task_finish(task, TASK_FAILURE, task->phase, error.text);
        return false;
    }
    return true;
}

/* ---- the connection ---- */

static void on_dialled(void *userdata, int fd, int number)
{
    struct task *task = userdata;
    dial_free(&task->dial);
    task->fd = fd;
    task->connect_errno = number;
    if (fd >= 0)
        ev_io_set(&task->io, fd, EV_READ);
    turn_add(&task->engine->turn, &task->job);
}

static void connect_now(struct task *task)
{
    struct dial_setup setup = {
        .addresses = &task->target.addresses,
        .send_buffer_bytes = task->send_buffer_bytes,
        .on_done = on_dialled,
        .userdata = task,
    };
    task_enter_phase(task, PHASE_TCP);
    task->dial = dial_start(task->engine->loop, &setup);
}

static void on_name_resolved(void *userdata, const struct addresses *addresses,
                             const char *sentence)
{
    struct task *task = userdata;
    lookup_free(&task->lookup);
    if (task_finish_if_deadline(task))
        return;
    if (addresses == NULL) {
        task_finish(task, TASK_FAILURE, PHASE_DNS, sentence);
    } else {
        task->target.addresses = *addresses;
        connect_now(task);
        task_tell_phase(task);
        if (task->is_cancelled)
            task_finish(task, TASK_CANCELLED, task->phase, "cancelled");
    }
}

static bool ask_for_name(struct task *task, struct err_text *error)
{
    struct lookup_setup setup = {
        .name = task->target.name,
        .port = task->target.port,
        .server = task->target.dns,
        .deadline_ns = task->limits.deadline_ns,
        .on_done = on_name_resolved,
        .userdata = task,
    };
    task_enter_phase(task, PHASE_DNS);
    task->lookup = lookup_start(task->engine->loop, &setup, error);
    return task->lookup != NULL;
}

bool task_begin_connecting(struct task *task, struct err_text *error)
{
    if (task->target.addresses.count == 0)
        return ask_for_name(task, error);
    connect_now(task);
    return true;
}

bool task_reuse_connection(struct task *task)
{
    struct target previous;
    uint64_t out = 0;
    int64_t left_ms = (task->limits.deadline_ns - clock_now_ns()) / NS_PER_MS;
    struct session_setup setup = setup_of(task);
    task->session = idle_take(&task->engine->idle, &task->target, &previous);
    if (task->session == NULL)
        return false;
    session_resume(task->session, &setup, &task->progress);
    target_fini(&previous);
    task->is_reused = true;
    task->limits.reuse_ms =
        left_ms / 4 < REUSE_PATIENCE_MS ? (int32_t)(left_ms / 4) + 1 : REUSE_PATIENCE_MS;
    session_count_bytes(task->session, &task->heard_bytes, &out);
    task_enter_phase(task, PHASE_CHANNEL);
    begin_hearing(task);
    ev_io_set(&task->io, session_fd(task->session), EV_READ);
    turn_add(&task->engine->turn, &task->job);
    return true;
}

bool task_begin_afresh(struct task *task)
{
    struct err_text error = {""};
    if (!task->is_reused || session_has_sent_command(task->session))
        return false;
    task->is_reused = false;
    ev_io_stop(task->engine->loop, &task->io);
    ev_timer_stop(task->engine->loop, &task->keepalive);
    turn_remove(&task->engine->turn, &task->job);
    session_drop(&task->session);
    task->progress = (struct progress){.connected = false};
    task->heard_ns = 0;
    task->heard_bytes = 0;
    bool is_possible = task_begin_connecting(task, &error);
    task_tell_phase(task);
    if (!is_possible)
        task_finish(task, TASK_FAILURE, PHASE_DNS, error.text);
    else if (task->is_cancelled)
        task_finish(task, TASK_CANCELLED, task->phase, "cancelled");
    else
        task_set_alarm(task);
    return true;
}
