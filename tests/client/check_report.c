#include "cli/report.h"

#include "lib/deadline.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct task_result in_kex(enum task_outcome outcome)
{
    struct task_result result = {
        .outcome = outcome, .phase = PHASE_KEX, .elapsed_ns = 500 * NS_PER_MS};
    result.phase_entered[PHASE_TCP] = result.phase_entered[PHASE_KEX] = true;
    result.phase_ns[PHASE_TCP] = NS_PER_MS / 5;
    result.phase_ns[PHASE_KEX] = 4987 * NS_PER_MS / 10;
    return result;
}

START_TEST(a_timeout_names_its_phase_and_what_each_phase_took)
{
    char text[300];
    struct task_result result = in_kex(TASK_TIMEOUT);
    report_write(text, sizeof text, &result);
    ck_assert_str_eq(text, "timeout after 500 ms in phase kex (tcp 0.2 ms, kex 498.7 ms)");
}
END_TEST

START_TEST(a_failure_gives_its_reason_without_control_characters)
{
    char text[300];
    struct task_result result = in_kex(TASK_FAILURE);
    (void)snprintf(result.error, sizeof result.error, "no \033[2J good\n");
    report_write(text, sizeof text, &result);
    ck_assert_str_eq(text,
                     "failure after 500 ms in phase kex: no  [2J good  (tcp 0.2 ms, kex 498.7 ms)");
}
END_TEST

START_TEST(a_text_that_does_not_fit_is_cut)
{
    char text[20];
    struct task_result result = in_kex(TASK_TIMEOUT);
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
    tcase_add_test(cases, a_text_that_does_not_fit_is_cut);
    suite_add_tcase(suite, cases);
    return suite;
}
