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
    tasks += counters_tasks_per_round(&counters);
    counters_add(&counters, tasks, &reading);
}

START_TEST(each_counter_has_its_own_verdict)
{
    begin("quick");
    bool inconclusive = false, decided = false;
    for (int i = 0; i < 60 && !decided; i++) {
        round_of(10 + tasks + counters_tasks_per_round(&counters), 7);
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
    ck_assert_str_eq(result.counters[0].limit_name, "");
    for (int i = 0; i < 2; i++) {
        free(result.counters[i].series);
        free(result.counters[i].tasks);
    }
    counters_fini(&counters);
}
END_TEST

START_TEST(a_glance_that_is_not_enough_goes_on_with_longer_rounds)
{
    begin("glance");
    int first = counters_tasks_per_round(&counters);
    for (int i = 0; i < 12 && counters_tasks_per_round(&counters) == first; i++) {
        round_of(10 + i, 3); /* a descriptor each round: no glance can tell what that is */
        ck_assert(!counters_judge(&counters, false));
    }
    ck_assert_int_eq(first, growth_profile_find("glance")->tasks_per_round);
    ck_assert_int_eq(counters_tasks_per_round(&counters),
                     growth_profile_find("quick")->tasks_per_round);
    counters_fini(&counters);
}
END_TEST

START_TEST(what_falls_back_after_idling_was_released)
{
    begin("quick");
    for (int i = 0; i < 60; i++) {
        round_of(10 + tasks + counters_tasks_per_round(&counters), 3);
        if (counters_judge(&counters, false))
            break;
    }
    ck_assert(counters_some_grows(&counters));
    struct reading now = counters_read(0, GROWTH_MISSING, GROWTH_MISSING);
    ck_assert(!counters_released(&counters, &now)); /* nothing can be read */
    now.value[COUNTER_FDS] = 10 + tasks;
    ck_assert(!counters_released(&counters, &now)); /* as it was */
    now.value[COUNTER_FDS] = 10;
    ck_assert(counters_released(&counters, &now));
    counters_fini(&counters);
}
END_TEST

START_TEST(readings_come_from_the_kernel)
{
    struct reading before = counters_read(getpid(), 4, 5);
    int fd = dup(0);
    struct reading after = counters_read(getpid(), 4, 5);
    ck_assert_int_eq(after.value[COUNTER_FDS] - before.value[COUNTER_FDS], 1);
    ck_assert_int_eq(after.value[COUNTER_THREADS], 1);
    ck_assert_int_eq(after.value[COUNTER_CONNS], 4);
    ck_assert_int_eq(after.value[COUNTER_TASKS], 5);
    ck_assert(!reading_equal(&before, &after));
    (void)close(fd);
    after = counters_read(getpid(), 4, 5);
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
    tcase_add_test(cases, a_glance_that_is_not_enough_goes_on_with_longer_rounds);
    tcase_add_test(cases, what_falls_back_after_idling_was_released);
    tcase_add_test(cases, readings_come_from_the_kernel);
    suite_add_tcase(suite, cases);
    return suite;
}
