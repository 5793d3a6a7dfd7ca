/* What is left to do at the end of each turn of the loop. Callbacks only mark a connection; here,
 * outside of all callbacks, sessions are pumped, coroutines resumed and the dead freed.
 *
 * Handshakes cost about a millisecond of processor time each. No more than a few are computed per
 * turn, so that timers stay true while hundreds of clients arrive at once. */
#ifndef SERVER_TURN_H
#define SERVER_TURN_H

#include <ev.h>
#include <stdbool.h>

struct conn;

/* identifier, what is to be done; a connection can be in each queue once */
#define TURN_QUEUES(X)                                       \
    X(TURN_PUMP, "its session has bytes or answers to move") \
    X(TURN_WAKE, "its coroutine's wait may be over")         \
    X(TURN_FREE, "it is closed and can be freed")

enum turn_queue {
#define X(id, sentence) id,
    TURN_QUEUES(X)
#undef X
        TURN_QUEUE_COUNT
};

/* In each connection. */
struct turn_links {
    struct conn *next[TURN_QUEUE_COUNT];
    bool queued[TURN_QUEUE_COUNT];
};

struct turn {
    struct ev_loop *loop; /* borrowed */
    ev_prepare before_waiting;
    ev_idle more_to_do; /* keeps the loop from sleeping while a queue is not empty */
    struct conn *first[TURN_QUEUE_COUNT], *last[TURN_QUEUE_COUNT];
    void (*on_end)(struct turn *turn); /* once a turn, when the queues have been served */
    void *owner;                       /* borrowed; for on_end */
};

enum { TURN_HANDSHAKES_MAX = 4 };

void turn_init(struct turn *turn, struct ev_loop *loop, void (*on_end)(struct turn *), void *owner);
void turn_fini(struct turn *turn);

/* Puts the connection at the end of a queue, unless it is there already. */
void turn_add(struct turn *turn, enum turn_queue queue, struct conn *conn);

#endif
