#include "judge/counters.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct counters counters;
static int64_t tasks;

static void begin(const char *profile)
{
    counters_init(&counters, growth_profile_find(profile));
    tasks = 0;
}

/* One more round, with so many descriptors and threads at its end. */
static void round_of(int64_t fds, int64_t threads)
{
    struct reading reading;
    for (int i = 0; i < COUNTER_COUNT; i++)
        reading.value[i] = GROWTH_MISSING;
    reading.value[COUNTER_FDS] = fds;
    reading.value[COUNTER_THREADS] = threads;
    tasks += counters_profile(&counters)->tasks_per_round;
    counters_add(&counters, tasks, &reading);
}

START_TEST(each_counter_has_its_own_verdict)
{
    begin("quick");
    bool inconclusive = false, decided = false;
    for (int i = 0; i < 60 && !decided; i++) {
        round_of(10 + tasks + counters_profile(&counters)->tasks_per_round, 7);
        decided = counters_judge(&counters, false);
    }
    ck_assert(decided);
    ck_assert(counters_some_grows(&counters));
    ck_assert_uint_eq(counters_cleanup(&counters, &inconclusive), CLEANUP_BIT(CLEANUP_LEAK_FD));
    ck_assert(!inconclusive);
    counters_fini(&counters);
}
END_TEST

START_TEST(a_counter_without_readings_has_no_verdict)
{
    begin("quick");
    bool inconclusive = false;
    ck_assert(counters_judge(&counters, true)); /* nothing was read: nothing is open */
    ck_assert_uint_eq(counters_cleanup(&counters, &inconclusive), 0);
    ck_assert(!inconclusive);
    struct case_result result = {0};
    counters_report(&counters, &result);
    ck_assert_int_eq((int)result.counter_count, 0);
    counters_fini(&counters);
}
END_TEST

START_TEST(what_is_bounded_is_told_with_its_readings)
{
    begin("quick");
    for (int i = 0; i < 60; i++) {
        round_of(9, 3);
        if (counters_judge(&counters, false))
            break;
    }
    ck_assert(!counters_some_grows(&counters));
    struct case_result result = {0};
    counters_report(&counters, &result);
    ck_assert_int_eq((int)result.counter_count, 2);
    ck_assert_str_eq(result.counters[0].name, "threads");
    ck_assert_str_eq(result.counters[1].name, "fds");
    ck_assert_int_eq(result.counters[1].growth.verdict, GROWTH_BOUNDED);
    ck_assert_int_eq((int)result.counters[1].series[0], 9);
    ck_assert_str_eq(result.counters[1].limit_name, "RLIMIT_NOFILE");
    ck_assert_int_gt(result.counters[0].limit, 0); /* threads; whichever comes first here */
    for (int i = 0; i < 2; i++) {
        free(result.counters[i].series);
        free(result.counters[i].tasks);
    }
    counters_fini(&counters);
}
END_TEST

/* A round of eight while every task hangs. */
static void hung_round(int64_t fds, int64_t threads)
{
    struct reading reading;
    for (int i = 0; i < COUNTER_COUNT; i++)
        reading.value[i] = GROWTH_MISSING;
    reading.value[COUNTER_FDS] = fds;
    reading.value[COUNTER_THREADS] = threads;
    counters_add(&counters, tasks, &reading);
    (void)counters_judge(&counters, false);
    tasks += 8;
}

START_TEST(what_every_hung_task_holds_grows_and_a_pool_that_filled_does_not)
{
    bool inconclusive = false;
    begin("matrix");
    hung_round(9, 3);
    hung_round(17, 11);
    hung_round(25, 11);
    hung_round(33, 12);
    ck_assert(counters_judge_hung(&counters));
    ck_assert_uint_eq(counters_cleanup(&counters, &inconclusive), CLEANUP_BIT(CLEANUP_LEAK_FD));
    counters_fini(&counters);
}
END_TEST

START_TEST(a_reading_that_is_one_off_because_of_a_healthy_task_changes_nothing)
{
    bool inconclusive = false;
    begin("matrix");
    hung_round(10, 3);
    hung_round(17, 3);
    hung_round(26, 3);
    hung_round(33, 3);
    ck_assert(counters_judge_hung(&counters));
    ck_assert_uint_eq(counters_cleanup(&counters, &inconclusive), CLEANUP_BIT(CLEANUP_LEAK_FD));
    counters_fini(&counters);
}
END_TEST

START_TEST(what_rises_with_a_part_of_the_hung_tasks_is_looked_at_longer)
{
    begin("matrix");
    hung_round(9, 3);
    hung_round(13, 3);
    hung_round(17, 3);
    hung_round(21, 3);
    ck_assert(!counters_judge_hung(&counters));
    counters_fini(&counters);
}
END_TEST

START_TEST(a_glance_that_is_not_enough_goes_on_with_longer_rounds)
{
    begin("glance");
    int first = counters_profile(&counters)->tasks_per_round;
    for (int i = 0; i < 12 && counters_profile(&counters)->tasks_per_round == first; i++) {
        round_of(10 + i, 3); /* a descriptor each round: no glance can tell what that is */
        ck_assert(!counters_judge(&counters, false));
    }
    ck_assert_int_eq(first, growth_profile_find("glance")->tasks_per_round);
    ck_assert_int_eq(counters_profile(&counters)->tasks_per_round,
                     growth_profile_find("quick")->tasks_per_round);
    counters_fini(&counters);
}
END_TEST

/* Rounds in which the counters are read as `rising` says, until one of them wants a drain. */
static struct reading rounds_until_drain(int64_t per_task)
{
    struct reading reading = {{0}};
    for (int i = 0; i < COUNTER_COUNT; i++)
        reading.value[i] = GROWTH_MISSING;
    for (int i = 0; i < 60; i++) {
        tasks += i > 0 ? counters_profile(&counters)->tasks_per_round : 0;
        reading.value[COUNTER_FDS] = 10 + per_task * tasks;
        if (counters_want_drain(&counters, tasks, &reading))
            break;
        counters_add(&counters, tasks, &reading);
        if (counters_judge(&counters, false))
            break;
    }
    return reading;
}

static bool drain_of(const struct reading *before, const struct reading *after)
{
    struct drain drain = {.before = *before, .after = *after, .late_count = 1, .drain_ms = 1000};
    drain.late[0] = *after;
    return counters_add_drained(&counters, tasks, &drain);
}

START_TEST(what_a_drain_released_does_not_grow)
{
    begin("quick");
    struct reading before = rounds_until_drain(1), after = before;
    ck_assert_int_eq(tasks, 100); /* the first block's end */
    after.value[COUNTER_FDS] = 10;
    ck_assert(drain_of(&before, &after));
    tasks += 100;
    before.value[COUNTER_FDS] = 110;
    ck_assert(counters_want_drain(&counters, tasks, &before));
    (void)drain_of(&before, &after);
    ck_assert(counters_judge(&counters, false));
    ck_assert(!counters_some_grows(&counters));
    counters_fini(&counters);
}
END_TEST

START_TEST(a_drain_in_vain_is_repeated_only_to_confirm_a_leak)
{
    begin("quick");
    struct reading before = rounds_until_drain(1);
    ck_assert_int_eq(tasks, 100);
    ck_assert(!drain_of(&before, &before));
    before = rounds_until_drain(1);
    ck_assert_int_eq(tasks, 300); /* where GROWING is about to be said */
    ck_assert(!counters_judge(&counters, false));
    (void)drain_of(&before, &before);
    ck_assert(counters_judge(&counters, false));
    ck_assert(counters_some_grows(&counters));
    counters_fini(&counters);
}
END_TEST

/* 16 KiB more with each task, and nothing else. */
static unsigned memory_that_grows(const char *profile, enum growth_verdict *verdict)
{
    begin(profile);
    bool inconclusive = false, decided = false;
    struct reading reading = {{0}};
    for (int i = 0; i < 400 && !decided; i++) {
        reading.value[COUNTER_MEMORY] = 1000000 + 16384 * tasks;
        counters_add(&counters, tasks, &reading);
        decided = counters_judge(&counters, false);
        tasks += counters_profile(&counters)->tasks_per_round;
    }
    ck_assert(decided);
    *verdict = counters.result[COUNTER_MEMORY].verdict;
    unsigned set = counters_cleanup(&counters, &inconclusive);
    ck_assert(!inconclusive);
    counters_fini(&counters);
    return set;
}

START_TEST(memory_that_grows_is_a_verdict_of_the_longer_profiles)
{
    enum growth_verdict verdict = GROWTH_CONTINUE;
    ck_assert_uint_eq(memory_that_grows("ci", &verdict), CLEANUP_BIT(CLEANUP_GROWING));
    ck_assert_int_eq(verdict, GROWTH_GROWING);
}
END_TEST

START_TEST(a_short_look_does_not_wait_for_memory)
{
    enum growth_verdict verdict = GROWTH_CONTINUE;
    ck_assert_uint_eq(memory_that_grows("quick", &verdict), 0);
    ck_assert_int_eq(verdict, GROWTH_INCONCLUSIVE); /* 100 tasks are too few */
}
END_TEST

START_TEST(readings_come_from_the_kernel)
{
    struct reading before = counters_read(getpid(), 4);
    int fd = dup(0);
    struct reading after = counters_read(getpid(), 4);
    ck_assert_int_eq(after.value[COUNTER_FDS] - before.value[COUNTER_FDS], 1);
    ck_assert_int_eq(after.value[COUNTER_THREADS], 1);
    ck_assert_int_eq(after.value[COUNTER_CONNS], 4);
    ck_assert_int_eq(after.value[COUNTER_TASKS], GROWTH_MISSING); /* ask the driver */
    ck_assert(!reading_equal(&before, &after));
    (void)close(fd);
    after = counters_read(getpid(), 4);
    ck_assert(reading_equal(&before, &after));
}
END_TEST

Suite *suite_counters(void)
{
    Suite *suite = suite_create("counters");
    TCase *cases = tcase_create("counters");
    tcase_add_test(cases, each_counter_has_its_own_verdict);
    tcase_add_test(cases, a_counter_without_readings_has_no_verdict);
    tcase_add_test(cases, what_is_bounded_is_told_with_its_readings);
    tcase_add_test(cases, what_every_hung_task_holds_grows_and_a_pool_that_filled_does_not);
    tcase_add_test(cases, a_reading_that_is_one_off_because_of_a_healthy_task_changes_nothing);
    tcase_add_test(cases, what_rises_with_a_part_of_the_hung_tasks_is_looked_at_longer);
    tcase_add_test(cases, a_glance_that_is_not_enough_goes_on_with_longer_rounds);
    tcase_add_test(cases, what_a_drain_released_does_not_grow);
    tcase_add_test(cases, a_drain_in_vain_is_repeated_only_to_confirm_a_leak);
    tcase_add_test(cases, memory_that_grows_is_a_verdict_of_the_longer_profiles);
    tcase_add_test(cases, a_short_look_does_not_wait_for_memory);
    tcase_add_test(cases, readings_come_from_the_kernel);
    suite_add_tcase(suite, cases);
    return suite;
}
