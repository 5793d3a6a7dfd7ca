#include "judge/report_merge.h"
#include "judge/results.h"

#include "suites.h"

#include <string.h>

static struct err_text error;

static json_t *make_results(const char *tool, const char *host, int complete)
{
    return json_pack("{s:i, s:b, s:o, s:s, s:s, s:i, s:{s:f}, s:{}, s:{}, s:[]}", "schema", 1,
                     "complete", complete, "incomplete_why",
                     complete ? json_null() : json_string("interrupted"), "tool", tool, "host",
                     host, "seed", 7, "noise", "slow_factor", 1.0, "scenarios", "clients", "cases");
}

static json_t *add(json_t *results, const char *id, const char *verdict, int as_expected)
{
    bool judged = strcmp(verdict, "SKIP") != 0 && strcmp(verdict, "INCONCLUSIVE") != 0;
    json_t *item = json_pack("{s:s, s:s, s:i, s:{s:s, s:o}, s:b, s:s}", "id", id, "client", "x",
                             "deadline_ms", 500, "verdict", "deadline", verdict, "cleanup",
                             judged ? json_pack("[s]", "OK") : json_array(), "as_expected",
                             as_expected, "reason", verdict);
    (void)json_array_append_new(json_object_get(results, "cases"), item);
    return item;
}

static enum err merge(json_t *a, json_t *b, json_t **merged)
{
    static char one[] = "one.json", two[] = "two.json";
    json_t *all[] = {a, b};
    char *names[] = {one, two};
    enum err failed = report_merge(all, names, 2, merged, &error);
    json_decref(a);
    json_decref(b);
    return failed;
}

static const json_t *find(const json_t *results, const char *id)
{
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(results, "cases"), i, item)
    {
        if (strcmp(results_text(item, "id"), id) == 0)
            return item;
    }
    ck_abort_msg("%s is not there", id);
    return NULL;
}

static void expect_verdict(const json_t *results, const char *id, const char *wanted)
{
    char verdict[RESULTS_VERDICT_MAX];
    results_verdict_print(find(results, id), verdict);
    ck_assert_str_eq(verdict, wanted);
}

START_TEST(shards_become_one_with_all_of_their_cells)
{
    json_t *a = make_results("t", "here", 1), *b = make_results("t", "there", 1), *merged;
    add(a, "ident/silent", "OK", 1);
    add(b, "auth/silent", "HUNG", 0);
    ck_assert_int_eq(merge(a, b, &merged), ERR_NONE);
    ck_assert_int_eq(results_check(merged, "merged", &error), ERR_NONE);
    ck_assert_uint_eq(json_array_size(json_object_get(merged, "cases")), 2);
    ck_assert(json_is_true(json_object_get(merged, "complete")));
    expect_verdict(merged, "auth/silent", "HUNG");
    const json_t *parts = json_object_get(merged, "parts");
    ck_assert_str_eq(results_text(json_array_get(parts, 1), "host"), "there");
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_object_get(merged, "summary"), "unexpected")), 1);
    json_decref(merged);
}
END_TEST

START_TEST(the_same_verdict_twice_is_that_verdict)
{
    json_t *a = make_results("t", "here", 1), *b = make_results("t", "there", 1), *merged;
    add(a, "auth/silent", "HUNG", 0);
    add(b, "auth/silent", "HUNG", 0);
    ck_assert_int_eq(merge(a, b, &merged), ERR_NONE);
    ck_assert_uint_eq(json_array_size(json_object_get(merged, "cases")), 1);
    expect_verdict(merged, "auth/silent", "HUNG");
    ck_assert_uint_eq(json_array_size(json_object_get(find(merged, "auth/silent"), "repeats")), 2);
    json_decref(merged);
}
END_TEST

START_TEST(verdicts_that_differ_are_flaky_and_both_are_told)
{
    json_t *a = make_results("t", "here", 1), *b = make_results("t", "there", 1), *merged;
    add(a, "auth/silent", "OK", 1);
    add(b, "auth/silent", "HUNG", 0);
    ck_assert_int_eq(merge(a, b, &merged), ERR_NONE);
    const json_t *item = find(merged, "auth/silent");
    expect_verdict(merged, "auth/silent", "FLAKY(1/2)");
    ck_assert_int_eq(results_class(item), CELL_FLAKY);
    const json_t *second = json_array_get(json_object_get(item, "repeats"), 1);
    ck_assert_str_eq(results_text(second, "host"), "there");
    ck_assert_str_eq(results_text(json_object_get(second, "verdict"), "deadline"), "HUNG");
    ck_assert_ptr_nonnull(strstr(results_text(item, "reason"), "1 of 2 OK, 1 of 2 HUNG"));
    json_decref(merged);
}
END_TEST

START_TEST(two_ways_to_fail_are_a_failure_that_tells_of_both)
{
    json_t *a = make_results("t", "here", 1), *b = make_results("t", "there", 1), *merged;
    add(a, "auth/silent", "LATE", 0);
    add(b, "auth/silent", "HUNG", 0);
    ck_assert_int_eq(merge(a, b, &merged), ERR_NONE);
    ck_assert_int_eq(results_class(find(merged, "auth/silent")), CELL_UNEXPECTED);
    ck_assert_ptr_nonnull(
        strstr(results_text(find(merged, "auth/silent"), "reason"), "1 of 2 LATE, 1 of 2 HUNG"));
    json_decref(merged);
}
END_TEST

START_TEST(a_verdict_goes_before_none)
{
    json_t *a = make_results("t", "here", 1), *b = make_results("t", "there", 1), *merged;
    add(a, "auth/silent", "INCONCLUSIVE", 0);
    add(b, "auth/silent", "OK", 1);
    add(a, "data/silent", "OK", 1);
    add(b, "data/silent", "SKIP", 1);
    ck_assert_int_eq(merge(a, b, &merged), ERR_NONE);
    expect_verdict(merged, "auth/silent", "OK");
    expect_verdict(merged, "data/silent", "OK");
    json_decref(merged);
}
END_TEST

START_TEST(repeats_of_a_part_count_each)
{
    json_t *a = make_results("t", "here", 1), *b = make_results("t", "there", 1), *merged;
    json_t *item = add(a, "auth/silent", "OK", 1), *repeats = json_array();
    for (int i = 0; i < 3; i++)
        (void)json_array_append_new(repeats, json_deep_copy(item));
    (void)json_object_set_new(item, "repeats", repeats);
    add(b, "auth/silent", "HUNG", 0);
    ck_assert_int_eq(merge(a, b, &merged), ERR_NONE);
    expect_verdict(merged, "auth/silent", "FLAKY(3/4)");
    json_decref(merged);
}
END_TEST

START_TEST(one_incomplete_part_makes_the_whole_incomplete)
{
    json_t *a = make_results("t", "here", 1), *b = make_results("t", "there", 0), *merged;
    add(a, "auth/silent", "OK", 1);
    ck_assert_int_eq(merge(a, b, &merged), ERR_NONE);
    ck_assert(json_is_false(json_object_get(merged, "complete")));
    ck_assert_str_eq(results_text(merged, "incomplete_why"), "two.json: interrupted");
    json_decref(merged);
}
END_TEST

static json_t *shard(json_int_t index, json_int_t count)
{
    json_t *results = make_results("t", "here", 1);
    (void)json_object_set_new(results, "shard",
                              json_pack("{s:I, s:I}", "index", index, "count", count));
    return results;
}

START_TEST(a_shard_that_is_not_there_makes_the_whole_incomplete)
{
    json_t *merged;
    ck_assert_int_eq(merge(shard(1, 3), shard(3, 3), &merged), ERR_NONE);
    ck_assert_str_eq(results_text(merged, "incomplete_why"),
                     "shard 2 of 3 is not among what was merged");
    ck_assert(json_is_false(json_object_get(merged, "complete")));
    json_decref(merged);
    ck_assert_int_eq(merge(shard(2, 2), shard(1, 2), &merged), ERR_NONE);
    ck_assert(json_is_true(json_object_get(merged, "complete")));
    json_decref(merged);
}
END_TEST

START_TEST(other_versions_and_other_deadlines_are_refused)
{
    json_t *merged = NULL, *a = make_results("fakesshd 1", "here", 1);
    ck_assert_int_eq(merge(a, make_results("fakesshd 2", "here", 1), &merged), ERR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "fakesshd 1, two.json of fakesshd 2"));
    json_t *b = make_results("t", "here", 1);
    a = make_results("t", "here", 1);
    add(a, "auth/silent", "OK", 1);
    (void)json_object_set_new(add(b, "auth/silent", "OK", 1), "deadline_ms", json_integer(900));
    ck_assert_int_eq(merge(a, b, &merged), ERR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "500 ms in one result and 900 ms in two.json"));
    ck_assert_ptr_null(merged);
}
END_TEST

Suite *suite_report_merge(void)
{
    Suite *suite = suite_create("report_merge");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, shards_become_one_with_all_of_their_cells);
    tcase_add_test(tests, the_same_verdict_twice_is_that_verdict);
    tcase_add_test(tests, verdicts_that_differ_are_flaky_and_both_are_told);
    tcase_add_test(tests, two_ways_to_fail_are_a_failure_that_tells_of_both);
    tcase_add_test(tests, a_verdict_goes_before_none);
    tcase_add_test(tests, repeats_of_a_part_count_each);
    tcase_add_test(tests, one_incomplete_part_makes_the_whole_incomplete);
    tcase_add_test(tests, a_shard_that_is_not_there_makes_the_whole_incomplete);
    tcase_add_test(tests, other_versions_and_other_deadlines_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
