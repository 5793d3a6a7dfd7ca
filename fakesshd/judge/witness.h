/* What the server saw, task by task. It needs no help from the client, in any language: a
 * connection that is still open after the client said "done" was left behind.
 *
 * Plain book-keeping over events; no process, no clock. A connection belongs to the latest task
 * that was started towards its service and slot before it was accepted. */
#ifndef JUDGE_WITNESS_H
#define JUDGE_WITNESS_H

#include "base/event.h"
#include "base/phase.h"
#include "judge/task.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct witness_conn {
    unsigned number;
    int service, slot;
    int task; /* index into the tasks, -1: nobody's */
    bool open;
    uint64_t bytes_out;
};

/* What is known of one task. */
struct witness_task {
    int service, slot;
    int64_t t0_ns;
    unsigned conns, open; /* connections in all, and still open */
    int64_t left_ns;      /* when the last of them that was open went; 0: none did */
    enum phase phase;     /* the furthest of its connections */
    bool faulted, exec_seen, exit_seen;
    int exit_status;
    uint64_t stdout_bytes, stdout_fnv1a;
    uint64_t bytes_out; /* of its closed connections */
};

struct witness {
    struct witness_task *tasks; /* owned; index = task id - 1 */
    size_t task_count, task_size;
    struct witness_conn *conns; /* owned; index = conn - 1 */
    size_t conn_count, conn_size;
    char error[1024]; /* the scenario's failure, "" when none */
    unsigned surplus; /* connections beyond one a task */
};

void witness_init(struct witness *witness);
void witness_fini(struct witness *witness);

/* Tasks are told in the order of their ids. */
void witness_task_started(struct witness *witness, const struct task *task);

/* Takes one event; `service` is known from the id of an accept event (-1 for other events). */
void witness_event(struct witness *witness, enum event event, const json_t *line, int service);

const struct witness_task *witness_task(const struct witness *witness, int task_id);

/* Connections of this service that are open now. */
size_t witness_open(const struct witness *witness, int service);

#endif
