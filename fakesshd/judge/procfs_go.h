/* Is it a program of Go's? Its runtime prints every goroutine on SIGQUIT. */
#ifndef JUDGE_PROCFS_GO_H
#define JUDGE_PROCFS_GO_H

#include <stdbool.h>
#include <sys/types.h>

/* Has its executable the section that Go's linker writes (.go.buildinfo)? */
bool procfs_is_go(pid_t pid);

#endif
