#include "judge/growth_text.h"

#include "suites.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t q[200], t[200];

static void show(int64_t per_round, int64_t most, size_t n, bool utf8, char line[GROWTH_LINE_MAX])
{
    for (size_t i = 0; i < n; i++) {
        int64_t level = per_round * (int64_t)i;
        q[i] = 12 + (level < most ? level : most);
        t[i] = 50 * (int64_t)i;
    }
    int64_t decided_at = 0;
    struct growth_result result =
        growth_judge_series(&growth_profile_find("ci")->config, q, t, n, &decided_at);
    struct growth_shown shown = {"fd", &result, q, t, n, 1024, "RLIMIT_NOFILE", 0};
    growth_print_line(&shown, utf8, line);
}

START_TEST(a_growing_counter_says_its_rate_and_when_the_limit_is_gone)
{
    char line[GROWTH_LINE_MAX];
    show(50, 1 << 30, 41, true, line);
    ck_assert_msg(strncmp(line, "GROWING      fd       ▁", 24) == 0, "%s", line);
    ck_assert_msg(strstr(line, "█ 12→2012  1.00 per task [0.985..1.015], 39 separate rises") !=
                      NULL,
                  "%s", line);
    ck_assert_msg(strstr(line, "; RLIMIT_NOFILE 1024 after 10 min at 100 tasks/min") != NULL, "%s",
                  line);
}
END_TEST

START_TEST(a_bounded_counter_says_what_it_excludes_and_how_long_the_limit_lasts)
{
    char line[GROWTH_LINE_MAX];
    show(0, 0, 21, false, line);
    ck_assert_str_eq(line, "BOUNDED      fd       _____________________    12->12  +0 in 1000 "
                           "tasks; any leak is rarer than 1 per 101 tasks (RLIMIT_NOFILE 1024 "
                           "lasts >17 h at 100 tasks/min)");
    show(1, 20, 41, false, line);
    ck_assert_msg(strstr(line, "+20, then flat for 1000 tasks (a pool of 32?); any leak is rarer "
                               "than 1 per 101 tasks") != NULL,
                  "%s", line);
}
END_TEST

START_TEST(an_undecided_counter_says_how_many_tasks_a_verdict_needs)
{
    char line[GROWTH_LINE_MAX];
    show(0, 0, 11, false, line);
    ck_assert_msg(strstr(line, "excludes leaks above 1 per 51 tasks; a verdict at 1 per 100 tasks "
                               "needs about 1000 tasks") != NULL,
                  "%s", line);
}
END_TEST

START_TEST(a_counter_without_readings_is_not_called_bounded)
{
    int64_t none[] = {GROWTH_MISSING, GROWTH_MISSING}, tasks[] = {0, 50}, decided_at = 0;
    struct growth_result result =
        growth_judge_series(&growth_profile_find("ci")->config, none, tasks, 2, &decided_at);
    struct growth_shown shown = {"fd", &result, none, tasks, 2, 0, "", 0};
    char line[GROWTH_LINE_MAX];
    growth_print_line(&shown, true, line);
    ck_assert_str_eq(line, "INCONCLUSIVE fd       n/a: no readings");
}
END_TEST

START_TEST(a_sparkline_has_the_highest_reading_of_each_of_24_columns)
{
    int64_t series[48] = {0};
    char text[GROWTH_SPARKLINE_MAX];
    series[3] = 70;
    series[47] = 35;
    growth_print_sparkline(series, 48, false, text);
    ck_assert_str_eq(text, "_#_____________________=");
    series[0] = series[1] = GROWTH_MISSING;
    growth_print_sparkline(series, 48, false, text);
    ck_assert_str_eq(text, " #_____________________=");
    growth_print_sparkline(series, 0, true, text);
    ck_assert_str_eq(text, "");
    series[5] = INT64_MAX;
    series[6] = INT64_MIN + 1;
    growth_print_sparkline(series, 48, true, text);
    ck_assert_uint_lt(strlen(text), GROWTH_SPARKLINE_MAX);
}
END_TEST

START_TEST(times_are_in_the_unit_that_people_would_use)
{
    static const struct {
        double tasks;
        const char *text;
    } table[] = {{100, "60 s"},    {1012, "10 min"},    {96000, "16 h"}, {14400 * 100, "10 days"},
                 {2e8, "4 years"}, {1e30, "1000 years"}};
    char text[32];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        growth_print_time(table[i].tasks, 100, text, sizeof text);
        ck_assert_str_eq(text, table[i].text);
    }
    growth_print_time((double)INFINITY, 0, text, sizeof text);
    ck_assert_str_eq(text, "for ever");
}
END_TEST

START_TEST(rates_are_said_as_people_would_say_them)
{
    char text[GROWTH_RATE_TEXT_MAX];
    growth_print_rate(1.0, false, text);
    ck_assert_str_eq(text, "1.00 per task");
    growth_print_rate(0.0106, false, text);
    ck_assert_str_eq(text, "1 per 94 tasks");
    growth_print_rate(4096, true, text);
    ck_assert_str_eq(text, "4.0 KiB per task");
}
END_TEST

START_TEST(an_accelerating_counter_is_extrapolated_from_its_last_third)
{
    for (size_t i = 0; i < 61; i++) {
        q[i] = (int64_t)(i * i);
        t[i] = 50 * (int64_t)i;
    }
    int64_t decided_at = 0;
    struct growth_result result =
        growth_judge_series(&growth_profile_find("ci")->config, q, t, 61, &decided_at);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert(result.accelerating);
    ck_assert(result.late_rate > 1.3 * result.rate);
}
END_TEST

START_TEST(the_locale_decides_between_blocks_and_ascii)
{
    ck_assert_int_eq(setenv("LC_ALL", "C.UTF-8", 1), 0);
    ck_assert(growth_speaks_utf8());
    ck_assert_int_eq(setenv("LC_ALL", "C", 1), 0);
    ck_assert_int_eq(setenv("LANG", "en_US.utf8", 1), 0);
    ck_assert(!growth_speaks_utf8());
    ck_assert_int_eq(setenv("LC_ALL", "", 1), 0);
    ck_assert_int_eq(unsetenv("LC_CTYPE"), 0);
    ck_assert(growth_speaks_utf8());
}
END_TEST

Suite *suite_growth_text(void)
{
    Suite *suite = suite_create("growth_text");
    TCase *cases = tcase_create("growth_text");
    tcase_add_test(cases, a_growing_counter_says_its_rate_and_when_the_limit_is_gone);
    tcase_add_test(cases, a_bounded_counter_says_what_it_excludes_and_how_long_the_limit_lasts);
    tcase_add_test(cases, an_undecided_counter_says_how_many_tasks_a_verdict_needs);
    tcase_add_test(cases, a_counter_without_readings_is_not_called_bounded);
    tcase_add_test(cases, a_sparkline_has_the_highest_reading_of_each_of_24_columns);
    tcase_add_test(cases, times_are_in_the_unit_that_people_would_use);
    tcase_add_test(cases, rates_are_said_as_people_would_say_them);
    tcase_add_test(cases, an_accelerating_counter_is_extrapolated_from_its_last_third);
    tcase_add_test(cases, the_locale_decides_between_blocks_and_ascii);
    suite_add_tcase(suite, cases);
    return suite;
}
