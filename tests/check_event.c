#include "base/event.h"
#include "base/outcome.h"

#include "suites.h"

#include <string.h>

START_TEST(every_event_is_found_by_its_name)
{
    for (int i = 0; i < EVENT_COUNT; i++) {
        enum event event = EVENT_BYE;
        ck_assert(event_from_name(event_name((enum event)i), &event));
        ck_assert_int_eq(event, i);
    }
    enum event event = EVENT_BYE;
    ck_assert(!event_from_name("", &event));
    ck_assert(!event_from_name("Accept", &event));
}
END_TEST

START_TEST(every_event_says_its_fields_and_then_a_sentence)
{
    for (int i = 0; i < EVENT_COUNT; i++) {
        const char *colon = strstr(event_sentence((enum event)i), ": ");
        ck_assert_msg(colon != NULL && strlen(colon) > 5, "%s", event_name((enum event)i));
    }
}
END_TEST

START_TEST(every_outcome_is_found_by_its_word)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        enum outcome outcome = OUTCOME_SUCCESS;
        ck_assert(outcome_from_name(outcome_name((enum outcome)i), &outcome));
        ck_assert_int_eq(outcome, i);
        ck_assert_uint_gt(strlen(outcome_sentence((enum outcome)i)), 10);
    }
    enum outcome outcome = OUTCOME_SUCCESS;
    ck_assert(!outcome_from_name("hung", &outcome));
}
END_TEST

Suite *suite_event(void)
{
    Suite *suite = suite_create("event");
    TCase *cases = tcase_create("event");
    tcase_add_test(cases, every_event_is_found_by_its_name);
    tcase_add_test(cases, every_event_says_its_fields_and_then_a_sentence);
    tcase_add_test(cases, every_outcome_is_found_by_its_word);
    suite_add_tcase(suite, cases);
    return suite;
}
