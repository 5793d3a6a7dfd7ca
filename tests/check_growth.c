#include "judge/growth.h"

#include "judge/growth_text.h"
#include "suites.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the labelled series ---- */

struct vector {
    struct growth_config config;
    int64_t *q, *t;
    size_t n;
};

/* Beside the sources: the tests run from the top of the tree, or from wherever the binary is. */
static json_t *load_vectors(void)
{
    static char path[4096];
    json_error_t error;
    json_t *root = json_load_file("tests/data/growth-vectors.json", 0, &error);
    ssize_t length = root == NULL ? readlink("/proc/self/exe", path, sizeof path - 64) : -1;
    while (root == NULL && length > 0) {
        while (length > 0 && path[length] != '/')
            length--;
        (void)strcpy(path + length, "/tests/data/growth-vectors.json");
        root = json_load_file(path, 0, &error);
        length--;
    }
    ck_assert_msg(root != NULL, "tests/data/growth-vectors.json: %s", error.text);
    return root;
}

static struct vector vector_read(const json_t *json)
{
    const json_t *config = json_object_get(json, "config");
    const json_t *tasks = json_object_get(json, "tasks"), *values = json_object_get(json, "values");
    struct vector vector = {
        .config = {.bytes = json_integer_value(json_object_get(config, "bytes")) != 0,
                   .anchors = json_integer_value(json_object_get(config, "anchors")) != 0,
                   .rho = json_number_value(json_object_get(config, "rho")),
                   .block = json_integer_value(json_object_get(config, "block")),
                   .guard = json_integer_value(json_object_get(config, "guard"))},
        .n = json_array_size(tasks),
    };
    vector.q = calloc(vector.n + 1, sizeof *vector.q);
    vector.t = calloc(vector.n + 1, sizeof *vector.t);
    ck_assert(vector.q != NULL && vector.t != NULL);
    for (size_t i = 0; i < vector.n; i++) {
        const json_t *value = json_array_get(values, i);
        vector.t[i] = json_integer_value(json_array_get(tasks, i));
        vector.q[i] = json_is_null(value) ? GROWTH_MISSING : json_integer_value(value);
    }
    return vector;
}

static void assert_near(const json_t *expect, const char *field, double found, double tolerance,
                        const char *id)
{
    const json_t *wanted = json_object_get(expect, field);
    if (json_is_null(wanted)) {
        ck_assert_msg(isinf(found), "%s: %s is %g, expected none", id, field, found);
        return;
    }
    ck_assert_msg(fabs(found - json_number_value(wanted)) <= tolerance,
                  "%s: %s is %.9g, expected %.9g within %g", id, field, found,
                  json_number_value(wanted), tolerance);
}

static void assert_equal(const json_t *expect, const char *field, int64_t found, const char *id)
{
    int64_t wanted = json_integer_value(json_object_get(expect, field));
    ck_assert_msg(found == wanted, "%s: %s is %lld, expected %lld", id, field, (long long)found,
                  (long long)wanted);
}

static void check_vector(const json_t *json)
{
    const char *id = json_string_value(json_object_get(json, "id"));
    const json_t *expect = json_object_get(json, "expect");
    struct vector vector = vector_read(json);
    int64_t decided_at = -1;
    struct growth_result result =
        growth_judge_series(&vector.config, vector.q, vector.t, vector.n, &decided_at);
    const char *verdict = json_string_value(json_object_get(expect, "verdict"));
    ck_assert_msg(strcmp(growth_verdict_word(result.verdict), verdict) == 0, "%s: %s, expected %s",
                  id, growth_verdict_word(result.verdict), verdict);
    assert_equal(expect, "decided_at", decided_at, id);
    assert_equal(expect, "growth", result.growth, id);
    assert_equal(expect, "noise", result.noise, id);
    assert_equal(expect, "tasks", result.tasks, id);
    assert_equal(expect, "rises", result.rises, id);
    assert_near(expect, "rate", result.rate, 1e-6, id);
    assert_near(expect, "rate_lo", result.rate_low, 1e-6, id);
    assert_near(expect, "rate_hi", result.rate_high, 1e-6, id);
    double bound = json_number_value(json_object_get(expect, "bound"));
    assert_near(expect, "bound", result.bound, 1e-3 * fmin(1, bound), id);
    free(vector.q);
    free(vector.t);
}

START_TEST(every_labelled_series_has_its_verdict_and_its_figures)
{
    json_t *root = load_vectors(), *json;
    size_t i;
    ck_assert_uint_ge(json_array_size(json_object_get(root, "vectors")), 153);
    json_array_foreach(json_object_get(root, "vectors"), i, json) check_vector(json);
    json_decref(root);
}
END_TEST

/* ---- series that can be followed by hand ---- */

typedef int64_t (*level_after)(int64_t round);

static int64_t q[200], t[200];

/* Rounds of 50 tasks under the profile of ci: reading i is level(i). */
static struct growth_result by_hand(level_after level, size_t readings, int64_t *decided_at)
{
    for (size_t i = 0; i < readings; i++) {
        q[i] = level((int64_t)i);
        t[i] = 50 * (int64_t)i;
    }
    return growth_judge_series(&growth_profile_find("ci")->config, q, t, readings, decided_at);
}

#define LEVEL(name, expression)      \
    static int64_t name(int64_t i)   \
    {                                \
        return (expression) + 0 * i; \
    }
LEVEL(flat, 12)
LEVEL(one_per_task, 12 + 50 * i)
LEVEL(one_per_hundred, 12 + i / 2)
LEVEL(pool_of_20, 12 + (i < 20 ? i : 20))
LEVEL(pool_of_40, 12 + (i < 40 ? i : 40))
LEVEL(pool_of_60, 12 + (i < 60 ? i : 60))
LEVEL(slow_pool_of_15, 12 + (i / 4 < 15 ? i / 4 : 15))
LEVEL(one_per_350, 12 + i / 7)
LEVEL(to_and_fro, 12 + i % 2)
LEVEL(spike_then_flat, i == 0 ? 40 : 12)
LEVEL(spike_then_leak, i == 0 ? 40 : 12 + i / 2)
LEVEL(falling, 400 - 2 * i)
LEVEL(at_the_limit, 12 + 50 * i < 1024 ? 12 + 50 * i : 1024)
LEVEL(missing_at_the_boundary, i == 20 ? GROWTH_MISSING : 12)

START_TEST(series_that_can_be_followed_by_hand_end_as_computed_by_hand)
{
    static const struct {
        level_after level;
        size_t readings;
        enum growth_verdict verdict;
        int64_t decided_at;
    } table[] = {
        {flat, 121, GROWTH_BOUNDED, 1000},
        {one_per_task, 121, GROWTH_GROWING, 2000},
        {one_per_hundred, 121, GROWTH_GROWING, 3000},
        {pool_of_20, 121, GROWTH_BOUNDED, 2000},
        {pool_of_40, 121, GROWTH_BOUNDED, 3000},
        {pool_of_60, 121, GROWTH_GROWING, 3000},
        {slow_pool_of_15, 121, GROWTH_BOUNDED, 4000},
        {one_per_350, 121, GROWTH_BOUNDED, 3000},
        {to_and_fro, 121, GROWTH_BOUNDED, 2000},
        {spike_then_flat, 121, GROWTH_BOUNDED, 2000},
        {spike_then_leak, 121, GROWTH_GROWING, 4000},
        {falling, 121, GROWTH_INCONCLUSIVE, 6000},
        {flat, 11, GROWTH_INCONCLUSIVE, 500},
        {at_the_limit, 121, GROWTH_BOUNDED, 3000},
        {missing_at_the_boundary, 121, GROWTH_BOUNDED, 1050},
        {flat, 1, GROWTH_INCONCLUSIVE, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t decided_at = -1;
        struct growth_result result = by_hand(table[i].level, table[i].readings, &decided_at);
        ck_assert_msg(result.verdict == table[i].verdict && decided_at == table[i].decided_at,
                      "row %zu: %s at %lld: %s", i, growth_verdict_word(result.verdict),
                      (long long)decided_at, result.why);
    }
}
END_TEST

START_TEST(a_leak_of_one_a_task_has_the_figures_computed_by_hand)
{
    int64_t decided_at = 0;
    struct growth_result result = by_hand(one_per_task, 121, &decided_at);
    ck_assert_double_eq_tol(result.rate, 1.0, 1e-9);
    ck_assert_double_eq_tol(result.rate_low, 0.985, 0.001);
    ck_assert_double_eq_tol(result.rate_high, 1.015, 0.001);
    ck_assert_int_eq(result.rises, 39);
    result = by_hand(flat, 11, &decided_at);
    ck_assert_double_eq_tol(result.bound, 0.0198, 1e-6);
}
END_TEST

START_TEST(drained_readings_are_judged_by_their_last_three_differences)
{
    struct growth_config config = {.anchors = true, .rho = 0.01, .block = 1000};
    int64_t levels[] = {15, 27, 39, 50}, tasks[] = {0, 1000, 2000, 3000}, decided_at = 0;
    struct growth_result result = growth_judge_series(&config, levels, tasks, 4, &decided_at);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    ck_assert_int_eq(decided_at, 3000);
    levels[3] = 40; /* 12, 12, 1: it slows down */
    result = growth_judge_series(&config, levels, tasks, 4, &decided_at);
    ck_assert_int_ne(result.verdict, GROWTH_GROWING);
}
END_TEST

START_TEST(the_poisson_bound_has_its_known_values_and_never_steps_back)
{
    static const double known[] = {9.90, 12.50, 14.72, 16.75, 18.65, 20.47, 22.22, 23.92, 25.58};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        ck_assert_double_eq_tol(growth_poisson_upper((int64_t)i), known[i], 0.006);
    ck_assert_double_eq_tol(growth_poisson_upper(24), 49.30, 0.006);
    for (int64_t k = 0; k < 200; k++)
        ck_assert(growth_poisson_upper(k + 1) > growth_poisson_upper(k));
    ck_assert(isfinite(growth_poisson_upper(GROWTH_VALUE_MAX * 2)));
}
END_TEST

START_TEST(readings_that_cannot_count_are_ignored_and_harm_nothing)
{
    int64_t values[64], tasks[64], decided_at = 0;
    for (size_t i = 0; i < 64; i++) {
        values[i] = 12;
        tasks[i] = 50 * (int64_t)i;
    }
    values[3] = INT64_MAX;
    values[4] = INT64_MIN + 1;
    tasks[5] = 10; /* did not advance */
    values[5] = 9000;
    tasks[6] = INT64_MIN;
    tasks[7] = INT64_MAX;
    struct growth_result result =
        growth_judge_series(&growth_profile_find("ci")->config, values, tasks, 64, &decided_at);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED);
    ck_assert_int_eq(result.growth, 0);
    ck_assert_int_eq(decided_at, 1000);
}
END_TEST

START_TEST(the_largest_values_do_not_overflow)
{
    struct growth_config config = growth_profile_find("ci")->config;
    int64_t values[130], tasks[130], decided_at = 0;
    for (size_t i = 0; i < 130; i++) {
        values[i] = -GROWTH_VALUE_MAX + (int64_t)i * (GROWTH_VALUE_MAX / 65);
        tasks[i] = 50 * (int64_t)i;
    }
    struct growth_result result = growth_judge_series(&config, values, tasks, 130, &decided_at);
    ck_assert_int_eq(result.verdict, GROWTH_GROWING);
    for (size_t i = 0; i < 130; i++)
        values[i] = -values[i];
    result = growth_judge_series(&config, values, tasks, 130, &decided_at);
    ck_assert_int_eq(result.verdict, GROWTH_INCONCLUSIVE);
    for (size_t i = 0; i < 130; i++)
        values[i] = i % 2 == 0 ? -GROWTH_VALUE_MAX : GROWTH_VALUE_MAX;
    result = growth_judge_series(&config, values, tasks, 130, &decided_at);
    ck_assert_int_eq(result.verdict, GROWTH_BOUNDED); /* its floors are flat */
    tasks[1] = GROWTH_VALUE_MAX; /* so many tasks must not be walked block by block */
    config.block = 1;
    result = growth_evaluate(&config, values, tasks, 2, GROWTH_AT_LAST);
    ck_assert_int_eq(result.tasks, GROWTH_VALUE_MAX);
}
END_TEST

START_TEST(of_very_many_readings_the_last_4096_count)
{
    enum { MANY = 20000 };
    int64_t *values = calloc(MANY, sizeof *values), *tasks = calloc(MANY, sizeof *tasks);
    ck_assert(values != NULL && tasks != NULL);
    for (int64_t i = 0; i < MANY; i++) {
        values[i] = i % 500; /* falls without end */
        tasks[i] = i;
    }
    int64_t decided_at = 0;
    struct growth_config config = {.rho = 0.0001, .block = 100000};
    struct growth_result result = growth_judge_series(&config, values, tasks, MANY, &decided_at);
    ck_assert_int_eq(result.verdict, GROWTH_INCONCLUSIVE);
    ck_assert_int_eq(result.tasks, GROWTH_READINGS_MAX - 4); /* floors of width 4 */
    free(values);
    free(tasks);
}
END_TEST

START_TEST(each_profile_sees_ten_leaked_units_in_a_block)
{
    static const char *const names[] = {"quick", "ci", "thorough", "soak"};
    for (size_t i = 0; i < 4; i++) {
        const struct growth_profile *profile = growth_profile_find(names[i]);
        ck_assert_ptr_nonnull(profile);
        ck_assert_double_eq_tol(profile->config.rho * (double)profile->config.block, 10, 1e-9);
        ck_assert_int_eq(profile->tasks_per_round * profile->rounds_per_block,
                         profile->config.block);
        ck_assert_double_eq_tol(
            growth_config_for_bytes(profile).rho * (double)profile->config.block, 1048576, 1e-3);
    }
    ck_assert_ptr_null(growth_profile_find("slow"));
}
END_TEST

Suite *suite_growth(void)
{
    Suite *suite = suite_create("growth");
    TCase *cases = tcase_create("growth");
    tcase_add_test(cases, every_labelled_series_has_its_verdict_and_its_figures);
    tcase_add_test(cases, series_that_can_be_followed_by_hand_end_as_computed_by_hand);
    tcase_add_test(cases, a_leak_of_one_a_task_has_the_figures_computed_by_hand);
    tcase_add_test(cases, drained_readings_are_judged_by_their_last_three_differences);
    tcase_add_test(cases, the_poisson_bound_has_its_known_values_and_never_steps_back);
    tcase_add_test(cases, readings_that_cannot_count_are_ignored_and_harm_nothing);
    tcase_add_test(cases, the_largest_values_do_not_overflow);
    tcase_add_test(cases, of_very_many_readings_the_last_4096_count);
    tcase_add_test(cases, each_profile_sees_ten_leaked_units_in_a_block);
    suite_add_tcase(suite, cases);
    return suite;
}
