/* The engine against fakesshd: what libssh does to a client when the server misbehaves after the
 * identification strings. Each trap of libssh 0.10.6 that session.h names has its test here. */
#include "lib/session.h"

#include "lab.h"
#include "suites.h"

#include <stdio.h>

#include <string.h>

static struct lab lab;

static void set_up(void)
{
    lab_init(&lab);
}

static void tear_down(void)
{
    lab_fini(&lab);
}

static void expect_timeout(const char *body, enum phase phase)
{
    struct lab_result result = lab_try_script(&lab, body, 250);
    lab_expect(&result, TASK_TIMEOUT, phase, 250);
}

/* Well before the deadline, with these words in the sentence. */
static void expect_failure(const char *body, enum phase phase, const char *words)
{
    struct lab_result result = lab_try_script(&lab, body, 3000);
    lab_expect(&result, TASK_FAILURE, phase, 0);
    ck_assert_msg(strstr(result.result.error, words) != NULL, "'%s' has no '%s'",
                  result.result.error, words);
}

START_TEST(an_honest_server_gives_success_with_output_and_status)
{
    struct lab_result result = lab_try_script(&lab, "conn:healthy()", 3000);
    ck_assert_str_eq(result.result.error, "");
    ck_assert_int_eq(result.result.outcome, TASK_SUCCESS);
    ck_assert_uint_eq(result.result.exit_status, 0);
    ck_assert_uint_eq(result.output_bytes, 5);
    ck_assert_mem_eq(result.output, "abcd\n", 5);
}
END_TEST

START_TEST(a_timeout_names_the_step_of_the_key_exchange)
{
    expect_timeout("conn:hold_before('KEXINIT') conn:healthy()", PHASE_KEXINIT);
    expect_timeout("conn:hold_before('KEX_REPLY') conn:healthy()", PHASE_KEX);
    expect_timeout("conn:hold_before('NEWKEYS') conn:healthy()", PHASE_NEWKEYS);
}
END_TEST

START_TEST(a_timeout_tells_a_service_that_is_not_accepted_from_an_unanswered_authentication)
{
    expect_timeout("conn:upto('service') conn:hold()", PHASE_SERVICE);
    expect_timeout("conn:upto('auth') conn:hold()", PHASE_AUTH);
}
END_TEST

START_TEST(a_timeout_names_what_the_channel_waits_for)
{
    expect_timeout("conn:upto('channel') conn:hold()", PHASE_CHANNEL);
    expect_timeout("conn:upto('request') conn:hold()", PHASE_REQUEST);
    expect_timeout("conn:upto('data') conn:hold()", PHASE_DATA);
    expect_timeout("local c = conn:upto('data') c:write('x') c:eof() conn:hold()", PHASE_EXIT);
}
END_TEST

START_TEST(a_rekey_that_stalls_is_a_timeout_in_rekey)
{
    expect_timeout("conn:upto('data') conn:stop_reading() conn:rekey() conn:hold()", PHASE_REKEY);
}
END_TEST

START_TEST(an_exit_status_without_end_of_output_is_a_timeout_in_close)
{
    expect_timeout("local c = conn:upto('data') c:write('x') c:exit_status(0) conn:hold()",
                   PHASE_CLOSE);
}
END_TEST

START_TEST(an_exit_status_with_end_of_output_is_enough)
{
    struct lab_result result = lab_try_script(
        &lab, "local c = conn:upto('data') c:write('x') c:exit_status(9) c:eof() conn:hold()",
        3000);
    ck_assert_str_eq(result.result.error, "");
    ck_assert_int_eq(result.result.outcome, TASK_SUCCESS);
    ck_assert_uint_eq(result.result.exit_status, 9);
}
END_TEST

/* libssh makes the descriptor blocking at its first POLLOUT: send() would hang in here. */
START_TEST(a_peer_that_stops_reading_stdin_does_not_hold_up_the_deadline)
{
    lab.stdin_bytes = (size_t)16 * 1024 * 1024;
    /* The first data makes libssh's server open its window to 1.28 MB: more than small buffers
     * hold. */
    lab.fields = "listen = { small_buffer = true },";
    expect_timeout("conn:upto('data') conn:sleep(0.05) conn:stop_reading() conn:hold()",
                   PHASE_DATA);
}
END_TEST

START_TEST(stdin_of_many_windows_arrives_whole)
{
    lab.stdin_bytes = (size_t)4 * 1024 * 1024;
    struct lab_result result = lab_try_script(&lab, "conn:healthy()", 5000);
    ck_assert_str_eq(result.result.error, "");
    ck_assert_int_eq(result.result.outcome, TASK_SUCCESS);
}
END_TEST

/* After a MAC error ssh_userauth_publickey() says SSH_AGAIN for ever. */
START_TEST(a_corrupt_packet_is_a_failure_at_once_and_not_at_the_deadline)
{
    expect_failure("conn:upto('service') conn:flip(9) conn:healthy()", PHASE_SERVICE, "");
    expect_failure("conn:upto('auth') conn:flip(9) conn:healthy()", PHASE_AUTH, "");
    expect_failure("conn:upto('channel') conn:flip(9) conn:healthy()", PHASE_CHANNEL, "");
    expect_failure("local c = conn:upto('data') conn:flip(9) c:write('hello') conn:hold()",
                   PHASE_DATA, "");
}
END_TEST

/* ssh_channel_read() would drop it. */
START_TEST(output_before_a_lost_connection_is_delivered)
{
    struct lab_result result = lab_try_script(
        &lab, "local c = conn:upto('data') c:write(('x'):rep(3000)) conn:finish()", 3000);
    lab_expect(&result, TASK_FAILURE, PHASE_DATA, 0);
    ck_assert_uint_eq(result.output_bytes, 3000);
}
END_TEST

START_TEST(a_flood_before_authentication_is_a_failure)
{
    expect_failure("conn:flood('nothing to see here\\r\\n')", PHASE_IDENT,
                   "before authentication was done");
    expect_failure("conn:upto('auth') while conn:ignore(('x'):rep(8000)) do conn:sleep(0) end",
                   PHASE_AUTH, "before authentication was done");
}
END_TEST

START_TEST(output_over_the_limit_is_a_failure)
{
    expect_failure("local c = conn:upto('data') c:write(('x'):rep(1200000)) conn:hold()",
                   PHASE_DATA, "over the limit");
}
END_TEST

START_TEST(an_oversized_identification_string_is_a_failure)
{
    expect_failure("conn:send('SSH-2.0-' .. ('x'):rep(65536))", PHASE_IDENT, "");
}
END_TEST

START_TEST(a_signal_and_a_close_without_status_are_told_apart)
{
    expect_failure("local c = conn:upto('data') c:exit_signal('KILL') c:close() conn:hold()",
                   PHASE_EXIT, "signal KILL");
    expect_failure("local c = conn:upto('data') c:close() conn:hold()", PHASE_EXIT,
                   "without an exit status");
}
END_TEST

/* libssh waits on for the reply to the exec request. */
START_TEST(a_close_instead_of_the_exec_reply_is_a_failure_at_once)
{
    expect_failure("local c = conn:channel() c:request() c:close() conn:hold()", PHASE_REQUEST,
                   "before it accepted the command");
}
END_TEST

START_TEST(refusals_are_failures_with_the_servers_words)
{
    expect_failure("conn:auth{ accept = false } conn:hold()", PHASE_AUTH, "denied");
    expect_failure("local c = conn:channel() c:refuse() conn:hold()", PHASE_REQUEST, "exec");
    expect_failure("conn:upto('data') conn:disconnect('going down')", PHASE_DATA, "going down");
}
END_TEST

START_TEST(a_wrong_host_key_is_a_failure_before_anything_secret_is_sent)
{
    struct lab_server server;
    lab_serve(&server, NULL, "conn:healthy()");
    struct task_options options = lab_options(server.port, 3000); /* pins another key */
    options.password = server.password;
    struct lab_result result = lab_try(&lab, &options);
    lab_expect(&result, TASK_FAILURE, PHASE_KEX, 0);
    ck_assert_ptr_nonnull(strstr(result.result.error, "not the expected one"));
    ck_assert(!result.result.phase_entered[PHASE_SERVICE]);
    lab_stop(&server);
}
END_TEST

START_TEST(a_password_serves_where_there_is_no_key)
{
    struct lab_server server;
    struct hostkey_policy policy = {0};
    lab_serve(&server, NULL, "conn:healthy()");
    ck_assert(hostkey_add_line(&policy, server.hostkey, NULL));
    struct task_options options = lab_options(server.port, 3000);
    options.hostkeys = &policy;
    options.user = server.user;
    options.password = server.password;
    struct lab_result result = lab_try(&lab, &options);
    ck_assert_str_eq(result.result.error, "");
    options = lab_options(server.port, 3000);
    options.hostkeys = &policy;
    options.user = server.user;
    options.password = "wrong";
    result = lab_try(&lab, &options);
    lab_expect(&result, TASK_FAILURE, PHASE_AUTH, 0);
    lab_stop(&server);
    hostkey_fini(&policy);
}
END_TEST

START_TEST(failures_and_timeouts_in_every_phase_leave_no_descriptor)
{
    static const char *bodies[] = {
        "conn:upto('service') conn:hold()",    "conn:upto('auth') conn:hold()",
        "conn:upto('channel') conn:hold()",    "conn:upto('data') conn:hold()",
        "conn:upto('auth') conn:reset()",      "conn:upto('data') conn:finish()",
        "conn:upto('data') conn:disconnect()", "conn:healthy()"};
    int before = lab_fd_count();
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        (void)lab_try_script(&lab, bodies[i], 100);
        ck_assert_msg(lab_fd_count() == before, "%s: %d descriptors, %d before", bodies[i],
                      lab_fd_count(), before);
    }
}
END_TEST

START_TEST(a_password_answers_a_question_when_it_is_not_taken_as_one)
{
    lab.fields = "engine = \"crafted\",";
    lab.has_password = true;
    struct lab_result result = lab_try_script(&lab,
                                              "    conn:auth{ accept = false }\n"
                                              "    conn:healthy()",
                                              5000);
    ck_assert_int_eq(result.result.outcome, TASK_SUCCESS);
    ck_assert_str_eq(result.output, "abcd\n");
}
END_TEST

START_TEST(questions_that_are_none_for_a_password_are_not_answered_with_it)
{
    static const char script[] =
        "    conn:intercept(\"USERAUTH_REQUEST\")\n"
        "    conn:upto(\"auth\")\n"
        "    conn:expect(\"USERAUTH_REQUEST\")\n"
        "    conn:packet{ \"USERAUTH_FAILURE\", methods = \"keyboard-interactive\" }\n"
        "    conn:expect(\"USERAUTH_REQUEST\")\n"
        "    conn:intercept(\"USERAUTH_INFO_RESPONSE\")\n"
        "    conn:packet{ raw = \"\\60\" .. string.pack(\">s4s4s4I4s4I1%s\", \"\", \"\", \"\", %s) }\n"
        "    if conn:expect(\"USERAUTH_INFO_RESPONSE\", 1) then conn:log(\"answered\") end\n"
        "    conn:hold()";
    static const char *const kinds[][2] = {{"", "1, \"shown: \", 1"},
                                           {"s4I1", "2, \"a: \", 0, \"b: \", 0"}};
    lab.fields = "engine = \"crafted\",";
    lab.has_password = true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char body[1200];
        (void)snprintf(body, sizeof body, script, kinds[i][0], kinds[i][1]);
        struct lab_result result = lab_try_script(&lab, body, 5000);
        lab_expect(&result, TASK_FAILURE, PHASE_AUTH, 0);
    }
}
END_TEST

Suite *suite_session(void)
{
    Suite *suite = suite_create("session");
    TCase *cases = tcase_create("session");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 30);
    tcase_add_test(cases, an_honest_server_gives_success_with_output_and_status);
    tcase_add_test(cases, a_timeout_names_the_step_of_the_key_exchange);
    tcase_add_test(
        cases, a_timeout_tells_a_service_that_is_not_accepted_from_an_unanswered_authentication);
    tcase_add_test(cases, a_timeout_names_what_the_channel_waits_for);
    tcase_add_test(cases, a_rekey_that_stalls_is_a_timeout_in_rekey);
    tcase_add_test(cases, an_exit_status_without_end_of_output_is_a_timeout_in_close);
    tcase_add_test(cases, an_exit_status_with_end_of_output_is_enough);
    tcase_add_test(cases, a_peer_that_stops_reading_stdin_does_not_hold_up_the_deadline);
    tcase_add_test(cases, stdin_of_many_windows_arrives_whole);
    tcase_add_test(cases, a_corrupt_packet_is_a_failure_at_once_and_not_at_the_deadline);
    tcase_add_test(cases, output_before_a_lost_connection_is_delivered);
    tcase_add_test(cases, a_flood_before_authentication_is_a_failure);
    tcase_add_test(cases, output_over_the_limit_is_a_failure);
    tcase_add_test(cases, an_oversized_identification_string_is_a_failure);
    tcase_add_test(cases, a_signal_and_a_close_without_status_are_told_apart);
    tcase_add_test(cases, a_close_instead_of_the_exec_reply_is_a_failure_at_once);
    tcase_add_test(cases, refusals_are_failures_with_the_servers_words);
    tcase_add_test(cases, a_wrong_host_key_is_a_failure_before_anything_secret_is_sent);
    tcase_add_test(cases, a_password_serves_where_there_is_no_key);
    tcase_add_test(cases, failures_and_timeouts_in_every_phase_leave_no_descriptor);
    tcase_add_test(cases, a_password_answers_a_question_when_it_is_not_taken_as_one);
    tcase_add_test(cases, questions_that_are_none_for_a_password_are_not_answered_with_it);
    suite_add_tcase(suite, cases);
    return suite;
}
