/* One "connect, log in, run a command" asked of a client: what was asked, and what came of it. */
#ifndef JUDGE_TASK_H
#define JUDGE_TASK_H

#include "base/outcome.h"
#include "base/phase.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct task {
    int id;      /* from 1, in the order of starting */
    int slot;    /* which of the server's addresses */
    int service; /* which of the server's scenarios */
    int64_t deadline_ms;
    bool control;       /* a healthy task beside those that are judged */
    bool wrong_hostkey; /* the probe's: the client is told another key than the server has */
    size_t stdin_bytes;
    int64_t t0_ns;
    int64_t cancelled_ns; /* when it was asked to end; 0: never */
    char nonce[24];

    bool ended;
    int64_t ended_ns;
    bool crashed;         /* its process, or the driver's, died of a signal */
    int term_signal;      /* of its own process; 0: none, or not known */
    bool mapped;          /* false: a template without a map; `outcome` is a guess */
    enum outcome outcome; /* as the client says */
    bool phase_reported;
    enum phase phase;
    int exit_status; /* -1: none was reported */
    uint64_t stdout_bytes, stdout_fnv1a;
    bool stdout_whole; /* the check sum covers all of it */
    bool nonce_seen;
    int64_t cpu_ns;     /* of a template's process */
    double slow_factor; /* of the machine while it ran; 0: that of the case's beginning */
    char error[200];    /* the client's words */

    pid_t pid; /* a template's process; 0 for a driver's task */
};

static inline int64_t task_elapsed_ns(const struct task *task, int64_t now_ns)
{
    return (task->ended ? task->ended_ns : now_ns) - task->t0_ns;
}

#endif
