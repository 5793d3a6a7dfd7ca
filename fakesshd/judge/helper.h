/* A command of a manifest's that is no task: it runs once, and what it prints first is kept. */
#ifndef JUDGE_HELPER_H
#define JUDGE_HELPER_H

#include "base/err.h"
#include "judge/process.h"

#include <ev.h>
#include <stdbool.h>

enum { HELPER_MAX_MS = 10000 };

struct helper {
    struct ev_loop *loop; /* borrowed, as the reaper; NULL while none was started */
    struct reaper *reaper;
    void (*on_end)(void *owner);
    void *owner;
    pid_t pid;
    int out_fd, error_fd; /* owned */
    ev_timer patience;
    bool is_over;      /* on_end was called; the next two are known */
    char text[256];    /* the first line of its output; "" when there is none */
    char failure[400]; /* "" when it ended with exit status 0; else how, and its last words */
};

/* Starts it; on_end follows within HELPER_MAX_MS. What it leaves running stays: it may be a service
 * that it was to start. ERR_SYSTEM when it cannot be started; there is nothing to close then. */
enum err helper_start(struct helper *helper, char *const *argv, struct ev_loop *loop,
                      struct reaper *reaper, void (*on_end)(void *owner), void *owner,
                      struct err_text *error);

/* Ends it when it still runs; on_end is not called any more. */
void helper_close(struct helper *helper);

#endif
