#include "judge/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grow(void *items, size_t *size, size_t item_size)
{
    *size = *size * 2 + 64;
    items = realloc(items, *size * item_size);
    if (items == NULL)
        abort();
    return items;
}

void witness_init(struct witness *witness)
{
    memset(witness, 0, sizeof *witness);
}

void witness_fini(struct witness *witness)
{
    free(witness->tasks);
    free(witness->conns);
    witness_init(witness);
}

void witness_task_started(struct witness *witness, const struct task *task)
{
    if (witness->task_count == witness->task_size)
        witness->tasks = grow(witness->tasks, &witness->task_size, sizeof *witness->tasks);
    witness->tasks[witness->task_count++] = (struct witness_task){
        .service = task->service, .slot = task->slot, .t0_ns = task->t0_ns, .phase = PHASE_TCP};
}

/* From the newest backwards: slots are used again. */
static int find_task(const struct witness *witness, int service, int slot, int64_t accepted_ns)
{
    for (size_t i = witness->task_count; i > 0; i--) {
        const struct witness_task *task = &witness->tasks[i - 1];
        if (task->service == service && task->slot == slot && task->t0_ns <= accepted_ns)
            return (int)i - 1;
    }
    return -1;
}

static int64_t number_of(const json_t *line, const char *name)
{
    return json_integer_value(json_object_get(line, name));
}

static const char *text_of(const json_t *line, const char *name)
{
    const char *text = json_string_value(json_object_get(line, name));
    return text != NULL ? text : "";
}

static void take_accept(struct witness *witness, const json_t *line, int service)
{
    struct witness_conn conn = {.number = (unsigned)number_of(line, "conn"),
                                .service = service,
                                .slot = (int)number_of(line, "slot"),
                                .open = true};
    if (conn.number != witness->conn_count + 1)
        return; /* the server counts them one by one; anything else is not its word */
    conn.task = find_task(witness, service, conn.slot, number_of(line, "t_ns"));
    if (witness->conn_count == witness->conn_size)
        witness->conns = grow(witness->conns, &witness->conn_size, sizeof *witness->conns);
    witness->conns[witness->conn_count++] = conn;
    if (conn.task < 0)
        return;
    struct witness_task *task = &witness->tasks[conn.task];
    task->open++;
    if (task->conns++ > 0)
        witness->surplus++;
}

static void take_exit(struct witness_task *task, const json_t *line)
{
    task->exit_seen = true;
    task->exit_status = (int)number_of(line, "exit_status");
    task->stdout_bytes = (uint64_t)number_of(line, "stdout_bytes");
    task->stdout_fnv1a = strtoull(text_of(line, "stdout_fnv1a"), NULL, 16);
}

void witness_event(struct witness *witness, enum event event, const json_t *line, int service)
{
    if (event == EVENT_ACCEPT)
        take_accept(witness, line, service);
    if (event == EVENT_ERROR && witness->error[0] == '\0')
        (void)snprintf(witness->error, sizeof witness->error, "%s", text_of(line, "text"));
    int64_t number = number_of(line, "conn");
    if (number < 1 || (uint64_t)number > witness->conn_count)
        return;
    struct witness_conn *conn = &witness->conns[number - 1];
    struct witness_task nobody = {0};
    struct witness_task *task = conn->task >= 0 ? &witness->tasks[conn->task] : &nobody;
    enum phase phase = PHASE_TCP;
    switch (event) {
    case EVENT_PHASE:
        if (phase_from_name(text_of(line, "to"), &phase) && phase > task->phase)
            task->phase = phase;
        break;
    case EVENT_FAULT:
        task->faulted = true;
        break;
    case EVENT_EXEC:
        task->exec_seen = true;
        break;
    case EVENT_EXIT:
        take_exit(task, line);
        break;
    case EVENT_PEER:
    case EVENT_CLOSE:
        if (conn->open && task->open > 0 && --task->open == 0)
            task->left_ns = number_of(line, "t_ns");
        conn->open = false;
        if (event == EVENT_CLOSE)
            task->bytes_out += (uint64_t)number_of(line, "bytes_out");
        break;
    case EVENT_LISTENING:
    case EVENT_DNS:
    case EVENT_ACCEPT:
    case EVENT_STDIN:
    case EVENT_LOG:
    case EVENT_ERROR:
    case EVENT_TASK:
    case EVENT_CONTROL:
    case EVENT_BYE:
        break;
    }
}

const struct witness_task *witness_task(const struct witness *witness, int task_id)
{
    return &witness->tasks[task_id - 1];
}

size_t witness_open(const struct witness *witness, int service)
{
    size_t open = 0;
    for (size_t i = 0; i < witness->conn_count; i++)
        open += witness->conns[i].open && witness->conns[i].service == service;
    return open;
}
