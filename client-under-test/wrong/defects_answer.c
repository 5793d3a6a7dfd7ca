/* What they say, and what becomes of them. Each is client_none() of defects_deadline.c but for its
 * defect. */
#include "defect.h"

#include "link.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Whoever answers first gives the address. */
void client_credulous(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.is_credulous = true;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* "We are in, so it worked": what becomes of the command is not looked at. */
void client_false_success(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link) || link.authenticated;
    link_conclude(&link, success);
    link_close(&link, success);
}

/* "Connection timed out", whatever it was that timed out. */
void client_wrong_phase(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (link.timed_out)
        link.phase = "tcp";
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_crash(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (link.timed_out && strcmp(link.phase, "tcp") != 0 && strcmp(link.phase, "ident") != 0)
        abort();
    link_conclude(&link, success);
    link_close(&link, success);
}

/* One thread at a time burns its processor; the others wait soundly, so that the machine stays
 * fit to be measured on. */
static bool wait_busily(struct link *link, short events)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    struct pollfd item = {link->fd, events, 0};
    if (pthread_mutex_trylock(&turn) != 0)
        return link_wait_until_deadline(link, events);
    bool ready = false;
    while (!ready && now_ns() < link->deadline_ns)
        ready = poll(&item, 1, 0) > 0;
    (void)pthread_mutex_unlock(&turn);
    return ready;
}

void client_spin(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.wait = wait_busily;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* A breaker that never closes again, and lies about it: it is kept per port, as if there were but
 * one server on each, and its timeouts come without a connection. */
void client_no_contact(struct task *task)
{
    static _Atomic bool is_given_up[65536];
    struct link link;
    link_init(&link, task);
    bool success = false;
    if (is_given_up[task->port]) {
        (void)poll(NULL, 0, (int)task->deadline_ms);
        link.timed_out = true;
        link.phase = "ident";
    } else {
        success = link_do_all(&link);
    }
    if (link.timed_out)
        is_given_up[task->port] = true;
    link_conclude(&link, success);
    link_close(&link, success);
}

/* An end of the channel is an end of the command, and who ended had no error. */
void client_no_status(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link) || (link.got_close && !link.got_status);
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_status_lost(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    link.exit_status = 0;
    link_conclude(&link, success);
    link_close(&link, success);
}

/* A new connection for each refusal, as long as there is time. */
void client_never_no(struct task *task)
{
    struct link link;
    for (;;) {
        link_init(&link, task);
        bool success = link_do_all(&link);
        bool again = !success && !link.timed_out && strcmp(link.phase, "auth") == 0;
        if (!again) {
            link_conclude(&link, success);
            link_close(&link, success);
            return;
        }
        link_close(&link, false);
        (void)poll(NULL, 0, (int)(task->deadline_ms / 8));
        if (now_ns() >= task->t0_ns + task->deadline_ms * NS_PER_MS) {
            link.timed_out = true;
            link_conclude(&link, false);
            return;
        }
    }
}

/* ---- descriptors and signals ---- */

/* The number is closed again a moment later, as by a second owner that closes what it was given. By
 * then another task may have it, and polls a descriptor that is none, again and again. */
struct second_close {
    int fd;
};

static void *close_again(void *userdata)
{
    struct second_close *of = userdata;
    (void)poll(NULL, 0, 250);
    (void)close(of->fd);
    free(of);
    return NULL;
}

void client_double_close(struct task *task)
{
    struct link link;
    pthread_t owner;
    link_init(&link, task);
    bool success = link_do_all(&link);
    struct second_close *of = malloc(sizeof *of);
    if (of != NULL) {
        of->fd = link.fd;
        if (!link.timed_out || pthread_create(&owner, NULL, close_again, of) != 0)
            free(of);
        else
            (void)pthread_detach(owner);
    }
    link_conclude(&link, success);
    link_close(&link, success);
}

/* Readable, and nothing there: that is an end, and not yet an answer.
 * https://github.com/mscdex/ssh2/issues/1504 spins likewise. */
static bool wait_for_bytes(struct link *link, short events)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    char byte;
    bool ready = link_wait_until_deadline(link, events);
    if (!ready || (events & POLLIN) == 0 || recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
        return ready;
    /* One thread at a time, so that the machine stays fit to be measured on. */
    bool spins = pthread_mutex_trylock(&turn) == 0;
    while (now_ns() < link->deadline_ns) {
        if (spins)
            (void)recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        else
            (void)poll(NULL, 0, 5);
    }
    if (spins)
        (void)pthread_mutex_unlock(&turn);
    return false;
}

void client_spin_on_fin(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.wait = wait_for_bytes;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* A goodbye, written with SIGPIPE as it is by default. */
void client_sigpipe(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool connected = link_resolve(&link) && link_connect(&link);
    int copy = connected ? fcntl(link.fd, F_DUPFD_CLOEXEC, 0) : -1; /* libssh closes its own */
    bool success = connected && link_handshake(&link) && link_log_in(&link) && link_execute(&link);
    (void)signal(SIGPIPE, SIG_DFL);
    for (int i = 0; i < 50 && !success && !link.timed_out && copy >= 0; i++) {
        (void)write(copy, "bye\r\n", 5); /* the first makes the server's side reset it */
        (void)poll(NULL, 0, 2);
    }
    link_conclude(&link, success);
    link_close(&link, success);
    if (copy >= 0)
        (void)close(copy);
}
