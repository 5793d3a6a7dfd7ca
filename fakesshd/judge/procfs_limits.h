/* How many descriptors, threads or processes, and how much memory, a process can have: the least of
 * the limits that apply to it, and that limit's name. Beside judge/procfs.c the only file that
 * reads /proc, and the only one that reads /sys/fs/cgroup. */
#ifndef JUDGE_PROCFS_LIMITS_H
#define JUDGE_PROCFS_LIMITS_H

#include <stdint.h>
#include <sys/types.h>

/* identifier, what is limited */
#define LIMITS(X)                         \
    X(LIMIT_NONE, "nothing")              \
    X(LIMIT_FDS, "open descriptors")      \
    X(LIMIT_THREADS, "threads")           \
    X(LIMIT_PROCESSES, "child processes") \
    X(LIMIT_MEMORY, "memory that is its own, in bytes")

enum limit_kind {
#define X(id, sentence) id,
    LIMITS(X)
#undef X
};

struct limit {
    int64_t value; /* 0: none is known */
    char name[48]; /* "RLIMIT_NOFILE", "kernel.pid_max", "cgroup pids.max", … */
};

/* In force for this process now. */
struct limit procfs_limit(enum limit_kind kind, pid_t pid);

/* How much of a limit on threads or processes others than this process use up: those of the whole
 * machine, of the control group or of the user, as the limit counts. 0 for other limits. */
int64_t procfs_limit_others(const struct limit *limit, pid_t pid);

/* What the client's user will meet: as for this process, but the number of descriptors is the soft
 * limit `user_nofile` (0: not known) or, if that is less, the 1,024 that services and login shells
 * usually get. */
struct limit procfs_limit_of_user(enum limit_kind kind, int64_t user_nofile);

#endif
