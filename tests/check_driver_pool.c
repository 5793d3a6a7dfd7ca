/* Drivers that wait for their next case. */
#include "judge/driver_pool.h"

#include "suites.h"
#include "unasked.h"

#include <signal.h>
#include <stdlib.h>

static struct ev_loop *loop;
static struct reaper reaper;
static struct driver_pool pool;
static const struct manifest ours, others;
static int hellos;

static void setup(void)
{
    hellos = 0;
    loop = ev_loop_new(0);
    reaper_init(&reaper, loop);
    driver_pool_init(&pool, 3);
}

static void teardown(void)
{
    driver_pool_fini(&pool);
    reaper_fini(&reaper);
    ev_loop_destroy(loop);
}

static void on_hello(void *owner, const json_t *hello)
{
    (void)owner, (void)hello;
    hellos++;
}

static void on_end(void *owner, bool crashed, const char *why)
{
    (void)owner, (void)crashed;
    ck_abort_msg("%s", why);
}

/* A driver that has said hello; then the shell goes on with `text`. */
static struct driver *start(const char *text)
{
    static const struct driver_events events = {on_hello, unasked_result, unasked_reply, on_end};
    char line[256];
    struct err_text error;
    struct driver *driver = calloc(1, sizeof *driver);
    ck_assert_ptr_nonnull(driver);
    (void)snprintf(line, sizeof line, "echo '{\"op\":\"hello\",\"v\":1}'; %s", text);
    char *argv[] = {"sh", "-c", line, NULL};
    ck_assert_msg(driver_start(driver, argv, "pool", loop, &reaper, &events, NULL, NULL, &error) ==
                      ERR_NONE,
                  "%s", error.text);
    for (int before = hellos; hellos == before;)
        ev_run(loop, EVRUN_ONCE);
    return driver;
}

static struct driver *start_reader(void)
{
    return start("cat >&2");
}

static void give_back(struct driver *driver)
{
    driver_close(driver);
    free(driver);
}

START_TEST(who_waits_is_handed_out_once_and_to_its_own_client_only)
{
    struct driver *driver = start_reader();
    driver_pool_put(&pool, &ours, driver);
    ck_assert_ptr_null(driver_pool_take(&pool, &others));
    ck_assert_ptr_eq(driver_pool_take(&pool, &ours), driver);
    ck_assert_ptr_null(driver_pool_take(&pool, &ours));
    ck_assert_int_gt(driver->pid, 0);
    give_back(driver);
}
END_TEST

START_TEST(the_one_that_came_last_is_handed_out_first)
{
    struct driver *first = start_reader(), *last = start_reader();
    driver_pool_put(&pool, &ours, first);
    driver_pool_put(&pool, &ours, last);
    ck_assert_ptr_eq(driver_pool_take(&pool, &ours), last);
    give_back(last);
}
END_TEST

START_TEST(who_ended_while_it_waited_is_not_handed_out)
{
    struct driver *driver = start_reader();
    driver_pool_put(&pool, &ours, driver);
    (void)kill(driver->pid, SIGKILL);
    while (!driver->died)
        ev_run(loop, EVRUN_ONCE);
    ck_assert_ptr_null(driver_pool_take(&pool, &ours));
}
END_TEST

START_TEST(who_said_something_unasked_while_it_waited_is_not_handed_out)
{
    struct driver *driver = start("read line; echo '{\"op\":\"settled\",\"id\":7}'; cat >&2");
    driver_pool_put(&pool, &ours, driver);
    driver_send(driver, json_pack("{s:s}", "op", "hint"));
    while (driver->unasked == 0)
        ev_run(loop, EVRUN_ONCE);
    ck_assert_ptr_null(driver_pool_take(&pool, &ours));
}
END_TEST

START_TEST(beyond_the_most_the_one_that_waits_longest_is_ended)
{
    struct driver *drivers[4];
    for (int i = 0; i < 4; i++) {
        drivers[i] = start_reader();
        driver_pool_put(&pool, i == 0 ? &others : &ours, drivers[i]);
    }
    ck_assert_uint_eq(pool.count, 3);
    ck_assert_ptr_null(driver_pool_take(&pool, &others));
}
END_TEST

START_TEST(those_of_a_client_that_has_no_more_cases_are_ended)
{
    driver_pool_put(&pool, &ours, start_reader());
    driver_pool_put(&pool, &others, start_reader());
    driver_pool_put(&pool, &ours, start_reader());
    driver_pool_end(&pool, &ours);
    ck_assert_uint_eq(pool.count, 1);
    ck_assert_ptr_null(driver_pool_take(&pool, &ours));
    give_back(driver_pool_take(&pool, &others));
}
END_TEST

Suite *suite_driver_pool(void)
{
    Suite *suite = suite_create("driver_pool");
    TCase *cases = tcase_create("a pool of drivers");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, who_waits_is_handed_out_once_and_to_its_own_client_only);
    tcase_add_test(cases, the_one_that_came_last_is_handed_out_first);
    tcase_add_test(cases, who_ended_while_it_waited_is_not_handed_out);
    tcase_add_test(cases, who_said_something_unasked_while_it_waited_is_not_handed_out);
    tcase_add_test(cases, beyond_the_most_the_one_that_waits_longest_is_ended);
    tcase_add_test(cases, those_of_a_client_that_has_no_more_cases_are_ended);
    suite_add_tcase(suite, cases);
    return suite;
}
