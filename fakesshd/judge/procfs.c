/* The kernel's view of other processes: /proc, and the clocks that it keeps for them. */
#include "judge/procfs.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The whole of a small file, ended by NUL; -1 when it cannot be read. */
static ssize_t read_small(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t used = 0;
    ssize_t got = 0;
    while (used < size - 1 && (got = read(fd, text + used, size - 1 - used)) > 0)
        used += (size_t)got;
    (void)close(fd);
    text[used] = '\0';
    return got < 0 ? -1 : (ssize_t)used;
}

static int64_t count_entries(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return -1;
    int64_t count = 0;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count;
}

int64_t procfs_open_fds(pid_t pid)
{
    char path[64];
    struct stat facts;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    if (stat(path, &facts) != 0)
        return -1;
    /* Since Linux 6.2 the size is the number; before it was 0. */
    return facts.st_size > 0 ? (int64_t)facts.st_size : count_entries(path);
}

/* The number in a line of /proc/PID/status; -1 when there is none. */
static int64_t status_number(pid_t pid, const char *name)
{
    char path[64], text[4096];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    if (read_small(path, text, sizeof text) < 0)
        return -1;
    const char *line = strstr(text, name);
    return line == NULL ? -1 : strtoll(line + strlen(name), NULL, 10);
}

int64_t procfs_threads(pid_t pid)
{
    return status_number(pid, "\nThreads:");
}

int64_t procfs_memory_bytes(pid_t pid)
{
    int64_t kib = status_number(pid, "\nRssAnon:");
    return kib < 0 ? -1 : kib * 1024;
}

void procfs_command_line(pid_t pid, char *text, size_t size)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    ssize_t length = read_small(path, text, size);
    if (length < 0)
        text[0] = '\0';
    for (ssize_t i = 0; i + 1 < length; i++) {
        if (text[i] == '\0' || text[i] == '\n')
            text[i] = ' ';
    }
}

int64_t procfs_cpu_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return -1;
    return (int64_t)time.tv_sec * CLOCK_NS_PER_S + time.tv_nsec;
}

int64_t procfs_run_delay_ns(pid_t pid)
{
    char path[300], text[128];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *folder = opendir(path);
    int64_t delay_ns = 0;
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        int64_t ran_ns = 0, waited_ns = 0;
        (void)snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", (int)pid, entry->d_name);
        if (entry->d_name[0] != '.' && read_small(path, text, sizeof text) > 0 &&
            sscanf(text, "%" SCNd64 " %" SCNd64, &ran_ns, &waited_ns) == 2)
            delay_ns += waited_ns;
    }
    if (folder != NULL)
        (void)closedir(folder);
    return delay_ns;
}

/* State and parent of a process, from /proc/PID/stat: "pid (comm) S ppid pgrp …"; comm may hold
 * blanks and brackets, hence the search from the right. */
static bool read_stat(pid_t pid, char *state, pid_t *parent, pid_t *group)
{
    char path[64], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (read_small(path, text, sizeof text) < 0)
        return false;
    const char *bracket = strrchr(text, ')');
    int parent_number = 0, group_number = 0;
    if (bracket == NULL ||
        sscanf(bracket + 1, " %c %d %d", state, &parent_number, &group_number) != 3)
        return false;
    *parent = parent_number;
    *group = group_number;
    return true;
}

static pid_t pid_from_name(const char *name)
{
    return isdigit((unsigned char)name[0]) ? (pid_t)strtol(name, NULL, 10) : 0;
}

/* For kernels without CONFIG_PROC_CHILDREN: every process is asked for its parent. */
static size_t children_by_parent(pid_t pid, pid_t *pids, size_t size)
{
    DIR *folder = opendir("/proc");
    size_t count = 0;
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        pid_t child = pid_from_name(entry->d_name), parent, group;
        char state;
        if (child == 0 || !read_stat(child, &state, &parent, &group) || parent != pid)
            continue;
        if (count < size)
            pids[count] = child;
        count++;
    }
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

static bool children_of_thread(const char *path, pid_t *pids, size_t size, size_t *count)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    int child;
    while (fscanf(file, "%d", &child) == 1) {
        if (*count < size)
            pids[*count] = child;
        (*count)++;
    }
    (void)fclose(file);
    return true;
}

size_t procfs_children(pid_t pid, pid_t *pids, size_t size)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    size_t count = 0;
    bool main_thread_read = false;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        pid_t thread = pid_from_name(entry->d_name);
        if (thread == 0)
            continue;
        (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)thread);
        bool good = children_of_thread(path, pids, size, &count);
        main_thread_read |= good && thread == pid;
    }
    (void)closedir(folder);
    return main_thread_read ? count : children_by_parent(pid, pids, size);
}

bool procfs_is_alive(pid_t pid)
{
    char state;
    pid_t parent, group;
    return read_stat(pid, &state, &parent, &group) && state != 'Z' && state != 'X';
}

bool procfs_is_stopped(pid_t pid)
{
    char state;
    pid_t parent, group;
    return pid > 0 && read_stat(pid, &state, &parent, &group) && state == 'T';
}

/* The client decides how deep its tree is, so the depth that is looked at is bounded. */
static size_t tree(pid_t pid, int depth)
{
    enum { CHILDREN_MAX = 512 };
    pid_t children[CHILDREN_MAX];
    size_t count = procfs_children(pid, children, CHILDREN_MAX), found = count;
    /* All of them count: a number that stops rising would look like a pool that is full. */
    for (size_t i = 0; i < count && i < CHILDREN_MAX && depth > 0; i++)
        found += tree(children[i], depth - 1);
    return found;
}

size_t procfs_descendants(pid_t pid)
{
    return tree(pid, 32);
}

size_t procfs_group_size(pid_t group)
{
    /* Mostly nobody is left, and the kernel says so at once. */
    if (kill(-group, 0) != 0 && errno == ESRCH)
        return 0;
    DIR *folder = opendir("/proc");
    size_t count = 0;
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        pid_t pid = pid_from_name(entry->d_name), parent, its_group;
        char state;
        if (pid != 0 && read_stat(pid, &state, &parent, &its_group) && its_group == group &&
            state != 'Z' && state != 'X')
            count++;
    }
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

bool procfs_has_environment(pid_t pid, const char *name, const char *value)
{
    char path[64], wanted[192];
    (void)snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
    (void)snprintf(wanted, sizeof wanted, "%s=%s", name, value);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool found = false;
    char *entry = NULL;
    size_t size = 0;
    while (!found && getdelim(&entry, &size, '\0', file) > 0)
        found = strcmp(entry, wanted) == 0;
    free(entry);
    (void)fclose(file);
    return found;
}

size_t procfs_syn_sent(const char *host, int port)
{
    struct in_addr address;
    FILE *file;
    if (inet_pton(AF_INET, host, &address) != 1 || (file = fopen("/proc/net/tcp", "re")) == NULL)
        return 0;
    size_t count = 0;
    char line[512];
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned remote_address, remote_port, state;
        /* sl local:port remote:port st …; the address is printed as the word lies in memory. */
        if (sscanf(line, " %*d: %*x:%*x %x:%x %x", &remote_address, &remote_port, &state) == 3 &&
            state == 2 && remote_address == address.s_addr && remote_port == (unsigned)port)
            count++;
    }
    (void)fclose(file);
    return count;
}

struct procfs_machine procfs_machine_now(void)
{
    struct procfs_machine now = {0, 0, 0};
    char text[512];
    if (read_small("/proc/stat", text, sizeof text) < 0)
        return now;
    uint64_t v[8] = {0};
    (void)sscanf(text,
                 "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                 " %" SCNu64 " %" SCNu64,
                 &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]);
    for (int i = 0; i < 8; i++)
        now.all += v[i];
    now.busy = now.all - v[3] - v[4]; /* all but idle and iowait */
    now.stolen = v[7];
    return now;
}

double procfs_busy_part(struct procfs_machine before, struct procfs_machine after)
{
    if (after.all <= before.all || after.busy < before.busy)
        return 0;
    return (double)(after.busy - before.busy) / (double)(after.all - before.all);
}

double procfs_steal_part(struct procfs_machine before, struct procfs_machine after)
{
    if (after.all <= before.all || after.stolen < before.stolen)
        return 0;
    return (double)(after.stolen - before.stolen) / (double)(after.all - before.all);
}

int64_t procfs_cpu_pressure_us(void)
{
    char text[512];
    int64_t total_us = -1;
    /* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123456" */
    const char *total =
        read_small("/proc/pressure/cpu", text, sizeof text) < 0 ? NULL : strstr(text, "total=");
    if (total == NULL || sscanf(total, "total=%" SCNd64, &total_us) != 1)
        return -1;
    return total_us;
}

void procfs_cpu_model(char *model, size_t size)
{
    char line[256];
    model[0] = '\0';
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file != NULL && model[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        char *colon = strncmp(line, "model name", 10) == 0 ? strchr(line, ':') : NULL;
        if (colon != NULL)
            (void)snprintf(model, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (file != NULL)
        (void)fclose(file);
}
