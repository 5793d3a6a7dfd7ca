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

Suite *suite_spin(void)
{
    Suite *suite = suite_create("spin");
    TCase *cases = tcase_create("spin");
    tcase_add_test(cases, a_client_that_waits_has_no_share);
    tcase_add_test(cases, a_client_that_uses_a_core_spins);
    tcase_add_test(cases, a_client_that_spins_on_a_busy_machine_spins_all_the_same);
    tcase_add_test(cases, a_client_that_is_kept_waiting_for_a_short_piece_of_work_does_not_spin);
    tcase_add_test(cases, a_client_that_is_gone_has_no_share);
    suite_add_tcase(suite, cases);
    return suite;
}
