#include "judge/template.h"

#include "base/fnv1a.h"
#include "judge/procfs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READS_PER_TURN = 16 };

struct template_run {
    struct ev_loop *loop; /* borrowed, as the next three */
    struct reaper *reaper;
    const struct manifest *manifest;
    struct task *task;
    template_on_end *on_end;
    void *owner;
    pid_t group;
    bool ended;
    char mark[64];
    int out_fd, error_fd; /* owned */
    ev_io out_ready, error_ready;
    char head[256]; /* the first bytes of its output, for the nonce */
    size_t head_length;
    char error_text[TEMPLATE_STDERR_MAX_BYTES + 1];
    size_t error_length;
};

static bool read_output(struct template_run *run)
{
    char bytes[16 * 1024];
    for (int i = 0; i < READS_PER_TURN; i++) {
        ssize_t got = read(run->out_fd, bytes, sizeof bytes);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        struct task *task = run->task;
        if (task->ended || run->manifest->external)
            continue;
        task->stdout_bytes += (uint64_t)got;
        task->stdout_fnv1a = fnv1a_add(task->stdout_fnv1a, bytes, (size_t)got);
        size_t room = sizeof run->head - run->head_length;
        size_t keep = (size_t)got < room ? (size_t)got : room;
        memcpy(run->head + run->head_length, bytes, keep);
        run->head_length += keep;
    }
    return true;
}

static bool read_error(struct template_run *run)
{
    char bytes[4096];
    for (int i = 0; i < READS_PER_TURN; i++) {
        ssize_t got = read(run->error_fd, bytes, sizeof bytes);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        size_t room = TEMPLATE_STDERR_MAX_BYTES - run->error_length;
        size_t keep = (size_t)got < room ? (size_t)got : room;
        memcpy(run->error_text + run->error_length, bytes, keep);
        run->error_length += keep;
        run->error_text[run->error_length] = '\0';
    }
    return true;
}

static void on_out_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    if (!read_output(io->data))
        ev_io_stop(loop, io);
}

static void on_error_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    if (!read_error(io->data))
        ev_io_stop(loop, io);
}

/* The last line of its stderr is the client's word on what went wrong. */
static void keep_error_line(struct template_run *run)
{
    char *text = run->error_text;
    size_t length = run->error_length;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    size_t start = length;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    size_t room = sizeof run->task->error - 1;
    size_t keep = length - start < room ? length - start : room;
    memcpy(run->task->error, text + start, keep);
    run->task->error[keep] = '\0';
}

static void read_ending(struct template_run *run, int status)
{
    struct task *task = run->task;
    task->crashed = WIFSIGNALED(status);
    task->term_signal = task->crashed ? WTERMSIG(status) : 0;
    task->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    task->nonce_seen = task->nonce[0] != '\0' && memmem(run->head, run->head_length, task->nonce,
                                                        strlen(task->nonce)) != NULL;
    task->stdout_whole = true;
    keep_error_line(run);
    enum outcome outcome = OUTCOME_FAILURE;
    task->mapped =
        manifest_map_outcome(run->manifest, task->exit_status, run->error_text, &outcome);
    if (task->exit_status == 0 && !task->mapped) {
        outcome = OUTCOME_SUCCESS;
        task->mapped = true;
    }
    task->outcome = outcome;
    /* It was told to end, and did: how is a matter of taste. */
    if (task->cancelled_ns != 0 && (task->term_signal == SIGTERM || outcome == OUTCOME_FAILURE)) {
        task->crashed = false;
        task->outcome = OUTCOME_CANCELLED;
        task->mapped = true;
    }
}

static void end_external(struct template_run *run, const struct process_exit *end)
{
    struct task *task = run->task;
    if (end->status != 0 && !task->ended) {
        keep_error_line(run);
        task->outcome = OUTCOME_COULD_NOT_TRY;
        task->mapped = task->ended = true;
        task->ended_ns = end->at_ns;
    }
    run->on_end(run->owner, task);
}

static void on_exit_of_task(void *context, const struct process_exit *end)
{
    struct template_run *run = context;
    (void)read_output(run);
    (void)read_error(run);
    run->ended = true;
    if (run->manifest->external) {
        end_external(run, end);
        return;
    }
    run->task->cpu_ns = end->cpu_ns;
    read_ending(run, end->status);
    run->task->ended_ns = end->at_ns;
    run->task->ended = true;
    run->on_end(run->owner, run->task);
}

/* Standard input that needs nobody to write it: this text, or so many zeros. */
static int input_of(const char *text, size_t zeros)
{
    if (text == NULL && zeros == 0)
        return -1;
    int fd = memfd_create("fakesshd-stdin", MFD_CLOEXEC);
    if (fd < 0)
        return -1;
    if (text == NULL)
        (void)ftruncate(fd, (off_t)zeros);
    else if (write(fd, text, strlen(text)) == (ssize_t)strlen(text))
        (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

static enum err spawn(struct template_run *run, char *const *argv, const char *input,
                      struct err_text *error)
{
    int theirs[3] = {input_of(input, run->task->stdin_bytes), -1, -1};
    enum err failed = process_pipe(PIPE_WE_READ, &run->out_fd, &theirs[1], error);
    if (failed == ERR_NONE)
        failed = process_pipe(PIPE_WE_READ, &run->error_fd, &theirs[2], error);
    struct process_spec process = {.argv = argv,
                                   .mark = run->mark,
                                   .stdin_fd = theirs[0],
                                   .stdout_fd = theirs[1],
                                   .stderr_fd = theirs[2]};
    if (failed == ERR_NONE)
        failed = process_spawn(&process, &run->task->pid, NULL, error);
    for (int i = 0; i < 3; i++) {
        if (theirs[i] >= 0)
            (void)close(theirs[i]);
    }
    return failed;
}

enum err template_start(struct template_run **result, const struct manifest *manifest,
                        char *const *argv, const char *input, const char *mark, struct task *task,
                        struct ev_loop *loop, struct reaper *reaper, template_on_end *on_end,
                        void *owner, struct err_text *error)
{
    struct template_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        abort();
    run->loop = loop;
    run->reaper = reaper;
    run->manifest = manifest;
    run->task = task;
    run->on_end = on_end;
    run->owner = owner;
    run->out_fd = run->error_fd = -1;
    (void)snprintf(run->mark, sizeof run->mark, "%s.%d", mark, task->id);
    task->stdout_fnv1a = FNV1A_START;
    ev_io_init(&run->out_ready, on_out_ready, 0, EV_READ);
    ev_io_init(&run->error_ready, on_error_ready, 0, EV_READ);
    run->out_ready.data = run->error_ready.data = run;
    *result = run;
    enum err failed = spawn(run, argv, input, error);
    if (failed != ERR_NONE) {
        template_close(result);
        return failed;
    }
    run->group = task->pid;
    reaper_watch(reaper, task->pid, on_exit_of_task, run);
    ev_io_set(&run->out_ready, run->out_fd, EV_READ);
    ev_io_set(&run->error_ready, run->error_fd, EV_READ);
    ev_io_start(loop, &run->out_ready);
    ev_io_start(loop, &run->error_ready);
    return ERR_NONE;
}

const char *template_stderr(const struct template_run *run)
{
    return run->error_text;
}

size_t template_left_behind(const struct template_run *run)
{
    if (!run->ended || run->manifest->external)
        return 0;
    pid_t orphans[ORPHANS_MAX];
    size_t left = procfs_group_size(run->group);
    size_t count = process_find_orphans(run->reaper, run->mark, orphans, ORPHANS_MAX);
    for (size_t i = 0; i < count && i < ORPHANS_MAX; i++)
        left += getpgid(orphans[i]) != run->group;
    return left;
}

void template_close(struct template_run **pointer)
{
    struct template_run *run = *pointer;
    if (run == NULL)
        return;
    if (run->group > 0) {
        if (!run->ended)
            reaper_forget(run->reaper, run->group);
        process_kill_all(run->reaper, run->group, run->mark);
    }
    ev_io_stop(run->loop, &run->out_ready);
    ev_io_stop(run->loop, &run->error_ready);
    if (run->out_fd >= 0)
        (void)close(run->out_fd);
    if (run->error_fd >= 0)
        (void)close(run->error_fd);
    free(run);
    *pointer = NULL;
}
