#include "judge/driver_pool.h"

#include <stdlib.h>
#include <string.h>

struct waiting_driver {
    const struct manifest *manifest;
    struct driver *driver;
};

/* ---- what it says while it waits ---- */

static void on_hello(void *owner, const json_t *hello)
{
    (void)owner, (void)hello;
}

static void on_result(void *owner, int id, const json_t *result)
{
    (void)id, (void)result;
    driver_note_unasked(owner);
}

static void on_reply(void *owner, const char *op, int id, const json_t *reply)
{
    (void)op, (void)id, (void)reply;
    driver_note_unasked(owner);
}

static void on_end(void *owner, bool crashed, const char *why)
{
    (void)owner, (void)crashed, (void)why;
}

static const struct driver_events waiting_events = {on_hello, on_result, on_reply, on_end};

static bool is_usable(const struct driver *driver)
{
    return !driver->closing && !driver->died && driver->unasked == 0;
}

/* ---- the pool ---- */

void driver_pool_init(struct driver_pool *pool, size_t most)
{
    memset(pool, 0, sizeof *pool);
    pool->most = most;
}

static struct driver *remove_at(struct driver_pool *pool, size_t index)
{
    struct driver *driver = pool->waiting[index].driver;
    pool->count--;
    memmove(&pool->waiting[index], &pool->waiting[index + 1],
            (pool->count - index) * sizeof *pool->waiting);
    return driver;
}

static void end_at(struct driver_pool *pool, size_t index)
{
    struct driver *driver = remove_at(pool, index);
    driver_close(driver);
    free(driver);
}

void driver_pool_fini(struct driver_pool *pool)
{
    while (pool->count > 0)
        end_at(pool, pool->count - 1);
    free(pool->waiting);
    memset(pool, 0, sizeof *pool);
}

void driver_pool_put(struct driver_pool *pool, const struct manifest *manifest,
                     struct driver *driver)
{
    driver_hand_over(driver, &waiting_events, driver);
    if (pool->count > 0 && pool->count >= pool->most)
        end_at(pool, 0);
    if (pool->count == pool->size) {
        pool->size = pool->size * 2 + 8;
        pool->waiting = realloc(pool->waiting, pool->size * sizeof *pool->waiting);
        if (pool->waiting == NULL)
            abort();
    }
    pool->waiting[pool->count++] = (struct waiting_driver){manifest, driver};
}

struct driver *driver_pool_take(struct driver_pool *pool, const struct manifest *manifest)
{
    for (size_t i = pool->count; i-- > 0;) {
        if (pool->waiting[i].manifest != manifest)
            continue;
        if (is_usable(pool->waiting[i].driver))
            return remove_at(pool, i);
        end_at(pool, i);
    }
    return NULL;
}

bool driver_pool_has(const struct driver_pool *pool, const struct manifest *manifest)
{
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->waiting[i].manifest == manifest && is_usable(pool->waiting[i].driver))
            return true;
    }
    return false;
}

void driver_pool_end(struct driver_pool *pool, const struct manifest *manifest)
{
    for (size_t i = pool->count; i-- > 0;) {
        if (pool->waiting[i].manifest == manifest)
            end_at(pool, i);
    }
}
