/* The main thread reads requests; each task has a thread of its own, which writes its result. */
#include "threads/driver.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_LIMIT         ((ssize_t)256 * 1024)
#define THREAD_STACK_BYTES ((size_t)256 * 1024)

static const struct client *the_client;
static atomic_int running_tasks;

/* ---- replies ---- */

static void reply(json_t *line)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    char *text = json_dumps(line, JSON_COMPACT);
    if (text == NULL)
        abort();
    (void)pthread_mutex_lock(&turn);
    bool written = fprintf(stdout, "%s\n", text) > 0 && fflush(stdout) == 0;
    (void)pthread_mutex_unlock(&turn);
    free(text);
    json_decref(line);
    if (!written)
        _exit(1); /* nobody reads the results any more */
}

static void reply_error(const json_t *id, const char *sentence)
{
    json_t *line = json_pack("{s:s, s:s}", "op", "error", "error", sentence);
    if (json_is_integer(id))
        (void)json_object_set_new(line, "id", json_integer(json_integer_value(id)));
    reply(line);
}

/* ---- tasks ---- */

static pthread_mutex_t list_turn = PTHREAD_MUTEX_INITIALIZER;
static struct task *list; /* what runs; a thread takes its own task off before it ends */

static void list_add(struct task *task)
{
    (void)pthread_mutex_lock(&list_turn);
    task->thread = pthread_self();
    task->next = list;
    list = task;
    (void)pthread_mutex_unlock(&list_turn);
}

static void list_remove(const struct task *task)
{
    (void)pthread_mutex_lock(&list_turn);
    struct task **at = &list;
    while (*at != NULL && *at != task)
        at = &(*at)->next;
    if (*at != NULL)
        *at = task->next;
    (void)pthread_mutex_unlock(&list_turn);
}

static void list_cancel(json_int_t id)
{
    (void)pthread_mutex_lock(&list_turn);
    for (struct task *task = list; task != NULL; task = task->next) {
        if (task->id != id)
            continue;
        atomic_store(&task->is_cancelled, true);
        (void)pthread_kill(task->thread, SIGUSR1);
    }
    (void)pthread_mutex_unlock(&list_turn);
}

static void *run_task(void *userdata)
{
    struct task *task = userdata;
    list_add(task);
    the_client->run(task);
    list_remove(task);
    if (!task->result.stays_listed)
        (void)atomic_fetch_sub(&running_tasks, 1);
    reply(task_result_line(task));
    task_free(task);
    return NULL;
}

static bool start_thread(struct task *task)
{
    pthread_attr_t attributes;
    pthread_t thread;
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
    bool started = pthread_create(&thread, &attributes, run_task, task) == 0;
    (void)pthread_attr_destroy(&attributes);
    return started;
}

static void op_run(json_t *line, json_int_t id)
{
    char error[200];
    struct task *task = task_new(line, error, sizeof error);
    (void)id;
    if (task == NULL) {
        reply_error(json_object_get(line, "id"), error);
        return;
    }
    (void)atomic_fetch_add(&running_tasks, 1);
    if (start_thread(task))
        return;
    (void)atomic_fetch_sub(&running_tasks, 1);
    task->result = (struct result){.outcome = "could_not_try", .error = "no thread for it"};
    reply(task_result_line(task));
    task_free(task);
}

/* ---- the other requests ---- */

/* The task's own result is the answer, also when it was on its way already. */
static void op_cancel(json_t *line, json_int_t id)
{
    (void)line;
    list_cancel(id);
}

static void op_settle(json_t *line, json_int_t id)
{
    (void)line;
    reply(json_pack("{s:s, s:I}", "op", "settled", "id", id));
}

/* How many entries a folder of /proc/self has. */
static json_int_t count_entries(const char *path)
{
    json_int_t count = 0;
    DIR *folder = opendir(path);
    for (const struct dirent *entry = NULL; folder && (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

static void op_counters(json_t *line, json_int_t id)
{
    (void)line;
    /* Less one for the folder itself, which is open while its entries are counted. */
    reply(json_pack("{s:s, s:I, s:I, s:I, s:I}", "op", "counters", "id", id, "threads",
                    count_entries("/proc/self/task"), "fds", count_entries("/proc/self/fd") - 1,
                    "tasks", (json_int_t)atomic_load(&running_tasks)));
}

static const struct op {
    const char *name;
    void (*run)(json_t *line, json_int_t id);
} ops[] = {{"run", op_run},
           {"cancel", op_cancel},
           {"settle", op_settle},
           {"counters", op_counters},
           {"bye", NULL}};

#define OP_COUNT (sizeof ops / sizeof ops[0])

static bool is_offered(const struct op *op)
{
    return op->run != op_cancel || the_client->heeds_cancel;
}

/* False at `bye`. */
static bool dispatch(json_t *line)
{
    const char *name = json_string_value(json_object_get(line, "op"));
    const json_t *id = json_object_get(line, "id");
    if (name == NULL || (strcmp(name, "bye") != 0 && !json_is_integer(id))) {
        reply_error(id, "expected a JSON object with 'op' and an integer 'id'");
        return true;
    }
    for (size_t i = 0; i < OP_COUNT; i++) {
        if (strcmp(ops[i].name, name) != 0 || !is_offered(&ops[i]))
            continue;
        if (ops[i].run != NULL)
            ops[i].run(line, json_integer_value(id));
        return ops[i].run != NULL;
    }
    reply(json_pack("{s:s, s:I}", "op", "unsupported", "id", json_integer_value(id)));
    return true;
}

static void hello(void)
{
    json_t *op_names = json_array();
    json_t *phases = json_array();
    for (size_t i = 0; i < OP_COUNT; i++) {
        if (is_offered(&ops[i]))
            (void)json_array_append_new(op_names, json_string(ops[i].name));
    }
    for (const char *const *phase = the_client->phases; *phase != NULL; phase++)
        (void)json_array_append_new(phases, json_string(*phase));
    reply(json_pack("{s:s, s:i, s:s, s:s, s:s, s:o, s:[s,s], s:o, s:[s,s,s]}", "op", "hello", "v",
                    1, "name", the_client->name, "version", the_client->version, "runtime",
                    the_client->runtime, "ops", op_names, "auth", "publickey", "password", "phases",
                    phases, "counters", "threads", "fds", "tasks"));
}

/* Its coming is all that matters: a wait ends. */
static void on_cancel(int signal_number)
{
    (void)signal_number;
}

/* Of all threads to come, too. */
static void prepare_cancel(void)
{
    sigset_t cancels;
    struct sigaction wakes = {.sa_handler = on_cancel};
    (void)sigemptyset(&cancels);
    (void)sigaddset(&cancels, SIGUSR1);
    (void)sigaction(SIGUSR1, &wakes, NULL);
    (void)pthread_sigmask(SIG_BLOCK, &cancels, NULL);
}

int driver_run(const struct client *client)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t length = 0;
    bool goes_on = true;

    the_client = client;
    if (client->heeds_cancel)
        prepare_cancel();
    hello();
    while (goes_on && (length = getline(&text, &size, stdin)) > 0) {
        json_t *line = length > LINE_LIMIT ? NULL : json_loadb(text, (size_t)length, 0, NULL);
        if (line == NULL)
            reply_error(NULL, "expected one JSON object of at most 256 KiB on a line");
        else
            goes_on = dispatch(line);
        json_decref(line);
    }
    free(text);
    return EXIT_SUCCESS;
}
