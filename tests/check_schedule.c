#include "judge/schedule.h"

#include "suites.h"

#include <string.h>

enum { MANY = 60 };

START_TEST(the_usual_seed_begins_cases_in_the_usual_order)
{
    size_t order[MANY];
    schedule_order(order, MANY, CASE_SEED_USUAL);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_uint_eq(order[i], i);
}
END_TEST

START_TEST(another_seed_has_an_order_of_its_own_with_every_case_once_and_again_the_same)
{
    size_t first[MANY], second[MANY], other[MANY];
    bool seen[MANY] = {false};
    schedule_order(first, MANY, 7);
    schedule_order(second, MANY, 7);
    schedule_order(other, MANY, 8);
    ck_assert(memcmp(first, second, sizeof first) == 0);
    ck_assert(memcmp(first, other, sizeof first) != 0);
    for (size_t i = 0; i < MANY; i++) {
        ck_assert_uint_lt(first[i], MANY);
        ck_assert(!seen[first[i]]);
        seen[first[i]] = true;
    }
}
END_TEST

START_TEST(one_case_or_none_has_an_order_too)
{
    size_t order[1] = {9};
    schedule_order(order, 0, 7);
    ck_assert_uint_eq(order[0], 9);
    schedule_order(order, 1, 7);
    ck_assert_uint_eq(order[0], 0);
}
END_TEST

Suite *suite_schedule(void)
{
    Suite *suite = suite_create("schedule");
    TCase *cases = tcase_create("schedule");
    tcase_add_test(cases, the_usual_seed_begins_cases_in_the_usual_order);
    tcase_add_test(cases,
                   another_seed_has_an_order_of_its_own_with_every_case_once_and_again_the_same);
    tcase_add_test(cases, one_case_or_none_has_an_order_too);
    suite_add_tcase(suite, cases);
    return suite;
}
