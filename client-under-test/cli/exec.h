/* `sshexec … host -- command`: one task, with this process's own standard streams. */
#ifndef SSHEXEC_EXEC_H
#define SSHEXEC_EXEC_H

#include "cli/options.h"

#include <stdint.h>

/* What is fixed for `sshexec` besides the remote command's status. */
#define EXEC_STATUS_FAILURE 255
#define EXEC_STATUS_TIMEOUT 124

/* Runs the command; the process's exit status. `start_ns` is when the process began: the deadline
 * counts from there. */
int exec_run(const struct options *options, int64_t start_ns);

#endif
