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
        .is_reused = task->is_reused,
    };
    return limits_next(&task->limits, &at, due_ns);
}

/* A limit that has moved into the future is noticed when its alarm comes; one that came closer
 * needs this. */
void task_set_alarm(struct task *task)
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

void task_set_keepalive(struct task *task, int64_t since_ns)
{
    if (task->keepalive_ms == 0)
        return;
    ev_timer_stop(task->engine->loop, &task->keepalive);
    alarm_set(task->engine->loop, &task->keepalive, deadline_after(since_ns, task->keepalive_ms));
}

/* ---- phases ---- */

void task_enter_phase(struct task *task, enum phase phase)
{
    int64_t now_ns = clock_now_ns();
    if (task->result.phase_entered[task->phase])
        task->result.phase_ns[task->phase] += now_ns - task->phase_entered_ns;
    task->result.phase_entered[phase] = true;
    task->phase = phase;
    task->phase_entered_ns = now_ns;
    if (task->limits.phase_ms[phase] != 0)
        task_set_alarm(task);
}

void task_tell_phase(struct task *task)
{
    bool was_in_event = task->is_in_event;
    if (task->events.on_phase == NULL)
        return;
    task->is_in_event = true;
    task->events.on_phase(task, task->phase, task->userdata);
    task->is_in_event = was_in_event;
}

/* One read may bring the answers of several phases: each of them was gone through, and is told. */
void task_note_phase(struct task *task)
{
    enum phase phase = progress_phase(&task->progress);
    while (phase != task->phase) {
        task_enter_phase(task, phase_towards(task->phase, phase));
        task_tell_phase(task);
    }
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
    if (task->session == NULL || !politely)
        session_drop(&task->session);
    else if (!idle_keep(&engine->idle, &task->session, &task->target))
        session_finish(&task->session);
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
void task_finish(struct task *task, enum task_outcome outcome, enum phase phase,
                 const char *sentence)
{
    task_enter_phase(task, task->phase); /* adds the last phase's time */
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

/* Ends the task if a limit has passed, or gives it a new connection; true when it did. */
static bool finish_if_late(struct task *task)
{
    char sentence[200];
    int64_t due_ns = 0;
    enum limit passed = next_limit(task, &due_ns);
    if (!deadline_is_over(due_ns, clock_now_ns()))
        return false;
    if (passed == LIMIT_REUSE)
        return task_begin_afresh(task);
    limits_sentence(sentence, sizeof sentence, &task->limits, passed, task->phase);
    task_finish(task, TASK_TIMEOUT, task->phase, sentence);
    return true;
}

bool task_finish_if_deadline(struct task *task)
{
    return deadline_is_over(task->limits.deadline_ns, clock_now_ns()) && finish_if_late(task);
}

static void finish_end(struct task *task, enum progress_end end)
{
    enum phase phase = progress_end_phase(&task->progress, end);
    if (end == PROGRESS_COMPLETE) {
        task_finish(task, TASK_SUCCESS, phase, "");
    } else if (end == PROGRESS_SIGNALLED) {
        char sentence[100];
        (void)snprintf(sentence, sizeof sentence, "the command was ended by signal %s",
                       session_exit_signal(task->session));
        task_finish(task, TASK_FAILURE, phase, sentence);
    } else {
        task_finish(task, TASK_FAILURE, phase, progress_end_sentence(end));
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

static void step(struct task *task)
{
    struct err_text error = {""};
    if (task_finish_if_deadline(task))
        return;
    if (task->lookup != NULL || task->dial != NULL)
        return; /* no socket yet */
    if (task->session == NULL && !task_begin_session(task))
        return;

    task->is_in_event = true; /* output comes from within */
    bool good = session_step(task->session, &error);
    task->is_in_event = false;
    note_heard(task);
    task_note_phase(task);

    /* Complete is complete, even if the connection broke right after it. */
    enum progress_end end = progress_end(&task->progress, task->output_limit);
    if (end != PROGRESS_GOES_ON) {
        finish_end(task, end);
        return;
    }
    if (!good) {
        if (!task_begin_afresh(task))
            task_finish(task, TASK_FAILURE, task->phase, error.text);
        return;
    }
    if (finish_if_late(task))
        return;
    offer_stdin(task);
    if (task->is_cancelled)
        task_finish(task, TASK_CANCELLED, task->phase, "cancelled");
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
    if (task_finish_if_deadline(task))
        return;
    if (task->job.is_queued || ev_is_pending(&task->io) || !finish_if_late(task))
        task_set_alarm(task);
}

static void on_keepalive(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct task *task = watcher->data;
    int64_t now_ns = clock_now_ns();
    (void)loop, (void)events;
    if (!deadline_is_over(deadline_after(task->heard_ns, task->keepalive_ms), now_ns)) {
        task_set_keepalive(task, task->heard_ns);
        return;
    }
    task_set_keepalive(task, now_ns);
    if (task->session == NULL || task->is_paused)
        return;
    session_send_keepalive(task->session);
    task_note_phase(task);
    ev_io_stop(task->engine->loop, &task->io);
    watch(task);
}

/* ---- the start of a task ---- */

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
    if (!target_init(&task->target, options, &engine->keys, error) ||
        (!task_reuse_connection(task) && !task_begin_connecting(task, error))) {
        ev_timer_stop(engine->loop, &task->alarm);
        free_task(task);
        return NULL;
    }
    engine_link(task);
    task_set_alarm(task);
    return task;
}

/* ---- what callers do with a task ---- */

void task_cancel(struct task *task)
{
    task->is_cancelled = true;
    if (!task->is_in_event)
        task_finish(task, TASK_CANCELLED, task->phase, "cancelled");
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
    if (task->heard_ns != 0)
        task->heard_ns = clock_now_ns(); /* nobody listened meanwhile */
    if (!task->is_in_event && task->session != NULL)
        turn_add(&task->engine->turn, &task->job);
}
