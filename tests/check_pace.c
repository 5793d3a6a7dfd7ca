#include "judge/noise.h"
#include "judge/pace.h"

#include "suites.h"

START_TEST(starts_keep_their_distance)
{
    struct pace pace;
    int64_t next_ns = 0;
    pace_init(&pace, 100);
    ck_assert(pace_take(&pace, 5, 1, &next_ns));
    ck_assert(!pace_take(&pace, 6, 1, &next_ns));
    ck_assert_int_eq(next_ns, 10000005);
    ck_assert(pace_take(&pace, next_ns, 1, &next_ns));
    ck_assert(!pace_take(&pace, next_ns, 1, &next_ns));
}
END_TEST

START_TEST(what_costs_more_keeps_the_others_waiting_longer)
{
    struct pace pace;
    int64_t next_ns = 0;
    pace_init(&pace, 1000);
    ck_assert(pace_take(&pace, 0, PACE_PROCESS, &next_ns));
    ck_assert(!pace_take(&pace, 1, PACE_DRIVER_TASK, &next_ns));
    ck_assert_int_eq(next_ns, PACE_PROCESS * INT64_C(1000000));
}
END_TEST

START_TEST(time_that_nobody_used_is_not_made_up_for)
{
    struct pace pace;
    int64_t next_ns = 0;
    pace_init(&pace, 1000);
    ck_assert(pace_take(&pace, 0, 1, &next_ns));
    ck_assert(pace_take(&pace, 1000000000, 1, &next_ns));
    ck_assert(!pace_take(&pace, 1000000000, 1, &next_ns));
}
END_TEST

START_TEST(the_slow_factor_is_the_worse_of_two_and_at_least_1)
{
    ck_assert_double_eq_tol(noise_factor_of(0, 0), 1, 1e-9);
    ck_assert_double_eq_tol(noise_factor_of(20000, 20000), 1, 1e-9);
    ck_assert_double_eq_tol(noise_factor_of(60000, 1000), 3, 1e-9);
    ck_assert_double_eq_tol(noise_factor_of(1000, 40000), 2, 1e-9);
}
END_TEST

Suite *suite_pace(void)
{
    Suite *suite = suite_create("pace");
    TCase *cases = tcase_create("pace");
    tcase_add_test(cases, starts_keep_their_distance);
    tcase_add_test(cases, what_costs_more_keeps_the_others_waiting_longer);
    tcase_add_test(cases, time_that_nobody_used_is_not_made_up_for);
    tcase_add_test(cases, the_slow_factor_is_the_worse_of_two_and_at_least_1);
    suite_add_tcase(suite, cases);
    return suite;
}
