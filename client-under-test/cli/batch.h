/* `sshexec batch`: many tasks out of a file or standard input, some at a time, a line each. */
#ifndef SSHEXEC_BATCH_H
#define SSHEXEC_BATCH_H

#include "cli/options.h"

/* Runs it to its end. The exit status: 0 when every command ran and returned 0; 1 when all ran and
 * some returned another; 124 when the deadline was the worst that happened; 255 when a task failed,
 * or a line was none; 128 + n for a signal. */
int batch_run(const struct options *options);

#endif
