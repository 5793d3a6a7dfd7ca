/* Which verdicts are worth a second look. */
#include "judge/second_try.h"

#include "suites.h"

static struct case_result found(enum case_state state, enum deadline_verdict deadline, bool noise)
{
    return (struct case_result){.verdict = {.state = state, .deadline = deadline},
                                .deadline_ms = 1000,
                                .elapsed_max_ms = 900,
                                .slow_factor = 1,
                                .busy_part = 0.9,
                                .may_be_noise = noise};
}

static bool is_due(struct case_result result)
{
    return second_try_is_due(&result, NULL, SECOND_TRY_NONE);
}

START_TEST(what_noise_could_have_made_is_tried_again)
{
    ck_assert(is_due(found(CASE_JUDGED, DEADLINE_LATE, true)));
    ck_assert(is_due(found(CASE_JUDGED, DEADLINE_HUNG, true)));
    ck_assert(is_due(found(CASE_INCONCLUSIVE, DEADLINE_OK, true)));
    ck_assert(!is_due(found(CASE_JUDGED, DEADLINE_HUNG, false)));
    ck_assert(!is_due(found(CASE_INCONCLUSIVE, DEADLINE_OK, false)));
}
END_TEST

START_TEST(an_error_of_ours_is_tried_again_where_it_was_out_of_time_and_else_not)
{
    ck_assert(is_due(found(CASE_ERROR, DEADLINE_OK, true)));
    ck_assert(!is_due(found(CASE_ERROR, DEADLINE_OK, false)));
}
END_TEST

START_TEST(on_a_quiet_machine_nothing_is)
{
    struct case_result late = found(CASE_JUDGED, DEADLINE_LATE, true);
    struct case_result error = found(CASE_ERROR, DEADLINE_OK, true);
    late.busy_part = error.busy_part = 0.1;
    ck_assert(!is_due(late));
    ck_assert(!is_due(error));
    late.slow_factor = 1.5;
    ck_assert(is_due(late));
}
END_TEST

START_TEST(what_is_in_time_and_clean_is_not)
{
    ck_assert(!is_due(found(CASE_JUDGED, DEADLINE_OK, true)));
}
END_TEST

START_TEST(who_gives_up_long_before_the_deadline_had_no_timer_to_be_kept_from)
{
    struct case_result early = found(CASE_JUDGED, DEADLINE_EARLY, false);
    ck_assert(is_due(early));
    early.elapsed_max_ms = 200;
    ck_assert(!is_due(early));
}
END_TEST

START_TEST(spinning_is_looked_at_again_whatever_made_it)
{
    struct case_result result = found(CASE_JUDGED, DEADLINE_OK, false);
    result.verdict.cleanup = CLEANUP_BIT(CLEANUP_SPIN);
    ck_assert(is_due(result));
}
END_TEST

START_TEST(the_second_time_is_believed_where_it_says_what_is_known_of_the_client)
{
    struct case_result late = found(CASE_JUDGED, DEADLINE_LATE, true);
    struct attempt first = {.verdict = {.state = CASE_JUDGED, .deadline = DEADLINE_HUNG}};
    ck_assert(second_try_is_due(&late, &first, SECOND_TRY_BESIDE_OTHERS));
    late.as_expected = true;
    ck_assert(!second_try_is_due(&late, &first, SECOND_TRY_BESIDE_OTHERS));
    ck_assert(second_try_is_due(&late, NULL, SECOND_TRY_NONE));
}
END_TEST

START_TEST(the_second_time_is_believed_where_it_says_the_same_and_the_third_always)
{
    struct case_result late = found(CASE_JUDGED, DEADLINE_LATE, true);
    struct attempt first = {.verdict = late.verdict};
    ck_assert(!second_try_is_due(&late, &first, SECOND_TRY_BESIDE_OTHERS));
    first.verdict.deadline = DEADLINE_HUNG;
    ck_assert(second_try_is_due(&late, &first, SECOND_TRY_BESIDE_OTHERS));
    ck_assert(!second_try_is_due(&late, &first, SECOND_TRY_ALONE));
}
END_TEST

Suite *suite_second_try(void)
{
    Suite *suite = suite_create("second_try");
    TCase *group = tcase_create("which verdicts");
    tcase_add_test(group, what_noise_could_have_made_is_tried_again);
    tcase_add_test(group, an_error_of_ours_is_tried_again_where_it_was_out_of_time_and_else_not);
    tcase_add_test(group, on_a_quiet_machine_nothing_is);
    tcase_add_test(group, what_is_in_time_and_clean_is_not);
    tcase_add_test(group, who_gives_up_long_before_the_deadline_had_no_timer_to_be_kept_from);
    tcase_add_test(group, spinning_is_looked_at_again_whatever_made_it);
    tcase_add_test(group, the_second_time_is_believed_where_it_says_what_is_known_of_the_client);
    tcase_add_test(group, the_second_time_is_believed_where_it_says_the_same_and_the_third_always);
    suite_add_tcase(suite, group);
    return suite;
}
