#include "judge/procfs_threads.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool procfs_thread_file(pid_t pid, pid_t tid, const char *name, char *text, size_t size)
{
    char path[96];
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid, (int)tid, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    size_t used = fread(text, 1, size - 1, file);
    bool good = ferror(file) == 0;
    (void)fclose(file);
    text[used] = '\0';
    return good && used > 0;
}

/* ---- where in the kernel ---- */

/* What is on top of every wait, and says nothing of it. */
static bool is_scheduling(const char *name)
{
    static const char *const beginnings[] = {
        "schedule",         "__schedule",    "poll_schedule_timeout",
        "futex_wait_queue", "futex_do_wait", "__futex_wait",
        "wait_woken",       "do_nanosleep",  "__switch_to",
        "preempt_schedule",
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    }
    return false;
}

void procfs_kernel_function(const char *stack, char *name, size_t size)
{
    name[0] = '\0';
    for (const char *line = stack; line != NULL && *line != '\0';) {
        char function[128];
        /* "[<0>] do_sys_poll+0x400/0x590" */
        if (sscanf(line, "[<%*[^>]>] %127[^+.\n]", function) == 1 && !is_scheduling(function)) {
            (void)snprintf(name, size, "%s", function);
            return;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
}

/* "219 0x7f… 0x1 …", "running", or "-1 0x… 0x…" for one that waits outside of a system call. */
static void read_syscall(const char *text, struct procfs_thread *thread)
{
    char *end = NULL;
    thread->syscall = PROCFS_SYSCALL_UNKNOWN;
    if (strncmp(text, "running", strlen("running")) == 0) {
        thread->syscall = PROCFS_RUNNING;
        return;
    }
    long number = strtol(text, &end, 10);
    if (end == text || number < 0)
        return;
    thread->syscall = number;
    thread->argument = (int64_t)strtoull(end, NULL, 16);
}

/* ---- state, age, time ---- */

static int64_t boot_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Fields 1, 3 and 22 of the stat file: the name may hold blanks and brackets. */
static bool read_stat(const char *text, struct procfs_thread *thread)
{
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    uint64_t started_ticks = 0, user_ticks = 0, system_ticks = 0;
    if (open == NULL || close == NULL || close < open)
        return false;
    (void)snprintf(thread->name, sizeof thread->name, "%.*s", (int)(close - open - 1), open + 1);
    if (sscanf(close + 1,
               " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
               " %*d %*d %*d %*d %*d %*d %" SCNu64,
               &thread->state, &user_ticks, &system_ticks, &started_ticks) != 4)
        return false;
    int64_t ticks_per_s = sysconf(_SC_CLK_TCK);
    thread->age_ms = boot_ms() - (int64_t)started_ticks * 1000 / ticks_per_s;
    if (thread->age_ms < 0)
        thread->age_ms = 0;
    thread->cpu_ms = (int64_t)(user_ticks + system_ticks) * 1000 / ticks_per_s;
    return true;
}

static bool read_thread(pid_t pid, pid_t tid, struct procfs_thread *thread)
{
    char text[4096];
    int64_t ran_ns = 0;
    *thread = (struct procfs_thread){.tid = tid, .syscall = PROCFS_SYSCALL_UNKNOWN};
    if (!procfs_thread_file(pid, tid, "stat", text, sizeof text) || !read_stat(text, thread))
        return false;
    /* Ticks are coarse; the scheduler counts nanoseconds where it is asked to. */
    if (procfs_thread_file(pid, tid, "schedstat", text, sizeof text) &&
        sscanf(text, "%" SCNd64, &ran_ns) == 1)
        thread->cpu_ms = ran_ns / 1000000;
    if (procfs_thread_file(pid, tid, "syscall", text, sizeof text))
        read_syscall(text, thread);
    if (procfs_thread_file(pid, tid, "stack", text, sizeof text))
        procfs_kernel_function(text, thread->waits_in, sizeof thread->waits_in);
    return true;
}

static int by_tid(const void *a, const void *b)
{
    const struct procfs_thread *x = a, *y = b;
    return (x->tid > y->tid) - (x->tid < y->tid);
}

size_t procfs_thread_list(pid_t pid, struct procfs_thread **threads, size_t max)
{
    char path[64];
    size_t count = 0, size = 0;
    *threads = NULL;
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder != NULL && count < max && (entry = readdir(folder)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (count == size) {
            size = size * 2 + 64;
            *threads = realloc(*threads, size * sizeof **threads);
            if (*threads == NULL)
                abort();
        }
        count += read_thread(pid, (pid_t)strtol(entry->d_name, NULL, 10), &(*threads)[count]);
    }
    if (folder != NULL)
        (void)closedir(folder);
    if (count > 0)
        qsort(*threads, count, sizeof **threads, by_tid);
    return count;
}
