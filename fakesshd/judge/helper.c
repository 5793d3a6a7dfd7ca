#include "judge/helper.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void read_line(int fd, char *line, size_t size)
{
    ssize_t got = read(fd, line, size - 1);
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void end(struct helper *helper, const char *how)
{
    char words[256] = "";
    helper->is_over = true;
    ev_timer_stop(helper->loop, &helper->patience);
    read_line(helper->out_fd, helper->text, sizeof helper->text);
    read_line(helper->error_fd, words, sizeof words);
    if (how[0] != '\0')
        (void)snprintf(helper->failure, sizeof helper->failure, "%s%s%s", how,
                       words[0] != '\0' ? ": " : "", words);
    helper->on_end(helper->owner);
}

static void on_exit_of_helper(void *context, const struct process_exit *ending)
{
    struct helper *helper = context;
    char how[96] = "";
    helper->pid = 0;
    if (ending->status != 0)
        process_describe_exit(ending->status, how, sizeof how);
    end(helper, how);
}

static void stop_process(struct helper *helper)
{
    if (helper->pid <= 0)
        return;
    reaper_forget(helper->reaper, helper->pid);
    (void)process_signal_group(helper->pid, SIGKILL);
    helper->pid = 0;
}

static void on_patience_over(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct helper *helper = timer->data;
    stop_process(helper);
    end(helper, "it did not end within 10 s");
}

static enum err spawn(struct helper *helper, char *const *argv, struct err_text *error)
{
    int out = -1, err = -1;
    enum err failed = process_pipe(PIPE_WE_READ, &helper->out_fd, &out, error);
    if (failed == ERR_NONE)
        failed = process_pipe(PIPE_WE_READ, &helper->error_fd, &err, error);
    struct process_spec process = {
        .argv = argv, .stdin_fd = -1, .stdout_fd = out, .stderr_fd = err};
    if (failed == ERR_NONE)
        failed = process_spawn(&process, &helper->pid, NULL, error);
    close_fd(&out);
    close_fd(&err);
    return failed;
}

enum err helper_start(struct helper *helper, char *const *argv, struct ev_loop *loop,
                      struct reaper *reaper, void (*on_end)(void *owner), void *owner,
                      struct err_text *error)
{
    *helper = (struct helper){.loop = loop,
                              .reaper = reaper,
                              .on_end = on_end,
                              .owner = owner,
                              .out_fd = -1,
                              .error_fd = -1};
    ev_timer_init(&helper->patience, on_patience_over, HELPER_MAX_MS / 1000., 0.);
    helper->patience.data = helper;
    enum err failed = spawn(helper, argv, error);
    if (failed != ERR_NONE) {
        helper_close(helper);
        return failed;
    }
    reaper_watch(reaper, helper->pid, on_exit_of_helper, helper);
    ev_now_update(loop);
    ev_timer_start(loop, &helper->patience);
    return ERR_NONE;
}

void helper_close(struct helper *helper)
{
    if (helper->loop == NULL)
        return;
    ev_timer_stop(helper->loop, &helper->patience);
    stop_process(helper);
    close_fd(&helper->out_fd);
    close_fd(&helper->error_fd);
    helper->loop = NULL;
}
