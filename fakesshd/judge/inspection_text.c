/* An inspection for people and for programs. */
#include "judge/inspection.h"
#include "judge/syscall_name.h"

#include "judge/clean_text.h"

#include <stdlib.h>
#include <string.h>

enum { GROUPS_SHOWN = 20, THREADS_SHOWN = 2000, FDS_SHOWN = 200, SUMMARY_MAX = 600 };

/* Descriptors of one kind. */
struct fd_group {
    const char *kind; /* borrowed */
    size_t count;
};

static int by_kind(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_fd_count(const void *a, const void *b)
{
    const struct fd_group *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->kind, y->kind);
}

/* The largest group first; *groups is the caller's. */
static size_t group_fds(const struct inspection *inspection, struct fd_group **groups)
{
    const char **kinds = calloc(inspection->fd_count + 1, sizeof *kinds);
    *groups = calloc(inspection->fd_count + 1, sizeof **groups);
    size_t count = 0;
    if (kinds == NULL || *groups == NULL)
        abort();
    for (size_t i = 0; i < inspection->fd_count; i++)
        kinds[i] = inspection->fds[i].kind;
    qsort(kinds, inspection->fd_count, sizeof *kinds, by_kind);
    for (size_t i = 0; i < inspection->fd_count; i++) {
        if (i == 0 || strcmp(kinds[i], kinds[i - 1]) != 0)
            (*groups)[count++].kind = kinds[i];
        (*groups)[count - 1].count++;
    }
    free(kinds);
    qsort(*groups, count, sizeof **groups, by_fd_count);
    return count;
}

static size_t stopped_threads(const struct inspection *inspection)
{
    size_t count = 0;
    for (size_t i = 0; i < inspection->thread_count; i++)
        count += inspection->threads[i].state == 'T';
    return count;
}

/* ---- for people ---- */

static void print_frames(FILE *out, const char *frames)
{
    while (*frames != '\0') {
        size_t length = strcspn(frames, "\n");
        fprintf(out, "    %.*s\n", (int)length, frames);
        frames += length + (frames[length] == '\n');
    }
}

static void print_groups(const struct inspection *inspection, FILE *out)
{
    struct stack_group *groups;
    size_t count = stacks_group(&inspection->stacks, &groups);
    fprintf(out, "\n== threads, equal stacks together, innermost function first\n");
    for (size_t i = 0; i < count && i < GROUPS_SHOWN; i++) {
        fprintf(out, "\n%zu thread%s, %sthe oldest for %lld s\n", groups[i].count,
                groups[i].count == 1 ? "" : "s", groups[i].count == 1 ? "" : "same stack, ",
                (long long)groups[i].oldest_s);
        print_frames(out, groups[i].sample->frames);
    }
    if (count > GROUPS_SHOWN)
        fprintf(out, "\nand %zu more groups\n", count - GROUPS_SHOWN);
    free(groups);
}

static void print_threads(const struct inspection *inspection, FILE *out)
{
    fprintf(out, "\n== each thread: id, name, state, age, processor time, what it waits in\n\n");
    for (size_t i = 0; i < inspection->thread_count && i < THREADS_SHOWN; i++) {
        const struct procfs_thread *thread = &inspection->threads[i];
        bool takes_fd = false;
        const char *call = thread->syscall >= 0 ? syscall_name(thread->syscall, &takes_fd) : NULL;
        fprintf(out, "%7d %-15s %c %8.1f s %6lld ms  %s", (int)thread->tid, thread->name,
                thread->state, (double)thread->age_ms / 1000, (long long)thread->cpu_ms,
                thread->syscall == PROCFS_RUNNING ? "running"
                : call != NULL                    ? call
                                                  : "?");
        if (takes_fd)
            fprintf(out, "(fd %lld)", (long long)thread->argument);
        fprintf(out, "%s%s\n", thread->waits_in[0] != '\0' ? " in the kernel's " : "",
                thread->waits_in);
    }
    if (inspection->thread_count > THREADS_SHOWN)
        fprintf(out, "and %zu more\n", inspection->thread_count - THREADS_SHOWN);
}

static void print_fds(const struct inspection *inspection, FILE *out)
{
    struct fd_group *groups;
    size_t count = group_fds(inspection, &groups);
    fprintf(out, "\n== descriptors, those of a kind together\n\n");
    for (size_t i = 0; i < count && i < GROUPS_SHOWN; i++)
        fprintf(out, "%7zu  %s\n", groups[i].count, groups[i].kind);
    free(groups);
    fprintf(out, "\n== each descriptor\n\n");
    for (size_t i = 0; i < inspection->fd_count && i < FDS_SHOWN; i++)
        fprintf(out, "%7d  %s\n", inspection->fds[i].fd, inspection->fds[i].what);
    if (inspection->fd_count > FDS_SHOWN)
        fprintf(out, "and %zu more\n", inspection->fd_count - FDS_SHOWN);
}

void inspection_print(const struct inspection *inspection, FILE *out)
{
    char *command = clean_line(inspection->command);
    fprintf(out, "process %d: %s\n%zu threads, %zu descriptors\n", (int)inspection->pid, command,
            inspection->thread_count, inspection->fd_count);
    free(command);
    if (stopped_threads(inspection) > 0)
        fprintf(out, "%zu of the threads are stopped by a signal\n", stopped_threads(inspection));
    if (inspection->note[0] != '\0')
        fprintf(out, "%s\n", inspection->note);
    print_groups(inspection, out);
    print_threads(inspection, out);
    print_fds(inspection, out);
}

/* ---- for programs ---- */

static json_t *clean_json(const char *text, bool on_one_line)
{
    char *clean = on_one_line ? clean_line(text) : clean_text(text);
    json_t *string = json_string(clean);
    free(clean);
    return string;
}

static json_t *frames_json(const char *frames)
{
    json_t *list = json_array();
    while (*frames != '\0') {
        size_t length = strcspn(frames, "\n");
        char *frame = strndup(frames, length);
        if (frame == NULL)
            abort();
        (void)json_array_append_new(list, clean_json(frame, true));
        free(frame);
        frames += length + (frames[length] == '\n');
    }
    return list;
}

static json_t *groups_json(const struct inspection *inspection, char *summary, size_t size)
{
    json_t *list = json_array();
    struct stack_group *groups;
    size_t count = stacks_group(&inspection->stacks, &groups);
    for (size_t i = 0; i < count && i < GROUPS_SHOWN; i++)
        (void)json_array_append_new(list, json_pack("{s:I, s:I, s:o}", "count",
                                                    (json_int_t)groups[i].count, "oldest_s",
                                                    (json_int_t)groups[i].oldest_s, "frames",
                                                    frames_json(groups[i].sample->frames)));
    summary[0] = '\0';
    /* Where all differ, the main thread's says most. */
    struct stack_group main_thread = {1, stacks_find(&inspection->stacks, inspection->pid), -1};
    bool all_differ = count > 0 && groups[0].count == 1 && main_thread.sample != NULL;
    size_t used = 0;
    if (stopped_threads(inspection) > 0)
        used = (size_t)snprintf(summary, size, "stopped by a signal: ");
    if (count > 0)
        stacks_summarize(all_differ ? &main_thread : stacks_most_telling(groups, count), "thread",
                         summary + used, size - used);
    free(groups);
    return list;
}

static json_t *fd_groups_json(const struct inspection *inspection)
{
    json_t *list = json_array();
    struct fd_group *groups;
    size_t count = group_fds(inspection, &groups);
    for (size_t i = 0; i < count && i < GROUPS_SHOWN; i++)
        (void)json_array_append_new(list,
                                    json_pack("{s:I, s:o}", "count", (json_int_t)groups[i].count,
                                              "what", clean_json(groups[i].kind, true)));
    free(groups);
    return list;
}

json_t *inspection_json(const struct inspection *inspection)
{
    char summary[SUMMARY_MAX], *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    inspection_print(inspection, out);
    (void)fclose(out);
    json_t *groups = groups_json(inspection, summary, sizeof summary);
    json_t *result = json_pack(
        "{s:i, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "pid", (int)inspection->pid, "command",
        clean_json(inspection->command, true), "threads", (json_int_t)inspection->thread_count,
        "fds", (json_int_t)inspection->fd_count, "note", clean_json(inspection->note, true),
        "summary", clean_json(summary, true), "groups", groups, "fd_groups",
        fd_groups_json(inspection), "text", clean_json(text, false));
    free(text);
    return result;
}
