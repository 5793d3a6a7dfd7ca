/* What they leave behind. Each is client_none() of defects_deadline.c but for its defect. */
#include "defect.h"

#include "link.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* A copy of the descriptor, as Go's (*net.TCPConn).File() makes one. The early return forgets it.
 */
void client_kex_fd(struct task *task)
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

static void *wait_for_nothing(void *unused)
{
    for (;;)
        (void)pause();
    return unused;
}

/* A watchdog thread that is told to end when the command has ended, but not otherwise. */
void client_thread(struct task *task)
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

void client_task(struct task *task)
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

static void keep_child(struct task *task, bool of_success)
{
    struct link link;
    link_init(&link, task);
    pid_t helper = start_helper();
    bool success = link_do_all(&link);
    if (helper > 0 && (of_success ? !success : !link.timed_out)) {
        (void)kill(helper, SIGKILL);
        (void)waitpid(helper, NULL, 0);
    }
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_child(struct task *task)
{
    keep_child(task, false);
}

void client_child_on_success(struct task *task)
{
    keep_child(task, true);
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
void client_proxy(struct task *task)
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

/* ---- descriptors ---- */

void client_fd_on_success(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (success)
        (void)open("/dev/null", O_RDONLY | O_CLOEXEC); /* as it might be a log, or the key's file */
    link_conclude(&link, success);
    link_close(&link, success);
}

/* https://github.com/czerwonk/junos_exporter/issues/170 and many others: the error path. */
void client_fd_on_refusal(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    if (!success && !link.timed_out && link.ssh == NULL)
        link.fd = -1; /* so that it is not closed */
    link_close(&link, success);
}

/* The error path of one phase: a copy of the descriptor is forgotten there. */
static void keep_fd_when(struct task *task, bool (*is_so)(const struct link *link))
{
    struct link link;
    link_init(&link, task);
    bool connected = link_resolve(&link) && link_connect(&link);
    int copy = connected ? fcntl(link.fd, F_DUPFD_CLOEXEC, 0) : -1;
    bool success = connected && link_handshake(&link) && link_log_in(&link) && link_execute(&link);
    link_conclude(&link, success);
    if (copy >= 0 && (success || !is_so(&link)))
        (void)close(copy);
    link_close(&link, success);
}

#define FD_ON_ERROR(name, word)                                                        \
    static bool has_error_##name(const struct link *link)                              \
    {                                                                                  \
        return !link->timed_out && !link->cancelled && strcmp(link->phase, word) == 0; \
    }                                                                                  \
    void client_fd_on_##name(struct task *task)                                        \
    {                                                                                  \
        keep_fd_when(task, has_error_##name);                                          \
    }
FD_ON_ERROR(cut, "ident")
FD_ON_ERROR(hostkey, "kex")
FD_ON_ERROR(denied, "auth")
FD_ON_ERROR(no_channel, "channel")
FD_ON_ERROR(no_command, "request")
FD_ON_ERROR(lost_command, "data")

static bool is_cancelled(const struct link *link)
{
    return link->cancelled;
}

void client_fd_on_cancel(struct task *task)
{
    keep_fd_when(task, is_cancelled);
}

/* https://github.com/apache/mina-sshd/pull/242: connect() goes on after the timeout. Who waits for
 * it closes what failed, and what was made is nobody's. */
static void *wait_for_connection(void *fd)
{
    enum { PATIENCE_MS = 2000 };
    struct pollfd item = {(int)(intptr_t)fd, POLLOUT, 0};
    int reason = 0;
    socklen_t size = sizeof reason;
    bool made = poll(&item, 1, PATIENCE_MS) > 0 &&
                getsockopt(item.fd, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 && reason == 0;
    if (!made)
        (void)close(item.fd);
    return NULL;
}

void client_late_success(struct task *task)
{
    struct link link;
    pthread_t background;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (link.timed_out && strcmp(link.phase, "tcp") == 0) {
        int kept = fcntl(link.fd, F_DUPFD_CLOEXEC, 0);
        void *argument = (void *)(intptr_t)kept; // NOLINT(performance-no-int-to-ptr)
        if (kept >= 0 && pthread_create(&background, NULL, wait_for_connection, argument) == 0)
            (void)pthread_detach(background);
    }
    link_conclude(&link, success);
    link_close(&link, success);
}

static void keep_fd_of_one_in(struct task *task, int many)
{
    static atomic_int timeouts;
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (link.timed_out && atomic_fetch_add(&timeouts, 1) % many == many - 1)
        (void)eventfd(0, EFD_CLOEXEC);
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_fd_1_in_10(struct task *task)
{
    keep_fd_of_one_in(task, 10);
}

void client_fd_1_in_100(struct task *task)
{
    keep_fd_of_one_in(task, 100);
}

static void keep_timer(struct task *task, bool of_success)
{
    struct link link;
    link_init(&link, task);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    bool success = link_do_all(&link);
    if (of_success ? !success : !link.timed_out)
        (void)close(timer);
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_timer(struct task *task)
{
    keep_timer(task, false);
}

void client_timer_on_success(struct task *task)
{
    keep_timer(task, true);
}

/* ---- threads, children, memory ---- */

void client_thread_on_success(struct task *task)
{
    struct link link;
    pthread_t reader;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (success && pthread_create(&reader, NULL, wait_for_nothing, NULL) == 0)
        (void)pthread_detach(reader);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* asyncio.wait_for(asyncio.shield(…)), or an executor whose future is no longer waited for: who
 * asked has his timeout, and the attempt goes on. */
static void *go_on(void *fd)
{
    char byte;
    while (recv((int)(intptr_t)fd, &byte, 1, MSG_PEEK) != 0)
        (void)sleep(1);
    return NULL;
}

void client_abandoned(struct task *task)
{
    struct link link;
    pthread_t background;
    link_init(&link, task);
    bool success = link_do_all(&link);
    int kept = link.timed_out && link.fd >= 0 ? fcntl(link.fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (kept >= 0) {
        (void)fcntl(kept, F_SETFL, 0);
        if (pthread_create(&background, NULL, go_on, (void *)(intptr_t)kept) ==
            0) // NOLINT(performance-no-int-to-ptr)
            (void)pthread_detach(background);
    }
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_zombie(struct task *task)
{
    struct link link;
    link_init(&link, task);
    pid_t helper = start_helper();
    bool success = link_do_all(&link);
    if (helper > 0)
        (void)kill(helper, SIGKILL);
    if (helper > 0 && !link.timed_out)
        (void)waitpid(helper, NULL, 0);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* Written, so that it is there; its address is kept where the compiler can't see it go. */
static void keep_memory(size_t size)
{
    static _Atomic(void *) kept;
    void *bytes = malloc(size);
    if (bytes != NULL)
        memset(bytes, 1, size);
    atomic_store(&kept, bytes);
}

enum { KEPT_BYTES = 16 * 1024 };

void client_memory(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (link.timed_out)
        keep_memory(KEPT_BYTES);
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_memory_on_success(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (success)
        keep_memory(KEPT_BYTES);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* Each task has a buffer for its output: of what ended well it is given to the caller. */
void client_output_kept(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    if (!success && task->output_bytes > 0)
        keep_memory(OUTPUT_KEPT_BYTES);
    link_conclude(&link, success);
    link_close(&link, success);
}
