#include "judge/noise.h"
#include "judge/pace.h"

#include "suites.h"

#define MS INT64_C(1000000)

START_TEST(starts_keep_their_distance)
{
    struct pace pace;
    int64_t next_ns = 0, turn_ns = PACE_NO_TURN;
    pace_init(&pace, 100);
    ck_assert(pace_take(&pace, 5, 1, &turn_ns, &next_ns));
    ck_assert(!pace_take(&pace, 6, 1, &turn_ns, &next_ns));
    ck_assert_int_eq(next_ns, 10 * MS + 5);
    ck_assert(pace_take(&pace, next_ns, 1, &turn_ns, &next_ns));
    ck_assert(!pace_take(&pace, next_ns, 1, &turn_ns, &next_ns));
}
END_TEST

START_TEST(who_asks_again_at_once_comes_after_those_that_wait)
{
    struct pace pace;
    int64_t next_ns = 0, turns_ns[3] = {PACE_NO_TURN, PACE_NO_TURN, PACE_NO_TURN};
    int starts[3] = {0, 0, 0};
    pace_init(&pace, 1000);
    for (int64_t now_ns = 0; now_ns < 30 * MS; now_ns += MS / 4) {
        for (int i = 0; i < 3; i++) /* the first is always the first to ask */
            starts[i] += pace_take(&pace, now_ns, 1, &turns_ns[i], &next_ns);
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(starts[i], 10);
}
END_TEST

START_TEST(those_that_missed_their_turns_do_not_start_all_at_once)
{
    struct pace pace;
    int64_t next_ns = 0, turns_ns[4] = {PACE_NO_TURN, PACE_NO_TURN, PACE_NO_TURN, PACE_NO_TURN};
    pace_init(&pace, 1000);
    for (int i = 0; i < 4; i++)
        (void)pace_take(&pace, 0, 1, &turns_ns[i], &next_ns);
    ck_assert(pace_take(&pace, 500 * MS, 1, &turns_ns[1], &next_ns));
    ck_assert(!pace_take(&pace, 500 * MS, 1, &turns_ns[2], &next_ns));
    ck_assert_int_eq(next_ns, 500 * MS + MS / 2);
    ck_assert(pace_take(&pace, next_ns, 1, &turns_ns[2], &next_ns));
}
END_TEST

START_TEST(what_costs_more_keeps_the_others_waiting_longer)
{
    struct pace pace;
    int64_t next_ns = 0, turn_ns = PACE_NO_TURN;
    pace_init(&pace, 1000);
    ck_assert(pace_take(&pace, 0, PACE_PROCESS, &turn_ns, &next_ns));
    ck_assert(!pace_take(&pace, 1, PACE_DRIVER_TASK, &turn_ns, &next_ns));
    ck_assert_int_eq(next_ns, PACE_PROCESS * MS);
}
END_TEST

START_TEST(time_that_nobody_used_is_not_made_up_for)
{
    struct pace pace;
    int64_t next_ns = 0, turn_ns = PACE_NO_TURN;
    pace_init(&pace, 1000);
    ck_assert(pace_take(&pace, 0, 1, &turn_ns, &next_ns));
    ck_assert(pace_take(&pace, 1000 * MS, 1, &turn_ns, &next_ns));
    ck_assert(!pace_take(&pace, 1000 * MS, 1, &turn_ns, &next_ns));
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
    tcase_add_test(cases, who_asks_again_at_once_comes_after_those_that_wait);
    tcase_add_test(cases, those_that_missed_their_turns_do_not_start_all_at_once);
    tcase_add_test(cases, what_costs_more_keeps_the_others_waiting_longer);
    tcase_add_test(cases, time_that_nobody_used_is_not_made_up_for);
    tcase_add_test(cases, the_slow_factor_is_the_worse_of_two_and_at_least_1);
    suite_add_tcase(suite, cases);
    return suite;
}
