#include "lib/turn.h"

#include "lib/deadline.h"

#include <stddef.h>
#include <stdint.h>

/* At least one job a turn, then more while this much time has not passed. */
#define TURN_BUDGET_NS (1 * NS_PER_MS)

static void unlink_job(struct turn_job *job)
{
    job->previous->next = job->next;
    job->next->previous = job->previous;
    job->is_queued = false;
}

/* Lowest priority: timers and descriptors of this turn have been seen to before. */
static void on_check(struct ev_loop *loop, ev_check *watcher, int events)
{
    struct turn *turn = watcher->data;
    (void)events;
    int64_t end_ns = clock_now_ns() + TURN_BUDGET_NS;
    while (turn->queue.next != &turn->queue) {
        struct turn_job *job = turn->queue.next;
        unlink_job(job);
        job->run(job);
        if (clock_now_ns() >= end_ns)
            break;
    }
    if (turn->queue.next == &turn->queue)
        ev_idle_stop(loop, &turn->idle);
}

/* Does nothing: while it is active the loop doesn't wait for descriptors or timers. */
static void on_idle(struct ev_loop *loop, ev_idle *watcher, int events)
{
    (void)loop;
    (void)watcher;
    (void)events;
}

void turn_init(struct turn *turn, struct ev_loop *loop)
{
    turn->loop = loop;
    turn->queue.next = turn->queue.previous = &turn->queue;
    ev_check_init(&turn->check, on_check);
    ev_set_priority(&turn->check, EV_MINPRI);
    turn->check.data = turn;
    ev_check_start(loop, &turn->check);
    ev_unref(loop);
    ev_idle_init(&turn->idle, on_idle);
    ev_set_priority(&turn->idle, EV_MINPRI);
}

void turn_add(struct turn *turn, struct turn_job *job)
{
    if (job->is_queued)
        return;
    job->is_queued = true;
    job->next = &turn->queue;
    job->previous = turn->queue.previous;
    job->previous->next = job;
    turn->queue.previous = job;
    ev_idle_start(turn->loop, &turn->idle);
}

void turn_remove(struct turn *turn, struct turn_job *job)
{
    (void)turn;
    if (job->is_queued)
        unlink_job(job);
}

void turn_fini(struct turn *turn)
{
    ev_idle_stop(turn->loop, &turn->idle);
    ev_ref(turn->loop);
    ev_check_stop(turn->loop, &turn->check);
}
