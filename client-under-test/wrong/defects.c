/* Read the first function, then any other: each differs from it by its defect alone. */
#include "defect.h"

#include "link.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The sound client: one absolute deadline from before the first system call to the last. */
static void client_none(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* The client of the story, as with Go's ssh.Dial and `Timeout: 3s`: the deadline is kept up to the
 * TCP connection. A server that accepts and then says nothing holds a thread and a descriptor for
 * ever, and nobody hears of it. */
static void client_dial_only(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool connected = link_connect(&link);
    link_block(&link);
    bool success = connected && link_handshake(&link) && link_log_in(&link) && link_execute(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

static bool wait_for_ever(struct link *link, short events)
{
    struct pollfd item = {link->fd, events, 0};
    return poll(&item, 1, -1) > 0;
}

/* getaddrinfo() before the clock starts: it asks as often, and waits as long, as it likes. */
static void client_lookup(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.wait = wait_for_ever;
    bool resolved = link_resolve(&link);
    link.wait = link_wait_until_deadline;
    bool success = resolved && link_connect(&link) && link_handshake(&link) && link_log_in(&link) &&
                   link_execute(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* Whoever answers first gives the address. */
static void client_credulous(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.is_credulous = true;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* An idle timer: each wait may take all of the deadline, however many there were. */
static bool wait_while_not_idle(struct link *link, short events)
{
    struct pollfd item = {link->fd, events, 0};
    return poll(&item, 1, (int)link->task->deadline_ms) > 0;
}

static void client_rearmed(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.wait = wait_while_not_idle;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* A copy of the descriptor, as Go's (*net.TCPConn).File() makes one. The early return forgets it.
 */
static void client_kex_fd(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool connected = link_connect(&link);
    int copy = connected ? fcntl(link.fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (!connected || !link_handshake(&link)) {
        link_conclude(&link, false);
        link_close(&link, false);
        return;
    }
    bool success = link_log_in(&link) && link_execute(&link);
    link_conclude(&link, success);
    link_close(&link, success);
    (void)close(copy);
}

/* "We are in, so it worked": what becomes of the command is not looked at. */
static void client_false_success(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link) || link.authenticated;
    link_conclude(&link, success);
    link_close(&link, success);
}

static void client_early(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.deadline_ns -= task->deadline_ms * NS_PER_MS / 2;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

static void client_late(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.deadline_ns += NS_PER_S;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* "Connection timed out", whatever it was that timed out. */
static void client_wrong_phase(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (link.timed_out)
        link.phase = "tcp";
    link_conclude(&link, success);
    link_close(&link, success);
}

static void client_crash(struct task *task)
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

static void client_spin(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.wait = wait_busily;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

static void *wait_for_nothing(void *unused)
{
    for (;;)
        (void)pause();
    return unused;
}

/* A watchdog thread that is told to end when the command has ended, but not otherwise. */
static void client_thread(struct task *task)
{
    struct link link;
    pthread_t watchdog;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (link.timed_out && pthread_create(&watchdog, NULL, wait_for_nothing, NULL) == 0)
        (void)pthread_detach(watchdog);
    link_conclude(&link, success);
    link_close(&link, success);
}

static void client_task(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
    task->result.stays_listed = link.timed_out;
}

/* Something like a ProxyCommand; it ends by itself after a minute, so that a desk stays tidy. */
static pid_t start_helper(void)
{
    static char *argv[] = {"sleep", "60", NULL};
    static char *environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    (void)posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd <= 2; fd++)
        (void)posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    if (posix_spawn(&pid, "/bin/sleep", &actions, NULL, argv, environment) != 0)
        pid = -1;
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void client_child(struct task *task)
{
    struct link link;
    link_init(&link, task);
    pid_t helper = start_helper();
    bool success = link_do_all(&link);
    if (helper > 0 && !link.timed_out) {
        (void)kill(helper, SIGKILL);
        (void)waitpid(helper, NULL, 0);
    }
    link_conclude(&link, success);
    link_close(&link, success);
}

/* `fakesshd connect` beside this program, its standard input and output being `fd`. */
static pid_t start_proxy(const struct task *task, int fd)
{
    char path[512], address[256], word[] = "connect";
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "/fakesshd");
    if (length <= 0)
        return -1;
    path[length] = '\0';
    strcpy(strrchr(path, '/'), "/fakesshd");
    (void)snprintf(address, sizeof address, "%s:%d", task->host, task->port);
    char *const argv[] = {path, word, address, NULL};
    char *const environment[] = {NULL};
    posix_spawn_file_actions_t files;
    pid_t pid = -1;
    if (posix_spawn_file_actions_init(&files) != 0)
        return -1;
    if (posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO) != 0 ||
        posix_spawn_file_actions_adddup2(&files, fd, STDOUT_FILENO) != 0 ||
        posix_spawn(&pid, path, &files, NULL, argv, environment) != 0)
        pid = -1;
    (void)posix_spawn_file_actions_destroy(&files);
    return pid;
}

/* As with a ProxyCommand: the timeout ends the client's side, and its child is nobody's any more.
 */
static void client_proxy(struct task *task)
{
    struct link link;
    int pair[2] = {-1, -1};
    link_init(&link, task);
    link.phase = "ident";
    pid_t proxy = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0) {
        link.fd = pair[0];
        proxy = start_proxy(task, pair[1]);
        (void)close(pair[1]);
    }
    bool success = proxy > 0 && link_handshake(&link) && link_log_in(&link) && link_execute(&link);
    link_conclude(&link, success);
    link_close(&link, success);
    if (proxy > 0 && !link.timed_out) {
        (void)kill(proxy, SIGTERM);
        (void)waitpid(proxy, NULL, 0);
    }
}

/* A breaker that never closes again, and lies about it: it is kept per port, as if there were but
 * one server on each, and its timeouts come without a connection. */
static void client_no_contact(struct task *task)
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

const struct defect defects[] = {
#define X(name, shown_by, verdict, sentence, run) {name, shown_by, verdict, sentence, run},
    DEFECTS(X)
#undef X
};

const int defect_count = sizeof defects / sizeof defects[0];

const struct defect *defect_find(const char *name)
{
    for (int i = 0; i < defect_count; i++) {
        if (strcmp(defects[i].name, name) == 0)
            return &defects[i];
    }
    return NULL;
}
