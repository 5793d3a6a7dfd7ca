#include "judge/procfs_limits.h"

#include <dirent.h>
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

/* The cgroup (version 2) of a process: "0::/user.slice". False when it has none. */
static bool read_cgroup(pid_t pid, char line[PATH_MAX])
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
    FILE *in = fopen(path, "re");
    bool found = false;
    while (in != NULL && !found && fgets(line, PATH_MAX, in) != NULL)
        found = strncmp(line, "0::/", 4) == 0;
    if (in != NULL)
        (void)fclose(in);
    line[strcspn(line, "\n")] = '\0';
    return found;
}

static int64_t cgroup_number(pid_t pid, const char *file)
{
    char line[PATH_MAX] = "", path[PATH_MAX + 64];
    if (!read_cgroup(pid, line))
        return 0;
    (void)snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", line + strlen("0::"), file);
    return read_number(path);
}

/* The limit of a cgroup and of all above it. */
static void take_cgroup(struct limit *limit, pid_t pid, const char *file, const char *name)
{
    char line[PATH_MAX] = "", folder[PATH_MAX + 32];
    if (!read_cgroup(pid, line))
        return;
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

/* Threads of the whole machine: "0.20 0.18 0.12 1/80 11206". */
static int64_t machine_threads(void)
{
    int64_t threads = 0;
    FILE *file = fopen("/proc/loadavg", "re");
    if (file == NULL || fscanf(file, "%*s %*s %*s %*d/%" SCNd64, &threads) != 1)
        threads = 0;
    if (file != NULL)
        (void)fclose(file);
    return threads;
}

/* Real user and number of threads of a process, from /proc/PID/status. */
static bool read_user_and_threads(const char *pid, uid_t *user, int64_t *threads)
{
    char path[300], line[256];
    unsigned found_user = 0;
    bool has_user = false, has_threads = false;
    (void)snprintf(path, sizeof path, "/proc/%s/status", pid);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        has_user |= sscanf(line, "Uid: %u", &found_user) == 1;
        has_threads |= sscanf(line, "Threads: %" SCNd64, threads) == 1;
    }
    if (file != NULL)
        (void)fclose(file);
    *user = (uid_t)found_user;
    return has_user && has_threads;
}

static int64_t user_threads(void)
{
    int64_t all = 0;
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        uid_t user = 0;
        int64_t threads = 0;
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' &&
            read_user_and_threads(entry->d_name, &user, &threads) && user == getuid())
            all += threads;
    }
    if (folder != NULL)
        (void)closedir(folder);
    return all;
}

int64_t procfs_limit_others(const struct limit *limit, pid_t pid)
{
    int64_t all = 0, own = 0;
    char word[16];
    uid_t user = 0;
    if (strcmp(limit->name, "kernel.pid_max") == 0 ||
        strcmp(limit->name, "kernel.threads-max") == 0)
        all = machine_threads();
    else if (strcmp(limit->name, "cgroup pids.max") == 0)
        all = cgroup_number(pid, "pids.current");
    else if (strcmp(limit->name, "RLIMIT_NPROC") == 0)
        all = user_threads();
    (void)snprintf(word, sizeof word, "%d", (int)pid);
    (void)read_user_and_threads(word, &user, &own);
    return all > own ? all - own : 0;
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
