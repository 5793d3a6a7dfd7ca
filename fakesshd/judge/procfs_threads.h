/* The threads of another process, one by one: what each is called, what it waits for, how old it
 * is. Read from outside; nothing is stopped. */
#ifndef JUDGE_PROCFS_THREADS_H
#define JUDGE_PROCFS_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCFS_RUNNING = -1, PROCFS_SYSCALL_UNKNOWN = -2 };

struct procfs_thread {
    pid_t tid;
    char name[32];
    char state;        /* as in /proc/PID/stat: R, S, D, T, Z … */
    char waits_in[64]; /* the kernel's function, "do_sys_poll"; "" when it may not be read */
    long syscall;      /* its number, or one of the above */
    int64_t argument;  /* the call's first one */
    int64_t age_ms;    /* since it was started */
    int64_t cpu_ms;    /* processor time so far */
};

/* Lists at most `max` threads, in the order of their ids. Returns how many; *threads is the
 * caller's. 0 when the process is gone. */
size_t procfs_thread_list(pid_t pid, struct procfs_thread **threads, size_t max);

/* The text of /proc/PID/task/TID/NAME, cut where `text` is full. False when there is none. */
bool procfs_thread_file(pid_t pid, pid_t tid, const char *name, char *text, size_t size);

/* The function that tells most in the text of /proc/PID/task/TID/stack: the topmost that is not
 * the scheduler's. "" when there is none. */
void procfs_kernel_function(const char *stack, char *name, size_t size);

#endif
