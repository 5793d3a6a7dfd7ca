#include "judge/shard.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Variables of a job, "NAME=value", instead of the environment's. */
static const char *const *variables;

static const char *get(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; variables != NULL && variables[i] != NULL; i++) {
        if (strncmp(variables[i], name, length) == 0 && variables[i][length] == '=')
            return variables[i] + length + 1;
    }
    return NULL;
}

static void expect_shard(const char *word, int index, int count)
{
    struct shard shard;
    struct err_text error = {""};
    ck_assert_msg(shard_parse(word, get, &shard, &error) == ERR_NONE, "%s: %s", word, error.text);
    ck_assert_int_eq(shard.index, index);
    ck_assert_int_eq(shard.count, count);
}

static void expect_sentence(const char *word, const char *part)
{
    struct shard shard;
    struct err_text error = {""};
    ck_assert_int_eq(shard_parse(word, get, &shard, &error), ERR_USAGE);
    ck_assert_msg(strstr(error.text, part) != NULL, "%s: \"%s\" lacks \"%s\"", word, error.text,
                  part);
}

START_TEST(a_shard_is_a_number_of_a_count)
{
    expect_shard("1/1", 1, 1);
    expect_shard("2/8", 2, 8);
    expect_shard("8/8", 8, 8);
    static const char *const wrong[] = {"0/8",  "9/8", "8",    "/8",   "8/",      "-1/8", "1/0",
                                        "1/8x", "",    " 1/8", "1 /8", "1/10001", "a/b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_sentence(wrong[i], "--shard: expected");
    expect_sentence("99999999999999999999/99999999999999999999", "--shard: expected");
}
END_TEST

START_TEST(auto_asks_the_variables_of_each_system)
{
    static const struct {
        const char *set[5];
        int index, count;
    } jobs[] = {
        {{"CI_NODE_INDEX=1", "CI_NODE_TOTAL=4"}, 1, 4},
        {{"CI_NODE_INDEX=4", "CI_NODE_TOTAL=4"}, 4, 4},
        {{"CIRCLE_NODE_INDEX=0", "CIRCLE_NODE_TOTAL=2"}, 1, 2},
        {{"BUILDKITE_PARALLEL_JOB=2", "BUILDKITE_PARALLEL_JOB_COUNT=3"}, 3, 3},
        {{"SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=5", "SLURM_ARRAY_TASK_COUNT=4"}, 3, 4},
        {{"SLURM_ARRAY_TASK_ID=20", "SLURM_ARRAY_TASK_MIN=10", "SLURM_ARRAY_TASK_COUNT=3",
          "SLURM_ARRAY_TASK_STEP=5"},
         3,
         3},
        {{"JOB_COMPLETION_INDEX=0", "JOB_COMPLETIONS=5"}, 1, 5},
        {{"SYSTEM_JOBPOSITIONINPHASE=2", "SYSTEM_TOTALJOBSINPHASE=2"}, 2, 2},
        {{"FAKESSHD_SHARD_INDEX=3", "FAKESSHD_SHARD_COUNT=9"}, 3, 9},
    };
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        variables = jobs[i].set;
        expect_shard("auto", jobs[i].index, jobs[i].count);
    }
}
END_TEST

START_TEST(auto_without_or_with_half_of_the_variables_is_an_error_that_names_them)
{
    variables = NULL;
    expect_sentence("auto", "FAKESSHD_SHARD_INDEX");
    static const char *const half[] = {"JOB_COMPLETION_INDEX=3", NULL};
    variables = half;
    expect_sentence("auto", "JOB_COMPLETIONS");
    static const char *const beyond[] = {"CI_NODE_INDEX=5", "CI_NODE_TOTAL=4", NULL};
    variables = beyond;
    expect_sentence("auto", "CI_NODE_INDEX and CI_NODE_TOTAL (GitLab)");
    static const char *const below[] = {"SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_MIN=5",
                                        "SLURM_ARRAY_TASK_COUNT=4", NULL};
    variables = below;
    expect_sentence("auto", "found 0 of 4");
    static const char *const words[] = {"CI_NODE_INDEX=one", "CI_NODE_TOTAL=4", NULL};
    variables = words;
    expect_sentence("auto", "expected numbers, found 'one'");
}
END_TEST

START_TEST(every_cell_is_in_exactly_one_shard_and_the_shares_are_about_equal)
{
    enum { COUNT = 7, CLIENTS = 15, IDS = 200 };
    int sizes[COUNT] = {0};
    for (int cell = 0; cell < CLIENTS * IDS; cell++) {
        char client[32], id[32];
        int in = 0;
        (void)snprintf(client, sizeof client, "client-%d", cell % CLIENTS);
        (void)snprintf(id, sizeof id, "phase/name-%d", cell / CLIENTS);
        for (int i = 1; i <= COUNT; i++) {
            struct shard shard = {.index = i, .count = COUNT};
            bool holds = shard_holds(&shard, client, id);
            in += holds;
            sizes[i - 1] += holds;
        }
        ck_assert_int_eq(in, 1);
    }
    /* 429 each; a fair coin would stray by 19 in two of three cases. */
    for (int i = 0; i < COUNT; i++)
        ck_assert_msg(sizes[i] > 320 && sizes[i] < 540, "shard %d holds %d", i + 1, sizes[i]);
}
END_TEST

START_TEST(without_a_shard_every_cell_is_held)
{
    struct shard none = {0};
    ck_assert(shard_holds(&none, "sshexec", "ident/silent"));
}
END_TEST

Suite *suite_shard(void)
{
    Suite *suite = suite_create("shard");
    TCase *cases = tcase_create("shard");
    tcase_add_test(cases, a_shard_is_a_number_of_a_count);
    tcase_add_test(cases, auto_asks_the_variables_of_each_system);
    tcase_add_test(cases, auto_without_or_with_half_of_the_variables_is_an_error_that_names_them);
    tcase_add_test(cases, every_cell_is_in_exactly_one_shard_and_the_shares_are_about_equal);
    tcase_add_test(cases, without_a_shard_every_cell_is_held);
    suite_add_tcase(suite, cases);
    return suite;
}
