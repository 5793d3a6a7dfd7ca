/* The driver protocol, version 1, for clients that give each task a thread of its own: see
 * fakesshd-driver(7). */
#ifndef THREADS_DRIVER_H
#define THREADS_DRIVER_H

#include "threads/task.h"

/* All borrowed. */
struct client {
    const char *name, *version, *runtime;
    const char *const *phases;      /* those that a result may name, ended by NULL */
    void (*run)(struct task *task); /* fills in the task's output and result; may never return */
    /* `run` looks at task->is_cancelled; a SIGUSR1 ends its waits, and is blocked but for them. */
    bool heeds_cancel;
};

/* Serves standard input until it ends or `bye` comes. Tasks that hang then are left to the end of
 * the process: the caller must end it by _exit(), for their threads still run. */
int driver_run(const struct client *client);

#endif
