/* The tasks of a pool as text, like the two goroutine pages of Go's pprof. */
#ifndef SSHEXEC_DEBUG_H
#define SSHEXEC_DEBUG_H

#include "lib/sshexec.h"

#include <stdio.h>

/* Grouped by phase and host, the largest group first, each with its oldest task's age. */
void debug_write_groups(sshexec_pool *pool, FILE *to);

/* Each task, the oldest first. `id_of` gives the number that it is known by. */
void debug_write_tasks(sshexec_pool *pool, unsigned long (*id_of)(void *userdata), FILE *to);

/* The threads of this process, by /proc/self/task. */
void debug_write_threads(FILE *to);

#endif
