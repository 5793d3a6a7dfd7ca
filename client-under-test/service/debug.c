#include "service/debug.h"

#include "lib/memory.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* ---- groups ---- */

struct group {
    const char *host; /* borrowed from a task */
    int port;
    sshexec_phase phase;
    size_t count;
    int64_t oldest_ns;
};

struct list {
    const sshexec_task **tasks; /* owned */
    size_t count, room;
};

static void list_visit(sshexec_task *task, void *userdata, void *argument)
{
    struct list *list = argument;
    (void)userdata;
    if (list->count == list->room) {
        list->room = list->room * 2 + 16;
        list->tasks = memory_resize(list->tasks, list->room * sizeof *list->tasks);
    }
    list->tasks[list->count++] = task;
}

static int by_group(const void *left, const void *right)
{
    const sshexec_task *a = *(const sshexec_task *const *)left;
    const sshexec_task *b = *(const sshexec_task *const *)right;
    int order = (int)sshexec_task_phase(a) - (int)sshexec_task_phase(b);
    if (order == 0)
        order = strcmp(sshexec_task_host(a), sshexec_task_host(b));
    return order != 0 ? order : sshexec_task_port(a) - sshexec_task_port(b);
}

static int by_count(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    return a->count != b->count ? (a->count < b->count ? 1 : -1)
                                : (a->oldest_ns < b->oldest_ns ? 1 : -1);
}

/* As many groups as tasks at most; returns how many. */
static size_t make_groups(const struct list *list, struct group *groups)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const sshexec_task *task = list->tasks[i];
        int64_t age_ns = sshexec_task_age_ns(task);
        if (i == 0 || by_group(&list->tasks[i - 1], &list->tasks[i]) != 0)
            groups[count++] = (struct group){sshexec_task_host(task), sshexec_task_port(task),
                                             sshexec_task_phase(task), 0, 0};
        struct group *group = &groups[count - 1];
        group->count++;
        group->oldest_ns = age_ns > group->oldest_ns ? age_ns : group->oldest_ns;
    }
    return count;
}

void debug_write_groups(sshexec_pool *pool, FILE *to)
{
    struct list list = {0};
    sshexec_pool_each_task(pool, list_visit, &list);
    (void)fprintf(to, "tasks: total %zu\n", list.count);
    if (list.count > 0) {
        qsort((void *)list.tasks, list.count, sizeof *list.tasks, by_group);
        struct group *groups = memory_resize(NULL, list.count * sizeof *groups);
        size_t count = make_groups(&list, groups);
        qsort(groups, count, sizeof *groups, by_count);
        for (size_t i = 0; i < count; i++)
            (void)fprintf(to, "%zu @ %s %s:%d, oldest %.3f s: %s\n", groups[i].count,
                          sshexec_phase_name(groups[i].phase), groups[i].host, groups[i].port,
                          (double)groups[i].oldest_ns / 1e9,
                          sshexec_phase_sentence(groups[i].phase));
        free(groups);
    }
    free((void *)list.tasks);
}

/* ---- tasks ---- */

struct writing {
    FILE *to;
    unsigned long (*id_of)(void *userdata);
};

static void write_visit(sshexec_task *task, void *userdata, void *argument)
{
    const struct writing *writing = argument;
    sshexec_phase phase = sshexec_task_phase(task);
    (void)fprintf(writing->to,
                  "task %lu [%s, %.3f s]: %s:%d, age %.3f s, %llu bytes in, %llu out; %s\n",
                  writing->id_of(userdata), sshexec_phase_name(phase),
                  (double)sshexec_task_phase_age_ns(task) / 1e9, sshexec_task_host(task),
                  sshexec_task_port(task), (double)sshexec_task_age_ns(task) / 1e9,
                  (unsigned long long)sshexec_task_bytes_in(task),
                  (unsigned long long)sshexec_task_bytes_out(task), sshexec_phase_sentence(phase));
}

void debug_write_tasks(sshexec_pool *pool, unsigned long (*id_of)(void *userdata), FILE *to)
{
    struct writing writing = {to, id_of};
    sshexec_pool_each_task(pool, write_visit, &writing);
}

/* ---- threads ---- */

static void write_file(const char *thread, const char *name, FILE *to)
{
    char path[320], text[4096];
    (void)snprintf(path, sizeof path, "/proc/self/task/%s/%s", thread, name);
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    (void)fprintf(to, "  %s: %s\n", name, length > 0 ? text : "not to be had here");
}

void debug_write_threads(FILE *to)
{
    static const char *const names[] = {"comm", "wchan", "syscall", "stack"};
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry = NULL; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        (void)fprintf(to, "thread %s\n", entry->d_name);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            write_file(entry->d_name, names[i], to);
    }
    if (folder != NULL)
        (void)closedir(folder);
}
