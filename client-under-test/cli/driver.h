/* `sshexec driver`: tasks as JSON lines on standard input, results on standard output. */
#ifndef SSHEXEC_DRIVER_H
#define SSHEXEC_DRIVER_H

#include <stdint.h>

#define DRIVER_OUTPUT_LIMIT_DEFAULT ((uint64_t)64 * 1024 * 1024)

/* Runs until the end of input or `bye`; the process's exit status. Tasks whose stdout and stderr
 * together pass `output_limit` bytes fail. */
int driver_run(uint64_t output_limit);

#endif
