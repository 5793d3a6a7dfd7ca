/* What is known of a driver when its end is told. */
#include "judge/driver.h"

#include "suites.h"
#include "unasked.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { ENDING_MS = 2000 };

static struct ev_loop *loop;
static struct reaper reaper;
static struct driver driver;
static bool greeted;
static char reason[400], words[sizeof driver.last_words];

static void on_hello(void *owner, const json_t *hello)
{
    (void)owner, (void)hello;
    greeted = true;
}

static void on_end(void *owner, bool crashed, const char *why)
{
    (void)owner, (void)crashed;
    (void)snprintf(reason, sizeof reason, "%s", why);
    (void)snprintf(words, sizeof words, "%s", driver.last_words);
}

static void setup(void)
{
    struct err_text error;
    ck_assert_int_eq(process_prepare(&error), ERR_NONE);
    greeted = false;
    reason[0] = words[0] = '\0';
    loop = ev_loop_new(0);
    reaper_init(&reaper, loop);
}

static void teardown(void)
{
    driver_close(&driver);
    process_end_orphans(&reaper, ENDING_MS);
    reaper_fini(&reaper);
    ev_loop_destroy(loop);
}

/* A driver that says hello, and goes on with `text` when it is asked for something. */
static void start_and_ask(const char *text)
{
    static const struct driver_events events = {on_hello, unasked_result, unasked_reply, on_end};
    char line[400];
    struct err_text error;
    (void)snprintf(line, sizeof line, "echo '{\"op\":\"hello\",\"v\":1}'; read line; %s", text);
    char *argv[] = {"sh", "-c", line, NULL};
    ck_assert_msg(driver_start(&driver, argv, "end", loop, &reaper, &events, NULL, NULL, &error) ==
                      ERR_NONE,
                  "%s", error.text);
    while (!greeted)
        ev_run(loop, EVRUN_ONCE);
    driver_send(&driver, json_pack("{s:s}", "op", "hint"));
}

static void wait_for_end(void)
{
    while (reason[0] == '\0')
        ev_run(loop, EVRUN_ONCE);
}

START_TEST(what_it_said_before_it_died_is_known_though_its_death_is_heard_first)
{
    siginfo_t info;
    start_and_ask("echo 'panic: index out of range' >&2; exit 2");
    /* Both pieces of news are there before the loop looks for either. */
    ck_assert_int_eq(waitid(P_PID, (id_t)driver.pid, &info, WEXITED | WNOWAIT), 0);
    wait_for_end();
    ck_assert_str_eq(reason, "the driver ended by itself: exit status 2");
    ck_assert_str_eq(words, "panic: index out of range\n");
}
END_TEST

START_TEST(what_it_said_before_it_broke_the_protocol_is_known)
{
    start_and_ask("echo 'no JSON today' >&2; echo nonsense; exec sleep 20");
    wait_for_end();
    ck_assert_ptr_nonnull(strstr(reason, "broke the protocol"));
    ck_assert_str_eq(words, "no JSON today\n");
}
END_TEST

START_TEST(a_child_that_goes_on_talking_does_not_hold_up_the_news_of_its_death)
{
    start_and_ask("yes >&2 & exit 3");
    wait_for_end();
    ck_assert_str_eq(reason, "the driver ended by itself: exit status 3");
    driver_close(&driver);
    process_end_orphans(&reaper, ENDING_MS);
    ck_assert_uint_eq(process_find_orphans(&reaper, NULL, NULL, 0), 0);
}
END_TEST

Suite *suite_driver(void)
{
    Suite *suite = suite_create("driver");
    TCase *group = tcase_create("end");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_add_test(group, what_it_said_before_it_died_is_known_though_its_death_is_heard_first);
    tcase_add_test(group, what_it_said_before_it_broke_the_protocol_is_known);
    tcase_add_test(group, a_child_that_goes_on_talking_does_not_hold_up_the_news_of_its_death);
    suite_add_tcase(suite, group);
    return suite;
}
