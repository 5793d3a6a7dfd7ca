/* Connections at rest: kept after a success, for the next task with the same login. Each is watched
 * meanwhile, and dropped when its server ends it, talks too much, or nobody came in time. */
#ifndef SSHEXEC_IDLE_H
#define SSHEXEC_IDLE_H

#include "lib/session.h"
#include "lib/target.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct idle_connection;

struct idle {
    struct ev_loop *loop; /* borrowed */
    size_t most;          /* 0: none is kept */
    int64_t keep_ms;
    struct idle_connection *first; /* owned list, the one that rested last first */
    size_t count;
};

void idle_init(struct idle *idle, struct ev_loop *loop);

/* How many are kept, and for how long; those beyond are dropped. */
void idle_set_limits(struct idle *idle, size_t most, int64_t keep_ms);

/* Takes the session, with the target that it was made for, and empties both; false, and nothing
 * happens, when it can't be kept. */
bool idle_keep(struct idle *idle, struct session **session, struct target *target);

/* One that was made for the same login and is alive as far as can be seen; NULL when there is none.
 * It is to be resumed at once, and borrows from *previous until then, which is the caller's. */
struct session *idle_take(struct idle *idle, const struct target *target, struct target *previous);

/* Says goodbye to all of them. */
void idle_fini(struct idle *idle);

#endif
