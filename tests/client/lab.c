#include "lab.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A key that no server has. */
#define NO_HOSTKEY \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAmhX23xXeQI85HrgyZ3RreLTTaoUCFfbLNT1tVZYYkm"

static struct hostkey_policy no_hostkey;

void lab_init(struct lab *lab)
{
    struct err_text error;
    *lab = (struct lab){.loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL)};
    ck_assert_ptr_nonnull(lab->loop);
    ck_assert(engine_warm_up(&error));
    lab->engine = engine_new(lab->loop);
    if (no_hostkey.count == 0)
        ck_assert(hostkey_add_line(&no_hostkey, NO_HOSTKEY, &error));
}

void lab_fini(struct lab *lab)
{
    engine_free(&lab->engine);
    ev_loop_destroy(lab->loop);
    hostkey_fini(&no_hostkey);
}

int lab_fd_count(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count;
}

int lab_listen(int backlog, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, backlog), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

struct task_options lab_options(int port, int64_t deadline_ms)
{
    int64_t now_ns = clock_now_ns();
    return (struct task_options){
        .host = "127.0.0.1",
        .port = port,
        .user = "test",
        .command = "nonce abcd",
        .hostkeys = &no_hostkey,
        .start_ns = now_ns,
        .limits = {.deadline_ns = deadline_after(now_ns, deadline_ms)},
        .output_limit = 1024 * 1024,
    };
}

static void on_output(struct task *task, enum task_stream stream, const void *bytes, size_t length,
                      void *userdata)
{
    struct lab_result *result = userdata;
    (void)task;
    if (stream != TASK_STDOUT)
        return;
    size_t room = result->output_bytes < LAB_OUTPUT ? LAB_OUTPUT - result->output_bytes : 0;
    memcpy(result->output + LAB_OUTPUT - room, bytes, length < room ? length : room);
    result->output_bytes += length;
}

static void on_stdin(struct task *task, size_t room, void *userdata)
{
    static const char zeros[16 * 1024];
    struct lab_result *running = userdata;
    size_t left = running->lab->stdin_bytes - running->stdin_sent;
    if (room > 0)
        running->stdin_sent +=
            task_write_stdin(task, zeros, left < sizeof zeros ? left : sizeof zeros);
    if (running->stdin_sent == running->lab->stdin_bytes)
        task_end_stdin(task);
}

static void on_done(struct task *task, const struct task_result *result, void *userdata)
{
    struct lab_result *running = userdata;
    (void)task;
    running->fds_at_end = lab_fd_count();
    running->result = *result;
    running->is_done = true;
    if (--running->lab->pending == 0)
        ev_break(running->lab->loop, EVBREAK_ALL);
}

struct task *lab_start(struct lab *lab, const struct task_options *options,
                       struct lab_result *result)
{
    static const struct task_events events = {
        .on_output = on_output, .on_stdin = on_stdin, .on_done = on_done};
    struct err_text error = {""};
    *result = (struct lab_result){.lab = lab};
    struct task *task = task_start(lab->engine, options, &events, result, &error);
    ck_assert_msg(task != NULL, "%s", error.text);
    lab->pending++;
    return task;
}

static void on_too_long(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

void lab_run(struct lab *lab)
{
    ev_timer too_long;
    ev_timer_init(&too_long, on_too_long, 10, 0);
    ev_now_update(lab->loop);
    ev_timer_start(lab->loop, &too_long);
    if (lab->pending > 0)
        (void)ev_run(lab->loop, 0);
    ev_timer_stop(lab->loop, &too_long);
    ck_assert_msg(lab->pending == 0, "%d tasks are not done after 10 s", lab->pending);
}

struct lab_result lab_try(struct lab *lab, const struct task_options *options)
{
    struct lab_result result;
    (void)lab_start(lab, options, &result);
    lab_run(lab);
    return result;
}

/* ---- fakesshd ---- */

static void write_scenario(struct lab_server *server, const char *fields, const char *body)
{
    (void)snprintf(server->file, sizeof server->file, "/tmp/sshexec-lab-XXXXXX.lua");
    int fd = mkstemps(server->file, 4);
    ck_assert_int_ge(fd, 0);
    FILE *file = fdopen(fd, "w");
    (void)fprintf(file,
                  "return { about = \"A test's.\", rfc = \"4253 4.2\",\n"
                  "  expect = { outcome = { \"success\", \"timeout\", \"failure\" } },\n"
                  "  %s serve = function(conn)\n%s\n  end }\n",
                  fields != NULL ? fields : "", body);
    ck_assert_int_eq(fclose(file), 0);
}

/* fakesshd lies beside this program. */
static void exec_server(const char *file, int in, int out)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 20);
    if (length < 0)
        _exit(127);
    path[length] = '\0';
    (void)strcpy(strrchr(path, '/'), "/fakesshd");
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(in, STDIN_FILENO);
    (void)dup2(out, STDOUT_FILENO);
    if (getenv("LAB_VERBOSE") == NULL)
        (void)!freopen("/dev/null", "w", stderr);
    (void)execl(path, path, "serve", file, "--events", "-", "--control", "-", (char *)NULL);
    _exit(127);
}

static void take_text(const json_t *line, const char *name, char *text, size_t size)
{
    const char *value = json_string_value(json_object_get(line, name));
    ck_assert_msg(value != NULL, "the listening line has no %s", name);
    (void)snprintf(text, size, "%s", value);
}

static void read_listening_line(struct lab_server *server)
{
    char text[4096];
    size_t used = 0;
    while (used < sizeof text - 1 && read(server->events, text + used, 1) == 1 &&
           text[used] != '\n')
        used++;
    json_t *line = json_loadb(text, used, 0, NULL);
    ck_assert_msg(line != NULL, "fakesshd did not start: set LAB_VERBOSE to see why");
    server->port = (int)json_integer_value(json_object_get(line, "port"));
    take_text(line, "user", server->user, sizeof server->user);
    take_text(line, "password", server->password, sizeof server->password);
    take_text(line, "key", server->key, sizeof server->key);
    take_text(line, "hostkey", server->hostkey, sizeof server->hostkey);
    server->name[0] = server->dns[0] = '\0';
    if (json_object_get(line, "dns") != NULL) {
        take_text(line, "name", server->name, sizeof server->name);
        take_text(line, "dns", server->dns, sizeof server->dns);
    }
    json_decref(line);
}

void lab_serve(struct lab_server *server, const char *fields, const char *body)
{
    int control[2];
    int events[2];
    write_scenario(server, fields, body);
    ck_assert_int_eq(pipe2(control, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(events, O_CLOEXEC), 0);
    server->pid = fork();
    if (server->pid == 0)
        exec_server(server->file, control[0], events[1]);
    ck_assert_int_gt(server->pid, 0);
    (void)close(control[0]);
    (void)close(events[1]);
    server->control = control[1];
    server->events = events[0];
    read_listening_line(server);
}

void lab_stop(struct lab_server *server)
{
    (void)close(server->control);
    (void)close(server->events);
    (void)kill(server->pid, SIGKILL);
    (void)waitpid(server->pid, NULL, 0);
    (void)unlink(server->file);
}

struct lab_result lab_try_script(struct lab *lab, const char *body, int64_t deadline_ms)
{
    struct lab_server server;
    struct hostkey_policy policy = {0};
    struct err_text error = {""};
    lab_serve(&server, lab->fields, body);
    ck_assert_msg(hostkey_add_line(&policy, server.hostkey, &error), "%s", error.text);
    struct task_options options = lab_options(server.port, deadline_ms);
    if (server.dns[0] != '\0') {
        options.host = server.name;
        options.dns = server.dns;
    }
    options.user = server.user;
    options.key = lab->has_password ? NULL : server.key;
    options.password = lab->has_password ? server.password : NULL;
    options.hostkeys = &policy;
    options.send_buffer_bytes = 16 * 1024;
    struct lab_result result = lab_try(lab, &options);
    lab_stop(&server);
    hostkey_fini(&policy);
    return result;
}

void lab_expect(const struct lab_result *result, enum task_outcome outcome, enum phase phase,
                int64_t low_ms)
{
    int64_t elapsed_ms = result->result.elapsed_ns / NS_PER_MS;
    int64_t high_ms = low_ms + (outcome == TASK_FAILURE ? LAB_SOON_MS : LAB_GRACE_MS);
    ck_assert_msg(result->result.outcome == outcome && result->result.phase == phase &&
                      elapsed_ms >= low_ms && elapsed_ms <= high_ms,
                  "expected %s in %s after %lld to %lld ms; got %s in %s after %lld ms (%s)",
                  task_outcome_name(outcome), phase_name(phase), (long long)low_ms,
                  (long long)high_ms, task_outcome_name(result->result.outcome),
                  phase_name(result->result.phase), (long long)elapsed_ms, result->result.error);
}
