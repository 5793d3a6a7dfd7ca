/* The driver protocol, version 1: see `fakesshd-driver(7)`. One object a line, at most 256 KiB.
 * Each request gets one reply with its id, in any order; nothing that comes in can end the driver
 * but `bye` and the end of input. */
#include "cli/driver.h"

#include "cli/job.h"
#include "cli/lines.h"
#include "cli/outbox.h"
#include "cli/stream.h"
#include "lib/deadline.h"
#include "lib/memory.h"
#include "lib/sshexec.h"
#include "lib/turn.h"

#include <errno.h>
#include <ev.h>
#include <jansson.h>
#include <libssh/libssh.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_LIMIT ((size_t)256 * 1024)

/* While this much waits to be read by the other side, no more requests are taken. */
#define OUTBOX_FULL ((size_t)1024 * 1024)

/* How long the last lines may take to be read once the driver ends: the contract says a second. */
#define ENDING_S 0.5

/* Tasks that ended last: a `cancel` that crossed their result on the way has its answer already. */
#define ENDED_KEPT 256

/* How often a driver that takes no requests looks whether the other side is still there. */
#define LOOK_S 0.25

struct driver {
    struct ev_loop *loop;
    sshexec_pool *pool;
    struct turn turn; /* lines are dealt with in shares too, so that a burst delays no timer */
    struct turn_job job;
    struct stream input;
    struct lines lines;
    struct outbox outbox;
    ev_io readable;
    ev_timer look; /* runs while input is not read */
    ev_timer ending;
    uint64_t output_limit;
    json_int_t ended[ENDED_KEPT]; /* a ring of ids */
    size_t ended_count;
    int64_t read_ns; /* when the lines at hand were read: their tasks' deadlines count from there */
    bool input_ended, is_ending;
};

/* ---- replies ---- */

static void reply(struct driver *driver, json_t *line)
{
    size_t length = json_dumpb(line, NULL, 0, JSON_COMPACT);
    char *text = memory_resize(NULL, length + 1);
    (void)json_dumpb(line, text, length, JSON_COMPACT);
    text[length] = '\n';
    outbox_add(&driver->outbox, text, length + 1);
    free(text);
    json_decref(line);
}

static void reply_error(struct driver *driver, const json_t *id, const char *sentence)
{
    json_t *line = json_pack("{s:s, s:I, s:s}", "op", "error", "line",
                             (json_int_t)driver->lines.number, "error", sentence);
    if (line == NULL)
        line = json_pack("{s:s, s:s}", "op", "error", "error", "this line is not valid");
    if (json_is_integer(id))
        (void)json_object_set_new(line, "id", json_integer(json_integer_value(id)));
    reply(driver, line);
}

/* A task's last act, deep in the engine: what follows from a full or broken outbox waits its turn.
 */
static void on_result(json_t *result, void *userdata)
{
    struct driver *driver = userdata;
    driver->ended[driver->ended_count++ % ENDED_KEPT] =
        json_integer_value(json_object_get(result, "id"));
    reply(driver, result);
    if (driver->outbox.is_broken || outbox_waiting(&driver->outbox) > OUTBOX_FULL)
        turn_add(&driver->turn, &driver->job);
}

/* ---- requests ---- */

struct find {
    json_int_t id;
    sshexec_task *task;
};

static void find_visit(sshexec_task *task, void *userdata, void *argument)
{
    struct find *find = argument;
    if (job_id(userdata) == find->id)
        find->task = task;
}

static sshexec_task *find_task(struct driver *driver, json_int_t id)
{
    struct find find = {id, NULL};
    sshexec_pool_each_task(driver->pool, find_visit, &find);
    return find.task;
}

static void op_run(struct driver *driver, const json_t *line, json_int_t id)
{
    struct err_text error = {""};
    struct job_settings settings = {driver->output_limit, driver->read_ns, on_result, driver};
    if (find_task(driver, id) != NULL)
        reply_error(driver, json_object_get(line, "id"), "run: a task with this id is under way");
    else if (!job_start(driver->pool, line, &settings, &error))
        reply(driver, job_could_not_try(id, error.text));
}

static bool has_just_ended(const struct driver *driver, json_int_t id)
{
    size_t kept = driver->ended_count < ENDED_KEPT ? driver->ended_count : ENDED_KEPT;
    for (size_t i = 0; i < kept; i++) {
        if (driver->ended[i] == id)
            return true;
    }
    return false;
}

/* Answered by the task's own result. */
static void op_cancel(struct driver *driver, const json_t *line, json_int_t id)
{
    sshexec_task *task = find_task(driver, id);
    if (task != NULL)
        sshexec_task_cancel(task);
    else if (!has_just_ended(driver, id))
        reply_error(driver, json_object_get(line, "id"),
                    "cancel: no task with this id is under way");
}

static void op_settle(struct driver *driver, const json_t *line, json_int_t id)
{
    (void)line;
    (void)malloc_trim(0);
    reply(driver, json_pack("{s:s, s:I}", "op", "settled", "id", id));
}

static void op_counters(struct driver *driver, const json_t *line, json_int_t id)
{
    json_int_t running = (json_int_t)sshexec_pool_running(driver->pool);
    json_int_t queued = (json_int_t)sshexec_pool_queued(driver->pool);
    (void)line;
    reply(driver,
          json_pack("{s:s, s:I, s:I}", "op", "counters", "id", id, "tasks", running + queued));
}

static void stacks_visit(sshexec_task *task, void *userdata, void *argument)
{
    sshexec_phase phase = sshexec_task_phase(task);
    fprintf(argument, "task %lld @ %s for %lld ms, %lld ms in all: %s\n",
            (long long)job_id(userdata), sshexec_phase_name(phase),
            (long long)(sshexec_task_phase_age_ns(task) / NS_PER_MS),
            (long long)(sshexec_task_age_ns(task) / NS_PER_MS), sshexec_phase_sentence(phase));
}

/* There is one thread and one stack; what tells is what each task waits for, and since when. */
static void op_stacks(struct driver *driver, const json_t *line, json_int_t id)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    (void)line;
    if (out == NULL)
        abort();
    sshexec_pool_each_task(driver->pool, stacks_visit, out);
    if (fclose(out) != 0)
        abort();
    reply(driver, json_pack("{s:s, s:I, s:s}", "op", "stacks", "id", id, "text", text));
    free(text);
}

static void begin_ending(struct driver *driver);

static void op_bye(struct driver *driver, const json_t *line, json_int_t id)
{
    (void)line;
    (void)id;
    begin_ending(driver);
}

/* name, function, needs an id */
#define DRIVER_OPS(X)                \
    X("run", op_run, true)           \
    X("cancel", op_cancel, true)     \
    X("settle", op_settle, true)     \
    X("counters", op_counters, true) \
    X("stacks", op_stacks, true)     \
    X("bye", op_bye, false)

static const struct driver_op {
    const char *name;
    void (*run)(struct driver *driver, const json_t *line, json_int_t id);
    bool needs_id;
} ops[] = {
#define X(name, function, needs_id) {name, function, needs_id},
    DRIVER_OPS(X)
#undef X
};

#define OP_COUNT (sizeof ops / sizeof ops[0])

static void dispatch(struct driver *driver, const json_t *line)
{
    const json_t *id = json_object_get(line, "id");
    const char *name = json_string_value(json_object_get(line, "op"));
    if (!json_is_object(line) || name == NULL) {
        reply_error(driver, id, "expected an object with a string 'op'");
        return;
    }
    const struct driver_op *op = NULL;
    for (size_t i = 0; i < OP_COUNT; i++)
        op = strcmp(ops[i].name, name) == 0 ? &ops[i] : op;
    if ((op == NULL || op->needs_id) && !json_is_integer(id))
        reply_error(driver, NULL, "expected an integer 'id'");
    else if (op == NULL)
        reply(driver, json_pack("{s:s, s:I}", "op", "unsupported", "id", json_integer_value(id)));
    else
        op->run(driver, line, json_integer_value(id));
}

static void take_line(struct driver *driver, const char *text, size_t length)
{
    json_error_t where;
    json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (line == NULL) {
        char sentence[sizeof where.text + 40];
        (void)snprintf(sentence, sizeof sentence, "not JSON at column %d: %s", where.column,
                       where.text);
        reply_error(driver, NULL, sentence);
        return;
    }
    dispatch(driver, line);
    json_decref(line);
}

static void hello(struct driver *driver)
{
    json_t *op_names = json_array();
    json_t *phases = json_array();
    char runtime[100];
    const char *libssh = ssh_version(0); /* "0.10.6/openssl/zlib" */
    for (size_t i = 0; i < OP_COUNT; i++)
        (void)json_array_append_new(op_names, json_string(ops[i].name));
    for (int i = SSHEXEC_PHASE_DNS; i < SSHEXEC_PHASE_COUNT; i++)
        (void)json_array_append_new(phases, json_string(sshexec_phase_name((sshexec_phase)i)));
    (void)snprintf(runtime, sizeof runtime, "C, libssh %.*s, libev %d.%d",
                   (int)strcspn(libssh, "/"), libssh, ev_version_major(), ev_version_minor());
    reply(driver, json_pack("{s:s, s:i, s:s, s:s, s:s, s:o, s:[s,s], s:o, s:[s]}", "op", "hello",
                            "v", 1, "name", "sshexec", "version", FAKESSHD_VERSION, "runtime",
                            runtime, "ops", op_names, "auth", "publickey", "password", "phases",
                            phases, "counters", "tasks"));
}

/* ---- input, output and the end ---- */

static void end_if_flushed(struct driver *driver)
{
    if (driver->is_ending && outbox_waiting(&driver->outbox) == 0)
        ev_break(driver->loop, EVBREAK_ALL);
}

static void drop_visit(sshexec_task *task, void *userdata, void *argument)
{
    (void)task;
    (void)argument;
    job_drop(userdata);
}

static void stop_reading(struct driver *driver)
{
    ev_io_stop(driver->loop, &driver->readable);
    turn_remove(&driver->turn, &driver->job);
}

static void begin_ending(struct driver *driver)
{
    if (driver->is_ending)
        return;
    driver->is_ending = true;
    stop_reading(driver);
    ev_timer_stop(driver->loop, &driver->look);
    sshexec_pool_each_task(driver->pool, drop_visit, NULL);
    sshexec_pool_free(driver->pool);
    driver->pool = NULL;
    ev_now_update(driver->loop);
    ev_timer_start(driver->loop, &driver->ending);
    end_if_flushed(driver);
}

/* What to do next, after anything that may have changed it. */
static void go_on(struct driver *driver)
{
    if (driver->is_ending) {
        end_if_flushed(driver);
        return;
    }
    if (driver->outbox.is_broken) {
        (void)fputs("sshexec driver: nobody reads the results any more\n", stderr);
        begin_ending(driver);
        return;
    }
    bool is_full = outbox_waiting(&driver->outbox) > OUTBOX_FULL;
    if (is_full) {
        stop_reading(driver);
        ev_timer_again(driver->loop, &driver->look);
        return;
    }
    ev_timer_stop(driver->loop, &driver->look);
    if (lines_has_next(&driver->lines))
        turn_add(&driver->turn, &driver->job);
    else if (driver->input_ended)
        begin_ending(driver);
    else
        ev_io_start(driver->loop, &driver->readable);
}

static void on_turn(struct turn_job *job)
{
    struct driver *driver = (struct driver *)((char *)job - offsetof(struct driver, job));
    char *line = NULL;
    size_t length = 0;
    switch (lines_next(&driver->lines, &line, &length)) {
    case LINES_ONE:
        take_line(driver, line, length);
        break;
    case LINES_TOO_LONG:
        reply_error(driver, NULL, "a line may have 256 KiB; this one is longer");
        break;
    case LINES_NONE:
        break;
    }
    go_on(driver);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct driver *driver = watcher->data;
    size_t room = 0;
    (void)events;
    char *place = lines_room(&driver->lines, &room);
    ssize_t got = stream_read(&driver->input, place, room);
    driver->read_ns = clock_now_ns();
    if (got > 0)
        lines_added(&driver->lines, (size_t)got);
    else if (got == 0 || errno != EAGAIN)
        driver->input_ended = true;
    ev_io_stop(loop, watcher);
    go_on(driver);
}

static void on_outbox_change(struct outbox *outbox, void *userdata)
{
    (void)outbox;
    go_on(userdata);
}

/* Nothing is read from standard input now, so its end must be looked for. */
static void on_look(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct driver *driver = watcher->data;
    struct pollfd input = {.fd = driver->input.fd};
    (void)loop;
    (void)events;
    if (poll(&input, 1, 0) > 0 && (input.revents & (POLLHUP | POLLERR)) != 0)
        begin_ending(driver);
}

static void on_ending_over(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)watcher;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void driver_init(struct driver *driver, struct ev_loop *loop, uint64_t output_limit)
{
    *driver = (struct driver){.loop = loop, .output_limit = output_limit};
    driver->pool = sshexec_pool_new(loop);
    sshexec_pool_set_limits(driver->pool, SIZE_MAX, SIZE_MAX); /* whoever asks sets the pace */
    turn_init(&driver->turn, loop);
    driver->job.run = on_turn;
    stream_init(&driver->input, STDIN_FILENO);
    lines_init(&driver->lines, LINE_LIMIT);
    outbox_init(&driver->outbox, loop, STDOUT_FILENO, on_outbox_change, driver);
    ev_io_init(&driver->readable, on_readable, driver->input.fd, EV_READ);
    driver->readable.data = driver;
    ev_timer_init(&driver->look, on_look, LOOK_S, LOOK_S);
    driver->look.data = driver;
    ev_timer_init(&driver->ending, on_ending_over, ENDING_S, 0);
}

static void driver_fini(struct driver *driver)
{
    stop_reading(driver);
    ev_timer_stop(driver->loop, &driver->look);
    ev_timer_stop(driver->loop, &driver->ending);
    outbox_fini(&driver->outbox);
    lines_fini(&driver->lines);
    stream_fini(&driver->input);
    turn_fini(&driver->turn);
    sshexec_pool_free(driver->pool);
}

int driver_run(uint64_t output_limit)
{
    struct driver driver;
    struct ev_loop *loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (loop == NULL) {
        (void)fputs("sshexec driver: can't make an event loop\n", stderr);
        return 255;
    }
    driver_init(&driver, loop, output_limit);
    hello(&driver);
    go_on(&driver);
    (void)ev_run(loop, 0);
    int status = driver.outbox.is_broken ? 255 : 0;
    driver_fini(&driver);
    ev_loop_destroy(loop);
    return status;
}
