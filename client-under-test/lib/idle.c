#include "lib/idle.h"

#include "lib/memory.h"

#include <stdlib.h>

struct idle_connection {
    struct idle *idle; /* borrowed */
    struct idle_connection *next;
    struct session *session; /* owned */
    struct target target;    /* owned; what the session borrows from */
    struct progress progress;
    ev_io io;
    ev_timer over;
};

void idle_init(struct idle *idle, struct ev_loop *loop)
{
    *idle = (struct idle){.loop = loop};
}

/* Nobody waits for these: a loop that has nothing else to do may end. */
static void watch(struct idle_connection *connection)
{
    struct ev_loop *loop = connection->idle->loop;
    ev_now_update(loop);
    ev_io_start(loop, &connection->io);
    ev_timer_start(loop, &connection->over);
    ev_unref(loop);
    ev_unref(loop);
}

static void unwatch(struct idle_connection *connection)
{
    struct ev_loop *loop = connection->idle->loop;
    ev_ref(loop);
    ev_ref(loop);
    ev_io_stop(loop, &connection->io);
    ev_timer_stop(loop, &connection->over);
}

/* Out of the list; the session and the target stay with it. */
static struct idle_connection *take_out(struct idle_connection **at)
{
    struct idle_connection *connection = *at;
    *at = connection->next;
    connection->idle->count--;
    unwatch(connection);
    return connection;
}

static void drop_at(struct idle_connection **at)
{
    struct idle_connection *connection = take_out(at);
    session_finish(&connection->session);
    target_fini(&connection->target);
    free(connection);
}

static void drop(struct idle_connection *connection)
{
    struct idle_connection **at = &connection->idle->first;
    while (*at != connection)
        at = &(*at)->next;
    drop_at(at);
}

static void drop_beyond(struct idle *idle, size_t most)
{
    while (idle->count > most && idle->first != NULL) {
        struct idle_connection **last = &idle->first;
        while ((*last)->next != NULL)
            last = &(*last)->next;
        drop_at(last);
    }
}

void idle_set_limits(struct idle *idle, size_t most, int64_t keep_ms)
{
    idle->most = most;
    idle->keep_ms = keep_ms;
    drop_beyond(idle, most);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct idle_connection *connection = io->data;
    (void)loop, (void)events;
    if (!session_tend(connection->session))
        drop(connection);
}

static void on_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    drop(timer->data);
}

bool idle_keep(struct idle *idle, struct session **session, struct target *target)
{
    if (idle->most == 0 || !session_can_rest(*session))
        return false;
    struct idle_connection *connection = memory_zeroed(sizeof *connection);
    connection->idle = idle;
    connection->session = *session;
    connection->target = *target;
    *session = NULL;
    *target = (struct target){.name = NULL};
    session_rest(connection->session, &connection->progress, &connection->target.hostkeys);
    ev_io_init(&connection->io, on_readable, session_fd(connection->session), EV_READ);
    ev_timer_init(&connection->over, on_over, (double)idle->keep_ms / 1000, 0);
    connection->io.data = connection->over.data = connection;
    connection->next = idle->first;
    idle->first = connection;
    idle->count++;
    watch(connection);
    if (!session_tend(connection->session))
        drop(connection); /* closing the channel may have shown that it is broken */
    drop_beyond(idle, idle->most);
    return true;
}

struct session *idle_take(struct idle *idle, const struct target *target, struct target *previous)
{
    struct idle_connection **at = &idle->first;
    while (*at != NULL) {
        bool is_fitting = target_is_same_login(&(*at)->target, target);
        if (is_fitting && !session_tend((*at)->session)) {
            drop_at(at);
        } else if (is_fitting && session_can_resume((*at)->session)) {
            struct idle_connection *connection = take_out(at);
            struct session *session = connection->session;
            *previous = connection->target;
            free(connection);
            return session;
        } else {
            at = &(*at)->next;
        }
    }
    return NULL;
}

void idle_fini(struct idle *idle)
{
    drop_beyond(idle, 0);
}
