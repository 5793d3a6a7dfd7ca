#include "judge/timer_semantics.h"

#include "suites.h"

static enum timer_semantics timer(enum endurance silence, enum endurance dribble,
                                  enum endurance keepalive, enum endurance endless)
{
    enum endurance endured[STIMULUS_COUNT];
    endured[STIMULUS_SILENCE] = silence;
    endured[STIMULUS_DRIBBLE] = dribble;
    endured[STIMULUS_KEEPALIVE] = keepalive;
    endured[STIMULUS_ENDLESS] = endless;
    return timer_semantics_of(endured);
}

START_TEST(silence_that_hangs_is_no_timer_whatever_else_is_known)
{
    for (int other = ENDURED_NOTHING_KNOWN; other <= ENDURED_HUNG; other++)
        ck_assert_int_eq(timer(ENDURED_HUNG, (enum endurance)other, ENDURED_IN_TIME, 0),
                         TIMER_NONE);
}
END_TEST

START_TEST(silence_that_ends_and_a_dribble_that_hangs_are_an_idle_timer)
{
    ck_assert_int_eq(timer(ENDURED_IN_TIME, ENDURED_HUNG, 0, 0), TIMER_IDLE);
    ck_assert_int_eq(timer(ENDURED_IN_TIME, ENDURED_LATE, 0, 0), TIMER_IDLE);
    ck_assert_int_eq(timer(ENDURED_IN_TIME, ENDURED_IN_TIME, ENDURED_HUNG, 0), TIMER_IDLE);
    ck_assert_int_eq(timer(ENDURED_IN_TIME, ENDURED_IN_TIME, 0, ENDURED_HUNG), TIMER_IDLE);
}
END_TEST

START_TEST(only_what_was_seen_to_end_in_time_is_an_absolute_timer)
{
    ck_assert_int_eq(timer(ENDURED_IN_TIME, ENDURED_IN_TIME, 0, 0), TIMER_ABSOLUTE);
    ck_assert_int_eq(timer(ENDURED_IN_TIME, 0, ENDURED_IN_TIME, 0), TIMER_ABSOLUTE);
    ck_assert_int_eq(timer(ENDURED_IN_TIME, 0, 0, 0), TIMER_UNKNOWN);
    ck_assert_int_eq(timer(0, ENDURED_IN_TIME, ENDURED_IN_TIME, ENDURED_IN_TIME), TIMER_UNKNOWN);
    ck_assert_int_eq(timer(0, ENDURED_HUNG, 0, 0), TIMER_UNKNOWN);
}
END_TEST

START_TEST(silence_that_ends_late_is_a_late_timer)
{
    ck_assert_int_eq(timer(ENDURED_LATE, ENDURED_IN_TIME, 0, 0), TIMER_LATE);
}
END_TEST

static json_t *make_case(const char *id, const char *client, const char *verdict,
                         const char *outcomes, int timeouts)
{
    json_t *expected = json_array();
    (void)json_array_append_new(expected, json_string("timeout"));
    if (outcomes != NULL)
        (void)json_array_append_new(expected, json_string(outcomes));
    return json_pack("{s:s, s:s, s:{s:s, s:[s]}, s:b, s:{s:o}, s:{s:i}}", "id", id, "client",
                     client, "verdict", "deadline", verdict, "cleanup", "OK", "as_expected", 1,
                     "expected", "outcome", expected, "outcomes", "timeout", timeouts);
}

static enum endurance endurance(const char *verdict, const char *outcomes, int timeouts)
{
    json_t *item = make_case("auth/silent", "x", verdict, outcomes, timeouts);
    enum endurance endured = timer_semantics_endurance(item);
    json_decref(item);
    return endured;
}

START_TEST(a_success_or_another_failure_shows_no_timer)
{
    ck_assert_int_eq(endurance("OK", NULL, 0), ENDURED_IN_TIME);
    ck_assert_int_eq(endurance("OK", "success", 0), ENDURED_NOTHING_KNOWN);
    ck_assert_int_eq(endurance("OK", "success", 3), ENDURED_IN_TIME);
    ck_assert_int_eq(endurance("OK", "failure", 0), ENDURED_NOTHING_KNOWN);
    ck_assert_int_eq(endurance("HUNG", "success", 0), ENDURED_HUNG);
    ck_assert_int_eq(endurance("LATE", NULL, 2), ENDURED_LATE);
}
END_TEST

START_TEST(a_timer_that_counts_too_fast_is_one)
{
    ck_assert_int_eq(endurance("EARLY", NULL, 3), ENDURED_IN_TIME);
    ck_assert_int_eq(endurance("EARLY", NULL, 0), ENDURED_NOTHING_KNOWN);
}
END_TEST

START_TEST(who_is_given_up_but_comes_back_by_a_timer_in_the_end_is_late)
{
    json_t *item = make_case("auth/silent", "x", "HUNG", NULL, 3);
    (void)json_object_set_new(item, "tasks", json_integer(3));
    ck_assert_int_eq(timer_semantics_endurance(item), ENDURED_LATE);
    (void)json_object_set_new(item, "tasks", json_integer(6)); /* half of them had not yet */
    ck_assert_int_eq(timer_semantics_endurance(item), ENDURED_LATE);
    (void)json_object_set_new(item, "tasks", json_integer(7));
    ck_assert_int_eq(timer_semantics_endurance(item), ENDURED_HUNG);
    json_decref(item);
}
END_TEST

START_TEST(a_hang_where_no_time_is_to_run_out_says_nothing_of_timers)
{
    json_t *item = json_pack("{s:{s:s}, s:{s:[s]}}", "verdict", "deadline", "HUNG", "expected",
                             "outcome", "success");
    ck_assert_int_eq(timer_semantics_endurance(item), ENDURED_NOTHING_KNOWN);
    json_decref(item);
}
END_TEST

START_TEST(what_was_not_judged_shows_no_timer)
{
    static const char *const words[] = {"SKIP",  "INCONCLUSIVE", "ERROR",        "FLAKY",
                                        "CRASH", "NO_CONTACT",   "WRONG_OUTCOME"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_int_eq(endurance(words[i], NULL, 3), ENDURED_NOTHING_KNOWN);
}
END_TEST

static const char *timer_of(const json_t *timers, const char *client, const char *phase)
{
    const char *word = json_string_value(
        json_object_get(json_object_get(json_object_get(timers, client), phase), "timer"));
    return word != NULL ? word : "";
}

START_TEST(a_run_has_a_timer_for_each_client_and_phase_that_was_judged)
{
    json_t *results =
        json_pack("{s:{s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s, s:s}}, s:[]}", "scenarios",
                  "auth/silent", "phase", "auth", "kind", "silence", "auth/dribble", "phase",
                  "auth", "kind", "dribble", "data/silent", "phase", "data", "kind", "silence",
                  "keepalive/dribble", "phase", "keepalive", "kind", "dribble", "cases");
    json_t *cases = json_object_get(results, "cases");
    static const struct {
        const char *id, *client, *verdict;
    } rows[] = {
        {"auth/silent", "sound", "OK"},           {"auth/dribble", "sound", "OK"},
        {"auth/silent", "rearmed", "OK"},         {"auth/dribble", "rearmed", "HUNG"},
        {"auth/silent", "none", "HUNG"},          {"data/silent", "rearmed", "OK"},
        {"keepalive/dribble", "rearmed", "HUNG"}, {"data/silent", "sound", "OK"},
        {"keepalive/dribble", "sound", "OK"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        (void)json_array_append_new(
            cases, make_case(rows[i].id, rows[i].client, rows[i].verdict, NULL, 3));
    json_t *timers = timer_semantics_json(results);
    ck_assert_str_eq(timer_of(timers, "sound", "auth"), "absolute");
    ck_assert_str_eq(timer_of(timers, "rearmed", "auth"), "idle");
    ck_assert_str_eq(timer_of(timers, "none", "auth"), "none");
    ck_assert_str_eq(timer_of(timers, "none", "data"), "");
    ck_assert_str_eq(timer_of(timers, "rearmed", "keepalive"), "idle");
    ck_assert_str_eq(timer_of(timers, "sound", "keepalive"), "absolute");
    ck_assert_str_eq(timer_of(timers, "sound", "data"), "unknown");
    json_decref(timers);
    json_decref(results);
}
END_TEST

Suite *suite_timer_semantics(void)
{
    Suite *suite = suite_create("timer_semantics");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, silence_that_hangs_is_no_timer_whatever_else_is_known);
    tcase_add_test(tests, silence_that_ends_and_a_dribble_that_hangs_are_an_idle_timer);
    tcase_add_test(tests, only_what_was_seen_to_end_in_time_is_an_absolute_timer);
    tcase_add_test(tests, silence_that_ends_late_is_a_late_timer);
    tcase_add_test(tests, a_success_or_another_failure_shows_no_timer);
    tcase_add_test(tests, a_timer_that_counts_too_fast_is_one);
    tcase_add_test(tests, who_is_given_up_but_comes_back_by_a_timer_in_the_end_is_late);
    tcase_add_test(tests, a_hang_where_no_time_is_to_run_out_says_nothing_of_timers);
    tcase_add_test(tests, what_was_not_judged_shows_no_timer);
    tcase_add_test(tests, a_run_has_a_timer_for_each_client_and_phase_that_was_judged);
    suite_add_tcase(suite, tests);
    return suite;
}
