/* Names of the system calls in which a thread can wait. */
#ifndef JUDGE_SYSCALL_NAME_H
#define JUDGE_SYSCALL_NAME_H

#include <stdbool.h>

/* "poll"; NULL for one that is not in the list. *takes_fd: its first argument is a descriptor.
 * Static memory. */
const char *syscall_name(long number, bool *takes_fd);

#endif
