#include "judge/mutants.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct mutant mutants[3];
static struct case_result cases[6];
static size_t case_count;

static void add_case(const char *client, const char *id, const char *verdict)
{
    struct case_result *result = &cases[case_count++];
    memset(result, 0, sizeof *result);
    result->client = strdup(client);
    result->id = strdup(id);
    ck_assert(verdict_parse(verdict, &result->verdict));
}

static struct mutant_score score_of(void)
{
    struct run_result run = {.cases = cases, .case_count = case_count, .complete = true};
    return mutants_score(mutants, 3, &run);
}

static void set_up(void)
{
    struct err_text error;
    ck_assert_int_eq(mutant_read("none ident/silent OK quick", &mutants[0], &error), ERR_NONE);
    ck_assert_int_eq(mutant_read("late ident/silent LATE quick", &mutants[1], &error), ERR_NONE);
    ck_assert_int_eq(mutant_read("fd healthy/exec LEAK_FD ci", &mutants[2], &error), ERR_NONE);
    case_count = 0;
    add_case("wrong/none", "ident/silent", "OK");
    add_case("wrong/late", "ident/silent", "LATE");
    add_case("wrong/late", "healthy/exec", "OK");
    add_case("wrong/fd", "healthy/exec", "LEAK_FD");
}

static void tear_down(void)
{
    for (size_t i = 0; i < case_count; i++)
        case_result_fini(&cases[i]);
}

START_TEST(each_defect_with_its_own_verdict_is_a_full_score)
{
    struct mutant_score score = score_of();
    ck_assert_int_eq(score.defects, 2);
    ck_assert_int_eq(score.killed, 2);
    ck_assert_int_eq(score.controls, 1); /* what is shown on a healthy server has none */
    ck_assert(mutant_score_is_good(&score));
}
END_TEST

START_TEST(another_verdict_is_no_kill)
{
    ck_assert(verdict_parse("LATE+SPIN", &cases[1].verdict));
    struct mutant_score score = score_of();
    ck_assert_int_eq(score.wrong, 1);
    ck_assert(!mutant_score_is_good(&score));
}
END_TEST

START_TEST(a_defect_that_was_not_judged_is_not_killed)
{
    struct run_result run = {.cases = cases, .case_count = 1, .complete = true};
    struct mutant_score score = mutants_score(mutants, 3, &run);
    ck_assert_int_eq(score.wrong, 2);
}
END_TEST

START_TEST(a_control_that_fails_spoils_the_score)
{
    ck_assert(verdict_parse("LATE", &cases[2].verdict));
    struct mutant_score score = score_of();
    ck_assert_int_eq(score.controls_failed, 1);
    ck_assert(!mutant_score_is_good(&score));
}
END_TEST

START_TEST(a_sound_client_that_is_accused_is_a_false_alarm)
{
    add_case("wrong/none", "kex/silent", "LEAK_FD");
    struct mutant_score score = score_of();
    ck_assert_int_eq(score.false_alarms, 1);
    ck_assert(!mutant_score_is_good(&score));
}
END_TEST

START_TEST(a_line_that_is_no_mutant_is_refused)
{
    struct mutant mutant;
    struct err_text error;
    ck_assert_int_eq(mutant_read("late ident/silent", &mutant, &error), ERR_SYSTEM);
    ck_assert_int_eq(mutant_read("late ident/silent LATER quick", &mutant, &error), ERR_SYSTEM);
    ck_assert_int_eq(mutant_read("late ident/silent LATE slow", &mutant, &error), ERR_SYSTEM);
}
END_TEST

START_TEST(what_is_undecided_is_neither_killed_nor_a_false_alarm)
{
    add_case("wrong/none", "kex/silent", "INCONCLUSIVE");
    struct mutant_score score = score_of();
    ck_assert_int_eq(score.false_alarms, 0);
    ck_assert_int_eq(score.undecided, 1);
    ck_assert(!mutant_score_is_good(&score));
    ck_assert(mutant_score_is_undecided(&score));
    ck_assert(verdict_parse("INCONCLUSIVE", &cases[1].verdict));
    score = score_of();
    ck_assert_int_eq(score.wrong, 0);
    ck_assert_int_eq(score.undecided, 2);
    ck_assert(verdict_parse("EARLY", &cases[1].verdict));
    score = score_of();
    ck_assert_int_eq(score.wrong, 1);
    ck_assert(!mutant_score_is_undecided(&score));
}
END_TEST

START_TEST(each_verdict_has_a_letter_of_its_own_in_the_matrix)
{
    static const struct {
        const char *verdict;
        char letter;
    } rows[] = {{"OK", '.'},          {"LEAK_FD", 'l'},     {"HUNG+LEAK_CONN", 'H'},
                {"LATE", 'L'},        {"EARLY", 'E'},       {"WRONG_OUTCOME+SPIN", 'W'},
                {"WRONG_PHASE", 'P'}, {"NO_CONTACT", 'N'},  {"CRASH", 'C'},
                {"SKIP", '-'},        {"INCONCLUSIVE", '?'}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verdict verdict;
        ck_assert(verdict_parse(rows[i].verdict, &verdict));
        ck_assert_int_eq(mutant_letter(verdict), rows[i].letter);
    }
}
END_TEST

Suite *suite_mutants(void)
{
    Suite *suite = suite_create("mutants");
    TCase *tests = tcase_create("mutants");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, each_defect_with_its_own_verdict_is_a_full_score);
    tcase_add_test(tests, another_verdict_is_no_kill);
    tcase_add_test(tests, a_defect_that_was_not_judged_is_not_killed);
    tcase_add_test(tests, a_control_that_fails_spoils_the_score);
    tcase_add_test(tests, a_sound_client_that_is_accused_is_a_false_alarm);
    tcase_add_test(tests, a_line_that_is_no_mutant_is_refused);
    tcase_add_test(tests, each_verdict_has_a_letter_of_its_own_in_the_matrix);
    tcase_add_test(tests, what_is_undecided_is_neither_killed_nor_a_false_alarm);
    suite_add_tcase(suite, tests);
    return suite;
}
