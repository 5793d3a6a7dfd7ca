/* One task: a socket, a session on it, a deadline, and the result. */
#include "lib/task.h"

#include "lib/alarm.h"
#include "lib/deadline.h"
#include "lib/dial.h"
#include "lib/keycache.h"
#include "lib/lookup.h"
#include "lib/memory.h"
#include "lib/progress.h"
#include "lib/session.h"
#include "lib/target.h"
#include "lib/turn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct engine {
    struct ev_loop *loop; /* borrowed */
    struct turn turn;
    struct keycache keys;
    struct task *first, *last; /* owned list, oldest first */
    size_t count;
};

struct task {
    struct engine *engine; /* borrowed: lives longer */
    struct task *next, *previous;
    struct task_events events;
    void *userdata;

    struct target target;
    int64_t start_ns, deadline_ns;
    uint64_t output_limit;

    int send_buffer_bytes;

    struct lookup *lookup;   /* owned; while the name is being resolved */
    struct dial *dial;       /* owned; while being connected */
    int fd;                  /* owned; between connection and session, else -1 */
    struct session *session; /* owned */
    struct progress progress;
    ev_io io;
    ev_timer deadline;
    struct turn_job job;
    int connect_errno; /* of a dial that failed */
    bool is_paused;
    bool is_in_event; /* an event of this task is being called: nothing may be freed */
    bool is_cancelled;

    enum phase phase;
    int64_t phase_entered_ns;
    struct task_result result;
};

/* ---- phases ---- */

static void enter_phase(struct task *task, enum phase phase)
{
    int64_t now_ns = clock_now_ns();
    if (task->result.phase_entered[task->phase])
        task->result.phase_ns[task->phase] += now_ns - task->phase_entered_ns;
    task->result.phase_entered[phase] = true;
    task->phase = phase;
    task->phase_entered_ns = now_ns;
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

static void unlink_task(struct task *task)
{
    struct engine *engine = task->engine;
    if (task->previous != NULL)
        task->previous->next = task->next;
    else
        engine->first = task->next;
    if (task->next != NULL)
        task->next->previous = task->previous;
    else
        engine->last = task->previous;
    engine->count--;
}

/* Order: watchers before the descriptor that they watch, the session (which closes the descriptor)
 * before the key and the policy that it borrows. */
static void let_go(struct task *task, bool politely)
{
    struct engine *engine = task->engine;
    ev_timer_stop(engine->loop, &task->deadline);
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
    unlink_task(task);
}

static void free_task(struct task *task)
{
    target_fini(&task->target);
    free(task);
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

static void finish_timeout(struct task *task)
{
    char sentence[200];
    (void)snprintf(sentence, sizeof sentence, "deadline passed in phase %s: %s",
                   phase_name(task->phase), phase_sentence(task->phase));
    finish(task, TASK_TIMEOUT, task->phase, sentence);
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

    struct session_setup setup = {
        .user = task->target.user,
        .command = task->target.command,
        .password = task->target.password,
        .key = task->target.key,
        .hostkeys = &task->target.hostkeys,
        .on_output = on_session_output,
        .on_progress = on_session_progress,
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
    if (deadline_is_over(task->deadline_ns, clock_now_ns())) {
        finish_timeout(task);
        return;
    }
    if (task->lookup != NULL || task->dial != NULL)
        return; /* no socket yet */
    if (task->session == NULL && !begin_session(task))
        return;

    task->is_in_event = true; /* output comes from within */
    bool good = session_step(task->session, &error);
    task->is_in_event = false;
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

static void on_deadline(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct task *task = watcher->data;
    (void)loop;
    (void)events;
    if (deadline_is_over(task->deadline_ns, clock_now_ns()))
        finish_timeout(task);
    else
        alarm_set(task->engine->loop, &task->deadline, task->deadline_ns);
}

/* ---- the start of a task ---- */

static void link_task(struct task *task)
{
    struct engine *engine = task->engine;
    task->previous = engine->last;
    if (engine->last != NULL)
        engine->last->next = task;
    else
        engine->first = task;
    engine->last = task;
    engine->count++;
}

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
    if (deadline_is_over(task->deadline_ns, clock_now_ns())) {
        finish_timeout(task);
    } else if (addresses == NULL) {
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
        .deadline_ns = task->deadline_ns,
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
    task->deadline_ns = options->deadline_ns;
    task->output_limit = options->output_limit;
    task->send_buffer_bytes = options->send_buffer_bytes;
    task->job.run = on_turn;
    task->phase = PHASE_DNS;
    ev_timer_init(&task->deadline, on_deadline, 0, 0);
    ev_set_priority(&task->deadline, EV_MAXPRI);
    task->deadline.data = task;
    ev_init(&task->io, on_socket_ready);
    task->io.data = task;
    bool is_possible = target_init(&task->target, options, &engine->keys, error);
    bool is_located = task->target.addresses.count > 0;
    if (!is_possible || (!is_located && !ask_for_name(task, options, error))) {
        free_task(task);
        return NULL;
    }
    if (is_located)
        connect_now(task);
    link_task(task);
    alarm_set(engine->loop, &task->deadline, task->deadline_ns);
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

/* ---- the engine ---- */

struct engine *engine_new(struct ev_loop *loop)
{
    struct engine *engine = memory_zeroed(sizeof *engine);
    engine->loop = loop;
    turn_init(&engine->turn, loop);
    return engine;
}

void engine_free(struct engine **engine)
{
    struct engine *old = *engine;
    if (old == NULL)
        return;
    struct task *next = NULL;
    for (struct task *task = old->first; task != NULL; task = next) {
        next = task->next;
        let_go(task, false);
        free_task(task);
    }
    turn_fini(&old->turn);
    keycache_fini(&old->keys);
    free(old);
    *engine = NULL;
}

size_t engine_task_count(const struct engine *engine)
{
    return engine->count;
}

void engine_each_task(struct engine *engine,
                      void (*visit)(struct task *task, void *userdata, void *argument),
                      void *argument)
{
    for (struct task *task = engine->first; task != NULL; task = task->next)
        visit(task, task->userdata, argument);
}
