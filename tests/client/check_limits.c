#include "lib/limits.h"

#include "lib/deadline.h"
#include "suites.h"

#include <string.h>

#define MS(ms) ((ms)*NS_PER_MS)

static struct limits limits;
static struct limits_position at;

static void set_up(void)
{
    limits = (struct limits){.deadline_ns = MS(1000)};
    at = (struct limits_position){.phase = PHASE_TCP};
}

/* Which comes first, and whether it is due at that ms. */
static enum limit next_is_due(int64_t due_ms)
{
    int64_t due_ns = 0;
    enum limit first = limits_next(&limits, &at, &due_ns);
    ck_assert_int_eq(due_ns, MS(due_ms));
    return first;
}

START_TEST(without_other_limits_there_is_the_deadline)
{
    at.heard_ns = MS(1);
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
}
END_TEST

START_TEST(a_phase_s_limit_counts_from_when_it_was_entered_and_for_no_other)
{
    limits.phase_ms[PHASE_IDENT] = 200;
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
    at.phase = PHASE_IDENT;
    at.entered_ns = MS(50);
    ck_assert_int_eq(next_is_due(250), LIMIT_PHASE);
    at.entered_ns = MS(900);
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
}
END_TEST

START_TEST(the_limit_to_connect_ends_with_the_key_exchange)
{
    limits.connect_ms = 300;
    at.start_ns = MS(10);
    at.entered_ns = MS(200);
    at.phase = PHASE_NEWKEYS;
    ck_assert_int_eq(next_is_due(310), LIMIT_CONNECT);
    at.phase = PHASE_SERVICE;
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
}
END_TEST

START_TEST(idleness_counts_from_the_last_byte_once_connected)
{
    limits.idle_ms = 100;
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
    at.heard_ns = MS(40);
    ck_assert_int_eq(next_is_due(140), LIMIT_IDLE);
}
END_TEST

START_TEST(a_connection_that_was_at_rest_has_its_own_limit_to_open_a_channel)
{
    limits.reuse_ms = 100;
    at.phase = PHASE_CHANNEL;
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
    at.is_reused = true;
    ck_assert_int_eq(next_is_due(100), LIMIT_REUSE);
    at.phase = PHASE_REQUEST;
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
}
END_TEST

START_TEST(of_two_at_once_the_deadline_is_told)
{
    char text[200];
    limits.phase_ms[PHASE_TCP] = 1000;
    ck_assert_int_eq(next_is_due(1000), LIMIT_DEADLINE);
    limits_sentence(text, sizeof text, &limits, LIMIT_DEADLINE, PHASE_TCP);
    ck_assert(strncmp(text, "deadline passed in phase tcp: ", 30) == 0);
    limits_sentence(text, sizeof text, &limits, LIMIT_PHASE, PHASE_TCP);
    ck_assert(strncmp(text, "phase tcp took longer than 1000 ms: ", 36) == 0);
}
END_TEST

Suite *suite_limits(void)
{
    Suite *suite = suite_create("limits");
    TCase *cases = tcase_create("limits");
    tcase_add_checked_fixture(cases, set_up, NULL);
    tcase_add_test(cases, without_other_limits_there_is_the_deadline);
    tcase_add_test(cases, a_phase_s_limit_counts_from_when_it_was_entered_and_for_no_other);
    tcase_add_test(cases, the_limit_to_connect_ends_with_the_key_exchange);
    tcase_add_test(cases, idleness_counts_from_the_last_byte_once_connected);
    tcase_add_test(cases, a_connection_that_was_at_rest_has_its_own_limit_to_open_a_channel);
    tcase_add_test(cases, of_two_at_once_the_deadline_is_told);
    suite_add_tcase(suite, cases);
    return suite;
}
