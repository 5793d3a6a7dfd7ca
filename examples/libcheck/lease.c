#define _GNU_SOURCE
#include "lease.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/lease-XXXXXX", path[64];
static pid_t control;

static void run_control(int out)
{
    char word[80];
    const char *program = getenv("FAKESSHD");
    program = program != NULL ? program : "fakesshd";
    (void)snprintf(word, sizeof word, "unix:%s", path);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)dup2(out, STDOUT_FILENO);
    (void)execlp(program, program, "serve", "--control", word, (char *)NULL);
    _exit(127);
}

void lease_control_start(void)
{
    char byte;
    int ends[2];
    const char *given = getenv("FAKESSHD_CONTROL");
    if (given != NULL) {
        (void)snprintf(path, sizeof path, "%s", given);
        return;
    }
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/control", folder);
    ck_assert_int_eq(pipe(ends), 0);
    control = fork();
    if (control == 0)
        run_control(ends[1]);
    (void)close(ends[1]);
    ck_assert_msg(read(ends[0], &byte, 1) == 1, "fakesshd serve has ended at once");
    (void)close(ends[0]);
}

void lease_control_stop(void)
{
    if (control <= 0)
        return;
    (void)kill(control, SIGTERM);
    (void)waitpid(control, NULL, 0);
    (void)rmdir(folder);
}

/* HTTP/1.0: the answer ends with the connection. */
static int ask(const char *method, const char *where, const char *body, json_t **answer)
{
    static char text[512 * 1024];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), status = 0;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    memcpy(address.sun_path, path, sizeof path);
    ck_assert_msg(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "no control: %s",
                  path);
    int length = snprintf(text, sizeof text, "%s %s HTTP/1.0\r\nContent-Length: %zu\r\n\r\n%s",
                          method, where, strlen(body), body);
    ck_assert_int_eq(send(fd, text, (size_t)length, MSG_NOSIGNAL), length);
    ssize_t got;
    size_t used = 0;
    while ((got = read(fd, text + used, sizeof text - 1 - used)) > 0)
        used += (size_t)got;
    (void)close(fd);
    text[used] = '\0';
    char *end = strstr(text, "\r\n\r\n");
    ck_assert_msg(end != NULL && sscanf(text, "HTTP/%*s %d", &status) == 1, "no answer: %s", text);
    *answer = json_loads(end + 4, 0, NULL);
    return status;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void copy(const json_t *object, const char *name, char text[64])
{
    (void)snprintf(text, 64, "%s", text_of(object, name));
}

struct lease lease_take(const char *scenario)
{
    char body[300];
    struct lease lease;
    json_t *answer = NULL;
    (void)snprintf(body, sizeof body, "{\"scenario\":\"%s\"}", scenario);
    int status = 503;
    for (int i = 0; i < 5 && status == 503; i++) { /* 503: the machine is busy, and says so */
        (void)sleep(i > 0);
        json_decref(answer);
        status = ask("POST", "/v1/leases", body, &answer);
    }
    ck_assert_msg(status == 201, "fakesshd leases nothing: %s", text_of(answer, "error"));
    copy(answer, "lease", lease.id);
    copy(answer, "host", lease.host);
    copy(answer, "user", lease.user);
    copy(answer, "password", lease.password);
    lease.port = (int)json_integer_value(json_object_get(answer, "port"));
    json_decref(answer);
    return lease;
}

void lease_wait(const struct lease *lease, const char *event)
{
    char where[200];
    json_t *answer;
    (void)snprintf(where, sizeof where, "/v1/leases/%s/wait?event=%s&timeout_ms=5000", lease->id,
                   event);
    int status = ask("GET", where, "", &answer);
    ck_assert_msg(status == 200, "%s: %s", event, text_of(answer, "error"));
    json_decref(answer);
}

json_t *lease_release(const struct lease *lease)
{
    char where[100];
    json_t *answer;
    (void)snprintf(where, sizeof where, "/v1/leases/%s", lease->id);
    int status = ask("DELETE", where, "", &answer);
    ck_assert_msg(status == 200, "%s", text_of(answer, "error"));
    json_t *witness = json_incref(json_object_get(answer, "witness"));
    json_decref(answer);
    return witness;
}
