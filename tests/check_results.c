#include "judge/results.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct err_text error;

static json_t *make_case(const char *id, const char *client, const char *deadline,
                         const char *cleanup, int as_expected, const char *known_gap)
{
    json_t *words = json_array();
    if (cleanup != NULL)
        (void)json_array_append_new(words, json_string(cleanup));
    return json_pack("{s:s, s:s, s:{s:s, s:o}, s:b, s:s?}", "id", id, "client", client, "verdict",
                     "deadline", deadline, "cleanup", words, "as_expected", as_expected,
                     "known_gap", known_gap);
}

static enum cell_class class_of(const char *deadline, const char *cleanup, int as_expected,
                                const char *known_gap)
{
    json_t *item = make_case("auth/silent", "x", deadline, cleanup, as_expected, known_gap);
    enum cell_class class = results_class(item);
    json_decref(item);
    return class;
}

START_TEST(what_was_not_judged_is_never_ok)
{
    ck_assert_int_eq(class_of("OK", "OK", 1, NULL), CELL_OK);
    ck_assert_int_eq(class_of("SKIP", NULL, 1, NULL), CELL_SKIPPED);
    ck_assert_int_eq(class_of("INCONCLUSIVE", NULL, 0, NULL), CELL_INCONCLUSIVE);
    ck_assert_int_eq(class_of("ERROR", NULL, 0, NULL), CELL_ERROR);
    ck_assert_int_eq(class_of("FLAKY", NULL, 0, NULL), CELL_FLAKY);
    ck_assert_int_eq(class_of("FLAKY", NULL, 1, "https://a.example"), CELL_KNOWN_GAP);
}
END_TEST

START_TEST(a_gap_that_is_listed_is_known_and_one_that_is_gone_is_unexpected)
{
    ck_assert_int_eq(class_of("HUNG", "OK", 0, NULL), CELL_UNEXPECTED);
    ck_assert_int_eq(class_of("OK", "LEAK_FD", 0, NULL), CELL_UNEXPECTED);
    ck_assert_int_eq(class_of("HUNG", "OK", 1, "https://a.example"), CELL_KNOWN_GAP);
    ck_assert_int_eq(class_of("OK", "OK", 0, "https://a.example"), CELL_UNEXPECTED);
}
END_TEST

START_TEST(a_verdict_is_printed_as_run_prints_it)
{
    char text[RESULTS_VERDICT_MAX];
    json_t *item = json_pack("{s:{s:s, s:[s, s]}}", "verdict", "deadline", "HUNG", "cleanup",
                             "LEAK_CONN", "LEAK_FD");
    results_verdict_print(item, text);
    ck_assert_str_eq(text, "HUNG+LEAK_CONN+LEAK_FD");
    (void)json_object_set_new(json_object_get(item, "verdict"), "deadline", json_string("OK"));
    results_verdict_print(item, text);
    ck_assert_str_eq(text, "LEAK_CONN+LEAK_FD");
    (void)json_object_set_new(item, "verdict",
                              json_pack("{s:s, s:[], s:{s:i, s:i}}", "deadline", "FLAKY", "cleanup",
                                        "flaky", "k", 9, "n", 10));
    results_verdict_print(item, text);
    ck_assert_str_eq(text, "FLAKY(9/10)");
    json_decref(item);
}
END_TEST

START_TEST(cells_that_are_missing_are_counted)
{
    char text[RESULTS_COUNTS_MAX];
    json_t *results = json_pack("{s:i, s:b, s:[]}", "schema", 1, "complete", 0, "cases");
    json_t *cases = json_object_get(results, "cases");
    struct results_counts counts = results_count(results, NULL);
    results_counts_print(&counts, text);
    ck_assert_str_eq(text, "nothing was judged");
    (void)json_array_append_new(cases, make_case("a/a", "x", "OK", "OK", 1, NULL));
    (void)json_array_append_new(cases, make_case("a/a", "y", "OK", "OK", 1, NULL));
    (void)json_array_append_new(cases, make_case("a/b", "x", "HUNG", "OK", 1, "https://a.example"));
    counts = results_count(results, NULL);
    results_counts_print(&counts, text);
    ck_assert_str_eq(text, "2 ok, 1 known gap, 1 missing");
    counts = results_count(results, "y");
    results_counts_print(&counts, text);
    ck_assert_str_eq(text, "1 ok, 1 missing");
    (void)json_object_set_new(results, "scenarios", json_pack("{s:{}, s:{}}", "a/b", "a/never"));
    counts = results_count(results, NULL);
    ck_assert_int_eq(counts.of[CELL_MISSING], 3);
    json_decref(results);
}
END_TEST

static void expect_refused(const char *text, const char *sentence)
{
    char path[] = "/tmp/check-results-XXXXXX";
    int fd = mkstemp(path);
    json_t *results = NULL;
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
    enum err failed = results_read(path, &results, &error);
    (void)unlink(path);
    ck_assert_int_eq(failed, ERR_INPUT);
    ck_assert_ptr_null(results);
    ck_assert_msg(strstr(error.text, sentence) != NULL && strstr(error.text, path) != NULL, "%s",
                  error.text);
}

START_TEST(what_is_no_results_file_is_refused_with_a_sentence)
{
    expect_refused("", "end of file");
    expect_refused("[]", "expected results of fakesshd");
    expect_refused("{\"schema\": 2, \"complete\": true, \"cases\": []}", "schema 2, expected 1");
    expect_refused("{\"schema\": 1, \"complete\": true, \"cases\": [{\"client\": \"x\"}]}",
                   "case 1: id is nothing");
    expect_refused("{\"schema\": 1, \"complete\": true, \"cases\": [{\"id\": \"a\", \"client\": "
                   "\"x\", \"as_expected\": true, \"verdict\": {\"deadline\": \"OK\", \"cleanup\": "
                   "[3]}}]}",
                   "verdict.cleanup holds a number");
}
END_TEST

Suite *suite_results(void)
{
    Suite *suite = suite_create("results");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, what_was_not_judged_is_never_ok);
    tcase_add_test(tests, a_gap_that_is_listed_is_known_and_one_that_is_gone_is_unexpected);
    tcase_add_test(tests, a_verdict_is_printed_as_run_prints_it);
    tcase_add_test(tests, cells_that_are_missing_are_counted);
    tcase_add_test(tests, what_is_no_results_file_is_refused_with_a_sentence);
    suite_add_tcase(suite, tests);
    return suite;
}
