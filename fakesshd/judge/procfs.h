/* What the kernel knows about other processes. The only file that reads /proc. Everything is read
 * from outside: the judged client is never asked, and never has to be willing. */
#ifndef JUDGE_PROCFS_H
#define JUDGE_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Open descriptors and threads of a process; -1 when it is gone or may not be read. */
int64_t procfs_open_fds(pid_t pid);
int64_t procfs_threads(pid_t pid);

/* Memory that is the process's own and in use (RssAnon), in bytes; -1 likewise. */
int64_t procfs_memory_bytes(pid_t pid);

/* Its command line, on one line; "" when it is gone. */
void procfs_command_line(pid_t pid, char *text, size_t size);

/* Processor time of all its threads so far, from the scheduler's own count (the same that
 * /proc/PID/schedstat shows), not in ticks; -1 when it is gone. */
int64_t procfs_cpu_ns(pid_t pid);

/* How long its living threads have been waiting for a processor, runnable, so far: what the machine
 * owes it. /proc/PID/task/TID/schedstat, the second number; 0 where the kernel does not keep it. */
int64_t procfs_run_delay_ns(pid_t pid);

/* Direct children; returns how many, the first `size` go to `pids`. Those that have ended and were
 * not yet collected count as well. */
size_t procfs_children(pid_t pid, pid_t *pids, size_t size);

/* Descendants of a process, itself not included. One that has ended and was never waited for holds
 * its number, and counts: there are only so many. */
size_t procfs_descendants(pid_t pid);

/* Is the process alive, that is: there, and no zombie? */
bool procfs_is_alive(pid_t pid);

/* Has a signal stopped it (SIGSTOP, SIGTSTP)? Whoever is stopped does nothing, right or wrong. */
bool procfs_is_stopped(pid_t pid);

/* Living members of a process group. Reads all of /proc: not for the busy path. */
size_t procfs_group_size(pid_t group);

/* Was the process started with NAME=value in its environment? */
bool procfs_has_environment(pid_t pid, const char *name, const char *value);

/* How many sockets of this network namespace are trying to connect (SYN_SENT) to the address, IPv4
 * in numbers: the trace of a client where no connection is ever accepted. */
size_t procfs_syn_sent(const char *host, int port);

/* Busy, stolen and whole time of the machine's processors since boot, in ticks. */
struct procfs_machine {
    uint64_t busy, stolen, all;
};
struct procfs_machine procfs_machine_now(void);
/* The busy part between two readings, 0..1. */
double procfs_busy_part(struct procfs_machine before, struct procfs_machine after);
/* The part that the host of a virtual machine gave to others. */
double procfs_steal_part(struct procfs_machine before, struct procfs_machine after);

/* How long, since boot, some process could have run and had no processor; -1 where the kernel does
 * not keep it (/proc/pressure/cpu). */
int64_t procfs_cpu_pressure_us(void);

/* The first processor's model in words; "" when the kernel does not say. */
void procfs_cpu_model(char *model, size_t size);

#endif
