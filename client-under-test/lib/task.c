/* One task: a socket, a session on it, a deadline, and the result. */
#include "lib/task.h"

#include "lib/alarm.h"
#include "lib/deadline.h"
#include "lib/memory.h"
#include "lib/task_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without a limit of its own, a keepalive request may take as long as it takes to miss so many. */
#define KEEPALIVES_MISSED 2

/* ---- limits ---- */

static enum limit next_limit(const struct task *task, int64_t *due_ns)
{
    struct limits_position at = {
        .phase = task->phase,
        .start_ns = task->start_ns,
        .entered_ns = task->phase_entered_ns,
        .heard_ns = task->heard_ns,
    };
    return limits_next(&task->limits, &at, due_ns);
}

/* A limit that has moved into the future is noticed when its alarm comes; one that came closer
 * needs this. */
static void set_alarm(struct task *task)
{
    int64_t due_ns = 0;
    (void)next_limit(task, &due_ns);
    ev_timer_stop(task->engine->loop, &task->alarm);
    alarm_set(task->engine->loop, &task->alarm, due_ns);
}

static void note_heard(struct task *task)
{
    uint64_t in = 0, out = 0;
    session_count_bytes(task->session, &in, &out);
    if (in != task->heard_bytes)
        task->heard_ns = clock_now_ns();
    task->heard_bytes = in;
}

static void set_keepalive(struct task *task, int64_t since_ns)
{
    if (task->keepalive_ms == 0)
        return;
    ev_timer_stop(task->engine->loop, &task->keepalive);
    alarm_set(task->engine->loop, &task->keepalive, deadline_after(since_ns, task->keepalive_ms));
}

/* ---- phases ---- */

static void enter_phase(struct task *task, enum phase phase)
{
    int64_t now_ns = clock_now_ns();
    if (task->result.phase_entered[task->phase])
        task->result.phase_ns[task->phase] += now_ns - task->phase_entered_ns;
    task->result.phase_entered[phase] = true;
    task->phase = phase;
    task->phase_entered_ns = now_ns;
    if (task->limits.phase_ms[phase] != 0)
        set_alarm(task);
}

static void tell_phase(struct task *task)
{
    bool was_in_event = task->is_in_event;
    if (task->events.on_phase == NULL)
        return;
    task->is_in_event = true;
    task->events.on_phase(task, task->phase, task->userdata);
    task->is_in_event = was_in_event;
}

/* One read may bring the answers of several phases: each of them was gone through, and is told. */
static void note_phase(struct task *task)
{
    enum phase phase = progress_phase(&task->progress);
    while (phase != task->phase) {
        enter_phase(task, phase_towards(task->phase, phase));
        tell_phase(task);
    }
}

static void on_session_progress(void *userdata)
{
    note_phase(userdata);
}

enum phase task_phase(const struct task *task, int64_t *entered_ns)
{
    *entered_ns = task->phase_entered_ns;
    return task->phase;
}

int64_t task_started_ns(const struct task *task)
{
    return task->start_ns;
}

void task_count_bytes(const struct task *task, uint64_t *in, uint64_t *out)
{
    *in = *out = 0;
    if (task->session != NULL)
        session_count_bytes(task->session, in, out);
}

/* ---- the end of a task ---- */

/* Order: watchers before the descriptor that they watch, the session (which closes the descriptor)
 * before the key and the policy that it borrows. */
static void let_go(struct task *task, bool politely)
{
    struct engine *engine = task->engine;
    ev_timer_stop(engine->loop, &task->alarm);
    ev_timer_stop(engine->loop, &task->keepalive);
    ev_io_stop(engine->loop, &task->io);
    turn_remove(&engine->turn, &task->job);
    lookup_free(&task->lookup);
    dial_free(&task->dial);
    if (task->session != NULL && politely)
        session_finish(&task->session);
    else
        session_drop(&task->session);
    if (task->fd >= 0)
        (void)close(task->fd);
    task->fd = -1;
    engine_unlink(task);
}

static void free_task(struct task *task)
{
    target_fini(&task->target);
    free(task);
}

void task_drop(struct task *task)
{
    let_go(task, false);
    free_task(task);
}

/* The descriptor is closed before anyone hears that the task is over. */
static void finish(struct task *task, enum task_outcome outcome, enum phase phase,
                   const char *sentence)
{
    enter_phase(task, task->phase); /* adds the last phase's time */
    task->result.outcome = outcome;
    task->result.phase = outcome == TASK_FAILURE ? progress_failure_phase(phase) : phase;
    task->result.exit_status = task->progress.exit_status;
    (void)snprintf(task->result.error, sizeof task->result.error, "%s", sentence);
    if (task->session != NULL)
        (void)snprintf(task->result.signal, sizeof task->result.signal, "%s",
                       session_exit_signal(task->session));
    let_go(task, outcome == TASK_SUCCESS);
    task->result.elapsed_ns = clock_now_ns() - task->start_ns;
    task->events.on_done(task, &task->result, task->userdata);
    free_task(task);
}

/* Ends the task if a limit has passed. */
static bool finish_if_late(struct task *task)
{
    char sentence[200];
    int64_t due_ns = 0;
    enum limit passed = next_limit(task, &due_ns);
    if (!deadline_is_over(due_ns, clock_now_ns()))
        return false;
    limits_sentence(sentence, sizeof sentence, &task->limits, passed, task->phase);
    finish(task, TASK_TIMEOUT, task->phase, sentence);
    return true;
}

static bool finish_if_deadline(struct task *task)
{
    return deadline_is_over(task->limits.deadline_ns, clock_now_ns()) && finish_if_late(task);
}

static void finish_end(struct task *task, enum progress_end end)
{
    enum phase phase = progress_end_phase(&task->progress, end);
    if (end == PROGRESS_COMPLETE) {
        finish(task, TASK_SUCCESS, phase, "");
    } else if (end == PROGRESS_SIGNALLED) {
        char sentence[100];
        (void)snprintf(sentence, sizeof sentence, "the command was ended by signal %s",
                       session_exit_signal(task->session));
        finish(task, TASK_FAILURE, phase, sentence);
    } else {
        finish(task, TASK_FAILURE, phase, progress_end_sentence(end));
    }
}

/* ---- steps ---- */

/* Watches what is worth waiting for. Nothing is read while the caller can't take output. */
static void watch(struct task *task)
{
    if (session_is_broken(task->session)) {
        turn_add(&task->engine->turn, &task->job); /* the next step says why */
        return;
    }
    if (task->is_paused)
        return;
    int events = EV_READ | (session_wants_write(task->session) ? EV_WRITE : 0);
    if (task->io.events != events) {
        int fd = task->io.fd;
        ev_io_set(&task->io, fd, events);
    }
    ev_io_start(task->engine->loop, &task->io);
}

static void offer_stdin(struct task *task)
{
    if (!task->progress.exec_accepted || task->is_paused)
        return;
    task->is_in_event = true;
    task->events.on_stdin(task, session_stdin_room(task->session), task->userdata);
    task->is_in_event = false;
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

static bool fail_to_connect(struct task *task)
{
    struct err_text error = {""};
    size_t count = task->target.addresses.count;
    if (count > 1)
        (void)err_set(&error, "can't connect to any of %zu addresses: %s", count,
                      strerror(task->connect_errno));
    else
        (void)err_set(&error, "can't connect: %s", strerror(task->connect_errno));
    finish(task, TASK_FAILURE, task->phase, error.text);
    return false;
}

/* After the dial: its result, then the session. False when the task is finished. */
static bool begin_session(struct task *task)
{
    struct err_text error = {""};
    /* A server that refuses gives ECONNREFUSED: one that was reset had been connected. */
    task->progress.connected = task->fd >= 0 || task->connect_errno == ECONNRESET;
    note_phase(task);
    if (task->fd < 0)
        return fail_to_connect(task);

    task->heard_ns = clock_now_ns();
    set_alarm(task);
    set_keepalive(task, task->heard_ns);
    struct session_setup setup = {
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
    int fd = task->fd;
    task->fd = -1;
    task->session = session_new(fd, &setup, &task->progress, &error);
    if (task->session == NULL) {
        finish(task, TASK_FAILURE, task->phase, error.text);
        return false;
    }
    return true;
}

static void step(struct task *task)
{
    struct err_text error = {""};
    if (finish_if_deadline(task))
        return;
    if (task->lookup != NULL || task->dial != NULL)
        return; /* no socket yet */
    if (task->session == NULL && !begin_session(task))
        return;

    task->is_in_event = true; /* output comes from within */
    bool good = session_step(task->session, &error);
    task->is_in_event = false;
    note_heard(task);
    note_phase(task);

    /* Complete is complete, even if the connection broke right after it. */
    enum progress_end end = progress_end(&task->progress, task->output_limit);
    if (end != PROGRESS_GOES_ON) {
        finish_end(task, end);
        return;
    }
    if (!good) {
        finish(task, TASK_FAILURE, task->phase, error.text);
        return;
    }
    if (finish_if_late(task))
        return;
    offer_stdin(task);
    if (task->is_cancelled)
        finish(task, TASK_CANCELLED, task->phase, "cancelled");
    else
        watch(task);
}

static void on_turn(struct turn_job *job)
{
    step((struct task *)((char *)job - offsetof(struct task, job)));
}

/* Something is due: the task gets its turn, and is watched again after it. */
static void on_socket_ready(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct task *task = watcher->data;
    (void)events;
    ev_io_stop(loop, watcher);
    turn_add(&task->engine->turn, &task->job);
}

/* What has come and was not looked at yet may have kept any limit but the deadline: the step that
 * is due anyway looks at them again. */
static void on_alarm(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct task *task = watcher->data;
    (void)loop, (void)events;
    if (task->is_paused)
        task->heard_ns = task->heard_ns != 0 ? clock_now_ns() : 0; /* nobody listens */
    if (finish_if_deadline(task))
        return;
    if (task->job.is_queued || ev_is_pending(&task->io))
        set_alarm(task);
    else if (!finish_if_late(task))
        set_alarm(task);
}

static void on_keepalive(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct task *task = watcher->data;
    int64_t now_ns = clock_now_ns();
    (void)loop, (void)events;
    if (!deadline_is_over(deadline_after(task->heard_ns, task->keepalive_ms), now_ns)) {
        set_keepalive(task, task->heard_ns);
        return;
    }
    set_keepalive(task, now_ns);
    if (task->session == NULL || task->is_paused)
        return;
    session_send_keepalive(task->session);
    note_phase(task);
    ev_io_stop(task->engine->loop, &task->io);
    watch(task);
}

/* ---- the start of a task ---- */

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
    enter_phase(task, PHASE_TCP);
    task->dial = dial_start(task->engine->loop, &setup);
}

static void on_name_resolved(void *userdata, const struct addresses *addresses,
                             const char *sentence)
{
    struct task *task = userdata;
    lookup_free(&task->lookup);
    if (finish_if_deadline(task))
        return;
    if (addresses == NULL) {
        finish(task, TASK_FAILURE, PHASE_DNS, sentence);
    } else {
        task->target.addresses = *addresses;
        connect_now(task);
        tell_phase(task);
        if (task->is_cancelled)
            finish(task, TASK_CANCELLED, task->phase, "cancelled");
    }
}

static bool ask_for_name(struct task *task, const struct task_options *options,
                         struct err_text *error)
{
    struct lookup_setup setup = {
        .name = task->target.name,
        .port = options->port,
        .server = options->dns,
        .deadline_ns = task->limits.deadline_ns,
        .on_done = on_name_resolved,
        .userdata = task,
    };
    enter_phase(task, PHASE_DNS);
    task->lookup = lookup_start(task->engine->loop, &setup, error);
    return task->lookup != NULL;
}

struct task *task_start(struct engine *engine, const struct task_options *options,
                        const struct task_events *events, void *userdata, struct err_text *error)
{
    struct task *task = memory_zeroed(sizeof *task);
    task->engine = engine;
    task->events = *events;
    task->userdata = userdata;
    task->fd = -1;
    task->start_ns = options->start_ns;
    task->limits = options->limits;
    task->keepalive_ms = options->keepalive_ms;
    if (task->limits.phase_ms[PHASE_KEEPALIVE] == 0)
        task->limits.phase_ms[PHASE_KEEPALIVE] = KEEPALIVES_MISSED * task->keepalive_ms;
    task->output_limit = options->output_limit;
    task->send_buffer_bytes = options->send_buffer_bytes;
    task->job.run = on_turn;
    task->phase = PHASE_DNS;
    ev_timer_init(&task->alarm, on_alarm, 0, 0);
    ev_set_priority(&task->alarm, EV_MAXPRI);
    ev_timer_init(&task->keepalive, on_keepalive, 0, 0);
    task->alarm.data = task->keepalive.data = task;
    ev_init(&task->io, on_socket_ready);
    task->io.data = task;
    bool is_possible = target_init(&task->target, options, &engine->keys, error);
    bool is_located = task->target.addresses.count > 0;
    if (!is_possible || (!is_located && !ask_for_name(task, options, error))) {
        ev_timer_stop(engine->loop, &task->alarm);
        free_task(task);
        return NULL;
    }
    if (is_located)
        connect_now(task);
    engine_link(task);
    set_alarm(task);
    return task;
}

/* ---- what callers do with a task ---- */

void task_cancel(struct task *task)
{
    task->is_cancelled = true;
    if (!task->is_in_event)
        finish(task, TASK_CANCELLED, task->phase, "cancelled");
}

/* What was written has to go out, and whoever writes may be told when there is room again. */
static void after_stdin(struct task *task)
{
    if (task->is_in_event)
        return; /* step() goes on after the event */
    if (!task->is_paused) {
        ev_io_stop(task->engine->loop, &task->io);
        watch(task);
    }
}

size_t task_write_stdin(struct task *task, const void *bytes, size_t length)
{
    if (task->session == NULL)
        return 0;
    size_t taken = session_write_stdin(task->session, bytes, length);
    after_stdin(task);
    return taken;
}

void task_end_stdin(struct task *task)
{
    if (task->session == NULL)
        return;
    session_end_stdin(task->session);
    after_stdin(task);
}

void task_pause(struct task *task)
{
    task->is_paused = true;
    if (task->session == NULL)
        return; /* connecting goes on: nothing is read by that */
    ev_io_stop(task->engine->loop, &task->io);
    turn_remove(&task->engine->turn, &task->job);
}

void task_resume(struct task *task)
{
    if (!task->is_paused)
        return;
    task->is_paused = false;
    if (!task->is_in_event && task->session != NULL)
        turn_add(&task->engine->turn, &task->job);
}
