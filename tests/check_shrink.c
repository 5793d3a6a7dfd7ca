#include "explore/shrink.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

/* A judge that finds one fault wherever a scenario's file has this text. */
struct oracle {
    const char *text, *verdict;
    int asked, fails_times; /* how often it finds it; then never again */
};

static enum err ask(void *owner, const struct plan *plans, size_t count,
                    struct trial_verdict *verdicts, struct err_text *error)
{
    struct oracle *oracle = owner;
    (void)error;
    oracle->asked++;
    for (size_t i = 0; i < count; i++) {
        char text[PLAN_LUA_BYTES];
        plan_write_lua(&plans[i], "", text);
        bool shows = oracle->asked <= oracle->fails_times && strstr(text, oracle->text) != NULL;
        (void)snprintf(verdicts[i].words, sizeof verdicts[i].words, "%s",
                       shows ? oracle->verdict : "OK");
    }
    return ERR_NONE;
}

static enum err refuse(void *owner, const struct plan *plans, size_t count,
                       struct trial_verdict *verdicts, struct err_text *error)
{
    (void)owner;
    (void)plans;
    (void)count;
    (void)verdicts;
    return err_set(error, ERR_SYSTEM, "no judge");
}

/* A plan of at least `steps` steps whose file has the text. */
static struct plan plan_with(const char *text, size_t steps)
{
    for (uint64_t seed = 1; seed < 100000; seed++) {
        char lua[PLAN_LUA_BYTES];
        struct plan plan = plan_of_seed(seed);
        plan_write_lua(&plan, "", lua);
        if (plan.count >= steps && strstr(lua, text) != NULL)
            return plan;
    }
    ck_abort_msg("no seed has %s", text);
}

static struct trial_verdict found(const char *words)
{
    struct trial_verdict verdict = {"", ""};
    (void)snprintf(verdict.words, sizeof verdict.words, "%s", words);
    return verdict;
}

START_TEST(what_does_not_matter_is_left_out)
{
    struct oracle oracle = {"conn:half_close", "HUNG", 0, 100};
    struct plan plan = plan_with("conn:half_close", 5);
    struct trial_verdict verdict = found("HUNG+LEAK_FD");
    struct err_text error;
    bool again = false;
    char text[PLAN_LUA_BYTES];
    ck_assert_int_eq(shrink_plan(&plan, &verdict, ask, &oracle, &again, &error), ERR_NONE);
    plan_write_lua(&plan, "", text);
    ck_assert(again);
    ck_assert_uint_eq(plan.count, 3); /* the way, the fault, and a silent end */
    ck_assert_ptr_nonnull(strstr(text, "conn:half_close()\n    conn:hold()"));
    ck_assert_str_eq(verdict.words, "HUNG");
}
END_TEST

START_TEST(a_fault_of_any_plan_leaves_the_way_and_silence)
{
    struct oracle oracle = {"conn:upto", "HUNG", 0, 100};
    struct plan plan = plan_with("conn:withhold", 5);
    struct trial_verdict verdict = found("HUNG");
    struct err_text error;
    bool again = false;
    ck_assert_int_eq(shrink_plan(&plan, &verdict, ask, &oracle, &again, &error), ERR_NONE);
    ck_assert(again);
    ck_assert_uint_eq(plan.count, 2);
}
END_TEST

START_TEST(another_fault_is_not_taken_for_the_same)
{
    struct oracle oracle = {"conn:upto", "CRASH", 0, 100};
    struct plan plan = plan_with("conn:half_close", 4);
    size_t steps = plan.count;
    struct trial_verdict verdict = found("HUNG");
    struct err_text error;
    bool again = true;
    ck_assert_int_eq(shrink_plan(&plan, &verdict, ask, &oracle, &again, &error), ERR_NONE);
    ck_assert(!again);
    ck_assert_uint_eq(plan.count, steps);
    ck_assert_str_eq(verdict.words, "HUNG");
}
END_TEST

START_TEST(what_shows_once_only_is_told_as_such)
{
    struct oracle oracle = {"conn:upto", "HUNG", 0, 0};
    struct plan plan = plan_with("conn:half_close", 4);
    struct trial_verdict verdict = found("HUNG");
    struct err_text error;
    bool again = true;
    ck_assert_int_eq(shrink_plan(&plan, &verdict, ask, &oracle, &again, &error), ERR_NONE);
    ck_assert(!again);
    ck_assert_int_eq(oracle.asked, 1);
}
END_TEST

START_TEST(the_judges_failure_ends_it)
{
    struct plan plan = plan_with("conn:half_close", 4);
    struct trial_verdict verdict = found("HUNG");
    struct err_text error;
    bool again = false;
    ck_assert_int_eq(shrink_plan(&plan, &verdict, refuse, NULL, &again, &error), ERR_SYSTEM);
    ck_assert_str_eq(error.text, "no judge");
}
END_TEST

START_TEST(only_faults_of_the_client_are_findings)
{
    static const char *const ours[] = {"", "OK", "INCONCLUSIVE", "ERROR", "SKIP"};
    static const char *const theirs[] = {"HUNG", "HUNG+LEAK_FD", "LEAK_FD",
                                         "SPIN", "CRASH",        "LATE"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        struct trial_verdict verdict = found(ours[i]);
        ck_assert_msg(!trial_is_finding(&verdict), "%s", ours[i]);
    }
    for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++) {
        struct trial_verdict verdict = found(theirs[i]);
        ck_assert_msg(trial_is_finding(&verdict), "%s", theirs[i]);
    }
}
END_TEST

Suite *suite_shrink(void)
{
    Suite *suite = suite_create("shrink");
    TCase *cases = tcase_create("shrink");
    tcase_add_test(cases, what_does_not_matter_is_left_out);
    tcase_add_test(cases, a_fault_of_any_plan_leaves_the_way_and_silence);
    tcase_add_test(cases, another_fault_is_not_taken_for_the_same);
    tcase_add_test(cases, what_shows_once_only_is_told_as_such);
    tcase_add_test(cases, the_judges_failure_ends_it);
    tcase_add_test(cases, only_faults_of_the_client_are_findings);
    suite_add_tcase(suite, cases);
    return suite;
}
