/* Drivers that wait for their next case. Where many cases are judged, in a matrix, a driver that
 * has come through one without a trace goes on with the next: to start a virtual machine costs more
 * than the tasks. Who left a trace, hung or died is never kept. */
#ifndef JUDGE_DRIVER_POOL_H
#define JUDGE_DRIVER_POOL_H

#include "judge/driver.h"
#include "judge/manifest.h"

#include <stddef.h>

struct driver_pool {
    struct waiting_driver *waiting; /* owned; the latest last */
    size_t count, size, most;
};

/* No more than `most` wait at a time: the one that has waited longest is ended for another. */
void driver_pool_init(struct driver_pool *pool, size_t most);
void driver_pool_fini(struct driver_pool *pool);

/* Takes over a driver, which is on the heap and has nothing to answer any more; `manifest` is
 * borrowed. */
void driver_pool_put(struct driver_pool *pool, const struct manifest *manifest,
                     struct driver *driver);

/* One that waits, as the caller's own; NULL when none does. One that ended while it waited, or said
 * something that nobody asked for, is not handed out. */
struct driver *driver_pool_take(struct driver_pool *pool, const struct manifest *manifest);

/* Does one of this client wait? */
bool driver_pool_has(const struct driver_pool *pool, const struct manifest *manifest);

/* Ends those of this client: it has no more cases. */
void driver_pool_end(struct driver_pool *pool, const struct manifest *manifest);

#endif
