/* A client built on libssh, against servers that misbehave.
 *     cc check_client.c lease.c $(pkg-config --cflags --libs check jansson libssh) */
#include "lease.h"

#include <check.h>
#include <libssh/libssh.h>
#include <stdlib.h>
#include <time.h>

enum { TIMEOUT_S = 1 };

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* SSH_OK when it is logged in. */
static int log_in(const struct lease *lease)
{
    long timeout_s = TIMEOUT_S;
    ssh_session session = ssh_new();
    ck_assert_ptr_nonnull(session);
    (void)ssh_options_set(session, SSH_OPTIONS_HOST, lease->host);
    (void)ssh_options_set(session, SSH_OPTIONS_PORT, &lease->port);
    (void)ssh_options_set(session, SSH_OPTIONS_USER, lease->user);
    (void)ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &timeout_s);
    int status = ssh_connect(session);
    if (status == SSH_OK)
        status = ssh_userauth_password(session, NULL, lease->password);
    ssh_disconnect(session);
    ssh_free(session);
    return status;
}

START_TEST(an_honest_server_lets_it_in)
{
    struct lease lease = lease_take("healthy/exec");
    ck_assert_int_eq(log_in(&lease), SSH_AUTH_SUCCESS);
    lease_wait(&lease, "phase:auth");
    json_decref(lease_release(&lease));
}
END_TEST

static const char *const silent[] = {"ident/silent", "kex/no-reply"};

START_TEST(a_server_that_falls_silent_is_given_up_and_its_connection_closed)
{
    struct lease lease = lease_take(silent[_i]);
    double begin_s = now_s();
    ck_assert_int_ne(log_in(&lease), SSH_OK);
    ck_assert_double_lt(now_s() - begin_s, 3 * TIMEOUT_S);
    lease_wait(&lease, "fault"); /* it has come as far as that, and was not turned away before */
    lease_wait(&lease, "closed");
    json_t *witness = lease_release(&lease);
    json_t *connections = json_object_get(witness, "connections");
    ck_assert_int_eq(json_integer_value(json_object_get(connections, "seen")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(connections, "left_open")), 0);
    json_decref(witness);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client");
    TCase *cases = tcase_create("client");
    tcase_add_unchecked_fixture(cases, lease_control_start, lease_control_stop);
    tcase_set_timeout(cases, 20);
    tcase_add_test(cases, an_honest_server_lets_it_in);
    tcase_add_loop_test(cases, a_server_that_falls_silent_is_given_up_and_its_connection_closed, 0,
                        (int)(sizeof silent / sizeof silent[0]));
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
