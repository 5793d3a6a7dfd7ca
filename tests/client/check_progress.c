#include "lib/progress.h"

#include "suites.h"

#define LIMIT 1000

static struct progress running(void)
{
    return (struct progress){.connected = true,
                             .ident_received = true,
                             .kexinit_received = true,
                             .newkeys_sent = true,
                             .keys_in_use = true,
                             .service_accepted = true,
                             .authenticated = true,
                             .channel_open = true,
                             .exec_accepted = true};
}

START_TEST(the_phase_is_the_first_thing_that_is_still_missing)
{
    struct progress p = {0};
    ck_assert_int_eq(progress_phase(&p), PHASE_TCP);
    p.connected = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_IDENT);
    p.ident_received = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_KEXINIT);
    p.kexinit_received = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_KEX);
    p.newkeys_sent = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_NEWKEYS);
    p.keys_in_use = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_SERVICE);
    p.service_accepted = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_AUTH);
    p.authenticated = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_CHANNEL);
    p.channel_open = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_REQUEST);
    p.exec_accepted = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_DATA);
    p.rekeying = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_REKEY);
    p.rekeying = false;
    p.eof_received = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_EXIT);
    p.exit_status_received = true;
    ck_assert_int_eq(progress_phase(&p), PHASE_CLOSE);
}
END_TEST

START_TEST(an_exit_status_without_the_end_of_output_is_no_success)
{
    struct progress p = running();
    p.exit_status_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_GOES_ON);
    ck_assert_int_eq(progress_phase(&p), PHASE_CLOSE);
    p.eof_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_COMPLETE);
}
END_TEST

START_TEST(a_refused_command_is_a_failure_whatever_comes_after)
{
    struct progress p = running();
    p.exec_accepted = false;
    p.exec_refused = true;
    p.eof_received = p.close_received = p.exit_status_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_REFUSED);
    ck_assert_int_eq(progress_end_phase(&p, PROGRESS_REFUSED), PHASE_REQUEST);
}
END_TEST

START_TEST(an_end_of_output_without_exit_status_is_no_success)
{
    struct progress p = running();
    p.eof_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_GOES_ON);
    p.close_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_NO_EXIT_STATUS);
    ck_assert_int_eq(progress_end_phase(&p, PROGRESS_NO_EXIT_STATUS), PHASE_EXIT);
}
END_TEST

START_TEST(a_close_counts_as_the_end_of_output)
{
    struct progress p = running();
    p.exit_status_received = true;
    p.close_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_COMPLETE);
}
END_TEST

START_TEST(a_close_before_the_exec_reply_ends_the_task)
{
    struct progress p = running();
    p.exec_accepted = false;
    p.close_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_NOT_STARTED);
    ck_assert_int_eq(progress_end_phase(&p, PROGRESS_NOT_STARTED), PHASE_REQUEST);
}
END_TEST

START_TEST(a_signal_is_no_success)
{
    struct progress p = running();
    p.exit_signal_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_GOES_ON);
    p.eof_received = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_SIGNALLED);
}
END_TEST

START_TEST(output_beyond_the_limit_or_after_its_end_fails_whatever_else_came)
{
    struct progress p = running();
    p.exit_status_received = true;
    p.eof_received = true;
    p.output_bytes = LIMIT;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_COMPLETE);
    p.data_after_eof = true;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_DATA_AFTER_EOF);
    p.output_bytes = LIMIT + 1;
    ck_assert_int_eq(progress_end(&p, LIMIT), PROGRESS_TOO_MUCH_OUTPUT);
}
END_TEST

START_TEST(a_failed_key_exchange_is_named_kex_as_a_whole)
{
    ck_assert_int_eq(progress_failure_phase(PHASE_KEXINIT), PHASE_KEX);
    ck_assert_int_eq(progress_failure_phase(PHASE_NEWKEYS), PHASE_KEX);
    ck_assert_int_eq(progress_failure_phase(PHASE_IDENT), PHASE_IDENT);
    ck_assert_int_eq(progress_failure_phase(PHASE_REKEY), PHASE_REKEY);
}
END_TEST

START_TEST(no_phase_on_the_way_to_the_data_is_left_out)
{
    ck_assert_int_eq(phase_towards(PHASE_SERVICE, PHASE_DATA), PHASE_AUTH);
    ck_assert_int_eq(phase_towards(PHASE_REQUEST, PHASE_CLOSE), PHASE_DATA);
    ck_assert_int_eq(phase_towards(PHASE_DATA, PHASE_CLOSE), PHASE_CLOSE);
    ck_assert_int_eq(phase_towards(PHASE_AUTH, PHASE_REKEY), PHASE_REKEY);
    ck_assert_int_eq(phase_towards(PHASE_REKEY, PHASE_DATA), PHASE_DATA);
    ck_assert_int_eq(phase_towards(PHASE_KEX, PHASE_TCP), PHASE_TCP);
}
END_TEST

Suite *suite_progress(void)
{
    Suite *suite = suite_create("progress");
    TCase *cases = tcase_create("progress");
    tcase_add_test(cases, the_phase_is_the_first_thing_that_is_still_missing);
    tcase_add_test(cases, an_exit_status_without_the_end_of_output_is_no_success);
    tcase_add_test(cases, a_refused_command_is_a_failure_whatever_comes_after);
    tcase_add_test(cases, an_end_of_output_without_exit_status_is_no_success);
    tcase_add_test(cases, a_close_counts_as_the_end_of_output);
    tcase_add_test(cases, a_close_before_the_exec_reply_ends_the_task);
    tcase_add_test(cases, a_signal_is_no_success);
    tcase_add_test(cases, output_beyond_the_limit_or_after_its_end_fails_whatever_else_came);
    tcase_add_test(cases, no_phase_on_the_way_to_the_data_is_left_out);
    tcase_add_test(cases, a_failed_key_exchange_is_named_kex_as_a_whole);
    suite_add_tcase(suite, cases);
    return suite;
}
