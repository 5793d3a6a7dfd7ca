#include "base/duration.h"

#include "suites.h"

#include <string.h>

START_TEST(each_unit_means_what_it_says)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {{"500ms", 500},  {"3s", 3000},      {"1.5s", 1500}, {"2m", 120000},
                {"1h", 3600000}, {"24h", 86400000}, {"0.001s", 1},  {"1e3ms", 1000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ms = 0;
        ck_assert_int_eq(duration_parse_ms(rows[i].text, "--deadline", &ms, NULL), ERR_NONE);
        ck_assert_int_eq(ms, rows[i].ms);
    }
}
END_TEST

START_TEST(what_is_no_duration_is_refused_by_the_name_of_the_option)
{
    static const char *const texts[] = {"",   "3",   "s",    "ms",   "3 s",   "3sec", "-3s",
                                        "0s", "0ms", "nans", "infs", "24.1h", "3s ",  "0.1ms"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t ms = 77;
        struct err_text error = {""};
        ck_assert_int_eq(duration_parse_ms(texts[i], "--deadline", &ms, &error), ERR_USAGE);
        ck_assert_int_eq(ms, 77);
        ck_assert_ptr_nonnull(strstr(error.text, "--deadline: expected a duration"));
    }
}
END_TEST

Suite *suite_duration(void)
{
    Suite *suite = suite_create("duration");
    TCase *cases = tcase_create("duration");
    tcase_add_test(cases, each_unit_means_what_it_says);
    tcase_add_test(cases, what_is_no_duration_is_refused_by_the_name_of_the_option);
    suite_add_tcase(suite, cases);
    return suite;
}
