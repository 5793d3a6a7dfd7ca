#include "lib/deadline.h"

#include "suites.h"

START_TEST(a_deadline_is_over_at_its_nanosecond_and_not_before)
{
    int64_t deadline_ns = deadline_after(1000, 500);
    ck_assert_int_eq(deadline_ns, 1000 + 500 * NS_PER_MS);
    ck_assert(!deadline_is_over(deadline_ns, deadline_ns - 1));
    ck_assert(deadline_is_over(deadline_ns, deadline_ns));
}
END_TEST

START_TEST(the_seconds_left_are_never_negative)
{
    ck_assert_double_eq_tol(deadline_seconds_left(2500000000LL, 1000000000LL), 1.5, 1e-9);
    ck_assert_double_eq(deadline_seconds_left(1, 2), 0);
}
END_TEST

START_TEST(durations_are_read_with_their_unit)
{
    struct err_text error;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"1ms", 1},     {"500ms", 500}, {"3s", 3000},
                {"1.5s", 1500}, {"2m", 120000}, {"24h", DEADLINE_MAX_MS}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t ms = 0;
        ck_assert_msg(deadline_parse_ms(good[i].text, &ms, &error), "%s", good[i].text);
        ck_assert_int_eq(ms, good[i].ms);
    }
}
END_TEST

START_TEST(a_duration_without_unit_or_out_of_range_is_refused)
{
    static const char *bad[] = {"",    "3",    "0ms", "-1s", "25h",  "s",
                                "3 s", "3sec", "nan", "inf", "1e99s"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err_text error = {""};
        int64_t ms = 0;
        ck_assert_msg(!deadline_parse_ms(bad[i], &ms, &error), "'%s' gave %lld", bad[i],
                      (long long)ms);
        ck_assert(error.text[0] != '\0');
    }
}
END_TEST

Suite *suite_deadline(void)
{
    Suite *suite = suite_create("deadline");
    TCase *cases = tcase_create("deadline");
    tcase_add_test(cases, a_deadline_is_over_at_its_nanosecond_and_not_before);
    tcase_add_test(cases, the_seconds_left_are_never_negative);
    tcase_add_test(cases, durations_are_read_with_their_unit);
    tcase_add_test(cases, a_duration_without_unit_or_out_of_range_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
