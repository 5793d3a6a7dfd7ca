#include "judge/stage.h"

#include "base/clock.h"
#include "base/data_dir.h"
#include "judge/run_line.h"
#include "judge/stage_driver.h"
#include "judge/stage_external.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stage_changed(struct stage *stage)
{
    if (!stage->closed)
        stage->on_change(stage->owner);
}

void stage_fail(struct stage *stage, enum stage_fault fault, const char *why)
{
    if (stage->state == STAGE_FAILED)
        return;
    stage->state = STAGE_FAILED;
    stage->fault = fault;
    (void)snprintf(stage->why, sizeof stage->why, "%s", why);
    stage_changed(stage);
}

static void become_ready(struct stage *stage)
{
    if (stage->state == STAGE_STARTING && stage->server_ready && stage->client_ready)
        stage->state = STAGE_READY;
    stage_changed(stage);
}

void stage_client_is_ready(struct stage *stage)
{
    stage->client_ready = true;
    become_ready(stage);
}

/* ---- the server's news ---- */

static void on_server_ready(void *owner)
{
    struct stage *stage = owner;
    stage->server_ready = true;
    become_ready(stage);
}

static void on_server_event(void *owner, enum event event, const json_t *line, int service)
{
    struct stage *stage = owner;
    witness_event(&stage->witness, event, line, service);
    if (stage->spec.manifest->external)
        stage_external_look(stage);
    if (stage->on_event != NULL)
        stage->on_event(stage->owner, event, line);
    stage_changed(stage);
}

static void on_server_end(void *owner, const char *why)
{
    stage_fail(owner, STAGE_FAULT_SERVER, why);
}

static const struct server_process_events server_events = {on_server_ready, on_server_event,
                                                           on_server_end};

/* ---- opening ---- */

static enum err start_server(struct stage *stage, struct err_text *error)
{
    char words[SERVER_SERVICES_MAX][PATH_MAX];
    const char *scenarios[SERVER_SERVICES_MAX];
    for (int i = 0; i < stage->spec.scenario_count; i++) {
        scenario_file_word(stage->spec.scenarios[i], words[i], sizeof words[i]);
        scenarios[i] = words[i];
    }
    struct server_process_spec spec = {.scenarios = scenarios,
                                       .scenario_count = stage->spec.scenario_count,
                                       .lane = stage->spec.lane,
                                       .slots = stage->spec.slots,
                                       .deadline_ms = stage->spec.deadline_ms,
                                       .seed = stage->spec.seed,
                                       .host_keys = stage->spec.manifest->host_keys};
    return server_process_start(&stage->server, &spec, stage->loop, stage->reaper, &server_events,
                                stage, error);
}

enum err stage_open(struct stage *stage, const struct stage_spec *spec, struct ev_loop *loop,
                    struct reaper *reaper, void (*on_change)(void *owner), void *owner,
                    struct err_text *error)
{
    memset(stage, 0, sizeof *stage);
    stage->spec = *spec;
    (void)snprintf(stage->mark, sizeof stage->mark, "%s", spec->mark);
    stage->loop = loop;
    stage->reaper = reaper;
    stage->on_change = on_change;
    stage->owner = owner;
    stage->driver_tasks = stage->driver_goroutines = -1;
    witness_init(&stage->witness);
    stage->driver = spec->kept != NULL ? spec->kept : stage_driver_new();
    enum err failed = start_server(stage, error);
    if (failed != ERR_NONE)
        return failed;
    if (spec->kept != NULL) {
        stage_driver_go_on(stage);
        return ERR_NONE;
    }
    stage->client_ready = !spec->manifest->driver && !spec->manifest->external;
    stage->offers_cancel = stage->client_ready;
    if (stage->client_ready)
        return ERR_NONE;
    failed = spec->manifest->driver ? stage_driver_start(stage, error)
                                    : stage_external_begin(stage, error);
    if (failed != ERR_NONE)
        stage->fault = STAGE_FAULT_ADAPTER;
    return failed;
}

int stage_service(const struct stage *stage, const char *id)
{
    for (int i = 0; i < stage->server.services_ready; i++) {
        if (strcmp(stage->server.services[i].id, id) == 0)
            return i;
    }
    return -1;
}

/* ---- tasks ---- */

static struct task *add_task(struct stage *stage)
{
    if (stage->task_count == stage->task_size) {
        stage->task_size = stage->task_size * 2 + 64;
        stage->tasks = realloc(stage->tasks, (size_t)stage->task_size * sizeof(struct task *));
        stage->runs =
            realloc(stage->runs, (size_t)stage->task_size * sizeof(struct template_run *));
    }
    struct task *task = calloc(1, sizeof *task);
    if (task == NULL || stage->tasks == NULL || stage->runs == NULL)
        abort();
    stage->tasks[stage->task_count] = task;
    stage->runs[stage->task_count++] = NULL;
    task->id = stage->task_count;
    task->exit_status = -1;
    return task;
}

static void on_template_end(void *owner, struct task *task)
{
    struct stage *stage = owner;
    char why[400];
    if (stage->spec.manifest->external && task->outcome == OUTCOME_COULD_NOT_TRY) {
        (void)snprintf(why, sizeof why, "the manifest's command failed to tell of a task: %s",
                       task->error);
        stage_fail(stage, STAGE_FAULT_ADAPTER, why);
    }
    stage_changed(stage);
}

static enum err start_process(struct stage *stage, struct task *task, const struct asked *asked,
                              struct err_text *error)
{
    const struct login login = run_line_login(&stage->server, task);
    char port[16], ms[32], seconds[32], ceiling[32];
    (void)snprintf(port, sizeof port, "%d", stage->server.services[task->service].port);
    (void)snprintf(ms, sizeof ms, "%lld", (long long)task->deadline_ms);
    (void)snprintf(seconds, sizeof seconds, "%.3f", (double)task->deadline_ms / 1000.);
    (void)snprintf(ceiling, sizeof ceiling, "%lld", (long long)(task->deadline_ms + 999) / 1000);
    struct placeholder_values values = {.bin = data_dir_of_program(),
                                        .data = data_dir(),
                                        .workdir = stage->spec.workdir,
                                        .host = asked->host,
                                        .dns = asked->dns,
                                        .port = port,
                                        .user = login.user,
                                        .password = login.password,
                                        .key = login.key,
                                        .key_rsa = login.key_rsa,
                                        .hostkey = login.hostkey,
                                        .hostkey_ecdsa = login.hostkey_ecdsa,
                                        .hostkey_rsa = login.hostkey_rsa,
                                        .known_hosts = login.known_hosts,
                                        .command = asked->command,
                                        .deadline_ms = ms,
                                        .deadline_s = seconds,
                                        .deadline_s_ceil = ceiling};
    bool external = stage->spec.manifest->external;
    char *input = external ? run_line_external(&stage->server, task, asked) : NULL;
    char **argv = argv_expand(stage->spec.manifest->argv, &values);
    enum err failed =
        template_start(&stage->runs[task->id - 1], stage->spec.manifest, argv, input, stage->mark,
                       task, stage->loop, stage->reaper, on_template_end, stage, error);
    argv_free(argv);
    free(input);
    if (external)
        task->pid = 0; /* that of the client is not known */
    return failed;
}

struct task *stage_start_task(struct stage *stage, int service, int slot, int64_t deadline_ms,
                              size_t stdin_bytes, bool wrong_hostkey)
{
    struct task *task = add_task(stage);
    struct asked asked;
    task->service = service;
    task->slot = slot;
    task->deadline_ms = deadline_ms;
    task->stdin_bytes = stdin_bytes;
    task->wrong_hostkey = wrong_hostkey;
    server_process_destination(&stage->server, service, slot, asked.host, asked.dns);
    (void)snprintf(task->nonce, sizeof task->nonce, "%08x%08x", (unsigned)(stage->spec.seed & ~0U),
                   (unsigned)(stage->id_base + task->id) * 2654435761U);
    (void)snprintf(asked.command, sizeof asked.command, "nonce %s", task->nonce);
    /* The driver's clock starts when its line was written, a template's before it is spawned. */
    task->t0_ns = clock_now_ns();
    witness_task_started(&stage->witness, task);
    server_process_announce(&stage->server, task);
    if (stage->spec.manifest->driver) {
        stage_driver_send_task(stage, run_line(&stage->server, task, &asked), task);
        return task;
    }
    struct err_text error;
    if (start_process(stage, task, &asked, &error) != ERR_NONE) {
        task->ended = true;
        task->ended_ns = clock_now_ns();
        task->outcome = OUTCOME_COULD_NOT_TRY;
        stage_fail(stage, STAGE_FAULT_ADAPTER, error.text);
        return NULL;
    }
    return task;
}

pid_t stage_client_pid(const struct stage *stage)
{
    return stage->spec.manifest->driver ? stage->driver->pid : stage->external_pid;
}

size_t stage_orphans(const struct stage *stage)
{
    return stage->spec.manifest->driver ? process_find_orphans(stage->reaper, stage->mark, NULL, 0)
                                        : 0;
}

bool stage_answer_is_right(const struct stage *stage, const struct task *task)
{
    const struct witness_task *seen = witness_task(&stage->witness, task->id);
    if (!seen->exit_seen || seen->exit_status != task->exit_status)
        return false;
    if (seen->stdout_bytes != task->stdout_bytes)
        return false;
    return !task->stdout_whole || seen->stdout_fnv1a == task->stdout_fnv1a;
}

void stage_cancel_task(struct stage *stage, struct task *task)
{
    task->cancelled_ns = clock_now_ns();
    if (stage->spec.manifest->driver)
        stage_driver_send_task(stage, json_pack("{s:s}", "op", "cancel"), task);
    else if (task->pid > 0)
        (void)kill(task->pid, SIGTERM);
}

void stage_kill_task(struct stage *stage, struct task *task)
{
    if (stage->runs[task->id - 1] != NULL)
        template_close(&stage->runs[task->id - 1]);
}

void stage_forget_task(struct stage *stage, struct task *task)
{
    int index = task->id - 1;
    template_close(&stage->runs[index]);
    free(stage->tasks[index]);
    stage->tasks[index] = NULL;
}

static void end_client(struct stage *stage)
{
    if (stage->driver != NULL)
        driver_close(stage->driver);
    free(stage->driver);
    stage->driver = NULL;
    for (int i = 0; i < stage->task_count; i++)
        template_close(&stage->runs[i]);
}

const char *stage_client_words(const struct stage *stage)
{
    if (stage->spec.manifest->driver)
        return stage->driver->last_words;
    for (int i = stage->task_count; i > 0; i--) {
        if (stage->runs[i - 1] != NULL && template_stderr(stage->runs[i - 1])[0] != '\0')
            return template_stderr(stage->runs[i - 1]);
    }
    return "";
}

void stage_close(struct stage *stage)
{
    stage->closed = true;
    end_client(stage);
    helper_close(&stage->helper);
    server_process_close(&stage->server);
    for (int i = 0; i < stage->task_count; i++)
        free(stage->tasks[i]);
    free(stage->tasks);
    free(stage->runs);
    free(stage->version);
    free(stage->driver_stacks);
    witness_fini(&stage->witness);
    stage->tasks = NULL;
    stage->runs = NULL;
    stage->version = stage->driver_stacks = NULL;
    stage->task_count = 0;
}
