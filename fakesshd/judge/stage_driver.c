#include "judge/stage_driver.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/data_dir.h"
#include "base/fnv1a.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ids of requests that are no tasks begin here. */
enum { REQUEST_ID_BASE = 1000000000 };

/* ---- its news ---- */

bool stage_offers(const struct stage *stage, const char *op)
{
    const json_t *ops = json_object_get(stage->driver->hello, "ops");
    for (size_t i = 0; i < json_array_size(ops); i++) {
        const char *name = json_string_value(json_array_get(ops, i));
        if (name != NULL && strcmp(name, op) == 0)
            return true;
    }
    return false;
}

static void read_hello(struct stage *stage, const json_t *hello)
{
    const char *version = json_string_value(json_object_get(hello, "version"));
    json_t *counters = json_object_get(hello, "counters");
    json_t *counter;
    size_t i;
    json_array_foreach(counters, i, counter)
    {
        const char *name = json_string_value(counter);
        stage->counts_tasks |= name != NULL && strcmp(name, "tasks") == 0;
    }
    stage->offers_stacks = stage_offers(stage, "stacks");
    stage->offers_cancel = stage_offers(stage, "cancel");
    free(stage->version);
    stage->version = version != NULL ? strdup(version) : NULL;
    stage_client_is_ready(stage);
}

static void on_hello(void *owner, const json_t *hello)
{
    read_hello(owner, hello);
}

static void read_output(struct task *task, const json_t *result)
{
    const char *encoded = json_string_value(json_object_get(result, "stdout_b64"));
    unsigned char *bytes = NULL;
    size_t length = 0;
    task->stdout_fnv1a = FNV1A_START;
    if (encoded != NULL && base64_decode(encoded, &bytes, &length)) {
        task->stdout_fnv1a = fnv1a_add(FNV1A_START, bytes, length);
        task->nonce_seen = memmem(bytes, length, task->nonce, strlen(task->nonce)) != NULL;
    }
    const json_t *count = json_object_get(result, "stdout_bytes");
    task->stdout_bytes = json_is_integer(count) ? (uint64_t)json_integer_value(count) : length;
    task->stdout_whole = task->stdout_bytes == length;
    free(bytes);
}

static void on_result(void *owner, int id, const json_t *result)
{
    struct stage *stage = owner;
    int index = id - stage->id_base - 1;
    if (index < 0 || index >= stage->task_count || stage->tasks[index] == NULL ||
        stage->tasks[index]->ended) {
        driver_note_unasked(stage->driver);
        return;
    }
    struct task *task = stage->tasks[index];
    const char *outcome = json_string_value(json_object_get(result, "outcome"));
    const char *phase = json_string_value(json_object_get(result, "phase"));
    const char *error = json_string_value(json_object_get(result, "error"));
    const json_t *status = json_object_get(result, "exit_status");
    task->ended_ns = clock_now_ns();
    task->ended = true;
    task->mapped = true;
    if (outcome == NULL || !outcome_from_name(outcome, &task->outcome))
        task->outcome = OUTCOME_COULD_NOT_TRY;
    task->phase_reported = phase != NULL && phase_from_name(phase, &task->phase);
    task->exit_status = json_is_integer(status) ? (int)json_integer_value(status) : -1;
    read_output(task, result);
    (void)snprintf(task->error, sizeof task->error, "%s", error != NULL ? error : "");
    stage_changed(stage);
}

static void on_reply(void *owner, const char *op, int id, const json_t *reply)
{
    struct stage *stage = owner;
    if (id != stage->request_id + REQUEST_ID_BASE || stage->request_answered) {
        driver_note_unasked(stage->driver);
        return;
    }
    stage->request_answered = true;
    stage->request_unsupported = strcmp(op, "unsupported") == 0;
    const json_t *tasks = json_object_get(reply, "tasks");
    if (json_is_integer(tasks))
        stage->driver_tasks = json_integer_value(tasks);
    const json_t *goroutines = json_object_get(reply, "goroutines");
    if (json_is_integer(goroutines))
        stage->driver_goroutines = json_integer_value(goroutines);
    const char *stacks = json_string_value(json_object_get(reply, "text"));
    if (strcmp(op, "stacks") == 0 && stacks != NULL) {
        free(stage->driver_stacks);
        stage->driver_stacks = strdup(stacks);
    }
    stage_changed(stage);
}

static void end_unfinished_tasks(struct stage *stage)
{
    int64_t now_ns = clock_now_ns();
    for (int i = 0; i < stage->task_count; i++) {
        struct task *task = stage->tasks[i];
        if (task == NULL || task->ended)
            continue;
        task->ended = true;
        task->ended_ns = now_ns;
        task->crashed = true;
    }
}

static void on_driver_end(void *owner, bool crashed, const char *why)
{
    struct stage *stage = owner;
    end_unfinished_tasks(stage);
    stage_fail(stage, crashed || stage->task_count > 0 ? STAGE_FAULT_CRASH : STAGE_FAULT_ADAPTER,
               why);
}

static const struct driver_events driver_events = {on_hello, on_result, on_reply, on_driver_end};

/* ---- its life ---- */

enum err stage_start_another(struct stage *stage, struct driver *driver,
                             const struct driver_events *events, void *owner,
                             struct err_text *error)
{
    struct placeholder_values values = {
        .bin = data_dir_of_program(), .data = data_dir(), .workdir = stage->spec.workdir};
    char **argv = argv_expand(stage->spec.manifest->argv, &values);
    enum err failed = driver_start(driver, argv, stage->mark, stage->loop, stage->reaper, events,
                                   owner, stage->spec.tap, error);
    argv_free(argv);
    return failed;
}

enum err stage_driver_start(struct stage *stage, struct err_text *error)
{
    return stage_start_another(stage, stage->driver, &driver_events, stage, error);
}

struct driver *stage_driver_new(void)
{
    struct driver *driver = calloc(1, sizeof *driver);
    if (driver == NULL)
        abort();
    return driver;
}

void stage_driver_go_on(struct stage *stage)
{
    struct driver *driver = stage->driver;
    driver_hand_over(driver, &driver_events, stage);
    (void)snprintf(stage->mark, sizeof stage->mark, "%s", driver->mark);
    stage->id_base = driver->tasks_before;
    stage->request_id = driver->requests_before;
    read_hello(stage, driver->hello);
}

struct driver *stage_release_driver(struct stage *stage)
{
    struct driver *driver = stage->driver;
    driver->tasks_before = stage->id_base + stage->task_count;
    driver->requests_before = stage->request_id;
    stage->driver = stage_driver_new();
    return driver;
}

enum err stage_restart_driver(struct stage *stage, struct err_text *error)
{
    end_unfinished_tasks(stage);
    driver_close(stage->driver);
    stage->client_ready = false;
    stage->state = STAGE_STARTING;
    stage->fault = STAGE_FAULT_NONE;
    stage->why[0] = '\0';
    stage->driver_tasks = stage->driver_goroutines = -1;
    enum err failed = stage_driver_start(stage, error);
    if (failed != ERR_NONE)
        stage_fail(stage, STAGE_FAULT_ADAPTER, error->text);
    return failed;
}

/* ---- what it is asked ---- */

void stage_driver_send_task(struct stage *stage, json_t *request, const struct task *task)
{
    (void)json_object_set_new(request, "id", json_integer(stage->id_base + task->id));
    driver_send(stage->driver, request);
}

void stage_request(struct stage *stage, const char *op)
{
    stage->request_answered = stage->request_unsupported = false;
    stage->request_id++;
    driver_send(stage->driver,
                json_pack("{s:s, s:i}", "op", op, "id", stage->request_id + REQUEST_ID_BASE));
}
