/* The engine against sockets of the test's own: no SSH server, so nothing after the identification
 * strings. */
#include "lib/task.h"

#include "lab.h"
#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct lab lab;

static void set_up(void)
{
    lab_init(&lab);
}

static void tear_down(void)
{
    lab_fini(&lab);
}

/* A peer that does something with the connection it accepts. */
struct peer {
    ev_io io;
    ev_timer timer;
    int listener, port, fd;
};

static void peer_init(struct peer *peer, void (*on_accept)(struct ev_loop *, ev_io *, int))
{
    *peer = (struct peer){.fd = -1};
    peer->listener = lab_listen(16, &peer->port);
    ev_io_init(&peer->io, on_accept, peer->listener, EV_READ);
    peer->io.data = peer;
    ev_io_start(lab.loop, &peer->io);
}

static void peer_fini(struct peer *peer)
{
    ev_io_stop(lab.loop, &peer->io);
    if (peer->timer.data != NULL)
        ev_timer_stop(lab.loop, &peer->timer);
    if (peer->fd >= 0)
        (void)close(peer->fd);
    (void)close(peer->listener);
}

START_TEST(a_silent_listener_is_a_timeout_at_the_deadline_with_the_descriptor_closed)
{
    int port = 0;
    int listener = lab_listen(16, &port);
    int before = lab_fd_count();
    struct task_options options = lab_options(port, 200);
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_TIMEOUT, PHASE_IDENT, 200);
    /* on_done is called after the close: epoll's own descriptor was there from the start. */
    ck_assert_int_eq(result.fds_at_end, before);
    ck_assert(result.result.phase_entered[PHASE_TCP]);
    ck_assert_int_ge(result.result.phase_ns[PHASE_IDENT], 150 * NS_PER_MS);
    (void)close(listener);
}
END_TEST

static void on_accept_keep(struct ev_loop *loop, ev_io *io, int events)
{
    struct peer *peer = io->data;
    (void)loop;
    (void)events;
    peer->fd = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

START_TEST(nothing_is_sent_at_the_deadline)
{
    struct peer peer;
    peer_init(&peer, on_accept_keep);
    struct task_options options = lab_options(peer.port, 100);
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_TIMEOUT, PHASE_IDENT, 100);
    char bytes[1000];
    ssize_t got = read(peer.fd, bytes, sizeof bytes);
    ck_assert_int_gt(got, 8);
    ck_assert_int_eq(strncmp(bytes, "SSH-2.0-", 8), 0);
    ck_assert_int_eq(bytes[got - 1], '\n'); /* the identification string, and nothing behind it */
    ck_assert_ptr_eq(memchr(bytes, '\n', (size_t)got), bytes + got - 1);
    ck_assert_int_eq(read(peer.fd, bytes, sizeof bytes), 0);
    peer_fini(&peer);
}
END_TEST

static void on_next_byte(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct peer *peer = timer->data;
    (void)loop;
    (void)events;
    (void)!write(peer->fd, "S", 1);
}

static void on_accept_dribble(struct ev_loop *loop, ev_io *io, int events)
{
    struct peer *peer = io->data;
    on_accept_keep(loop, io, events);
    ev_timer_init(&peer->timer, on_next_byte, 0.02, 0.02);
    peer->timer.data = peer;
    ev_timer_start(loop, &peer->timer);
}

START_TEST(bytes_that_go_on_coming_do_not_move_the_deadline)
{
    struct peer peer;
    peer_init(&peer, on_accept_dribble);
    struct task_options options = lab_options(peer.port, 300);
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_TIMEOUT, PHASE_IDENT, 300);
    peer_fini(&peer);
}
END_TEST

static void on_accept_fin(struct ev_loop *loop, ev_io *io, int events)
{
    struct peer *peer = io->data;
    on_accept_keep(loop, io, events);
    (void)close(peer->fd);
    peer->fd = -1;
}

static void on_accept_reset(struct ev_loop *loop, ev_io *io, int events)
{
    struct peer *peer = io->data;
    struct linger at_once = {1, 0};
    on_accept_keep(loop, io, events);
    (void)setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    (void)close(peer->fd);
    peer->fd = -1;
}

START_TEST(a_connection_that_is_closed_after_accept_is_a_failure_at_once)
{
    struct peer peer;
    peer_init(&peer, on_accept_fin);
    struct task_options options = lab_options(peer.port, 2000);
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_FAILURE, PHASE_IDENT, 0);
    peer_fini(&peer);
}
END_TEST

START_TEST(a_connection_that_is_reset_after_accept_is_a_failure_at_once)
{
    struct peer peer;
    peer_init(&peer, on_accept_reset);
    struct task_options options = lab_options(peer.port, 2000);
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_FAILURE, PHASE_IDENT, 0);
    peer_fini(&peer);
}
END_TEST

START_TEST(a_refused_connection_is_a_failure_in_tcp)
{
    int port = 0;
    (void)close(lab_listen(1, &port));
    struct task_options options = lab_options(port, 2000);
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_FAILURE, PHASE_TCP, 0);
    ck_assert_ptr_nonnull(strstr(result.result.error, "refused"));
}
END_TEST

START_TEST(a_connect_that_hangs_is_a_timeout_in_tcp)
{
    int port = 0;
    int listener = lab_listen(0, &port);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)port)};
    /* listen(0) lets one connection through; the next SYN is dropped. */
    int first = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(first, (struct sockaddr *)&address, sizeof address), 0);
    struct task_options options = lab_options(port, 200);
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_TIMEOUT, PHASE_TCP, 200);
    (void)close(first);
    (void)close(listener);
}
END_TEST

START_TEST(two_hundred_timeouts_at_once_are_all_in_time_and_leave_no_descriptor)
{
    enum { TASKS = 200 };
    static struct lab_result results[TASKS];
    int port = 0;
    int listener = lab_listen(TASKS + 1, &port);
    int before = lab_fd_count();
    for (int i = 0; i < TASKS; i++) {
        struct task_options options = lab_options(port, 300);
        (void)lab_start(&lab, &options, &results[i]);
    }
    ck_assert_uint_eq(engine_task_count(lab.engine), TASKS);
    lab_run(&lab);
    for (int i = 0; i < TASKS; i++)
        lab_expect(&results[i], TASK_TIMEOUT, PHASE_IDENT, 300);
    ck_assert_int_eq(lab_fd_count(), before);
    ck_assert_uint_eq(engine_task_count(lab.engine), 0);
    (void)close(listener);
}
END_TEST

START_TEST(a_cancelled_task_ends_at_once)
{
    int port = 0;
    int listener = lab_listen(16, &port);
    int before = lab_fd_count();
    struct lab_result result;
    struct task_options options = lab_options(port, 5000);
    struct task *task = lab_start(&lab, &options, &result);
    task_cancel(task);
    ck_assert(result.is_done);
    lab_expect(&result, TASK_CANCELLED, PHASE_TCP, 0);
    ck_assert_int_eq(lab_fd_count(), before);
    (void)close(listener);
}
END_TEST

START_TEST(an_engine_that_is_freed_with_tasks_under_way_leaves_no_descriptor)
{
    int port = 0;
    int listener = lab_listen(16, &port);
    int before = lab_fd_count();
    struct lab_result result;
    struct task_options options = lab_options(port, 5000);
    (void)lab_start(&lab, &options, &result);
    (void)ev_run(lab.loop, EVRUN_ONCE);
    (void)ev_run(lab.loop, EVRUN_NOWAIT);
    engine_free(&lab.engine);
    ck_assert_int_eq(lab_fd_count(), before);
    ck_assert(!result.is_done);
    (void)close(listener);
}
END_TEST

START_TEST(what_can_not_be_tried_is_said_at_once_and_sends_nothing)
{
    static const struct task_events no_events;
    struct err_text error = {""};
    int before = lab_fd_count();
    struct task_options options = lab_options(22, 1000);
    options.key = "/nonexistent/key";
    ck_assert_ptr_null(task_start(lab.engine, &options, &no_events, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "/nonexistent/key"));
    options = lab_options(22, 1000);
    options.hostkeys = NULL;
    ck_assert_ptr_null(task_start(lab.engine, &options, &no_events, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "host key"));
    options = lab_options(0, 1000);
    ck_assert_ptr_null(task_start(lab.engine, &options, &no_events, NULL, &error));
    options = lab_options(22, 1000);
    options.host = "no such host";
    ck_assert_ptr_null(task_start(lab.engine, &options, &no_events, NULL, &error));
    ck_assert_int_eq(lab_fd_count(), before);
}
END_TEST

Suite *suite_task(void)
{
    Suite *suite = suite_create("task");
    TCase *cases = tcase_create("task");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 20);
    tcase_add_test(cases,
                   a_silent_listener_is_a_timeout_at_the_deadline_with_the_descriptor_closed);
    tcase_add_test(cases, nothing_is_sent_at_the_deadline);
    tcase_add_test(cases, bytes_that_go_on_coming_do_not_move_the_deadline);
    tcase_add_test(cases, a_connection_that_is_closed_after_accept_is_a_failure_at_once);
    tcase_add_test(cases, a_connection_that_is_reset_after_accept_is_a_failure_at_once);
    tcase_add_test(cases, a_refused_connection_is_a_failure_in_tcp);
    tcase_add_test(cases, a_connect_that_hangs_is_a_timeout_in_tcp);
    tcase_add_test(cases, two_hundred_timeouts_at_once_are_all_in_time_and_leave_no_descriptor);
    tcase_add_test(cases, a_cancelled_task_ends_at_once);
    tcase_add_test(cases, an_engine_that_is_freed_with_tasks_under_way_leaves_no_descriptor);
    tcase_add_test(cases, what_can_not_be_tried_is_said_at_once_and_sends_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}
