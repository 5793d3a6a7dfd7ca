#include "explore/plan.h"

#include "base/scenario.h"
#include "suites.h"
#include "temp_file.h"

#include <string.h>

enum { SEEDS = 400 };

START_TEST(a_seed_always_means_the_same_plan)
{
    char first[PLAN_LUA_BYTES], again[PLAN_LUA_BYTES], other[PLAN_LUA_BYTES];
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct plan plan = plan_of_seed(seed), same = plan_of_seed(seed);
        plan_write_lua(&plan, "", first);
        plan_write_lua(&same, "", again);
        ck_assert_str_eq(first, again);
    }
    struct plan one = plan_of_seed(1), two = plan_of_seed(2);
    plan_write_lua(&one, "", first);
    plan_write_lua(&two, "", other);
    ck_assert_str_ne(first, other);
}
END_TEST

START_TEST(every_plan_is_a_scenario_file_that_can_be_read)
{
    char text[PLAN_LUA_BYTES];
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct plan plan = plan_of_seed(seed);
        struct catalogue catalogue = {0};
        struct err_text error = {""};
        plan_write_lua(&plan, "-- found\n", text);
        ck_assert_uint_lt(strlen(text), PLAN_LUA_BYTES - 1);
        enum err failed = catalogue_add_file(&catalogue, temp_file("ident/x.lua", text), &error);
        ck_assert_msg(failed == ERR_NONE, "seed %d: %s\n%s", (int)seed, error.text, text);
        ck_assert_uint_eq(catalogue.count, 1);
        catalogue_fini(&catalogue);
    }
}
END_TEST

START_TEST(rules_come_before_the_way_and_an_end_comes_last)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct plan plan = plan_of_seed(seed);
        for (size_t i = 1; i < plan.count; i++)
            ck_assert_int_ge(plan_step_place(&plan.steps[i]), plan_step_place(&plan.steps[i - 1]));
        ck_assert_uint_ge(plan.count, 1);
        ck_assert_uint_le(plan.count, PLAN_STEPS_MAX);
    }
}
END_TEST

START_TEST(all_phases_of_a_session_and_dns_are_reached_by_some_seed)
{
    phase_set reached = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        reached |= PHASE_BIT(plan_of_seed(seed).phase);
    for (int phase = PHASE_DNS; phase <= (int)PHASE_DISCONNECT; phase++) {
        bool wanted = phase != PHASE_TCP && phase != PHASE_REKEY && phase != PHASE_KEEPALIVE;
        ck_assert_msg(((reached >> phase) & 1) == wanted, "%s", phase_name((enum phase)phase));
    }
}
END_TEST

START_TEST(a_simpler_plan_has_a_step_less_or_a_silent_end)
{
    char text[PLAN_LUA_BYTES];
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct plan plan = plan_of_seed(seed), simpler;
        for (unsigned i = 0; i < PLAN_VARIANTS_MAX && plan_simpler(&plan, i, &simpler); i++) {
            plan_write_lua(&simpler, "", text);
            ck_assert(simpler.count + 1 == plan.count ||
                      (simpler.count == plan.count && strstr(text, "conn:hold()") != NULL));
        }
    }
}
END_TEST

START_TEST(a_plan_of_way_and_silence_cannot_be_simpler)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct plan plan = plan_of_seed(seed), simpler;
        for (int rounds = 0; plan_simpler(&plan, 0, &simpler); rounds++) {
            ck_assert_int_lt(rounds, PLAN_STEPS_MAX);
            plan = simpler;
        }
        ck_assert_uint_eq(plan.count, plan.phase == PHASE_DNS ? 1 : 2);
    }
}
END_TEST

Suite *suite_plan(void)
{
    Suite *suite = suite_create("plan");
    TCase *cases = tcase_create("plan");
    tcase_add_test(cases, a_seed_always_means_the_same_plan);
    tcase_add_test(cases, every_plan_is_a_scenario_file_that_can_be_read);
    tcase_add_test(cases, rules_come_before_the_way_and_an_end_comes_last);
    tcase_add_test(cases, all_phases_of_a_session_and_dns_are_reached_by_some_seed);
    tcase_add_test(cases, a_simpler_plan_has_a_step_less_or_a_silent_end);
    tcase_add_test(cases, a_plan_of_way_and_silence_cannot_be_simpler);
    suite_add_tcase(suite, cases);
    return suite;
}
