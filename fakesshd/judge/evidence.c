/* Runs `fakesshd stacks` beside the loop; evidence_report.c tells what came of it. */
#include "judge/evidence.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIDS_MAX = 8, TEXT_MAX_BYTES = 64 * 1024 * 1024 };

static void stop(struct evidence *evidence)
{
    ev_io_stop(evidence->loop, &evidence->ready);
    ev_timer_stop(evidence->loop, &evidence->bound);
    if (evidence->pid > 0) {
        reaper_forget(evidence->reaper, evidence->pid);
        (void)process_signal_group(evidence->pid, SIGKILL);
    }
    if (evidence->fd >= 0)
        (void)close(evidence->fd);
    evidence->pid = 0;
    evidence->fd = -1;
}

static void end(struct evidence *evidence)
{
    if (evidence->is_over)
        return;
    stop(evidence);
    evidence->is_over = true;
    evidence->on_end(evidence->owner);
}

static void on_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    struct evidence *evidence = io->data;
    if (evidence->size - evidence->used < 65536) {
        evidence->size = evidence->size * 2 + 65536;
        evidence->text = realloc(evidence->text, evidence->size);
        if (evidence->text == NULL)
            abort();
    }
    ssize_t got =
        read(evidence->fd, evidence->text + evidence->used, evidence->size - evidence->used - 1);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0 || evidence->used + (size_t)got > TEXT_MAX_BYTES) {
        end(evidence);
        return;
    }
    evidence->used += (size_t)got;
    evidence->text[evidence->used] = '\0';
}

static void on_bound(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    end(timer->data);
}

static void on_exit_of_looker(void *context, const struct process_exit *ended)
{
    (void)ended;
    struct evidence *evidence = context;
    evidence->pid = 0; /* what it printed is read to its end */
}

static bool spawn(struct evidence *evidence, const pid_t *pids, size_t count, bool user_stacks)
{
    static char program[] = "/proc/self/exe", word[] = "stacks", json[] = "--json",
                plain[] = "--no-stacks";
    char numbers[PIDS_MAX][16];
    char *argv[PIDS_MAX + 5] = {program, word, json};
    size_t words = 3;
    int theirs = -1;
    if (!user_stacks)
        argv[words++] = plain;
    for (size_t i = 0; i < count && i < PIDS_MAX; i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "%d", (int)pids[i]);
        argv[words++] = numbers[i];
    }
    if (process_pipe(PIPE_WE_READ, &evidence->fd, &theirs, NULL) != ERR_NONE)
        return false;
    struct process_spec spec = {.argv = argv, .stdin_fd = -1, .stdout_fd = theirs, .stderr_fd = -1};
    bool started = process_spawn(&spec, &evidence->pid, NULL, NULL) == ERR_NONE;
    (void)close(theirs);
    return started;
}

void evidence_begin(struct evidence *evidence, const pid_t *pids, size_t count, bool user_stacks,
                    struct ev_loop *loop, struct reaper *reaper, void (*on_end)(void *owner),
                    void *owner)
{
    *evidence = (struct evidence){
        .loop = loop, .reaper = reaper, .on_end = on_end, .owner = owner, .fd = -1};
    ev_io_init(&evidence->ready, on_ready, 0, EV_READ);
    ev_timer_init(&evidence->bound, on_bound, EVIDENCE_MAX_MS / 1000., 0.);
    evidence->ready.data = evidence->bound.data = evidence;
    if (count == 0 || !spawn(evidence, pids, count, user_stacks)) {
        stop(evidence);
        evidence->is_over = true;
        return;
    }
    reaper_watch(reaper, evidence->pid, on_exit_of_looker, evidence);
    ev_io_set(&evidence->ready, evidence->fd, EV_READ);
    ev_io_start(loop, &evidence->ready);
    ev_timer_start(loop, &evidence->bound);
}

void evidence_fini(struct evidence *evidence)
{
    if (evidence->loop == NULL)
        return;
    stop(evidence);
    free(evidence->text);
    *evidence = (struct evidence){.fd = -1};
}
