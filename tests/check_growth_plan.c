#include "judge/growth.h"

#include "suites.h"

typedef int64_t (*level_at)(int64_t tasks);

/* Runs a plan as a judge would: rounds of its profile until a verdict, or until `tasks_max`. */
static struct growth_result run_with(const char *profile, level_at level, int64_t limit,
                                     int64_t tasks_max, int64_t *tasks)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init_profile(&plan, growth_profile_find(profile), limit);
    *tasks = 0;
    growth_plan_add(&plan, 0, level(0));
    while (growth_plan_verdict(&plan, false, &result) == GROWTH_CONTINUE && *tasks < tasks_max) {
        *tasks += growth_plan_profile(&plan)->tasks_per_round;
        growth_plan_add(&plan, *tasks, level(*tasks));
    }
    (void)growth_plan_verdict(&plan, true, &result);
    growth_plan_fini(&plan);
    return result;
}

static struct growth_result run(level_at level, int64_t limit, int64_t tasks_max, int64_t *tasks)
{
    return run_with("quick", level, limit, tasks_max, tasks);
}

#define LEVEL(name, expression)      \
    static int64_t name(int64_t n)   \
    {                                \
        return (expression) + 0 * n; \
    }
LEVEL(flat, 12)
LEVEL(one_per_task, 12 + n)
LEVEL(one_per_8, 12 + n / 8)
LEVEL(one_per_40, 12 + n / 40)
LEVEL(one_at_30, n < 30 ? 12 : 13)
LEVEL(one_per_100, 12 + n / 100)
LEVEL(pool_of_64, 12 + (n / 10 < 64 ? n / 10 : 64))
LEVEL(unreadable, GROWTH_MISSING)

START_TEST(a_quick_look_bounds_a_flat_counter_after_one_of_its_blocks)
{
    int64_t tasks = 0;
    struct growth_result result = run(flat, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert_int_eq(tasks, 100);
    ck_assert_double_eq_tol(result.rho, 0.1, 1e-9);
}
END_TEST

START_TEST(a_quick_look_calls_a_fast_leak_growing_after_three_of_its_blocks)
{
    int64_t tasks = 0;
    struct growth_result result = run(one_per_task, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_int_eq(tasks, 300);
    ck_assert_double_eq_tol(result.rate, 1.0, 1e-9);
}
END_TEST

START_TEST(a_glance_bounds_a_flat_counter_after_40_tasks)
{
    int64_t tasks = 0;
    struct growth_result result = run_with("glance", flat, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert_int_eq(tasks, 40);
    ck_assert_double_eq_tol(result.bound, 9.9 / 40, 1e-9);
}
END_TEST

START_TEST(a_cell_of_a_matrix_bounds_a_flat_counter_after_8_tasks_and_goes_on_where_it_moved)
{
    int64_t tasks = 0;
    struct growth_result result = run_with("matrix", flat, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert_int_eq(tasks, 8);
    result = run_with("matrix", one_per_task, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_int_gt(tasks, 200);
}
END_TEST

/* What is left when a connection of a task before was not gone yet at the first reading. */
static struct growth_plan plan_that_fell(const char *profile, bool of_tasks, int64_t tasks,
                                         int64_t last)
{
    struct growth_plan plan;
    growth_plan_init_profile(&plan, growth_profile_find(profile), 0);
    plan.of_tasks = of_tasks;
    growth_plan_add(&plan, 0, last + 1);
    growth_plan_add(&plan, tasks, last);
    return plan;
}

START_TEST(of_what_tasks_alone_make_nothing_is_left_at_0_and_a_fall_to_it_hides_no_leak)
{
    static const struct {
        bool of_tasks;
        int64_t last;
        enum growth_verdict verdict;
    } table[] = {
        {true, 0, GROWTH_BOUNDED},
        {true, 1, GROWTH_CONTINUE},
        {false, 0, GROWTH_CONTINUE},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct growth_plan plan =
            plan_that_fell(GROWTH_MATRIX, table[i].of_tasks, 8, table[i].last);
        struct growth_result result;
        ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), table[i].verdict);
        growth_plan_fini(&plan);
    }
}
END_TEST

START_TEST(nothing_that_is_left_excludes_no_more_than_its_tasks_do)
{
    struct growth_result result;
    struct growth_plan plan = plan_that_fell(GROWTH_MATRIX, true, 7, 0);
    ck_assert_int_eq(growth_plan_verdict(&plan, true, &result), GROWTH_INCONCLUSIVE);
    ck_assert_double_eq_tol(result.bound, 9.9 / 7, 1e-9);
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(no_drain_is_made_for_what_fell_to_nothing)
{
    struct growth_plan plan = plan_that_fell("quick", true, 50, 1);
    ck_assert(growth_plan_wants_drain(&plan, 100, 1));
    ck_assert(!growth_plan_wants_drain(&plan, 100, 0));
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(what_left_one_trace_in_a_glance_is_judged_by_the_blocks_of_quick)
{
    int64_t tasks = 0;
    struct growth_result result = run_with("glance", one_at_30, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert_int_ge(tasks, 100);
    ck_assert_double_eq_tol(result.rho, 0.1, 1e-9);
    /* One trace in the glance, and one in each look after it. */
    result = run_with("glance", one_per_40, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert_int_ge(tasks, 100);
}
END_TEST

START_TEST(a_glance_goes_on_to_call_a_leak_growing)
{
    int64_t tasks = 0;
    struct growth_result result = run_with("glance", one_per_task, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_int_ge(tasks, 300);
    ck_assert_int_lt(tasks, 350);
    result = run_with("glance", one_per_8, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_double_eq_tol(result.rho, 0.01, 1e-9); /* the blocks of ci */
}
END_TEST

START_TEST(a_slow_leak_is_not_called_growing_before_the_blocks_of_ci)
{
    int64_t tasks = 0;
    struct growth_result result = run(one_per_8, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_int_ge(tasks, 3000);
    ck_assert_double_eq_tol(result.rho, 0.01, 1e-9);
}
END_TEST

START_TEST(a_pool_that_fills_is_bounded_once_it_is_full)
{
    int64_t tasks = 0;
    struct growth_result result = run(pool_of_64, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert_int_eq(tasks, 2000); /* a quick look would have called the first 640 tasks a leak */
}
END_TEST

START_TEST(a_leak_below_what_quick_looks_for_is_bounded_with_its_bound)
{
    int64_t tasks = 0;
    struct growth_result result = run(one_per_100, 0, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert(result.bound > 0.01 && result.bound <= 0.1);
}
END_TEST

START_TEST(when_time_runs_out_what_cannot_be_said_is_inconclusive)
{
    int64_t tasks = 0;
    struct growth_result result = run(one_per_8, 0, 700, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_INCONCLUSIVE);
    ck_assert_double_eq_tol(result.rho, 0.01, 1e-9);
    result = run(flat, 0, 50, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_INCONCLUSIVE);
    result = run(unreadable, 0, 50, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_INCONCLUSIVE);
}
END_TEST

START_TEST(little_room_below_the_limit_brings_the_guard_down)
{
    int64_t tasks = 0;
    struct growth_result result = run(one_per_task, 612, 10000, &tasks);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_int_eq(tasks, 300);
    result = run(one_per_task, 562, 10000, &tasks); /* guard 275, before three blocks */
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_int_eq(tasks, 275);
}
END_TEST

START_TEST(a_verdict_stands_whatever_comes_after)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init(&plan, 0);
    for (int64_t i = 0; i < 200; i++)
        growth_plan_add(&plan, 25 * i, i <= 4 ? 12 : 12 + 25 * i);
    ck_assert_int_eq(growth_plan_verdict(&plan, true, &result), GROWTH_BOUNDED);
    ck_assert_int_eq(result.growth, 0);
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(a_drain_is_wanted_at_the_end_of_a_block_that_left_a_trace)
{
    struct growth_plan plan;
    growth_plan_init(&plan, 0);
    growth_plan_add(&plan, 0, 12);
    growth_plan_add(&plan, 25, 12);
    growth_plan_add(&plan, 50, 12);
    growth_plan_add(&plan, 75, 12);
    ck_assert(!growth_plan_wants_drain(&plan, 90, 13));  /* no block ends here */
    ck_assert(!growth_plan_wants_drain(&plan, 100, 12)); /* no trace */
    ck_assert(growth_plan_wants_drain(&plan, 100, 13));  /* a rise */
    ck_assert(growth_plan_wants_drain(&plan, 100, 11));  /* a fall */
    ck_assert(!growth_plan_wants_drain(&plan, 100, GROWTH_MISSING));
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(a_fall_and_a_rise_within_the_block_are_a_trace)
{
    struct growth_plan plan;
    growth_plan_init(&plan, 0);
    growth_plan_add(&plan, 0, 12);
    growth_plan_add(&plan, 25, 14);
    growth_plan_add(&plan, 50, 12);
    growth_plan_add(&plan, 75, 12);
    ck_assert(growth_plan_wants_drain(&plan, 100, 12));
    growth_plan_add(&plan, 100, 12);
    growth_plan_add(&plan, 125, 12); /* of a new block */
    growth_plan_add(&plan, 150, 12);
    growth_plan_add(&plan, 175, 12);
    ck_assert_int_eq(growth_plan_block_end(&plan), 200);
    ck_assert(!growth_plan_wants_drain(&plan, 200, 12));
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(asking_whether_it_would_grow_changes_nothing)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init(&plan, 0);
    for (int64_t i = 0; i < 12; i++)
        growth_plan_add(&plan, 25 * i, 12 + 25 * i);
    size_t count = plan.count;
    ck_assert(growth_plan_would_grow(&plan, 300, 312));
    ck_assert_uint_eq(plan.count, count);
    ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), GROWTH_CONTINUE);
    ck_assert(!growth_plan_would_grow(&plan, 300, 12));
    growth_plan_fini(&plan);
}
END_TEST

/* A drain of a second that begins at `before`, has `late` in its last quarter and ends at `after`.
 */
static void drain_to(struct growth_plan *plan, int64_t tasks, int64_t before, int64_t late,
                     int64_t after)
{
    struct growth_drain drain = {.before = before, .after = after, .drain_ms = 1000};
    for (int i = 0; i < GROWTH_LATE_READINGS; i++)
        drain.late[i] = late;
    growth_plan_add_drained(plan, tasks, &drain);
}

START_TEST(what_a_drain_released_was_no_leak)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init(&plan, 0);
    for (int64_t i = 0; i < 4; i++)
        growth_plan_add(&plan, 25 * i, 12 + 25 * i);
    drain_to(&plan, 100, 112, 12, 12);
    ck_assert(plan.anchors);
    growth_plan_add(&plan, 125, 37); /* within a block nothing is judged */
    drain_to(&plan, 200, 112, 12, 12);
    ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), GROWTH_BOUNDED);
    ck_assert_int_eq(result.growth, 0);
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(what_stays_after_each_drain_is_a_leak)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init(&plan, 0);
    growth_plan_add(&plan, 0, 5);
    for (int64_t i = 1; i <= 4; i++)
        drain_to(&plan, 100 * i, 15 + 30 * i + 25, 15 + 30 * i, 15 + 30 * i);
    ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), GROWTH_GROWING);
    ck_assert_int_eq(result.growth, 90);
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(what_still_falls_at_the_end_of_a_drain_is_not_judged)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init(&plan, 0);
    growth_plan_add(&plan, 0, 12);
    drain_to(&plan, 100, 412, 90, 61);
    ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), GROWTH_INCONCLUSIVE);
    ck_assert_str_eq(result.why, "still releasing after 1 s of idling (412 to 61): raise --drain");
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(a_counter_that_moves_on_its_own_releases_nothing_by_doing_so)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init(&plan, 0);
    for (int64_t i = 0; i < 4; i++)
        growth_plan_add(&plan, 25 * i, 12 + 25 * i);
    /* Nothing has fallen yet; late in the drain it goes up and down by 8. */
    struct growth_drain drain = {.before = 116, .after = 112, .drain_ms = 1000};
    for (int i = 0; i < GROWTH_LATE_READINGS; i++)
        drain.late[i] = 114 + (i % 2) * 8;
    growth_plan_add_drained(&plan, 100, &drain);
    ck_assert(!plan.anchors);
    ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), GROWTH_CONTINUE);
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(memory_is_judged_by_the_rule_for_bytes)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init_profile(&plan, growth_profile_find("ci"), 0);
    plan.bytes = true;
    for (int64_t i = 0; i <= 60; i++)
        growth_plan_add(&plan, 50 * i, 3000000 + 50 * i * 16384);
    ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), GROWTH_GROWING);
    ck_assert(result.bytes);
    ck_assert_double_eq_tol(result.rate, 16384, 1);
    growth_plan_fini(&plan);
}
END_TEST

START_TEST(another_profile_has_the_last_word_itself)
{
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init_profile(&plan, growth_profile_find("ci"), 0);
    for (int64_t i = 0; i < 30; i++)
        growth_plan_add(&plan, 50 * i, 12);
    ck_assert_int_eq(growth_plan_verdict(&plan, false, &result), GROWTH_BOUNDED);
    ck_assert_int_eq(result.tasks, 1000);
    growth_plan_fini(&plan);
}
END_TEST

Suite *suite_growth_plan(void)
{
    Suite *suite = suite_create("growth_plan");
    TCase *cases = tcase_create("growth_plan");
    tcase_add_test(cases, a_quick_look_bounds_a_flat_counter_after_one_of_its_blocks);
    tcase_add_test(cases, a_quick_look_calls_a_fast_leak_growing_after_three_of_its_blocks);
    tcase_add_test(cases, a_glance_bounds_a_flat_counter_after_40_tasks);
    tcase_add_test(
        cases, a_cell_of_a_matrix_bounds_a_flat_counter_after_8_tasks_and_goes_on_where_it_moved);
    tcase_add_test(cases,
                   of_what_tasks_alone_make_nothing_is_left_at_0_and_a_fall_to_it_hides_no_leak);
    tcase_add_test(cases, nothing_that_is_left_excludes_no_more_than_its_tasks_do);
    tcase_add_test(cases, no_drain_is_made_for_what_fell_to_nothing);
    tcase_add_test(cases, what_left_one_trace_in_a_glance_is_judged_by_the_blocks_of_quick);
    tcase_add_test(cases, a_glance_goes_on_to_call_a_leak_growing);
    tcase_add_test(cases, a_slow_leak_is_not_called_growing_before_the_blocks_of_ci);
    tcase_add_test(cases, a_pool_that_fills_is_bounded_once_it_is_full);
    tcase_add_test(cases, a_leak_below_what_quick_looks_for_is_bounded_with_its_bound);
    tcase_add_test(cases, when_time_runs_out_what_cannot_be_said_is_inconclusive);
    tcase_add_test(cases, little_room_below_the_limit_brings_the_guard_down);
    tcase_add_test(cases, a_verdict_stands_whatever_comes_after);
    tcase_add_test(cases, a_drain_is_wanted_at_the_end_of_a_block_that_left_a_trace);
    tcase_add_test(cases, a_fall_and_a_rise_within_the_block_are_a_trace);
    tcase_add_test(cases, asking_whether_it_would_grow_changes_nothing);
    tcase_add_test(cases, what_a_drain_released_was_no_leak);
    tcase_add_test(cases, what_stays_after_each_drain_is_a_leak);
    tcase_add_test(cases, what_still_falls_at_the_end_of_a_drain_is_not_judged);
    tcase_add_test(cases, a_counter_that_moves_on_its_own_releases_nothing_by_doing_so);
    tcase_add_test(cases, memory_is_judged_by_the_rule_for_bytes);
    tcase_add_test(cases, another_profile_has_the_last_word_itself);
    suite_add_tcase(suite, cases);
    return suite;
}
