#include "judge/throttle.h"

#include "base/clock.h"
#include "suites.h"

#define MS CLOCK_NS_PER_MS

/* Turned by hand: ticks of two processors. */
static struct procfs_machine machine;
static int64_t now_ns, next_ns;
static struct throttle throttle;

static void pass(int64_t ms, double busy)
{
    now_ns += ms * MS;
    machine.all += (uint64_t)(ms * 100);
    machine.busy += (uint64_t)((double)(ms * 100) * busy);
}

static void begin(void)
{
    machine = (struct procfs_machine){0};
    now_ns = 1000 * MS;
    throttle_init(&throttle, 24);
    (void)throttle_take(&throttle, 0, machine, now_ns, &next_ns);
}

static bool take(int running)
{
    return throttle_take(&throttle, running, machine, now_ns, &next_ns);
}

START_TEST(starts_are_some_way_apart_however_idle_the_machine_is)
{
    begin();
    ck_assert(!take(0));
    ck_assert(next_ns > now_ns);
    now_ns = next_ns;
    ck_assert(take(1));
    ck_assert(!take(2));
}
END_TEST

START_TEST(a_busy_machine_gets_no_more_than_the_floor_and_an_idle_one_all)
{
    begin();
    pass(300, 0.95);
    ck_assert(!take(10));
    ck_assert(next_ns > now_ns);
    pass(50, 0.95);
    ck_assert(!take(6)); /* a quarter of the jobs */
    pass(50, 0.95);
    ck_assert(take(5));
    pass(300, 0.30);
    ck_assert(take(23));
}
END_TEST

START_TEST(a_machine_is_calm_while_a_third_of_it_works_and_not_when_two_thirds_do)
{
    begin();
    pass(300, 0.30);
    ck_assert(throttle_is_calm(&throttle, machine, now_ns));
    pass(300, 0.65);
    ck_assert(!throttle_is_calm(&throttle, machine, now_ns));
    pass(100, 0.00); /* too short to tell */
    ck_assert(!throttle_is_calm(&throttle, machine, now_ns));
}
END_TEST

START_TEST(one_job_is_never_kept_waiting)
{
    begin();
    throttle_init(&throttle, 1);
    (void)take(0);
    pass(300, 1.0);
    ck_assert(take(0));
}
END_TEST

Suite *suite_throttle(void)
{
    Suite *suite = suite_create("throttle");
    TCase *cases = tcase_create("throttle");
    tcase_add_test(cases, starts_are_some_way_apart_however_idle_the_machine_is);
    tcase_add_test(cases, a_busy_machine_gets_no_more_than_the_floor_and_an_idle_one_all);
    tcase_add_test(cases, a_machine_is_calm_while_a_third_of_it_works_and_not_when_two_thirds_do);
    tcase_add_test(cases, one_job_is_never_kept_waiting);
    suite_add_tcase(suite, cases);
    return suite;
}
