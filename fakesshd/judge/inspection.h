/* What a process is doing now: its threads with their stacks, equal ones together, and its open
 * descriptors. Waits for a debugger, so it is made in a process of its own: `fakesshd stacks`. */
#ifndef JUDGE_INSPECTION_H
#define JUDGE_INSPECTION_H

#include "base/err.h"
#include "judge/procfs_fds.h"
#include "judge/procfs_threads.h"
#include "judge/stacks.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct inspection {
    pid_t pid;
    char command[512];             /* its command line, on one line */
    struct procfs_thread *threads; /* owned */
    size_t thread_count;
    struct procfs_fd *fds; /* owned */
    size_t fd_count;
    struct stacks stacks; /* of every thread: in user space, or what the kernel says */
    bool has_user_stacks;
    char note[300]; /* why there are no user stacks; "" when there are */
};

/* Looks at a process. `user_stacks`: asks eu-stack (elfutils), which stops the process for a
 * moment, for at most `timeout_ms`. ERR_USAGE when there is no such process. */
enum err inspection_take(struct inspection *inspection, pid_t pid, bool user_stacks, int timeout_ms,
                         struct err_text *error);
void inspection_fini(struct inspection *inspection);

/* For people: groups, then threads, then descriptors. */
void inspection_print(const struct inspection *inspection, FILE *out);

/* For programs: {"pid", "command", "threads", "fds", "note", "summary", "groups": [{"count",
 * "oldest_s", "frames": []}], "fd_groups": [{"count", "what"}], "text"}; the caller's. */
json_t *inspection_json(const struct inspection *inspection);

#endif
