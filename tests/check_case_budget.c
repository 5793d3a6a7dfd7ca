#include "judge/case_budget.h"

#include "base/clock.h"
#include "suites.h"

static struct window window;

static struct case_budget budget_of(const char *profile)
{
    const struct growth_profile *found = growth_profile_find(profile);
    window = window_make(500, GRACE_NATIVE_MS, 1);
    return (struct case_budget){.profile = found, .window = &window, .drain_ms = found->drain_ms};
}

START_TEST(a_short_profile_gets_ten_seconds_to_go_on)
{
    struct case_budget budget = budget_of("quick");
    int64_t going_on_s = case_budget_growth_ns(&budget, false) / CLOCK_NS_PER_S;
    ck_assert_int_ge(going_on_s, 10);
    ck_assert_int_le(going_on_s, 15);
    ck_assert_int_ge(case_budget_growth_ns(&budget, true), case_budget_growth_ns(&budget, false));
}
END_TEST

START_TEST(ci_has_the_time_for_all_of_its_rounds)
{
    struct case_budget budget = budget_of("ci");
    const struct growth_profile *ci = budget.profile;
    int64_t rounds = ci->warmup_rounds + (int64_t)ci->rounds_per_block * ci->blocks_max;
    ck_assert_int_ge(case_budget_growth_ns(&budget, false), rounds * window.late_ns);
    ck_assert_int_gt(case_budget_whole_ns(&budget), case_budget_growth_ns(&budget, false));
}
END_TEST

START_TEST(the_whole_lasts_longer_than_the_rounds_and_what_hangs_after_them)
{
    static const char *const names[] = {"matrix", "glance", "quick", "ci", "thorough", "soak"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct case_budget budget = budget_of(names[i]);
        ck_assert_int_ge(case_budget_whole_ns(&budget),
                         case_budget_growth_ns(&budget, false) + 2 * window.hung_ns);
    }
}
END_TEST

START_TEST(a_longer_drain_takes_longer)
{
    struct case_budget budget = budget_of("ci");
    int64_t usual_ns = case_budget_whole_ns(&budget);
    budget.drain_ms *= 10;
    ck_assert_int_gt(case_budget_whole_ns(&budget), usual_ns);
}
END_TEST

Suite *suite_case_budget(void)
{
    Suite *suite = suite_create("case_budget");
    TCase *cases = tcase_create("case_budget");
    tcase_add_test(cases, a_short_profile_gets_ten_seconds_to_go_on);
    tcase_add_test(cases, ci_has_the_time_for_all_of_its_rounds);
    tcase_add_test(cases, the_whole_lasts_longer_than_the_rounds_and_what_hangs_after_them);
    tcase_add_test(cases, a_longer_drain_takes_longer);
    suite_add_tcase(suite, cases);
    return suite;
}
