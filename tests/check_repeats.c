#include "judge/repeats.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 12 };

/* Attempts of these verdicts; a "!" before one: it was not as expected. */
static struct attempt attempts[MOST];
static size_t count;

static void make(const char *const *words)
{
    static char reasons[MOST][32];
    for (count = 0; words[count] != NULL; count++) {
        bool bad = words[count][0] == '!';
        attempts[count] =
            (struct attempt){.seed = 40 + count, .as_expected = !bad, .reason = reasons[count]};
        (void)snprintf(reasons[count], sizeof reasons[count], "reason %zu", count);
        ck_assert(verdict_parse(words[count] + bad, &attempts[count].verdict));
    }
}
#define MAKE(...) make((const char *const[]){__VA_ARGS__, NULL})

static void assert_verdict(const char *expected)
{
    char words[VERDICT_TEXT_MAX];
    verdict_print(repeats_verdict(attempts, count), words);
    ck_assert_str_eq(words, expected);
}

START_TEST(what_is_always_the_same_is_no_more_flaky_than_once)
{
    MAKE("OK", "OK", "OK");
    assert_verdict("OK");
    MAKE("!HUNG", "!HUNG");
    assert_verdict("HUNG");
    MAKE("!LATE");
    assert_verdict("LATE");
}
END_TEST

START_TEST(some_as_expected_and_some_not_is_flaky_whichever_came_first)
{
    MAKE("OK", "OK", "!HUNG", "OK");
    assert_verdict("FLAKY(3/4)");
    MAKE("!HUNG", "OK");
    assert_verdict("FLAKY(1/2)");
}
END_TEST

START_TEST(a_known_gap_that_passes_by_surprise_is_flaky_too)
{
    MAKE("HUNG", "HUNG", "!OK");
    assert_verdict("FLAKY(2/3)");
    MAKE("OK", "HUNG", "OK"); /* listed as both */
    assert_verdict("HUNG");
}
END_TEST

START_TEST(what_is_undecided_counts_neither_way_but_is_not_forgotten)
{
    MAKE("OK", "INCONCLUSIVE", "OK");
    assert_verdict("INCONCLUSIVE");
    MAKE("OK", "INCONCLUSIVE", "!HUNG");
    assert_verdict("FLAKY(1/2)");
    MAKE("!HUNG", "INCONCLUSIVE");
    assert_verdict("HUNG");
}
END_TEST

START_TEST(an_error_of_ours_is_no_verdict_on_the_client)
{
    MAKE("OK", "!HUNG", "!ERROR");
    assert_verdict("ERROR");
}
END_TEST

START_TEST(the_reason_counts_every_verdict_and_names_the_seed_of_the_first_bad_one)
{
    MAKE("OK", "!HUNG", "OK", "!LATE", "!HUNG");
    char *reason = repeats_reason(attempts, count);
    ck_assert_str_eq(reason, "2 of 5 as expected (2 OK, 2 HUNG, 1 LATE), with seed 41: reason 1");
    free(reason);
}
END_TEST

static size_t attempts_made(int repeats, bool until_fail)
{
    struct repeats_plan plan = {repeats, until_fail};
    size_t made = 1;
    while (made < count && repeats_go_on(&plan, attempts, made))
        made++;
    return made;
}

START_TEST(repeats_end_when_there_were_enough_or_at_the_first_that_is_wanted)
{
    MAKE("OK", "INCONCLUSIVE", "OK", "!HUNG", "OK", "OK");
    ck_assert_uint_eq(attempts_made(3, false), 3);
    ck_assert_uint_eq(attempts_made(6, false), 6);
    ck_assert_uint_eq(attempts_made(100, true), 4);
    ck_assert_uint_eq(attempts_made(2, true), 2);
    MAKE("!ERROR", "OK", "OK");
    ck_assert_uint_eq(attempts_made(3, false), 1);
    MAKE("SKIP", "SKIP");
    ck_assert_uint_eq(attempts_made(2, false), 1);
}
END_TEST

Suite *suite_repeats(void)
{
    Suite *suite = suite_create("repeats");
    TCase *cases = tcase_create("repeats");
    tcase_add_test(cases, what_is_always_the_same_is_no_more_flaky_than_once);
    tcase_add_test(cases, some_as_expected_and_some_not_is_flaky_whichever_came_first);
    tcase_add_test(cases, a_known_gap_that_passes_by_surprise_is_flaky_too);
    tcase_add_test(cases, what_is_undecided_counts_neither_way_but_is_not_forgotten);
    tcase_add_test(cases, an_error_of_ours_is_no_verdict_on_the_client);
    tcase_add_test(cases, the_reason_counts_every_verdict_and_names_the_seed_of_the_first_bad_one);
    tcase_add_test(cases, repeats_end_when_there_were_enough_or_at_the_first_that_is_wanted);
    suite_add_tcase(suite, cases);
    return suite;
}
