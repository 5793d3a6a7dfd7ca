/* Tasks that wait, tasks that run, and the one place that ends them.
 *
 *     submit -> waiting -> (a turn of the loop) -> running -> done
 *
 * A task is started from the loop alone, also where there is room at once: so no event comes from
 * within sshexec_pool_submit(), and a thousand submissions in a row delay no timer. */
#include "lib/pool.h"

#include "lib/alarm.h"
#include "lib/deadline.h"
#include "lib/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNNING_DEFAULT 256
#define QUEUED_DEFAULT  4096

static void begin_starting(sshexec_pool *pool);
static void look_drained(sshexec_pool *pool);
static void leave_if_idle(sshexec_pool *pool);

/* ---- lists ---- */

static void link_task(sshexec_pool *pool, sshexec_task *task)
{
    task->previous = pool->last;
    *(pool->last != NULL ? &pool->last->next : &pool->first) = task;
    pool->last = task;
    task->previous_waiting = pool->last_waiting;
    *(pool->last_waiting != NULL ? &pool->last_waiting->next_waiting : &pool->first_waiting) = task;
    pool->last_waiting = task;
    pool->queued++;
}

static void unlink_waiting(sshexec_task *task)
{
    sshexec_pool *pool = task->pool;
    *(task->previous_waiting != NULL ? &task->previous_waiting->next_waiting
                                     : &pool->first_waiting) = task->next_waiting;
    *(task->next_waiting != NULL ? &task->next_waiting->previous_waiting : &pool->last_waiting) =
        task->previous_waiting;
    ev_timer_stop(pool->loop, &task->queue_alarm);
    pool->queued--;
}

static void unlink_task(sshexec_task *task)
{
    sshexec_pool *pool = task->pool;
    for (struct pool_cursor *cursor = pool->cursor; cursor != NULL; cursor = cursor->outer) {
        if (cursor->next == task)
            cursor->next = task->next;
    }
    *(task->previous != NULL ? &task->previous->next : &pool->first) = task->next;
    *(task->next != NULL ? &task->next->previous : &pool->last) = task->previous;
}

/* ---- the end of a task ---- */

static void free_task(sshexec_task *task)
{
    result_fini(&task->result);
    sshexec_request_free(task->request);
    free(task);
}

/* The task stands in no list of waiting or running ones any more. */
static void finish(sshexec_task *task)
{
    sshexec_pool *pool = task->pool;
    int64_t now_ns = clock_now_ns();
    unlink_task(task);
    task->task = NULL;
    task->is_over = true;
    task->result.elapsed_ns = now_ns - task->begin_ns;
    task->result.overshoot_ns = now_ns - task->deadline_ns;
    task->events.on_done(task, &task->result, task->userdata);
    free_task(task);
    begin_starting(pool);
    look_drained(pool);
    leave_if_idle(pool);
}

/* For tasks that the engine never had. */
static void finish_unstarted(sshexec_task *task, sshexec_outcome outcome, const char *sentence)
{
    bool was_tried = outcome != SSHEXEC_COULD_NOT_TRY;
    task->result.outcome = outcome;
    task->result.phase = was_tried ? SSHEXEC_PHASE_QUEUE : SSHEXEC_PHASE_NONE;
    task->result.phase_ns[SSHEXEC_PHASE_QUEUE] = clock_now_ns() - task->begin_ns;
    (void)snprintf(task->result.error, sizeof task->result.error, "%s", sentence);
    finish(task);
}

static void finish_in_queue(sshexec_task *task)
{
    char sentence[200];
    bool is_deadline = deadline_is_over(task->deadline_ns, clock_now_ns());
    bool is_full = task->pool->running >= task->pool->running_most;
    (void)snprintf(sentence, sizeof sentence, "%s passed in phase queue: %zu tasks run, %s",
                   is_deadline ? "deadline" : "the queue's limit", task->pool->running,
                   is_full ? "as many as may" : "and this one had no turn yet");
    unlink_waiting(task);
    finish_unstarted(task, SSHEXEC_TIMEOUT, sentence);
}

/* ---- what the engine says ---- */

static void on_output(struct task *engine_task, enum task_stream from, const void *bytes,
                      size_t length, void *userdata)
{
    sshexec_task *task = userdata;
    sshexec_stream stream = from == TASK_STDERR ? SSHEXEC_STDERR : SSHEXEC_STDOUT;
    (void)engine_task;
    bool is_streamed = task->events.on_output != NULL;
    result_add_output(&task->result, stream, bytes, length,
                      is_streamed ? 0 : task->request->output_kept);
    if (is_streamed)
        task->events.on_output(task, stream, bytes, length, task->userdata);
}

static void on_stdin(struct task *engine_task, size_t room, void *userdata)
{
    sshexec_task *task = userdata;
    const struct sshexec_request *request = task->request;
    if (task->events.on_stdin != NULL) {
        task->events.on_stdin(task, room, task->userdata);
        return;
    }
    if (room > 0)
        task->stdin_sent += task_write_stdin(engine_task, request->stdin_bytes + task->stdin_sent,
                                             request->stdin_length - task->stdin_sent);
    if (task->stdin_sent == request->stdin_length)
        task_end_stdin(engine_task);
}

static void on_phase(struct task *engine_task, enum phase phase, void *userdata)
{
    sshexec_task *task = userdata;
    (void)engine_task;
    if (task->events.on_phase != NULL)
        task->events.on_phase(task, result_phase(phase), task->userdata);
}

static void on_done(struct task *engine_task, const struct task_result *result, void *userdata)
{
    sshexec_task *task = userdata;
    (void)engine_task;
    task->pool->running--;
    result_set(&task->result, result);
    finish(task);
}

/* ---- starting ---- */

static struct task *start(sshexec_task *task, struct err_text *error)
{
    static const struct task_events events = {
        .on_output = on_output, .on_stdin = on_stdin, .on_phase = on_phase, .on_done = on_done};
    const struct sshexec_request *request = task->request;
    struct task_options options = {
        .host = request->host,
        .dns = request->dns,
        .port = request->port,
        .user = request->user,
        .command = request->command,
        .key = request->key,
        .key_text = request->key_text,
        .agent = request->agent,
        .environment = &request->environment,
        .password = request->password,
        .hostkeys = &request->hostkeys,
        .known_hosts = request->known_hosts,
        .start_ns = task->begin_ns,
        .limits = {.deadline_ns = task->deadline_ns,
                   .connect_ms = (int32_t)request->connect_limit_ms,
                   .idle_ms = (int32_t)request->idle_limit_ms},
        .keepalive_ms = (int32_t)request->keepalive_ms,
        .output_limit = request->output_limit,
    };
    for (int i = 0; i < PHASE_COUNT; i++)
        options.limits.phase_ms[i] = (int32_t)request->limit_ms[result_phase((enum phase)i)];
    return task_start(task->pool->engine, &options, &events, task, error);
}

static void tell_first_phase(sshexec_task *task)
{
    if (task->events.on_phase == NULL)
        return;
    task->is_told = true;
    task->events.on_phase(task, sshexec_task_phase(task), task->userdata);
    task->is_told = false;
    if (task->is_cancelled)
        task_cancel(task->task);
}

static void start_oldest(struct turn_job *job)
{
    sshexec_pool *pool = (sshexec_pool *)((char *)job - offsetof(sshexec_pool, starting));
    sshexec_task *task = pool->first_waiting;
    struct err_text error = {""};
    if (task == NULL || pool->running >= pool->running_most)
        return;
    if (deadline_is_over(task->queue_end_ns, clock_now_ns())) {
        finish_in_queue(task); /* begins with the next one */
        return;
    }
    unlink_waiting(task);
    task->result.phase_ns[SSHEXEC_PHASE_QUEUE] = clock_now_ns() - task->begin_ns;
    task->task = start(task, &error);
    if (task->task == NULL) {
        finish_unstarted(task, SSHEXEC_COULD_NOT_TRY, error.text);
        return;
    }
    pool->running++;
    request_forget_secrets(task->request);
    begin_starting(pool);
    if (task->is_paused)
        task_pause(task->task);
    tell_first_phase(task);
}

static void begin_starting(sshexec_pool *pool)
{
    if (pool->first_waiting != NULL && pool->running < pool->running_most)
        turn_add(&pool->turn, &pool->starting);
}

static void on_queue_alarm(struct ev_loop *loop, ev_timer *timer, int events)
{
    sshexec_task *task = timer->data;
    (void)events;
    if (deadline_is_over(task->queue_end_ns, clock_now_ns()))
        finish_in_queue(task);
    else
        alarm_set(loop, timer, task->queue_end_ns);
}

/* ---- submitting ---- */

static sshexec_status check(sshexec_pool *pool, const sshexec_request *request,
                            const sshexec_events *events)
{
    if (pool->is_draining) {
        (void)err_set(&pool->error, "the pool is being drained: it takes nothing any more");
        return SSHEXEC_DRAINING;
    }
    if (events->on_done == NULL) {
        (void)err_set(&pool->error, "the events have no on_done");
        return SSHEXEC_INVALID;
    }
    if (!request_check(request, &pool->error))
        return SSHEXEC_INVALID;
    /* Those that wait for the next turn, with room to run, are not what the queue is for. */
    size_t room = pool->running < pool->running_most ? pool->running_most - pool->running : 0;
    if (pool->queued >= room && pool->queued - room >= pool->queued_most) {
        (void)err_set(&pool->error, "the pool is full: %zu tasks run and %zu wait, as many as may",
                      pool->running, pool->queued);
        return SSHEXEC_FULL;
    }
    return SSHEXEC_OK;
}

sshexec_status sshexec_pool_submit(sshexec_pool *pool, const sshexec_request *request,
                                   const sshexec_events *events, void *userdata,
                                   sshexec_task **task)
{
    int64_t now_ns = clock_now_ns();
    sshexec_status status = check(pool, request, events);
    if (status != SSHEXEC_OK)
        return status;
    sshexec_task *added = memory_zeroed(sizeof *added);
    added->pool = pool;
    added->number = pool->count++;
    added->request = sshexec_request_copy(request);
    added->events = *events;
    added->userdata = userdata;
    added->begin_ns = request->begin_ns != 0 ? request->begin_ns : now_ns;
    added->deadline_ns = deadline_after(added->begin_ns, request->deadline_ms);
    added->queue_end_ns = added->deadline_ns;
    int64_t queue_ms = request->limit_ms[SSHEXEC_PHASE_QUEUE];
    if (queue_ms != 0 && queue_ms < request->deadline_ms)
        added->queue_end_ns = deadline_after(added->begin_ns, queue_ms);
    result_init(&added->result);
    added->result.is_streamed = events->on_output != NULL;
    ev_timer_init(&added->queue_alarm, on_queue_alarm, 0, 0);
    added->queue_alarm.data = added;
    link_task(pool, added);
    alarm_set(pool->loop, &added->queue_alarm, added->queue_end_ns);
    begin_starting(pool);
    if (task != NULL)
        *task = added;
    return SSHEXEC_OK;
}

const char *sshexec_pool_error(const sshexec_pool *pool)
{
    return pool->error.text;
}

/* ---- draining ---- */

static void look_drained(sshexec_pool *pool)
{
    if (!pool->is_draining || pool->is_drained || pool->first != NULL ||
        ev_is_pending(&pool->drain_bound))
        return;
    ev_timer_stop(pool->loop, &pool->drain_bound);
    ev_feed_event(pool->loop, &pool->drain_bound, EV_TIMER); /* from the loop, and once */
}

static void cancel_visit(sshexec_task *task, void *userdata, void *argument)
{
    (void)userdata, (void)argument;
    sshexec_task_cancel(task);
}

static void on_drain_bound(struct ev_loop *loop, ev_timer *timer, int events)
{
    sshexec_pool *pool = timer->data;
    (void)loop, (void)events;
    sshexec_pool_each_task(pool, cancel_visit, NULL);
    ev_clear_pending(pool->loop, timer); /* the last cancelled one asked for another call */
    pool->is_drained = true;
    leave_if_idle(pool);
    if (pool->on_drained != NULL)
        pool->on_drained(pool, pool->drain_userdata);
}

void sshexec_pool_drain(sshexec_pool *pool, int64_t bound_ms,
                        void (*on_drained)(sshexec_pool *pool, void *userdata), void *userdata)
{
    int64_t most_ms = bound_ms < DEADLINE_MAX_MS ? bound_ms : DEADLINE_MAX_MS;
    int64_t drain_ns = deadline_after(clock_now_ns(), most_ms > 0 ? most_ms : 0);
    if (pool->is_drained || (pool->is_draining && drain_ns > pool->drain_ns))
        return;
    if (!pool->is_draining) {
        pool->on_drained = on_drained;
        pool->drain_userdata = userdata;
    }
    pool->is_draining = true;
    pool->drain_ns = drain_ns;
    ev_timer_stop(pool->loop, &pool->drain_bound);
    alarm_set(pool->loop, &pool->drain_bound, drain_ns);
    look_drained(pool);
}

/* ---- the pool ---- */

sshexec_pool *sshexec_pool_new(struct ev_loop *loop)
{
    struct ev_loop *own = loop == NULL ? ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL) : NULL;
    if (loop == NULL && own == NULL)
        return NULL;
    sshexec_pool *pool = memory_zeroed(sizeof *pool);
    pool->loop = loop != NULL ? loop : own;
    pool->owns_loop = own != NULL;
    pool->running_most = RUNNING_DEFAULT;
    pool->queued_most = QUEUED_DEFAULT;
    pool->engine = engine_new(pool->loop);
    turn_init(&pool->turn, pool->loop);
    pool->starting.run = start_oldest;
    ev_timer_init(&pool->drain_bound, on_drain_bound, 0, 0);
    pool->drain_bound.data = pool;
    return pool;
}

void sshexec_pool_free(sshexec_pool *pool)
{
    if (pool == NULL)
        return;
    engine_free(&pool->engine);
    for (sshexec_task *task = pool->first, *next = NULL; task != NULL; task = next) {
        next = task->next;
        ev_timer_stop(pool->loop, &task->queue_alarm);
        free_task(task);
    }
    ev_timer_stop(pool->loop, &pool->drain_bound);
    turn_fini(&pool->turn);
    if (pool->owns_loop)
        ev_loop_destroy(pool->loop);
    free(pool);
}

void sshexec_pool_set_limits(sshexec_pool *pool, size_t running, size_t queued)
{
    pool->running_most = running > 0 ? running : 1;
    pool->queued_most = queued;
    begin_starting(pool);
}

void sshexec_pool_set_reuse(sshexec_pool *pool, size_t connections, int64_t keep_ms)
{
    int64_t most_ms = keep_ms < DEADLINE_MAX_MS ? keep_ms : DEADLINE_MAX_MS;
    engine_set_reuse(pool->engine, connections, most_ms > 1 ? most_ms : 1);
}

size_t sshexec_pool_idle(const sshexec_pool *pool)
{
    return engine_idle_count(pool->engine);
}

struct ev_loop *sshexec_pool_loop(sshexec_pool *pool)
{
    return pool->loop;
}

/* Tasks, or somebody who waits to hear that it is drained. */
static bool is_idle(const sshexec_pool *pool)
{
    return pool->first == NULL && pool->is_draining == pool->is_drained;
}

static void leave_if_idle(sshexec_pool *pool)
{
    if (!is_idle(pool) || !pool->is_running_loop)
        return;
    pool->has_run_out = true;
    ev_break(pool->loop, EVBREAK_ONE);
}

bool sshexec_pool_run(sshexec_pool *pool)
{
    pool->is_running_loop = true;
    pool->has_run_out = true;
    while (!is_idle(pool) && pool->has_run_out) {
        pool->has_run_out = false;
        (void)ev_run(pool->loop, 0);
    }
    pool->is_running_loop = false;
    return is_idle(pool);
}

size_t sshexec_pool_running(const sshexec_pool *pool)
{
    return pool->running;
}

size_t sshexec_pool_queued(const sshexec_pool *pool)
{
    return pool->queued;
}

void sshexec_pool_each_task(sshexec_pool *pool,
                            void (*visit)(sshexec_task *task, void *userdata, void *argument),
                            void *argument)
{
    struct pool_cursor cursor = {.next = pool->first, .outer = pool->cursor};
    uint64_t end = pool->count;
    pool->cursor = &cursor;
    while (cursor.next != NULL && cursor.next->number < end) {
        sshexec_task *task = cursor.next;
        cursor.next = task->next;
        visit(task, task->userdata, argument);
    }
    pool->cursor = cursor.outer;
}

void sshexec_task_cancel(sshexec_task *task)
{
    task->is_cancelled = true;
    if (task->is_over || task->is_told)
        return;
    if (task->task != NULL) {
        task_cancel(task->task);
        return;
    }
    unlink_waiting(task);
    finish_unstarted(task, SSHEXEC_CANCELLED, "cancelled");
}
