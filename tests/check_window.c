#include "judge/window.h"

#include "base/clock.h"
#include "suites.h"

#include <math.h>
#include <signal.h>
#include <string.h>

#define MS      CLOCK_NS_PER_MS
#define SUCCESS OUTCOME_BIT(OUTCOME_SUCCESS)
#define TIMEOUT OUTCOME_BIT(OUTCOME_TIMEOUT)
#define FAILURE OUTCOME_BIT(OUTCOME_FAILURE)

static char why[400];

/* A deadline of 500 ms, a grace of 100 ms: early before 495, late after 600, hung from 2500. */
static struct window half_second(void)
{
    return window_make(500, window_grace_ms(500, GRACE_NATIVE_MS), 1.0);
}

/* Judges a task that connected, ended after `elapsed_ms` and said `outcome`. */
static enum deadline_verdict said(outcome_set expected, enum outcome outcome, double elapsed_ms)
{
    struct window window = half_second();
    struct expectation expectation = {expected, 0};
    struct task_facts facts = {.ended = true,
                               .elapsed_ns = (int64_t)(elapsed_ms * (double)MS),
                               .outcome = outcome,
                               .contact = true,
                               .contact_needed = true,
                               .command_done = outcome == OUTCOME_SUCCESS,
                               .answer_right = outcome == OUTCOME_SUCCESS};
    return window_judge(&window, &expectation, &facts, why, sizeof why);
}

START_TEST(the_bounds_are_those_of_the_rule)
{
    struct window window = half_second();
    ck_assert_int_eq(window.deadline_ns, 500 * MS);
    ck_assert_int_eq(window.early_ns, 495 * MS); /* 1 % of 500 ms */
    ck_assert_int_eq(window.late_ns, 600 * MS);
    ck_assert_int_eq(window.hung_ns, 2500 * MS);
    ck_assert_int_eq(window_make(100, 100, 1.0).early_ns, 98 * MS); /* at least 2 ms */
    window = window_make(20000, window_grace_ms(20000, GRACE_MANAGED_MS), 1.0);
    ck_assert_int_eq(window.grace_ns, 1000 * MS); /* 5 % of 20 s */
    ck_assert_int_eq(window.hung_ns, 25000 * MS); /* 5 x grace is more than 2 s */
}
END_TEST

START_TEST(a_slow_machine_widens_the_grace_and_never_the_early_bound)
{
    struct window window = window_make(500, 100, 3.0);
    ck_assert_int_eq(window.grace_ns, 300 * MS);
    ck_assert_int_eq(window.late_ns, 800 * MS);
    ck_assert_int_eq(window.early_ns, 495 * MS);
    ck_assert_int_eq(window_make(500, 1000, 1.0).hung_ns, 5500 * MS);
    ck_assert_int_eq(window_make(500, 100, 0.2).late_ns, 600 * MS);
    ck_assert_int_eq(window_make(500, 100, (double)NAN).late_ns, 600 * MS);
}
END_TEST

START_TEST(the_table_of_outcomes_holds_in_every_cell)
{
    static const struct {
        outcome_set expected;
        enum outcome outcome;
        enum deadline_verdict before, after, beyond; /* at 100 ms, 510 ms, 700 ms */
    } table[] = {
        {SUCCESS, OUTCOME_SUCCESS, DEADLINE_OK, DEADLINE_OK, DEADLINE_LATE},
        {SUCCESS, OUTCOME_TIMEOUT, DEADLINE_EARLY, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME},
        {SUCCESS, OUTCOME_FAILURE, DEADLINE_EARLY, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME},
        {TIMEOUT, OUTCOME_SUCCESS, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME,
         DEADLINE_WRONG_OUTCOME},
        {TIMEOUT, OUTCOME_TIMEOUT, DEADLINE_EARLY, DEADLINE_OK, DEADLINE_LATE},
        {TIMEOUT, OUTCOME_FAILURE, DEADLINE_EARLY, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME},
        {FAILURE, OUTCOME_SUCCESS, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME,
         DEADLINE_WRONG_OUTCOME},
        {FAILURE, OUTCOME_TIMEOUT, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME,
         DEADLINE_WRONG_OUTCOME},
        {FAILURE, OUTCOME_FAILURE, DEADLINE_OK, DEADLINE_OK, DEADLINE_LATE},
        {SUCCESS | TIMEOUT, OUTCOME_SUCCESS, DEADLINE_OK, DEADLINE_OK, DEADLINE_LATE},
        {SUCCESS | TIMEOUT, OUTCOME_TIMEOUT, DEADLINE_EARLY, DEADLINE_OK, DEADLINE_LATE},
        {SUCCESS | TIMEOUT, OUTCOME_FAILURE, DEADLINE_EARLY, DEADLINE_WRONG_OUTCOME,
         DEADLINE_WRONG_OUTCOME},
        {FAILURE | TIMEOUT, OUTCOME_TIMEOUT, DEADLINE_OK, DEADLINE_OK, DEADLINE_LATE},
        {FAILURE | TIMEOUT, OUTCOME_FAILURE, DEADLINE_OK, DEADLINE_OK, DEADLINE_LATE},
        {SUCCESS | FAILURE, OUTCOME_FAILURE, DEADLINE_OK, DEADLINE_OK, DEADLINE_LATE},
        {TIMEOUT, OUTCOME_CANCELLED, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME,
         DEADLINE_WRONG_OUTCOME},
        {FAILURE, OUTCOME_COULD_NOT_TRY, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME,
         DEADLINE_WRONG_OUTCOME},
        {FAILURE, OUTCOME_UNSUPPORTED, DEADLINE_WRONG_OUTCOME, DEADLINE_WRONG_OUTCOME,
         DEADLINE_WRONG_OUTCOME},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        ck_assert_msg(said(table[i].expected, table[i].outcome, 100) == table[i].before,
                      "row %zu before: %s", i, why);
        ck_assert_msg(said(table[i].expected, table[i].outcome, 510) == table[i].after,
                      "row %zu after: %s", i, why);
        ck_assert_msg(said(table[i].expected, table[i].outcome, 700) == table[i].beyond,
                      "row %zu beyond: %s", i, why);
    }
}
END_TEST

START_TEST(a_cancelled_task_says_so_soon_after_it_was_cancelled)
{
    outcome_set cancelled = OUTCOME_BIT(OUTCOME_CANCELLED);
    ck_assert_int_eq(said(cancelled, OUTCOME_CANCELLED, 501), DEADLINE_OK);
    ck_assert_int_eq(said(cancelled, OUTCOME_CANCELLED, 601), DEADLINE_LATE);
    ck_assert_int_eq(said(cancelled, OUTCOME_CANCELLED, 400), DEADLINE_WRONG_OUTCOME);
    ck_assert_int_eq(said(cancelled, OUTCOME_TIMEOUT, 800), DEADLINE_WRONG_OUTCOME);
    ck_assert_int_eq(said(cancelled, OUTCOME_SUCCESS, 501), DEADLINE_WRONG_OUTCOME);
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_CANCELLED, 501), DEADLINE_WRONG_OUTCOME);
    struct window window = half_second();
    struct expectation expectation = {cancelled, 0};
    struct task_facts facts = {.elapsed_ns = 9000 * MS};
    window.is_cancelled = true;
    ck_assert_int_eq(window_judge(&window, &expectation, &facts, why, sizeof why), DEADLINE_HUNG);
    ck_assert_ptr_nonnull(strstr(why, "it was cancelled after 500.0 ms"));
}
END_TEST

START_TEST(only_what_a_slow_machine_can_do_to_a_sound_client_may_be_noise)
{
    struct window_hints none = {0}, late = {.beyond_usual = true}, timed_out = {.timed_out = true};
    struct window_hints unended = {.unended = true};
    ck_assert(!window_may_be_noise(DEADLINE_OK, &none));
    ck_assert(window_may_be_noise(DEADLINE_OK, &late));
    ck_assert(window_may_be_noise(DEADLINE_LATE, &none));
    ck_assert(window_may_be_noise(DEADLINE_WRONG_PHASE, &none));
    ck_assert(window_may_be_noise(DEADLINE_NO_CONTACT, &none));
    ck_assert(window_may_be_noise(DEADLINE_WRONG_OUTCOME, &timed_out));
    ck_assert(!window_may_be_noise(DEADLINE_WRONG_OUTCOME, &none));
    ck_assert(window_may_be_noise(DEADLINE_HUNG, &none));
    ck_assert(!window_may_be_noise(DEADLINE_HUNG, &unended));
    ck_assert(!window_may_be_noise(DEADLINE_EARLY, &late));
    ck_assert(!window_may_be_noise(DEADLINE_CRASH, &late));
}
END_TEST

START_TEST(the_bounds_themselves_belong_to_the_window)
{
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 494.999), DEADLINE_EARLY);
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 495), DEADLINE_OK);
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 600), DEADLINE_OK);
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 600.001), DEADLINE_LATE);
}
END_TEST

START_TEST(a_task_that_never_ends_is_late_first_and_hung_from_its_bound_on)
{
    struct window window = half_second();
    struct expectation expected = {TIMEOUT, 0};
    struct task_facts facts = {.contact = true, .contact_needed = true};
    facts.elapsed_ns = 600 * MS;
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_OK);
    facts.elapsed_ns = 2499 * MS;
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_LATE);
    facts.elapsed_ns = 2500 * MS;
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_HUNG);
    facts.contact = false; /* a hang is a hang, wherever it hung */
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_HUNG);
    ck_assert_ptr_nonnull(strstr(why, "never connected"));
}
END_TEST

START_TEST(a_task_that_comes_back_after_its_hung_bound_was_hung)
{
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 2499), DEADLINE_LATE);
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 2500), DEADLINE_HUNG);
    ck_assert_int_eq(said(SUCCESS, OUTCOME_SUCCESS, 2600), DEADLINE_HUNG);
    ck_assert_ptr_nonnull(strstr(why, "2600.0 ms"));
    ck_assert_ptr_nonnull(strstr(why, "2500.0 ms"));
}
END_TEST

START_TEST(success_without_a_finished_command_or_with_a_wrong_answer_is_a_wrong_outcome)
{
    struct window window = half_second();
    struct expectation expected = {SUCCESS, 0};
    struct task_facts facts = {.ended = true,
                               .elapsed_ns = 20 * MS,
                               .outcome = OUTCOME_SUCCESS,
                               .contact = true,
                               .command_done = false,
                               .answer_right = true};
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why),
                     DEADLINE_WRONG_OUTCOME);
    ck_assert_ptr_nonnull(strstr(why, "never finished the command"));
    facts.command_done = true;
    facts.answer_right = false;
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why),
                     DEADLINE_WRONG_OUTCOME);
    ck_assert_ptr_nonnull(strstr(why, "not what the server sent"));
}
END_TEST

START_TEST(failure_after_a_whole_answer_is_the_reverse_of_a_false_success)
{
    struct window window = half_second();
    struct expectation expected = {SUCCESS, 0};
    struct task_facts facts = {.ended = true,
                               .elapsed_ns = 20 * MS,
                               .outcome = OUTCOME_FAILURE,
                               .contact = true,
                               .command_done = true};
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why),
                     DEADLINE_WRONG_OUTCOME);
    facts.command_done = false;
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_EARLY);
    ck_assert_ptr_nonnull(strstr(why, "gave up on a legal server"));
}
END_TEST

START_TEST(no_contact_needs_a_phase_in_which_the_server_can_see_one)
{
    struct window window = half_second();
    struct expectation expected = {FAILURE, 0};
    struct task_facts facts = {
        .ended = true, .elapsed_ns = 2 * MS, .outcome = OUTCOME_FAILURE, .contact_needed = true};
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why),
                     DEADLINE_NO_CONTACT);
    facts.contact_needed = false;
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_OK);
}
END_TEST

START_TEST(a_crash_is_a_crash_whatever_was_said_before)
{
    struct window window = half_second();
    struct expectation expected = {SUCCESS, 0};
    struct task_facts facts = {.ended = true,
                               .crashed = true,
                               .elapsed_ns = 2 * MS,
                               .outcome = OUTCOME_SUCCESS,
                               .command_done = true,
                               .answer_right = true};
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_CRASH);
    ck_assert_str_eq(why, "died after 2.0 ms (the deadline is 500.0 ms)");
    facts.term_signal = SIGABRT;
    ck_assert_int_eq(window_judge(&window, &expected, &facts, why, sizeof why), DEADLINE_CRASH);
    ck_assert_str_eq(why, "died of signal 6 (Aborted) after 2.0 ms (the deadline is 500.0 ms)");
}
END_TEST

static enum deadline_verdict timed_out_in(phase_set expected_phases, int phase)
{
    struct window window = half_second();
    struct expectation expected = {TIMEOUT, expected_phases};
    struct task_facts facts = {.ended = true,
                               .elapsed_ns = 501 * MS,
                               .outcome = OUTCOME_TIMEOUT,
                               .phase_reported = phase >= 0,
                               .phase = phase >= 0 ? (enum phase)phase : PHASE_DNS,
                               .contact = true};
    return window_judge(&window, &expected, &facts, why, sizeof why);
}

START_TEST(only_a_phase_that_was_reported_can_be_wrong)
{
    ck_assert_int_eq(timed_out_in(PHASE_BIT(PHASE_IDENT), -1), DEADLINE_OK);
    ck_assert_int_eq(timed_out_in(PHASE_BIT(PHASE_IDENT), PHASE_IDENT), DEADLINE_OK);
    ck_assert_int_eq(timed_out_in(PHASE_BIT(PHASE_IDENT), PHASE_TCP), DEADLINE_WRONG_PHASE);
    ck_assert_ptr_nonnull(strstr(why, "named the phase tcp, the fault was in ident"));
    ck_assert_int_eq(timed_out_in(0, PHASE_TCP), DEADLINE_OK);
    ck_assert_int_eq(timed_out_in(PHASE_BIT(PHASE_IDENT) | PHASE_BIT(PHASE_TCP), PHASE_TCP),
                     DEADLINE_OK);
}
END_TEST

START_TEST(kex_from_a_client_stands_for_each_step_of_it)
{
    ck_assert_int_eq(timed_out_in(PHASE_BIT(PHASE_NEWKEYS), PHASE_KEX), DEADLINE_OK);
    ck_assert_int_eq(timed_out_in(PHASE_BIT(PHASE_KEXINIT), PHASE_KEX), DEADLINE_OK);
    ck_assert_int_eq(timed_out_in(PHASE_BIT(PHASE_KEX), PHASE_NEWKEYS), DEADLINE_WRONG_PHASE);
}
END_TEST

START_TEST(every_number_that_was_used_is_in_the_sentence)
{
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 700), DEADLINE_LATE);
    ck_assert_ptr_nonnull(strstr(why, "700.0 ms"));
    ck_assert_ptr_nonnull(strstr(why, "500.0 ms"));
    ck_assert_ptr_nonnull(strstr(why, "600.0 ms"));
    ck_assert_ptr_nonnull(strstr(why, "grace 100.0 ms"));
    ck_assert_int_eq(said(TIMEOUT, OUTCOME_TIMEOUT, 100), DEADLINE_EARLY);
    ck_assert_ptr_nonnull(strstr(why, "495.0 ms"));
}
END_TEST

START_TEST(one_slightly_late_task_does_not_make_a_late_case)
{
    struct window window = half_second();
    enum deadline_verdict one[] = {DEADLINE_OK, DEADLINE_LATE, DEADLINE_OK};
    int64_t slightly[] = {500 * MS, 700 * MS, 500 * MS};
    ck_assert_int_eq(window_judge_all(&window, one, slightly, 3), DEADLINE_OK);
    int64_t grossly[] = {500 * MS, 700 * MS + 1, 500 * MS};
    ck_assert_int_eq(window_judge_all(&window, one, grossly, 3), DEADLINE_LATE);
    enum deadline_verdict two[] = {DEADLINE_LATE, DEADLINE_LATE, DEADLINE_OK};
    ck_assert_int_eq(window_judge_all(&window, two, slightly, 3), DEADLINE_LATE);
}
END_TEST

START_TEST(the_worst_of_a_case_counts)
{
    struct window window = half_second();
    enum deadline_verdict mixed[] = {DEADLINE_LATE, DEADLINE_EARLY, DEADLINE_OK, DEADLINE_LATE};
    int64_t elapsed[] = {650 * MS, 10 * MS, 500 * MS, 650 * MS};
    ck_assert_int_eq(window_judge_all(&window, mixed, elapsed, 3), DEADLINE_EARLY);
    ck_assert_int_eq(window_judge_all(&window, mixed, elapsed, 4), DEADLINE_LATE);
    mixed[2] = DEADLINE_HUNG;
    ck_assert_int_eq(window_judge_all(&window, mixed, elapsed, 4), DEADLINE_HUNG);
    ck_assert_int_eq(window_judge_all(&window, mixed, elapsed, 0), DEADLINE_OK);
}
END_TEST

/* Judges a task of which the witness alone tells: it let go of its connection at `elapsed_ms`. */
static enum deadline_verdict left(outcome_set expected, bool command_done, double elapsed_ms)
{
    struct window window = half_second();
    struct expectation expectation = {expected, 0};
    int64_t elapsed_ns = (int64_t)(elapsed_ms * (double)MS);
    struct task_facts facts = {
        .ended = true,
        .elapsed_ns = elapsed_ns,
        .outcome = window_outcome_seen(&window, &expectation, command_done, elapsed_ns),
        .contact = true,
        .contact_needed = true,
        .command_done = command_done,
        .answer_right = command_done,
        .witnessed = true};
    return window_judge(&window, &expectation, &facts, why, sizeof why);
}

START_TEST(of_a_client_that_says_nothing_the_times_are_judged)
{
    ck_assert_int_eq(left(SUCCESS, true, 100), DEADLINE_OK);
    ck_assert_int_eq(left(SUCCESS, true, 700), DEADLINE_LATE);
    ck_assert_int_eq(left(SUCCESS, false, 100), DEADLINE_EARLY);
    ck_assert_int_eq(left(SUCCESS, false, 510), DEADLINE_WRONG_OUTCOME);
    ck_assert_int_eq(left(TIMEOUT, false, 100), DEADLINE_EARLY);
    ck_assert_ptr_nonnull(strstr(why, "gave up before its deadline: left after 100.0 ms"));
    ck_assert_int_eq(left(TIMEOUT, false, 510), DEADLINE_OK);
    ck_assert_int_eq(left(TIMEOUT, false, 700), DEADLINE_LATE);
    ck_assert_int_eq(left(TIMEOUT, false, 2600), DEADLINE_HUNG);
    ck_assert_int_eq(left(FAILURE, false, 10), DEADLINE_OK);
    ck_assert_int_eq(left(FAILURE, true, 10), DEADLINE_OK); /* what it made of it isn't known */
    ck_assert_int_eq(left(FAILURE | TIMEOUT, false, 10), DEADLINE_OK);
    ck_assert_int_eq(left(SUCCESS | TIMEOUT, true, 10), DEADLINE_OK);
}
END_TEST

START_TEST(one_that_says_nothing_and_never_connects_is_no_hang)
{
    struct window window = half_second();
    struct expectation expectation = {TIMEOUT, 0};
    struct task_facts facts = {.elapsed_ns = 2600 * MS, .contact_needed = true, .witnessed = true};
    ck_assert_int_eq(window_judge(&window, &expectation, &facts, why, sizeof why),
                     DEADLINE_NO_CONTACT);
    facts.contact = true;
    ck_assert_int_eq(window_judge(&window, &expectation, &facts, why, sizeof why), DEADLINE_HUNG);
}
END_TEST

Suite *suite_window(void)
{
    Suite *suite = suite_create("window");
    TCase *cases = tcase_create("window");
    tcase_add_test(cases, the_bounds_are_those_of_the_rule);
    tcase_add_test(cases, a_slow_machine_widens_the_grace_and_never_the_early_bound);
    tcase_add_test(cases, the_table_of_outcomes_holds_in_every_cell);
    tcase_add_test(cases, a_cancelled_task_says_so_soon_after_it_was_cancelled);
    tcase_add_test(cases, only_what_a_slow_machine_can_do_to_a_sound_client_may_be_noise);
    tcase_add_test(cases, the_bounds_themselves_belong_to_the_window);
    tcase_add_test(cases, a_task_that_never_ends_is_late_first_and_hung_from_its_bound_on);
    tcase_add_test(cases, a_task_that_comes_back_after_its_hung_bound_was_hung);
    tcase_add_test(cases,
                   success_without_a_finished_command_or_with_a_wrong_answer_is_a_wrong_outcome);
    tcase_add_test(cases, failure_after_a_whole_answer_is_the_reverse_of_a_false_success);
    tcase_add_test(cases, no_contact_needs_a_phase_in_which_the_server_can_see_one);
    tcase_add_test(cases, a_crash_is_a_crash_whatever_was_said_before);
    tcase_add_test(cases, only_a_phase_that_was_reported_can_be_wrong);
    tcase_add_test(cases, kex_from_a_client_stands_for_each_step_of_it);
    tcase_add_test(cases, every_number_that_was_used_is_in_the_sentence);
    tcase_add_test(cases, one_slightly_late_task_does_not_make_a_late_case);
    tcase_add_test(cases, the_worst_of_a_case_counts);
    tcase_add_test(cases, of_a_client_that_says_nothing_the_times_are_judged);
    tcase_add_test(cases, one_that_says_nothing_and_never_connects_is_no_hang);
    suite_add_tcase(suite, cases);
    return suite;
}
