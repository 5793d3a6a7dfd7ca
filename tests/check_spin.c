#include "judge/spin.h"

#include "suites.h"

#define MS 1000000LL

static double share(int64_t cpu_ms, int64_t delay_ms)
{
    struct spin_sample before = {1000 * MS, 50 * MS, 70 * MS};
    struct spin_sample after = {1200 * MS, (50 + cpu_ms) * MS, (70 + delay_ms) * MS};
    return spin_share(&before, &after);
}

START_TEST(a_client_that_waits_has_no_share)
{
    ck_assert_double_eq(share(0, 0), 0);
    ck_assert_double_lt(share(20, 10), SPIN_SHARE_MIN);
}
END_TEST

START_TEST(a_client_that_uses_a_core_spins)
{
    ck_assert_double_gt(share(190, 0), SPIN_SHARE_MIN);
    ck_assert_double_gt(share(400, 0), 1.9);
}
END_TEST

START_TEST(a_client_that_spins_on_a_busy_machine_spins_all_the_same)
{
    ck_assert_double_gt(share(60, 140), SPIN_SHARE_MIN);
}
END_TEST

START_TEST(a_client_that_is_kept_waiting_for_a_short_piece_of_work_does_not_spin)
{
    ck_assert_double_lt(share(17, 183), SPIN_SHARE_MIN);
    ck_assert_double_lt(share(60, 60), SPIN_SHARE_MIN);
}
END_TEST

START_TEST(a_client_that_is_gone_has_no_share)
{
    struct spin_sample before = {1000 * MS, 50 * MS, 0};
    struct spin_sample after = {1200 * MS, -1, 0};
    ck_assert_double_eq(spin_share(&before, &after), 0);
    ck_assert_double_eq(spin_share(&before, &before), 0);
}
END_TEST

/* The share after intervals of 100 ms in which it used so many ms each. */
static double watched(const int *used_ms, int count)
{
    struct spin_watch watch = {0};
    struct spin_sample sample = {1000 * MS, 50 * MS, 0};
    spin_watch_add(&watch, &sample);
    for (int i = 0; i < count; i++) {
        sample.from_ns += 100 * MS;
        sample.cpu_ns += used_ms[i] * MS;
        spin_watch_add(&watch, &sample);
    }
    return spin_watch_share(&watch);
}

START_TEST(whoever_spins_does_it_to_the_end_and_a_burst_of_work_is_none)
{
    ck_assert_double_gt(watched((const int[]){95, 90, 99, 98}, 4), SPIN_SHARE_MIN);
    ck_assert_double_lt(watched((const int[]){100, 100, 100, 2, 2}, 5), SPIN_SHARE_MIN);
    ck_assert_double_gt(watched((const int[]){2, 0, 99, 99}, 4), SPIN_SHARE_MIN);
    ck_assert_double_gt(watched((const int[]){2, 99, 99, 40}, 4), SPIN_SHARE_MIN);
    ck_assert_double_lt(watched((const int[]){99, 99, 2, 99}, 4), SPIN_SHARE_MIN);
    ck_assert_double_eq(watched((const int[]){100}, 1), 0);
    ck_assert_double_eq(watched(NULL, 0), 0);
}
END_TEST

START_TEST(who_got_no_processor_is_neither_guilty_nor_acquitted)
{
    struct spin_watch watch = {0};
    struct spin_sample sample = {1000 * MS, 50 * MS, 0};
    spin_watch_add(&watch, &sample);
    for (int i = 0; i < 3; i++) {
        sample.from_ns += 100 * MS;
        sample.cpu_ns += 10 * MS;
        sample.run_delay_ns += 90 * MS;
        spin_watch_add(&watch, &sample);
    }
    ck_assert(spin_watch_is_unsure(&watch));
    ck_assert_double_eq(spin_watch_share(&watch), 0);
    sample.from_ns += 100 * MS;
    sample.cpu_ns += 95 * MS;
    spin_watch_add(&watch, &sample);
    ck_assert(!spin_watch_is_unsure(&watch));
    ck_assert_double_gt(spin_watch_share(&watch), SPIN_SHARE_MIN);
}
END_TEST

Suite *suite_spin(void)
{
    Suite *suite = suite_create("spin");
    TCase *cases = tcase_create("spin");
    tcase_add_test(cases, a_client_that_waits_has_no_share);
    tcase_add_test(cases, a_client_that_uses_a_core_spins);
    tcase_add_test(cases, a_client_that_spins_on_a_busy_machine_spins_all_the_same);
    tcase_add_test(cases, a_client_that_is_kept_waiting_for_a_short_piece_of_work_does_not_spin);
    tcase_add_test(cases, a_client_that_is_gone_has_no_share);
    tcase_add_test(cases, whoever_spins_does_it_to_the_end_and_a_burst_of_work_is_none);
    tcase_add_test(cases, who_got_no_processor_is_neither_guilty_nor_acquitted);
    suite_add_tcase(suite, cases);
    return suite;
}
