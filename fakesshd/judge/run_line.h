/* What a client is told of a task: the line `run` of fakesshd-driver(7). */
#ifndef JUDGE_RUN_LINE_H
#define JUDGE_RUN_LINE_H

#include "judge/server_process.h"
#include "judge/task.h"

#include <jansson.h>

/* What differs from task to task. */
struct asked {
    char host[64], dns[80], command[64];
};

/* The server's login; with none of its host keys where the task is to meet another. Borrowed: as
 * long as the server. */
struct login run_line_login(const struct server_process *server, const struct task *task);

/* Owned by the caller. */
json_t *run_line(const struct server_process *server, const struct task *task,
                 const struct asked *asked);

/* The same as text with a line feed, for a client that isn't ours: several cases may speak to the
 * same process, so the id is one of the whole run. Owned by the caller. */
char *run_line_external(const struct server_process *server, const struct task *task,
                        const struct asked *asked);

#endif
