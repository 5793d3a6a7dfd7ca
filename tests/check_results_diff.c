#include "judge/results_diff.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *before, *after;
    enum diff_kind kind;
} pairs[] = {
    {"OK", "OK", DIFF_SAME},
    {"OK", "HUNG", DIFF_REGRESSION},
    {"OK", "LEAK_FD", DIFF_REGRESSION},
    {"OK", "FLAKY(9/10)", DIFF_REGRESSION},
    {"HUNG", "OK", DIFF_FIXED},
    {"LATE+LEAK_FD", "OK", DIFF_FIXED},
    {"FLAKY(1/2)", "OK", DIFF_FIXED},
    {"LATE", "HUNG", DIFF_REGRESSION},
    {"LATE", "LATE+LEAK_FD", DIFF_REGRESSION},
    {"LEAK_FD", "HUNG+LEAK_FD", DIFF_REGRESSION},
    {"HUNG", "LATE", DIFF_CHANGED},
    {"HUNG+LEAK_FD", "HUNG", DIFF_CHANGED},
    {"HUNG", "LATE+LEAK_FD", DIFF_CHANGED},
    {"LEAK_FD", "LEAK_THREAD", DIFF_CHANGED},
    {"HUNG+LEAK_FD", "LEAK_FD+HUNG", DIFF_SAME},
    {"FLAKY(1/2)", "FLAKY(1/2)", DIFF_SAME},
    {"FLAKY(1/2)", "FLAKY(1/3)", DIFF_CHANGED},
    {"FLAKY(1/2)", "HUNG", DIFF_REGRESSION},
    {"HUNG", "FLAKY(1/2)", DIFF_CHANGED},
    {"OK", "INCONCLUSIVE", DIFF_UNDECIDED},
    {"HUNG", "ERROR", DIFF_UNDECIDED},
    {"OK", "SKIP", DIFF_SKIPPED},
    {"SKIP", "SKIP", DIFF_SAME},
    {"SKIP", "HUNG", DIFF_NEW},
    {"INCONCLUSIVE", "OK", DIFF_NEW},
    {"ERROR", "ERROR", DIFF_SAME},
    {"ERROR", "SKIP", DIFF_CHANGED},
};

START_TEST(two_verdicts_are_worse_better_or_neither)
{
    struct verdict before, after;
    ck_assert(verdict_parse(pairs[_i].before, &before));
    ck_assert(verdict_parse(pairs[_i].after, &after));
    ck_assert_msg(diff_verdicts(before, after) == pairs[_i].kind, "%s -> %s", pairs[_i].before,
                  pairs[_i].after);
}
END_TEST

START_TEST(times_have_moved_beyond_20_ms_and_a_tenth_of_the_deadline)
{
    ck_assert(!diff_has_moved(100, 120, 100));
    ck_assert(diff_has_moved(100, 121, 100));
    ck_assert(diff_has_moved(121, 100, 100));
    ck_assert(!diff_has_moved(500, 550, 500));
    ck_assert(diff_has_moved(500, 551, 500));
}
END_TEST

static void add(json_t *results, const char *id, const char *word, int p99_ms)
{
    (void)json_array_append_new(json_object_get(results, "cases"),
                                json_pack("{s:s, s:s, s:b, s:i, s:s, s:{s:i}, s:{s:s, s:[s]}}",
                                          "id", id, "client", "c", "as_expected", 1, "deadline_ms",
                                          500, "reason", "because", "elapsed_ms", "p99", p99_ms,
                                          "verdict", "deadline", word, "cleanup", "OK"));
}

static json_t *results_of(bool complete)
{
    return json_pack("{s:i, s:b, s:s?, s:[]}", "schema", 1, "complete", (int)complete,
                     "incomplete_why", complete ? NULL : "interrupted", "cases");
}

START_TEST(what_is_told_is_in_order_and_counted)
{
    json_t *before = results_of(true), *after = results_of(false);
    add(before, "a/gone", "OK", 1);
    add(before, "a/same", "OK", 1);
    add(before, "a/moved", "OK", 500);
    add(before, "a/fixed", "HUNG", 1);
    add(before, "a/worse", "OK", 1);
    add(before, "a/twice", "OK", 1);
    add(before, "a/twice", "HUNG", 1);
    add(after, "a/same", "OK", 2);
    add(after, "a/moved", "OK", 900);
    add(after, "a/new", "OK", 1);
    add(after, "a/fixed", "OK", 1);
    add(after, "a/worse", "HUNG", 1);
    add(after, "a/twice", "OK", 1);
    add(after, "a/twice", "HUNG", 1);
    struct results_diff diff;
    results_diff_make(&diff, before, after);
    static const struct {
        const char *id;
        enum diff_kind kind;
    } told[] = {{"a/worse", DIFF_REGRESSION},
                {"a/gone", DIFF_GONE},
                {"a/new", DIFF_NEW},
                {"a/fixed", DIFF_FIXED},
                {"a/moved", DIFF_MOVED}};
    ck_assert_uint_eq(diff.count, sizeof told / sizeof *told);
    for (size_t i = 0; i < diff.count; i++) {
        ck_assert_str_eq(diff.items[i].id, told[i].id);
        ck_assert_int_eq(diff.items[i].kind, told[i].kind);
    }
    ck_assert_int_eq(diff.counts[DIFF_SAME], 3);
    ck_assert_ptr_null(diff.old_lacks);
    ck_assert_str_eq(diff.new_lacks, "interrupted");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    results_diff_print(&diff, out);
    (void)fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "OK -> HUNG\n    because\n"));
    ck_assert_ptr_nonnull(strstr(text, "99th percentile was 500 ms and is 900 ms, of 500"));
    ck_assert_ptr_nonnull(
        strstr(text, "1 regression, 1 gone, 1 new, 1 fixed, 1 moved, 3 the same\n"));
    ck_assert_ptr_nonnull(strstr(text, "INCOMPLETE: the new results: interrupted"));
    free(text);
    results_diff_fini(&diff);
    json_decref(before);
    json_decref(after);
}
END_TEST

START_TEST(it_fails_on_what_it_was_asked_to)
{
    static const struct {
        const char *before, *after;
        bool on_regression, on_change;
    } rows[] = {{"OK", "OK", false, false},
                {"OK", "HUNG", true, true},
                {"HUNG", "OK", false, true},
                {"OK", NULL, false, true},
                {NULL, "HUNG", false, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *before = results_of(true), *after = results_of(true);
        struct results_diff diff;
        if (rows[i].before != NULL)
            add(before, "a/b", rows[i].before, 1);
        if (rows[i].after != NULL)
            add(after, "a/b", rows[i].after, 1);
        results_diff_make(&diff, before, after);
        ck_assert_int_eq(results_diff_fails(&diff, DIFF_FAIL_REGRESSION), rows[i].on_regression);
        ck_assert_int_eq(results_diff_fails(&diff, DIFF_FAIL_CHANGE), rows[i].on_change);
        ck_assert(!results_diff_fails(&diff, DIFF_FAIL_NONE));
        results_diff_fini(&diff);
        json_decref(before);
        json_decref(after);
    }
}
END_TEST

Suite *suite_results_diff(void)
{
    Suite *suite = suite_create("results_diff");
    TCase *cases = tcase_create("results_diff");
    tcase_add_loop_test(cases, two_verdicts_are_worse_better_or_neither, 0,
                        sizeof pairs / sizeof *pairs);
    tcase_add_test(cases, times_have_moved_beyond_20_ms_and_a_tenth_of_the_deadline);
    tcase_add_test(cases, what_is_told_is_in_order_and_counted);
    tcase_add_test(cases, it_fails_on_what_it_was_asked_to);
    suite_add_tcase(suite, cases);
    return suite;
}
