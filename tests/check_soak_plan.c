#include "judge/soak_plan.h"

#include "base/clock.h"
#include "suites.h"

enum { READINGS = 25 };

/* Readings after rounds of `round` tasks, of which `hung` a round hang: the counter rises by
 * `per_hung` for each of these and by `per_task` for each task. */
struct made {
    int64_t q[READINGS], tasks[READINGS], hung[READINGS];
};

static struct made make(int round, int hung, int per_hung, int per_task)
{
    struct made made;
    for (int i = 0; i < READINGS; i++) {
        made.tasks[i] = (int64_t)round * (i + 1);
        made.hung[i] = (int64_t)hung * (i + 1);
        made.q[i] = 10 + per_hung * made.hung[i] + per_task * made.tasks[i];
    }
    return made;
}

static struct soak_growth judge(const struct made *made)
{
    return soak_plan_judge(made->q, made->tasks, made->hung, READINGS, false);
}

START_TEST(one_descriptor_for_each_hung_call_grows_by_one_per_hung_call)
{
    struct made made = make(10, 1, 1, 0);
    struct soak_growth growth = judge(&made);
    ck_assert_int_eq(growth.verdict, GROWTH_GROWING);
    ck_assert(growth.has_hung && growth.by_hung);
    ck_assert_double_eq_tol(growth.per_hung.rate, 1, 1e-9);
    ck_assert_double_eq_tol(growth.per_task.rate, 0.1, 1e-9);
    ck_assert_ptr_nonnull(strstr(growth.per_hung.why, "1.00 per hung call"));
}
END_TEST

START_TEST(a_leak_without_a_hang_is_told_per_task)
{
    struct made made = make(4, 0, 0, 1);
    struct soak_growth growth = judge(&made);
    ck_assert_int_eq(growth.verdict, GROWTH_GROWING);
    ck_assert(!growth.has_hung && !growth.by_hung);
    ck_assert_double_eq_tol(growth.per_task.rate, 1, 1e-9);
}
END_TEST

START_TEST(a_leak_with_the_tasks_is_found_though_few_of_them_hang)
{
    struct made made = make(10, 0, 0, 1);
    for (int i = 0; i < READINGS; i++)
        made.hung[i] = i < 3 ? 0 : 2;
    struct soak_growth growth = judge(&made);
    ck_assert_int_eq(growth.verdict, GROWTH_GROWING);
    ck_assert(growth.has_hung && !growth.by_hung);
}
END_TEST

START_TEST(what_hangs_and_holds_nothing_is_bounded_per_hung_call)
{
    struct made made = make(10, 10, 0, 0);
    struct soak_growth growth = judge(&made);
    ck_assert_int_eq(growth.verdict, GROWTH_BOUNDED);
    ck_assert(growth.by_hung);
}
END_TEST

START_TEST(three_hung_calls_are_too_few_for_a_verdict_about_hung_calls)
{
    struct made made = make(100, 0, 0, 0);
    for (int i = 5; i < READINGS; i++) {
        made.hung[i] = i < 10 ? 1 : i < 20 ? 2 : 3;
        made.q[i] += made.hung[i];
    }
    struct soak_growth growth = judge(&made);
    ck_assert_int_eq(growth.verdict, GROWTH_INCONCLUSIVE);
    /* Over the tasks that would be bounded, and pass. */
    ck_assert_int_eq(growth.per_task.verdict, GROWTH_BOUNDED);
}
END_TEST

START_TEST(what_is_let_go_while_the_client_idles_is_no_verdict_of_growth)
{
    struct made made = make(4, 0, 0, 1);
    struct soak_growth growth = judge(&made);
    int64_t last = made.q[READINGS - 1];
    soak_plan_idled(&growth, last, last - growth.per_task.growth / 2 + 1);
    ck_assert_int_eq(growth.verdict, GROWTH_GROWING);
    soak_plan_idled(&growth, last, GROWTH_MISSING);
    ck_assert_int_eq(growth.verdict, GROWTH_GROWING);
    soak_plan_idled(&growth, last, last - growth.per_task.growth / 2);
    ck_assert_int_eq(growth.verdict, GROWTH_INCONCLUSIVE);
}
END_TEST

/* ---- limits ---- */

static const struct soak_limit limits[] = {
    {"descriptors", "RLIMIT_NOFILE", 24, 104, 256},
    {"threads", "kernel.pid_max", 1, 900, 1000},
    {"unknown", "", 0, -1, 10},
    {"unlimited", "", 0, 1000000, 0},
};

START_TEST(the_nearest_limit_is_the_one_that_is_used_up_most)
{
    ck_assert_ptr_eq(soak_plan_nearest(limits, 1), &limits[0]);
    ck_assert_ptr_eq(soak_plan_nearest(limits, 4), &limits[1]);
    ck_assert_ptr_null(soak_plan_nearest(limits + 2, 2));
}
END_TEST

START_TEST(a_limit_is_used_up_at_80_percent_and_not_before)
{
    struct soak_limit limit = {"descriptors", "RLIMIT_NOFILE", 0, 799, 1000};
    ck_assert(!soak_plan_is_used_up(&limit));
    limit.used = 800;
    ck_assert(soak_plan_is_used_up(&limit));
    limit.used = -1;
    ck_assert(!soak_plan_is_used_up(&limit));
    ck_assert(!soak_plan_is_used_up(&limits[3]));
}
END_TEST

START_TEST(the_way_to_the_stop_begins_where_the_soak_began)
{
    /* From 24 to 80 % of 256, which is 204.8: 80 of 180.8 are gone. */
    ck_assert_double_eq_tol(soak_plan_way_gone(limits, 1), 80 / 180.8, 1e-9);
    ck_assert_double_eq_tol(soak_plan_way_gone(limits, 2), 1, 1e-9);
    ck_assert_double_eq_tol(soak_plan_way_gone(limits + 2, 2), 0, 1e-9);
}
END_TEST

START_TEST(listening_leaves_most_of_the_descriptors_to_connections)
{
    ck_assert_int_eq(soak_plan_slots(0, 1), 64);
    ck_assert_int_eq(soak_plan_slots(1 << 20, 41), 64);
    ck_assert_int_eq(soak_plan_slots(1024, 2), 32);
    ck_assert_int_eq(soak_plan_slots(128, 2), 4);
    ck_assert_int_eq(soak_plan_slots(16, 41), 4);
}
END_TEST

/* ---- rounds ---- */

/* Rounds until the tasks or the room are used up, each task taking `holds` things. */
static int rounds_until(int tasks, int64_t room, int holds)
{
    struct soak_round latest = {0};
    int64_t left = room;
    int done = 0, rounds = 0;
    while (done < tasks && left > 0) {
        int size = soak_plan_round_size(tasks, &latest, left);
        ck_assert_int_ge(size, 1);
        done += size;
        left -= (int64_t)size * holds;
        latest = (struct soak_round){size, (double)size * holds / (double)room};
        rounds++;
    }
    return rounds;
}

START_TEST(there_are_readings_enough_whichever_comes_first_the_end_or_a_limit)
{
    static const int tasks[] = {30, 100, 1000, 50000, 1000000};
    static const int64_t rooms[] = {60, 200, 800, 100000, 10000000};
    static const int holds[] = {0, 1, 2};
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        for (size_t j = 0; j < sizeof rooms / sizeof *rooms; j++) {
            for (size_t k = 0; k < sizeof holds / sizeof *holds; k++) {
                int rounds = rounds_until(tasks[i], rooms[j], holds[k]);
                ck_assert_int_ge(rounds, 15);
                ck_assert_int_le(rounds, 100);
            }
        }
    }
}
END_TEST

START_TEST(rounds_grow_slowly_as_what_comes_next_may_hold_more)
{
    struct soak_round latest = {.size = 6};
    ck_assert_int_eq(soak_plan_round_size(1000000, &latest, 100), 12);
    latest = (struct soak_round){.size = 12, .way_gone = 0.1};
    ck_assert_int_eq(soak_plan_round_size(1000000, &latest, 100), 4);
}
END_TEST

/* ---- time ---- */

START_TEST(a_soak_has_time_for_all_of_its_tasks_to_hang)
{
    struct window window = window_make(500, GRACE_NATIVE_MS, 1);
    struct soak_span span = {.tasks = 1000,
                             .tasks_per_second = 10,
                             .window = &window,
                             .settle_max_ms = 500,
                             .drain_ms = 3000};
    int64_t starting_ns = 100 * CLOCK_NS_PER_S;
    int64_t endure_ns = soak_plan_budget_ns(&span);
    ck_assert_int_ge(endure_ns, starting_ns + SOAK_ROUNDS_MAX * window.late_ns + window.hung_ns);
    span.mode = SOAK_ISOLATE;
    ck_assert_int_gt(soak_plan_budget_ns(&span), endure_ns);
    span.tasks_per_second = 1;
    ck_assert_int_gt(soak_plan_budget_ns(&span), 1000 * CLOCK_NS_PER_S);
}
END_TEST

Suite *suite_soak_plan(void)
{
    Suite *suite = suite_create("soak_plan");
    TCase *cases = tcase_create("soak_plan");
    tcase_add_test(cases, one_descriptor_for_each_hung_call_grows_by_one_per_hung_call);
    tcase_add_test(cases, a_leak_without_a_hang_is_told_per_task);
    tcase_add_test(cases, a_leak_with_the_tasks_is_found_though_few_of_them_hang);
    tcase_add_test(cases, what_hangs_and_holds_nothing_is_bounded_per_hung_call);
    tcase_add_test(cases, three_hung_calls_are_too_few_for_a_verdict_about_hung_calls);
    tcase_add_test(cases, what_is_let_go_while_the_client_idles_is_no_verdict_of_growth);
    tcase_add_test(cases, the_nearest_limit_is_the_one_that_is_used_up_most);
    tcase_add_test(cases, a_limit_is_used_up_at_80_percent_and_not_before);
    tcase_add_test(cases, the_way_to_the_stop_begins_where_the_soak_began);
    tcase_add_test(cases, listening_leaves_most_of_the_descriptors_to_connections);
    tcase_add_test(cases, there_are_readings_enough_whichever_comes_first_the_end_or_a_limit);
    tcase_add_test(cases, rounds_grow_slowly_as_what_comes_next_may_hold_more);
    tcase_add_test(cases, a_soak_has_time_for_all_of_its_tasks_to_hang);
    suite_add_tcase(suite, cases);
    return suite;
}
