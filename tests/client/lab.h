/* A place to run tasks in: a loop, an engine, peers that are plain sockets of the test's own, and
 * fakesshd with a scenario that the test brings along. */
#ifndef TESTS_CLIENT_LAB_H
#define TESTS_CLIENT_LAB_H

#include "lib/deadline.h"
#include "lib/task.h"

#include <check.h>
#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LAB_OUTPUT 4096

/* How late a timeout may be on a machine that does other things besides, and what is "at once" for
 * a failure: deadlines are then 2 s or more. */
#define LAB_GRACE_MS 200
#define LAB_SOON_MS  1000

struct lab;

/* One task's end, and what it needs until then. */
struct lab_result {
    struct lab *lab;
    size_t stdin_sent;
    bool is_done;
    struct task_result result;
    int fds_at_end;          /* open descriptors when on_done was called */
    char output[LAB_OUTPUT]; /* the first bytes of stdout */
    size_t output_bytes;
};

struct lab {
    struct ev_loop *loop;
    struct engine *engine;
    size_t stdin_bytes; /* how much each task gets; the bytes are zeros */
    int pending;        /* tasks that are not done */
    const char *fields; /* of the scenarios that lab_try_script() makes; NULL: none */
    bool has_password;  /* lab_try_script() logs in with it, and without a key */
};

struct lab_server {
    pid_t pid;
    int control; /* closing it ends the server */
    int events;
    int port;
    char user[64], password[64], key[256], hostkey[512];
    char name[64], dns[64]; /* "" where the scenario answers no names */
    char file[64];          /* the scenario, deleted at the end */
};

void lab_init(struct lab *lab);
void lab_fini(struct lab *lab);

/* Open descriptors of this process. */
int lab_fd_count(void);

/* A listening socket on 127.0.0.1; *port is set. */
int lab_listen(int backlog, int *port);

/* Options for a task against 127.0.0.1:port that starts now; the host key is none that exists. */
struct task_options lab_options(int port, int64_t deadline_ms);

/* Starts a task whose end is written to *result. */
struct task *lab_start(struct lab *lab, const struct task_options *options,
                       struct lab_result *result);

/* Turns the loop until every task is done; fails the test after 10 s. */
void lab_run(struct lab *lab);

/* One task from start to end. */
struct lab_result lab_try(struct lab *lab, const struct task_options *options);

/* Starts fakesshd with `serve = function(conn) … end` whose body is given; `fields` are more of the
 * scenario's, or NULL. */
void lab_serve(struct lab_server *server, const char *fields, const char *body);
void lab_stop(struct lab_server *server);

/* One task against such a server: with its key, host key and name, running "nonce abcd". */
struct lab_result lab_try_script(struct lab *lab, const char *body, int64_t deadline_ms);

/* Outcome, phase and time, all of them in the message. The time is between low_ms and low_ms +
 * LAB_GRACE_MS, or LAB_SOON_MS for a failure. */
void lab_expect(const struct lab_result *result, enum task_outcome outcome, enum phase phase,
                int64_t low_ms);

#endif
