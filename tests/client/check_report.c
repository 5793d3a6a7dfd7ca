#include "cli/report.h"

#include "lib/deadline.h"
#include "lib/result.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct sshexec_result in_kex(sshexec_outcome outcome)
{
    struct sshexec_result result;
    result_init(&result);
    result.outcome = outcome;
    result.phase = SSHEXEC_PHASE_KEX;
    result.elapsed_ns = 500 * NS_PER_MS;
    result.phase_ns[SSHEXEC_PHASE_QUEUE] = NS_PER_MS;
    result.phase_ns[SSHEXEC_PHASE_TCP] = NS_PER_MS / 5;
    result.phase_ns[SSHEXEC_PHASE_KEX] = 4987 * NS_PER_MS / 10;
    return result;
}

START_TEST(a_timeout_names_its_phase_and_what_each_phase_took)
{
    char text[300];
    struct sshexec_result result = in_kex(SSHEXEC_TIMEOUT);
    report_write(text, sizeof text, &result);
    ck_assert_str_eq(text, "timeout after 500 ms in phase kex (tcp 0.2 ms, kex 498.7 ms)");
}
END_TEST

START_TEST(a_failure_gives_its_reason_without_control_characters)
{
    char text[300];
    struct sshexec_result result = in_kex(SSHEXEC_FAILURE);
    (void)snprintf(result.error, sizeof result.error, "no \033[2J good\n");
    report_write(text, sizeof text, &result);
    ck_assert_str_eq(text,
                     "failure after 500 ms in phase kex: no  [2J good  (tcp 0.2 ms, kex 498.7 ms)");
}
END_TEST

START_TEST(what_could_not_be_tried_was_in_no_phase)
{
    char text[300];
    struct sshexec_result result;
    result_init(&result);
    result.outcome = SSHEXEC_COULD_NOT_TRY;
    (void)snprintf(result.error, sizeof result.error, "no key");
    report_write(text, sizeof text, &result);
    ck_assert_str_eq(text, "could not try: no key");
}
END_TEST

START_TEST(a_text_that_does_not_fit_is_cut)
{
    char text[20];
    struct sshexec_result result = in_kex(SSHEXEC_TIMEOUT);
    report_write(text, sizeof text, &result);
    ck_assert_uint_eq(strlen(text), sizeof text - 1);
}
END_TEST

Suite *suite_report(void)
{
    Suite *suite = suite_create("report");
    TCase *cases = tcase_create("report");
    tcase_add_test(cases, a_timeout_names_its_phase_and_what_each_phase_took);
    tcase_add_test(cases, a_failure_gives_its_reason_without_control_characters);
    tcase_add_test(cases, what_could_not_be_tried_was_in_no_phase);
    tcase_add_test(cases, a_text_that_does_not_fit_is_cut);
    suite_add_tcase(suite, cases);
    return suite;
}
