/* Fair turns on one loop. A key exchange costs a millisecond of CPU; a hundred of them in one turn
 * of the loop would make every timer a tenth of a second late. So work that was found to be due is
 * queued, and each turn of the loop does a bounded share of it, after the timers and in order. */
#ifndef SSHEXEC_TURN_H
#define SSHEXEC_TURN_H

#include <ev.h>
#include <stdbool.h>

struct turn_job {
    void (*run)(struct turn_job *job);
    struct turn_job *next, *previous;
    bool is_queued;
};

struct turn {
    struct ev_loop *loop; /* borrowed */
    ev_check check;
    ev_idle idle;
    struct turn_job queue; /* the ring's anchor */
};

void turn_init(struct turn *turn, struct ev_loop *loop);

/* Queues the job; nothing happens when it is queued already. It runs once, after this call. */
void turn_add(struct turn *turn, struct turn_job *job);

/* Takes the job out of the queue, if it is there: for jobs that are about to be freed. */
void turn_remove(struct turn *turn, struct turn_job *job);

void turn_fini(struct turn *turn);

#endif
