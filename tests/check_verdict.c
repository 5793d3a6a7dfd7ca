#include "judge/verdict.h"

#include "suites.h"

#include <string.h>

static struct verdict judged(enum deadline_verdict deadline, unsigned cleanup)
{
    return (struct verdict){.state = CASE_JUDGED, .deadline = deadline, .cleanup = cleanup};
}

static void assert_prints(struct verdict verdict, const char *expected)
{
    char text[VERDICT_TEXT_MAX];
    verdict_print(verdict, text);
    ck_assert_str_eq(text, expected);
}

START_TEST(every_verdict_prints_and_reads_back_as_itself)
{
    for (int deadline = DEADLINE_OK; deadline <= DEADLINE_HUNG; deadline++) {
        for (unsigned cleanup = 0; cleanup < CLEANUP_BIT(CLEANUP_SPIN) * 2; cleanup++) {
            struct verdict verdict = judged((enum deadline_verdict)deadline, cleanup);
            struct verdict back = {.state = CASE_ERROR};
            char text[VERDICT_TEXT_MAX];
            verdict_print(verdict, text);
            ck_assert_msg(verdict_parse(text, &back), "%s", text);
            ck_assert_msg(verdict_equal(verdict, back), "%s", text);
        }
    }
}
END_TEST

START_TEST(words_stand_in_one_order_whatever_came_first)
{
    unsigned leaks = CLEANUP_BIT(CLEANUP_LEAK_THREAD) | CLEANUP_BIT(CLEANUP_LEAK_FD);
    assert_prints(judged(DEADLINE_HUNG, leaks), "HUNG+LEAK_FD+LEAK_THREAD");
    struct verdict verdict;
    ck_assert(verdict_parse("LEAK_THREAD+HUNG+LEAK_FD", &verdict));
    ck_assert(verdict_equal(verdict, judged(DEADLINE_HUNG, leaks)));
}
END_TEST

START_TEST(a_kept_deadline_is_named_only_when_the_client_is_clean)
{
    assert_prints(judged(DEADLINE_OK, 0), "OK");
    assert_prints(judged(DEADLINE_OK, CLEANUP_BIT(CLEANUP_LEAK_CONN)), "LEAK_CONN");
    struct verdict verdict;
    ck_assert(verdict_parse("OK+LEAK_CONN", &verdict));
    ck_assert(verdict_equal(verdict, judged(DEADLINE_OK, CLEANUP_BIT(CLEANUP_LEAK_CONN))));
}
END_TEST

START_TEST(a_case_that_was_not_judged_has_one_word)
{
    struct verdict verdict;
    assert_prints(
        (struct verdict){.state = CASE_INCONCLUSIVE, .deadline = DEADLINE_HUNG, .cleanup = 3},
        "INCONCLUSIVE");
    ck_assert(verdict_parse("SKIP", &verdict));
    ck_assert_int_eq(verdict.state, CASE_SKIP);
    ck_assert(!verdict_parse("ERROR+LEAK_FD", &verdict));
    ck_assert(!verdict_parse("SKIP+SKIP", &verdict));
    ck_assert(!verdict_parse("JUDGED", &verdict));
}
END_TEST

START_TEST(a_flaky_verdict_says_how_often_it_was_as_expected)
{
    struct verdict verdict = {.state = CASE_FLAKY, .good = 9, .repeats = 10}, back;
    assert_prints(verdict, "FLAKY(9/10)");
    ck_assert(verdict_parse("FLAKY(9/10)", &back));
    ck_assert(verdict_equal(verdict, back));
    ck_assert(verdict_parse("FLAKY", &back));
    ck_assert(!verdict_equal(verdict, back));
    assert_prints(back, "FLAKY");
    static const char *const bad[] = {"FLAKY(10/10)", "FLAKY(0/10)",  "FLAKY(9/10",
                                      "FLAKY(9)",     "FLAKY(9/10)x", "FLAKY(-1/10)",
                                      "HUNG+FLAKY",   "FLAKY+LEAK_FD"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!verdict_parse(bad[i], &back), "'%s'", bad[i]);
}
END_TEST

START_TEST(unknown_double_and_empty_words_are_refused_and_change_nothing)
{
    static const char *const bad[] = {"",     "+",         "OK+",       "+OK",
                                      "hung", "HUNG+HUNG", "HUNG+LATE", "LEAK_FD+LEAK_FD",
                                      "OK ",  "LEAK",      "HUNG,LATE", "OK++LEAK_FD"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct verdict verdict = judged(DEADLINE_CRASH, 1);
        ck_assert_msg(!verdict_parse(bad[i], &verdict), "'%s'", bad[i]);
        ck_assert(verdict_equal(verdict, judged(DEADLINE_CRASH, 1)));
    }
}
END_TEST

START_TEST(only_ok_without_leaks_is_clean)
{
    ck_assert(verdict_is_clean_ok(judged(DEADLINE_OK, 0)));
    ck_assert(!verdict_is_clean_ok(judged(DEADLINE_OK, 1)));
    ck_assert(!verdict_is_clean_ok(judged(DEADLINE_LATE, 0)));
    ck_assert(!verdict_is_clean_ok((struct verdict){.state = CASE_SKIP}));
}
END_TEST

START_TEST(every_word_has_a_sentence)
{
    for (int i = DEADLINE_OK; i <= DEADLINE_HUNG; i++)
        ck_assert_uint_gt(strlen(deadline_verdict_sentence((enum deadline_verdict)i)), 3);
    for (int i = CLEANUP_GROWING; i <= CLEANUP_SPIN; i++)
        ck_assert_uint_gt(strlen(cleanup_verdict_sentence((enum cleanup_verdict)i)), 3);
    ck_assert_str_eq(deadline_verdict_word(DEADLINE_NO_CONTACT), "NO_CONTACT");
    ck_assert_str_eq(cleanup_verdict_word(CLEANUP_SPIN), "SPIN");
    ck_assert_str_eq(case_state_word(CASE_ERROR), "ERROR");
}
END_TEST

Suite *suite_verdict(void)
{
    Suite *suite = suite_create("verdict");
    TCase *cases = tcase_create("verdict");
    tcase_add_test(cases, every_verdict_prints_and_reads_back_as_itself);
    tcase_add_test(cases, words_stand_in_one_order_whatever_came_first);
    tcase_add_test(cases, a_kept_deadline_is_named_only_when_the_client_is_clean);
    tcase_add_test(cases, a_case_that_was_not_judged_has_one_word);
    tcase_add_test(cases, a_flaky_verdict_says_how_often_it_was_as_expected);
    tcase_add_test(cases, unknown_double_and_empty_words_are_refused_and_change_nothing);
    tcase_add_test(cases, only_ok_without_leaks_is_clean);
    tcase_add_test(cases, every_word_has_a_sentence);
    suite_add_tcase(suite, cases);
    return suite;
}
