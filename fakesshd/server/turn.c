#include "server/turn.h"

#include "server/conn.h"

#include <string.h>

void turn_add(struct turn *turn, enum turn_queue queue, struct conn *conn)
{
    if (conn->turn.queued[queue])
        return;
    conn->turn.queued[queue] = true;
    conn->turn.next[queue] = NULL;
    if (turn->last[queue] != NULL)
        turn->last[queue]->turn.next[queue] = conn;
    else
        turn->first[queue] = conn;
    turn->last[queue] = conn;
}

static struct conn *take_first(struct turn *turn, enum turn_queue queue)
{
    struct conn *conn = turn->first[queue];
    if (conn == NULL)
        return NULL;
    turn->first[queue] = conn->turn.next[queue];
    if (turn->first[queue] == NULL)
        turn->last[queue] = NULL;
    conn->turn.queued[queue] = false;
    return conn;
}

/* Serves the pumps that were queued when it began; what they queue anew waits for the next round.
 */
static void serve_pumps(struct turn *turn, int *handshakes_left)
{
    struct conn *last = turn->last[TURN_PUMP];
    struct conn *conn = NULL;
    while (conn != last && (conn = take_first(turn, TURN_PUMP)) != NULL) {
        if (conn_is_in_handshake(conn)) {
            if (*handshakes_left <= 0) {
                turn_add(turn, TURN_PUMP, conn);
                continue;
            }
            (*handshakes_left)--;
        }
        conn_pump(conn);
    }
}

static void serve_wakes(struct turn *turn)
{
    struct conn *last = turn->last[TURN_WAKE];
    struct conn *conn = NULL;
    while (conn != last && (conn = take_first(turn, TURN_WAKE)) != NULL)
        conn_wake(conn);
}

/* A connection that still waits in another queue, such as one that was put off because of the bound
 * on handshakes, is freed after its turn there. */
static void serve_frees(struct turn *turn)
{
    const struct conn *last = turn->last[TURN_FREE];
    bool more = last != NULL;
    while (more) {
        struct conn *conn = take_first(turn, TURN_FREE);
        more = conn != last;
        if (conn->turn.queued[TURN_PUMP] || conn->turn.queued[TURN_WAKE])
            turn_add(turn, TURN_FREE, conn);
        else
            conn_free(conn);
    }
}

static void on_before_waiting(struct ev_loop *loop, ev_prepare *prepare, int revents)
{
    (void)revents;
    struct turn *turn = prepare->data;
    int handshakes_left = TURN_HANDSHAKES_MAX;
    serve_pumps(turn, &handshakes_left);
    serve_wakes(turn);
    serve_frees(turn);
    turn->on_end(turn);
    if (turn->first[TURN_PUMP] != NULL || turn->first[TURN_WAKE] != NULL ||
        turn->first[TURN_FREE] != NULL)
        ev_idle_start(loop, &turn->more_to_do);
    else
        ev_idle_stop(loop, &turn->more_to_do);
}

static void on_more_to_do(struct ev_loop *loop, ev_idle *idle, int revents)
{
    (void)loop, (void)idle, (void)revents;
}

void turn_init(struct turn *turn, struct ev_loop *loop, void (*on_end)(struct turn *), void *owner)
{
    memset(turn, 0, sizeof *turn);
    turn->loop = loop;
    turn->on_end = on_end;
    turn->owner = owner;
    ev_prepare_init(&turn->before_waiting, on_before_waiting);
    turn->before_waiting.data = turn;
    ev_prepare_start(loop, &turn->before_waiting);
    ev_idle_init(&turn->more_to_do, on_more_to_do);
}

void turn_fini(struct turn *turn)
{
    ev_prepare_stop(turn->loop, &turn->before_waiting);
    ev_idle_stop(turn->loop, &turn->more_to_do);
}
