/* Children: servers and clients, each in a process group of its own. Started by fork and exec with
 * nothing between but what must be there; ended as whole groups, and with them the descendants that
 * left their group.
 *
 * When the judge itself is killed nothing stays: a server ends because its control pipe ends, a
 * driver because its standard input ends, and both, as every direct child, because the kernel then
 * sends them PR_SET_PDEATHSIG's SIGKILL. A grandchild has no such signal; what it has is a
 * connection to a server that is gone. */
#ifndef JUDGE_PROCESS_H
#define JUDGE_PROCESS_H

#include "base/err.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The environment variable by which a descendant is known again after it left its group. */
#define PROCESS_MARK "FAKESSHD_CASE"

/* Makes this process a child subreaper and raises its soft RLIMIT_NOFILE to the hard one (what it
 * starts inherits that). Call once, before the first spawn. Opens /dev/null on 0..2 if closed. */
enum err process_prepare(struct err_text *error);

/* The soft RLIMIT_NOFILE that the user had, for "1024 descriptors are gone after…". */
int64_t process_user_nofile(void);

struct process_spec {
    char *const *argv;   /* argv[0] is looked for in PATH; ended by NULL */
    const char *mark;    /* value of PROCESS_MARK in the child's environment; NULL: none */
    const char *workdir; /* NULL: ours */
    int stdin_fd, stdout_fd, stderr_fd; /* borrowed; -1: /dev/null */
};

/* Starts a process and waits until its exec succeeded or failed, so that "no such file" is an error
 * here and not an exit status later. *took_ns (may be NULL) is the time from fork to exec. */
enum err process_spawn(const struct process_spec *spec, pid_t *pid, int64_t *took_ns,
                       struct err_text *error);

/* A pipe whose `ours` end does not block; both ends are close-on-exec. */
enum process_pipe { PIPE_WE_READ, PIPE_WE_WRITE };
enum err process_pipe(enum process_pipe direction, int *ours, int *theirs, struct err_text *error);

/* How a child ended. */
struct process_exit {
    pid_t pid;
    int status;     /* as from waitpid */
    int64_t at_ns;  /* when the judge heard of it */
    int64_t cpu_ns; /* of the process and the children that it waited for */
};
typedef void process_on_exit(void *context, const struct process_exit *end);

/* "exit status 3", "signal 9 (Killed)". */
void process_describe_exit(int status, char *text, size_t size);

/* Collects every child of this process that ends, the inherited ones included, and tells whoever
 * watches it. */
struct reaper {
    struct ev_loop *loop; /* borrowed */
    ev_signal on_child;
    struct watched_child *children; /* owned */
    size_t count, size;
};

void reaper_init(struct reaper *reaper, struct ev_loop *loop);
void reaper_fini(struct reaper *reaper);
void reaper_watch(struct reaper *reaper, pid_t pid, process_on_exit *on_exit, void *context);
void reaper_forget(struct reaper *reaper, pid_t pid);
bool reaper_knows(const struct reaper *reaper, pid_t pid);

/* Sends a signal to a whole group. False when the group is empty. */
bool process_signal_group(pid_t group, int signal_number);

/* How many orphans a function that must not allocate looks at. */
enum { ORPHANS_MAX = 256 };

/* Living descendants whose parent has ended, which makes them direct children of the judge that
 * nobody watches, with the mark `mark` (any for NULL), in whatever process group. Returns how many;
 * the first `size` go to `pids`. */
size_t process_find_orphans(const struct reaper *reaper, const char *mark, pid_t *pids,
                            size_t size);

/* What killed clients had started may still be there, and is ours since the judge is a subreaper:
 * kills it, and turns the reaper's loop until it is gone, for `limit_ms` at most. */
void process_end_orphans(struct reaper *reaper, int64_t limit_ms);

/* Kills a group and the orphans with this mark. Waits for nothing: the reaper collects them. */
void process_kill_all(const struct reaper *reaper, pid_t group, const char *mark);

#endif
