#include "judge/procfs_limits.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { USUAL_NOFILE = 1024 };

static void take_less(struct limit *limit, int64_t value, const char *name)
{
    if (value <= 0 || (limit->value > 0 && limit->value <= value))
        return;
    limit->value = value;
    (void)snprintf(limit->name, sizeof limit->name, "%s", name);
}

static void take_rlimit(struct limit *limit, pid_t pid, enum __rlimit_resource resource,
                        const char *name)
{
    struct rlimit both;
    if (prlimit(pid, resource, NULL, &both) == 0 && both.rlim_cur != RLIM_INFINITY &&
        both.rlim_cur <= INT64_MAX)
        take_less(limit, (int64_t)both.rlim_cur, name);
}

/* The number in a file of one number; 0 when there is none ("max"). */
static int64_t read_number(const char *path)
{
    int64_t number = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%" SCNd64, &number) != 1)
        number = 0;
    (void)fclose(file);
    return number;
}

static void take_file(struct limit *limit, const char *path, const char *name)
{
    take_less(limit, read_number(path), name);
}

/* The limit of a cgroup (version 2) and of all above it. */
static void take_cgroup(struct limit *limit, pid_t pid, const char *file, const char *name)
{
    char path[64], line[PATH_MAX] = "", folder[PATH_MAX + 32];
    (void)snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
    FILE *in = fopen(path, "re");
    bool found = false;
    while (in != NULL && !found && fgets(line, sizeof line, in) != NULL)
        found = strncmp(line, "0::/", 4) == 0;
    if (in != NULL)
        (void)fclose(in);
    if (!found)
        return;
    line[strcspn(line, "\n")] = '\0';
    for (char *group = line + strlen("0::"), *slash = NULL; *group != '\0'; *slash = '\0') {
        (void)snprintf(folder, sizeof folder, "/sys/fs/cgroup%s/%s", group, file);
        take_file(limit, folder, name);
        slash = strrchr(group, '/');
        if (slash == NULL)
            break;
    }
}

static void take_mem_available(struct limit *limit)
{
    char line[128];
    int64_t kib = 0;
    FILE *file = fopen("/proc/meminfo", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "MemAvailable: %" SCNd64, &kib) == 1)
            break;
    }
    if (file != NULL)
        (void)fclose(file);
    take_less(limit, kib * 1024, "MemAvailable");
}

static void take_task_limits(struct limit *limit, pid_t pid)
{
    /* The kernel asks it of everyone but root. */
    if (geteuid() != 0)
        take_rlimit(limit, pid, RLIMIT_NPROC, "RLIMIT_NPROC");
    take_file(limit, "/proc/sys/kernel/threads-max", "kernel.threads-max");
    take_file(limit, "/proc/sys/kernel/pid_max", "kernel.pid_max");
    take_cgroup(limit, pid, "pids.max", "cgroup pids.max");
}

struct limit procfs_limit(enum limit_kind kind, pid_t pid)
{
    struct limit limit = {0, ""};
    switch (kind) {
    case LIMIT_NONE:
        break;
    case LIMIT_FDS:
        take_rlimit(&limit, pid, RLIMIT_NOFILE, "RLIMIT_NOFILE");
        break;
    case LIMIT_THREADS:
    case LIMIT_PROCESSES:
        take_task_limits(&limit, pid);
        break;
    case LIMIT_MEMORY:
        take_rlimit(&limit, pid, RLIMIT_AS, "RLIMIT_AS");
        take_cgroup(&limit, pid, "memory.max", "cgroup memory.max");
        take_mem_available(&limit);
        break;
    }
    return limit;
}

struct limit procfs_limit_of_user(enum limit_kind kind, int64_t user_nofile)
{
    struct limit limit = {0, ""};
    if (kind != LIMIT_FDS)
        return procfs_limit(kind, getpid());
    take_less(&limit, user_nofile, "RLIMIT_NOFILE");
    take_less(&limit, USUAL_NOFILE, "RLIMIT_NOFILE");
    return limit;
}
