#include "lib/dial.h"

#include "lab.h"
#include "suites.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

/* What was told, and the peers: sockets of the test's own. */
struct told {
    struct ev_loop *loop;
    int calls, fd, number;
};

static struct told told;
static int fds_before;

static void set_up(void)
{
    told = (struct told){.loop = ev_loop_new(EVFLAG_NOENV), .fd = -1};
    fds_before = lab_fd_count();
}

static void tear_down(void)
{
    ck_assert_int_eq(lab_fd_count(), fds_before);
    ev_loop_destroy(told.loop);
}

static void on_done(void *userdata, int fd, int number)
{
    struct told *to = userdata;
    to->calls++;
    to->fd = fd;
    to->number = number;
    ev_break(to->loop, EVBREAK_ALL);
}

static struct address of_host(uint32_t ip, int port)
{
    struct in_addr v4 = {htonl(ip)};
    return address_of_v4(&v4, port);
}

static int listen_on(uint32_t ip, int backlog, int *port)
{
    struct address address = of_host(ip, *port);
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ck_assert_int_eq(bind(fd, &address.any, address.length), 0);
    ck_assert_int_eq(listen(fd, backlog), 0);
    ck_assert_int_eq(getsockname(fd, &address.any, &address.length), 0);
    *port = ntohs(address.v4.sin_port);
    return fd;
}

/* A listener whose queue is full: whoever comes next hears nothing at all. */
static int listen_full(uint32_t ip, int *port, int fillers[4])
{
    int fd = listen_on(ip, 0, port);
    struct address address = of_host(ip, *port);
    for (int i = 0; i < 4; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], &address.any, address.length);
    }
    return fd;
}

static struct dial *dial_to(const struct address *list, size_t count)
{
    struct addresses addresses = {.count = 0};
    for (size_t i = 0; i < count; i++)
        (void)addresses_add(&addresses, &list[i]);
    struct dial_setup setup = {.addresses = &addresses, .on_done = on_done, .userdata = &told};
    struct dial *dial = dial_start(told.loop, &setup);
    ck_assert_int_eq(told.calls, 0); /* never from within */
    return dial;
}

static uint32_t peer_of(int fd)
{
    struct address address = {.length = sizeof address.v6};
    ck_assert_int_eq(getpeername(fd, &address.any, &address.length), 0);
    return ntohl(address.v4.sin_addr.s_addr);
}

START_TEST(a_dead_address_leads_to_the_next_at_once)
{
    int port = 0, server = listen_on(0x7f000001, 5, &port);
    struct address list[] = {of_host(0x7f000002, port), of_host(0x7f000003, port),
                             of_host(0x7f000001, port)};
    int64_t begin_ns = clock_now_ns();
    struct dial *dial = dial_to(list, 3);
    (void)ev_run(told.loop, 0);
    dial_free(&dial);
    ck_assert_int_eq(told.calls, 1);
    ck_assert_uint_eq(peer_of(told.fd), 0x7f000001);
    ck_assert_int_lt(clock_now_ns() - begin_ns, 200 * NS_PER_MS);
    (void)close(told.fd);
    (void)close(server);
}
END_TEST

START_TEST(a_silent_address_is_not_waited_for_alone)
{
    int port = 0, fillers[4];
    int silent = listen_full(0x7f000002, &port, fillers);
    int server = listen_on(0x7f000001, 5, &port);
    struct address list[] = {of_host(0x7f000002, port), of_host(0x7f000001, port)};
    int64_t begin_ns = clock_now_ns();
    struct dial *dial = dial_to(list, 2);
    (void)ev_run(told.loop, 0);
    ck_assert_uint_eq(peer_of(told.fd), 0x7f000001);
    ck_assert_int_ge(clock_now_ns() - begin_ns, 240 * NS_PER_MS);
    (void)close(told.fd);
    for (int i = 0; i < 4; i++)
        (void)close(fillers[i]);
    (void)close(silent);
    (void)close(server);
    ck_assert_int_eq(lab_fd_count(), fds_before); /* before dial_free(): the other one is closed */
    dial_free(&dial);
}
END_TEST

START_TEST(when_all_are_dead_the_last_one_s_reason_is_told)
{
    int port = 0, server = listen_on(0x7f000001, 5, &port);
    (void)close(server);
    struct address list[] = {of_host(0x7f000002, port), of_host(0x7f000001, port)};
    struct dial *dial = dial_to(list, 2);
    (void)ev_run(told.loop, 0);
    dial_free(&dial);
    ck_assert_int_eq(told.calls, 1);
    ck_assert_int_eq(told.fd, -1);
    ck_assert_int_eq(told.number, ECONNREFUSED);
}
END_TEST

START_TEST(what_is_freed_while_it_dials_says_nothing)
{
    int port = 0, fillers[4], silent = listen_full(0x7f000002, &port, fillers);
    struct address list[] = {of_host(0x7f000002, port)};
    struct dial *dial = dial_to(list, 1);
    (void)ev_run(told.loop, EVRUN_NOWAIT);
    dial_free(&dial);
    (void)ev_run(told.loop, EVRUN_NOWAIT);
    ck_assert_int_eq(told.calls, 0);
    for (int i = 0; i < 4; i++)
        (void)close(fillers[i]);
    (void)close(silent);
}
END_TEST

Suite *suite_dial(void)
{
    Suite *suite = suite_create("dial");
    TCase *cases = tcase_create("dial");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, a_dead_address_leads_to_the_next_at_once);
    tcase_add_test(cases, a_silent_address_is_not_waited_for_alone);
    tcase_add_test(cases, when_all_are_dead_the_last_one_s_reason_is_told);
    tcase_add_test(cases, what_is_freed_while_it_dials_says_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}
