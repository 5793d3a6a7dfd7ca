#include "judge/server_process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 * 1024, CONTROL_MAX_BYTES = 1024 * 1024 };

static char *copy_text(const json_t *line, const char *name)
{
    const char *text = json_string_value(json_object_get(line, name));
    char *copy = strdup(text != NULL ? text : "");
    if (copy == NULL)
        abort();
    return copy;
}

static void set_text(char **target, const json_t *line, const char *name)
{
    free(*target);
    *target = copy_text(line, name);
}

static void take_listening(struct server_process *server, const json_t *line)
{
    if (server->services_ready == server->services_wanted)
        return;
    struct service_address *service = &server->services[server->services_ready++];
    service->id = copy_text(line, "id");
    service->port = (int)json_integer_value(json_object_get(line, "port"));
    (void)snprintf(service->host, sizeof service->host, "%s",
                   json_string_value(json_object_get(line, "host")));
    const char *name = json_string_value(json_object_get(line, "name"));
    const char *dns = json_string_value(json_object_get(line, "dns"));
    const char *dns_port = dns != NULL ? strrchr(dns, ':') : NULL;
    (void)snprintf(service->name, sizeof service->name, "%s", name != NULL ? name : "");
    service->dns_port = dns_port != NULL ? atoi(dns_port + 1) : 0;
#define X(word) set_text(&server->login.word, line, #word);
    LOGIN_WORDS(X)
#undef X
    if (server->services_ready == server->services_wanted)
        server->events->on_ready(server->owner);
}

static int service_of(const struct server_process *server, const json_t *line)
{
    const char *id = json_string_value(json_object_get(line, "id"));
    for (int i = 0; id != NULL && i < server->services_ready; i++) {
        if (strcmp(server->services[i].id, id) == 0)
            return i;
    }
    return -1;
}

static void on_line(void *context, char *text, size_t length)
{
    struct server_process *server = context;
    json_t *line = json_loadb(text, length, 0, NULL);
    const char *name = json_string_value(json_object_get(line, "event"));
    enum event event = EVENT_LOG;
    if (name != NULL && event_from_name(name, &event)) {
        if (event == EVENT_LISTENING)
            take_listening(server, line);
        else
            server->events->on_event(server->owner, event, line, service_of(server, line));
    }
    json_decref(line);
}

static void server_ended(struct server_process *server)
{
    char why[1400];
    ev_io_stop(server->loop, &server->out_ready);
    ev_io_stop(server->loop, &server->error_ready);
    if (server->closing)
        return;
    server->closing = true;
    ssize_t got = read(server->error_fd, server->last_words, sizeof server->last_words - 1);
    if (got > 0)
        server->last_words[got] = '\0';
    size_t length = strlen(server->last_words);
    while (length > 0 && server->last_words[length - 1] == '\n')
        server->last_words[--length] = '\0';
    (void)snprintf(why, sizeof why, "the fake server ended by itself (%s)%s%s",
                   server->pid == 0 ? server->ending : "it wrote too long a line",
                   length > 0 ? ": " : "", server->last_words);
    server->events->on_end(server->owner, why);
}

static void on_out_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    struct server_process *server = io->data;
    enum lines_status status = line_reader_read(&server->out);
    if (status == LINES_END)
        ev_io_stop(loop, io); /* the news of its exit says more, and is on its way */
    else if (status != LINES_MORE)
        server_ended(server);
}

/* Only the last part is kept; it is wanted when the server failed. */
static void on_error_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)revents;
    struct server_process *server = io->data;
    ssize_t got = read(server->error_fd, server->last_words, sizeof server->last_words - 1);
    if (got > 0)
        server->last_words[got] = '\0';
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        ev_io_stop(loop, io);
}

static void on_exit_of_server(void *context, const struct process_exit *end)
{
    struct server_process *server = context;
    server->pid = 0;
    process_describe_exit(end->status, server->ending, sizeof server->ending);
    (void)line_reader_read(&server->out);
    server_ended(server);
}

static enum err spawn(struct server_process *server, const struct server_process_spec *spec,
                      struct err_text *error)
{
    char listen[64], slots[16], deadline[32], seed[32];
    const char *argv[20 + SERVER_SERVICES_MAX];
    size_t count = 0;
    (void)snprintf(listen, sizeof listen, "127.%d.0.1:0", spec->lane);
    if (spec->host != NULL)
        (void)snprintf(listen, sizeof listen, "%.48s:0", spec->host);
    (void)snprintf(slots, sizeof slots, "%d", spec->slots);
    (void)snprintf(deadline, sizeof deadline, "%lldms", (long long)spec->deadline_ms);
    (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)spec->seed);
    const char *const fixed[] = {"/proc/self/exe", "serve",  "--listen", listen, "--slots",   slots,
                                 "--deadline",     deadline, "--events", "-",    "--control", "-",
                                 "--seed",         seed};
    for (; count < sizeof fixed / sizeof fixed[0]; count++)
        argv[count] = fixed[count];
    if (spec->host_keys != NULL) {
        argv[count++] = "--host-keys";
        argv[count++] = spec->host_keys;
    }
    for (int i = 0; i < spec->scenario_count; i++)
        argv[count++] = spec->scenarios[i];
    argv[count] = NULL;

    int theirs[3] = {-1, -1, -1};
    struct process_spec process = {.argv = (char *const *)(uintptr_t)argv};
    enum err failed = process_pipe(PIPE_WE_WRITE, &server->control_fd, &theirs[0], error);
    if (failed == ERR_NONE)
        failed = process_pipe(PIPE_WE_READ, &server->out_fd, &theirs[1], error);
    if (failed == ERR_NONE)
        failed = process_pipe(PIPE_WE_READ, &server->error_fd, &theirs[2], error);
    process.stdin_fd = theirs[0];
    process.stdout_fd = theirs[1];
    process.stderr_fd = theirs[2];
    if (failed == ERR_NONE)
        failed = process_spawn(&process, &server->pid, NULL, error);
    for (int i = 0; i < 3; i++) {
        if (theirs[i] >= 0)
            (void)close(theirs[i]);
    }
    return failed;
}

enum err server_process_start(struct server_process *server, const struct server_process_spec *spec,
                              struct ev_loop *loop, struct reaper *reaper,
                              const struct server_process_events *events, void *owner,
                              struct err_text *error)
{
    memset(server, 0, sizeof *server);
    server->loop = loop;
    server->reaper = reaper;
    server->events = events;
    server->owner = owner;
    server->lane = spec->lane;
    server->services_wanted = spec->scenario_count;
    server->out_fd = server->control_fd = server->error_fd = -1;
    ev_io_init(&server->out_ready, on_out_ready, 0, EV_READ);
    ev_io_init(&server->error_ready, on_error_ready, 0, EV_READ);
    enum err failed = spawn(server, spec, error);
    if (failed != ERR_NONE)
        return failed;
    reaper_watch(reaper, server->pid, on_exit_of_server, server);
    line_reader_init(&server->out, server->out_fd, LINE_MAX_BYTES, on_line, server);
    line_writer_init(&server->control, server->control_fd, CONTROL_MAX_BYTES);
    server->out_ready.data = server->error_ready.data = server;
    ev_io_set(&server->out_ready, server->out_fd, EV_READ);
    ev_io_set(&server->error_ready, server->error_fd, EV_READ);
    ev_io_start(loop, &server->out_ready);
    ev_io_start(loop, &server->error_ready);
    return ERR_NONE;
}

void server_process_host(const struct server_process *server, int slot, char host[64])
{
    (void)snprintf(host, 64, "127.%d.%d.1", server->lane, slot);
}

void server_process_destination(const struct server_process *server, int service, int slot,
                                char host[64], char dns[80])
{
    const struct service_address *address = &server->services[service];
    server_process_host(server, slot, host);
    dns[0] = '\0';
    if (address->name[0] == '\0')
        return;
    (void)snprintf(dns, 80, "%s:%d", host, address->dns_port);
    (void)snprintf(host, 64, "%s", address->name);
}

void server_process_announce(struct server_process *server, const struct task *task)
{
    char line[160];
    (void)snprintf(line, sizeof line, "{\"op\":\"task\",\"slot\":%d,\"task\":%d,\"t0_ns\":%lld}",
                   task->slot, task->id, (long long)task->t0_ns);
    (void)line_writer_put(&server->control, line);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void server_process_finish(struct server_process *server)
{
    line_writer_fini(&server->control);
    close_fd(&server->control_fd);
}

void server_process_close(struct server_process *server)
{
    if (server->loop == NULL)
        return;
    server->closing = true;
    ev_io_stop(server->loop, &server->out_ready);
    ev_io_stop(server->loop, &server->error_ready);
    if (server->pid > 0) {
        reaper_forget(server->reaper, server->pid);
        (void)process_signal_group(server->pid, SIGKILL);
    }
    line_reader_fini(&server->out);
    line_writer_fini(&server->control);
    close_fd(&server->out_fd);
    close_fd(&server->control_fd);
    close_fd(&server->error_fd);
    for (int i = 0; i < server->services_ready; i++)
        free(server->services[i].id);
#define X(word) free(server->login.word);
    LOGIN_WORDS(X)
#undef X
    memset(server, 0, sizeof *server);
}
