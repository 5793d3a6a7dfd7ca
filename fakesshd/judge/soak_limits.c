/* How near a soak is to the limits that would end it: the client's, the server's and the judge's
 * own. */
#include "judge/process.h"
#include "judge/procfs.h"
#include "judge/procfs_limits.h"
#include "judge/soak_state.h"

#include <stdio.h>
#include <unistd.h>

static void add(struct soak *soak, const char *what, struct limit limit, int64_t used)
{
    struct soak_limit *added = &soak->limits[soak->limit_count++];
    *added = (struct soak_limit){.what = what, .first = used, .used = used, .value = limit.value};
    (void)snprintf(added->name, sizeof added->name, "%s", limit.name);
}

/* What others use of a limit that the client shares with them is gone before it begins. */
static struct limit without_others(struct limit limit, pid_t pid)
{
    int64_t others = procfs_limit_others(&limit, pid);
    if (limit.value > 0)
        limit.value = limit.value > others + 1 ? limit.value - others : 1;
    return limit;
}

static int64_t used_now(const struct soak *soak, size_t index)
{
    pid_t client = stage_client_pid(&soak->stage);
    pid_t own = getpid();
    switch (index) {
    case 0:
        return procfs_open_fds(soak->stage.server.pid);
    case 1:
        return procfs_open_fds(own);
    case 2:
        return soak->driver ? procfs_threads(client) : (int64_t)procfs_descendants(own);
    case 3:
        return procfs_open_fds(client);
    case 4:
        return procfs_memory_bytes(client);
    default:
        return -1;
    }
}

static void find_limits(struct soak *soak)
{
    pid_t client = stage_client_pid(&soak->stage), server = soak->stage.server.pid, own = getpid();
    pid_t counted = soak->driver ? client : own;
    soak->limit_count = 0;
    add(soak, "descriptors of the fake server", procfs_limit(LIMIT_FDS, server), used_now(soak, 0));
    add(soak, "descriptors of the judge", procfs_limit(LIMIT_FDS, own), used_now(soak, 1));
    add(soak, soak->driver ? "threads of the client" : "processes of the client",
        without_others(procfs_limit(LIMIT_THREADS, counted), counted), used_now(soak, 2));
    if (!soak->driver)
        return;
    add(soak, "descriptors of the client", procfs_limit(LIMIT_FDS, client), used_now(soak, 3));
    add(soak, "bytes of the client's memory", procfs_limit(LIMIT_MEMORY, client),
        used_now(soak, 4));
}

void soak_limits_read(struct soak *soak)
{
    if (soak->limit_count == 0)
        find_limits(soak);
    for (size_t i = 0; i < soak->limit_count; i++)
        soak->limits[i].used = used_now(soak, i);
    const struct soak_limit *nearest = soak_plan_nearest(soak->limits, soak->limit_count);
    if (nearest == NULL || !soak_plan_is_used_up(nearest) || soak->stopped)
        return;
    soak->stopped = true;
    soak->stopped_by = *nearest;
}

int64_t soak_limits_room(const struct soak *soak)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < soak->limit_count; i++) {
        const struct soak_limit *limit = &soak->limits[i];
        int64_t room = limit->value * SOAK_STOP_PERCENT / 100 - limit->used;
        if (limit->value > 0 && limit->used >= 0 && room < least)
            least = room > 0 ? room : 0;
    }
    return least;
}
