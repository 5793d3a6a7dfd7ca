/* Takes an inspection; inspection_text.c shows it. */
#include "judge/inspection.h"

#include "base/clock.h"
#include "judge/process.h"
#include "judge/procfs.h"
#include "judge/syscall_name.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS_MAX = 20000, FDS_MAX = 20000, OUTPUT_MAX_BYTES = 64 * 1024 * 1024 };

/* ---- user stacks ---- */

/* Reads until the end, or until the time is up. */
static char *read_all(int fd, int64_t until_ns, bool *whole)
{
    size_t used = 0, size = 64 * 1024;
    char *text = malloc(size);
    *whole = false;
    while (text != NULL && used < OUTPUT_MAX_BYTES) {
        int64_t left_ms = (until_ns - clock_now_ns()) / CLOCK_NS_PER_MS;
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) != 1)
            break;
        ssize_t got = read(fd, text + used, size - 1 - used);
        if (got <= 0) {
            *whole = got == 0;
            break;
        }
        used += (size_t)got;
        if (size - used < 4096)
            text = realloc(text, size *= 2);
    }
    if (text == NULL)
        abort();
    text[used] = '\0';
    return text;
}

/* Runs eu-stack; its text is the caller's, NULL with a note when there is none. */
static char *ask_debugger(pid_t pid, int timeout_ms, char *note, size_t note_size)
{
    char number[16], program[] = "eu-stack", sources[] = "-s", modules[] = "-m", process[] = "-p";
    char *argv[] = {program, sources, modules, process, number, NULL};
    int ours = -1, theirs = -1;
    pid_t debugger = 0;
    struct err_text error;
    bool whole = false;
    (void)snprintf(number, sizeof number, "%d", (int)pid);
    if (process_pipe(PIPE_WE_READ, &ours, &theirs, &error) != ERR_NONE) {
        (void)snprintf(note, note_size, "no user stacks: %.200s", error.text);
        return NULL;
    }
    struct process_spec spec = {
        .argv = argv, .stdin_fd = -1, .stdout_fd = theirs, .stderr_fd = theirs};
    int64_t until_ns = clock_now_ns() + timeout_ms * CLOCK_NS_PER_MS;
    bool started = process_spawn(&spec, &debugger, NULL, &error) == ERR_NONE;
    (void)close(theirs);
    char *text = started ? read_all(ours, until_ns, &whole) : NULL;
    (void)close(ours);
    if (started) {
        (void)kill(debugger, SIGKILL); /* the traced process goes on by itself then */
        (void)waitpid(debugger, NULL, 0);
    }
    if (!started)
        (void)snprintf(note, note_size, "no user stacks: eu-stack (elfutils) cannot be started");
    else if (!whole)
        (void)snprintf(note, note_size,
                       "user stacks are not complete: eu-stack took longer than %d ms", timeout_ms);
    else if (strstr(text, "\n#0 ") == NULL)
        (void)snprintf(note, note_size, "no user stacks: %.*s", (int)strcspn(text, "\n"), text);
    return text;
}

/* ---- what the kernel says ---- */

static const char *fd_text(const struct inspection *inspection, int64_t fd)
{
    for (size_t i = 0; i < inspection->fd_count; i++) {
        if (inspection->fds[i].fd == fd)
            return inspection->fds[i].kind;
    }
    return NULL;
}

/* "read(fd 7: TCP to port 22, ESTABLISHED, rx 0, tx 0)". Without the number, equal waits are equal.
 */
static void put_call(FILE *out, const struct inspection *inspection,
                     const struct procfs_thread *thread)
{
    bool takes_fd = false;
    const char *name = thread->syscall >= 0 ? syscall_name(thread->syscall, &takes_fd) : NULL;
    const char *what = takes_fd ? fd_text(inspection, thread->argument) : NULL;
    if (name == NULL && thread->syscall >= 0)
        fprintf(out, "syscall-%ld\n", thread->syscall);
    else if (name == NULL)
        fprintf(out, thread->syscall == PROCFS_RUNNING ? "running\n" : "unknown\n");
    else if (what != NULL)
        fprintf(out, "%s on %s\n", name, what);
    else
        fprintf(out, "%s\n", name);
}

/* A thread without a user stack has a stack of what the kernel tells. */
static void complete_stacks(struct inspection *inspection)
{
    for (size_t i = 0; i < inspection->thread_count; i++) {
        const struct procfs_thread *thread = &inspection->threads[i];
        const struct stack *found = stacks_find(&inspection->stacks, thread->tid);
        if (found == NULL || found->frames[0] == '\0') {
            char *frames = NULL;
            size_t size = 0;
            FILE *out = open_memstream(&frames, &size);
            if (out == NULL)
                abort();
            if (thread->waits_in[0] != '\0')
                fprintf(out, "%s -kernel-\n", thread->waits_in);
            put_call(out, inspection, thread);
            (void)fclose(out);
            (void)stacks_add(&inspection->stacks, thread->tid, frames);
        }
    }
    for (size_t i = 0; i < inspection->thread_count; i++) {
        for (size_t k = 0; k < inspection->stacks.count; k++) {
            if (inspection->stacks.items[k].id == inspection->threads[i].tid)
                inspection->stacks.items[k].age_s = inspection->threads[i].age_ms / 1000;
        }
    }
}

enum err inspection_take(struct inspection *inspection, pid_t pid, bool user_stacks, int timeout_ms,
                         struct err_text *error)
{
    memset(inspection, 0, sizeof *inspection);
    inspection->pid = pid;
    procfs_command_line(pid, inspection->command, sizeof inspection->command);
    inspection->thread_count = procfs_thread_list(pid, &inspection->threads, THREADS_MAX);
    if (inspection->thread_count == 0)
        return err_set(error, ERR_USAGE, "there is no process %d, or it may not be looked at",
                       (int)pid);
    inspection->fd_count = procfs_fd_list(pid, &inspection->fds, FDS_MAX);
    char *text = user_stacks
                     ? ask_debugger(pid, timeout_ms, inspection->note, sizeof inspection->note)
                     : NULL;
    if (text != NULL)
        stacks_read_elfutils(&inspection->stacks, text);
    inspection->has_user_stacks = inspection->stacks.count > 0;
    if (!user_stacks)
        (void)snprintf(inspection->note, sizeof inspection->note, "no user stacks were asked for");
    free(text);
    complete_stacks(inspection);
    return ERR_NONE;
}

void inspection_fini(struct inspection *inspection)
{
    free(inspection->threads);
    procfs_fd_free(inspection->fds, inspection->fd_count);
    stacks_fini(&inspection->stacks);
    *inspection = (struct inspection){0};
}
