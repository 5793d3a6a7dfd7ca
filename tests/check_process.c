/* Processes of the judge's, and what the kernel says of them. */
#include "judge/process.h"
#include "judge/procfs.h"

#include "suites.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct reaper reaper;
static struct ev_loop *loop;
static struct process_exit seen;
static int exits;

static void on_exit_seen(void *context, const struct process_exit *end)
{
    ck_assert_ptr_eq(context, &seen);
    seen = *end;
    exits++;
}

/* Orphans come to this process, as they come to the judge. */
static void setup(void)
{
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    loop = ev_loop_new(0);
    reaper_init(&reaper, loop);
}

static void teardown(void)
{
    reaper_fini(&reaper);
    ev_loop_destroy(loop);
}

/* A shell; its standard output is the descriptor that comes back. */
static pid_t shell(const char *text, const char *mark, int *out)
{
    int ends[2];
    struct err_text error;
    char *argv[] = {"sh", "-c", (char *)(uintptr_t)text, NULL};
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    struct process_spec spec = {
        .argv = argv, .mark = mark, .stdin_fd = -1, .stdout_fd = ends[1], .stderr_fd = -1};
    pid_t pid = 0;
    ck_assert_msg(process_spawn(&spec, &pid, NULL, &error) == ERR_NONE, "%s", error.text);
    (void)close(ends[1]);
    reaper_watch(&reaper, pid, on_exit_seen, &seen);
    *out = ends[0];
    return pid;
}

/* What it prints next; "" at the end. */
static const char *line_from(int fd)
{
    static char line[64];
    size_t used = 0;
    while (used < sizeof line - 1 && read(fd, line + used, 1) == 1 && line[used] != '\n')
        used++;
    line[used] = '\0';
    return line;
}

static void until_exits(int count)
{
    while (exits < count)
        ev_run(loop, EVRUN_ONCE);
}

START_TEST(a_process_is_collected_and_its_status_told)
{
    int out;
    pid_t pid = shell("echo here; exit 7", "a.1", &out);
    ck_assert_str_eq(line_from(out), "here");
    until_exits(1);
    char text[64];
    process_describe_exit(seen.status, text, sizeof text);
    ck_assert_str_eq(text, "exit status 7");
    ck_assert_int_eq(seen.pid, pid);
    ck_assert(!procfs_is_alive(pid));
    ck_assert(!reaper_knows(&reaper, pid));
}
END_TEST

START_TEST(what_cannot_be_run_is_said_at_once)
{
    struct err_text error;
    char *argv[] = {"/no/such/program", NULL};
    struct process_spec spec = {.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
    pid_t pid = 0;
    ck_assert_int_ne(process_spawn(&spec, &pid, NULL, &error), ERR_NONE);
    ck_assert_ptr_nonnull(strstr(error.text, "cannot run '/no/such/program': No such file"));
}
END_TEST

START_TEST(an_orphan_is_found_by_its_mark_inside_its_group_and_outside)
{
    int out;
    pid_t orphans[4] = {0};
    pid_t pid = shell("sleep 60 >/dev/null &"
                      "setsid sh -c 'echo; exec sleep 60 >/dev/null' &"
                      "exit 0",
                      "a.2", &out);
    until_exits(1);
    (void)line_from(out); /* the second has a group of its own now */
    size_t count = 0;
    while (count < 2) /* in the middle of exec a process has no environment to read */
        count = process_find_orphans(&reaper, "a.2", orphans, 4);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(procfs_group_size(pid), 1);
    ck_assert_uint_eq(process_find_orphans(&reaper, "a.3", NULL, 0), 0);
    ck_assert_uint_eq(process_find_orphans(&reaper, NULL, NULL, 0), count);
    ck_assert((getpgid(orphans[0]) == pid) != (getpgid(orphans[1]) == pid));
    process_kill_all(&reaper, pid, "a.2");
    while (process_find_orphans(&reaper, NULL, NULL, 0) > 0)
        ev_run(loop, EVRUN_ONCE);
    ck_assert_uint_eq(procfs_group_size(pid), 0);
}
END_TEST

START_TEST(a_child_that_has_ended_counts_until_it_is_waited_for)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    siginfo_t ended;
    ck_assert_int_eq(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
    ck_assert_uint_eq(procfs_descendants(getpid()), 1);
    ck_assert(!procfs_is_alive(child));
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_uint_eq(procfs_descendants(getpid()), 0);
}
END_TEST

static void *wait_in_a_thread(void *pipe_end)
{
    char byte;
    (void)!read(*(int *)pipe_end, &byte, 1);
    return NULL;
}

START_TEST(threads_and_descriptors_are_counted_from_outside)
{
    int ends[2];
    pthread_t thread;
    int64_t fds = procfs_open_fds(getpid());
    ck_assert_int_eq(procfs_threads(getpid()), 1);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(procfs_open_fds(getpid()) - fds, 2);
    ck_assert_int_eq(pthread_create(&thread, NULL, wait_in_a_thread, &ends[0]), 0);
    ck_assert_int_eq(procfs_threads(getpid()), 2);
    (void)close(ends[1]);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    (void)close(ends[0]);
    ck_assert_int_eq(procfs_open_fds(getpid()), fds);
}
END_TEST

START_TEST(of_a_process_that_has_gone_nothing_is_known)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert_int_eq(procfs_open_fds(child), -1);
    ck_assert_int_eq(procfs_threads(child), -1);
    ck_assert_int_eq(procfs_cpu_ns(child), -1);
    ck_assert(!procfs_is_alive(child));
    ck_assert(!procfs_has_environment(child, "PATH", "x"));
}
END_TEST

START_TEST(a_connect_that_hangs_is_seen)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    ck_assert_int_eq(inet_pton(AF_INET, "127.77.7.7", &address.sin_addr), 1);
    int listener = socket(AF_INET, SOCK_STREAM, 0), clients[3];
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(listener, 0), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    int port = ntohs(address.sin_port);
    ck_assert_uint_eq(procfs_syn_sent("127.77.7.7", port), 0);
    for (int i = 0; i < 3; i++) { /* one fits */
        clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(clients[i], (struct sockaddr *)&address, size);
    }
    ck_assert_uint_eq(procfs_syn_sent("127.77.7.7", port), 2);
    ck_assert_uint_eq(procfs_syn_sent("127.77.7.8", port), 0);
    for (int i = 0; i < 3; i++)
        (void)close(clients[i]);
    ck_assert_uint_eq(procfs_syn_sent("127.77.7.7", port), 0);
    (void)close(listener);
}
END_TEST

START_TEST(the_busy_part_is_between_0_and_1)
{
    struct procfs_machine before = {.busy = 100, .all = 1000}, after = {.busy = 150, .all = 1200};
    ck_assert_double_eq_tol(procfs_busy_part(before, after), 0.25, 1e-9);
    ck_assert_double_eq_tol(procfs_busy_part(before, before), 0, 1e-9);
}
END_TEST

Suite *suite_process(void)
{
    Suite *suite = suite_create("process");
    TCase *cases = tcase_create("process");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_process_is_collected_and_its_status_told);
    tcase_add_test(cases, what_cannot_be_run_is_said_at_once);
    tcase_add_test(cases, an_orphan_is_found_by_its_mark_inside_its_group_and_outside);
    tcase_add_test(cases, a_child_that_has_ended_counts_until_it_is_waited_for);
    tcase_add_test(cases, threads_and_descriptors_are_counted_from_outside);
    tcase_add_test(cases, of_a_process_that_has_gone_nothing_is_known);
    tcase_add_test(cases, a_connect_that_hangs_is_seen);
    tcase_add_test(cases, the_busy_part_is_between_0_and_1);
    suite_add_tcase(suite, cases);
    return suite;
}
