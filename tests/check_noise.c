#include "judge/noise.h"

#include "suites.h"

#include <string.h>

START_TEST(words_follow_the_slow_factor_and_the_cap)
{
    ck_assert_str_eq(noise_words(1), "quiet");
    ck_assert_str_eq(noise_words(1.01), "noisy");
    ck_assert_str_eq(noise_words(NOISE_FACTOR_CAP), "noisy");
    ck_assert_str_eq(noise_words(NOISE_FACTOR_CAP + 0.01), "too noisy to judge times");
}
END_TEST

START_TEST(every_lateness_is_within_its_bucket_which_is_a_fifth_wide_at_most)
{
    int last = 0;
    for (int64_t us = 0; us < INT64_C(60000000); us += 1 + us / 50) {
        int bucket = noise_bucket_of(us);
        int64_t limit_us = noise_bucket_limit_us(bucket);
        ck_assert_int_ge(bucket, last);
        ck_assert_int_lt(bucket, NOISE_BUCKETS);
        ck_assert_int_ge(limit_us, us);
        ck_assert_int_le(limit_us, us + us / 4 + 1);
        ck_assert_int_eq(noise_bucket_of(limit_us), bucket);
        ck_assert_int_eq(noise_bucket_of(limit_us + 1), bucket + 1);
        last = bucket;
    }
    ck_assert_int_eq(noise_bucket_of(-5), 0);
    ck_assert_int_eq(noise_bucket_of(INT64_MAX), NOISE_BUCKETS - 1);
}
END_TEST

START_TEST(the_line_says_it_in_words_and_tells_of_the_host_only_when_it_steals)
{
    struct noise_certificate certificate = {
        .before = {.lateness_max_us = 200, .fork_exec_us = 1100},
        .during = {.lateness_p99_us = 900, .lateness_max_us = 2300, .busy_part = 0.5},
        .after = {.lateness_max_us = 300, .fork_exec_us = 1200},
        .slow_factor = 1};
    char text[NOISE_TEXT_MAX];
    noise_print(&certificate, text);
    ck_assert_str_eq(text,
                     "quiet: slow factor 1.00; timers late by 2.3 ms at most (99 of 100: 0.9 "
                     "ms; 0.2 before, 0.3 after), fork and exec 1.1 ms (1.2 after), 50 % busy");
    certificate.during.steal_part = 0.25;
    noise_print(&certificate, text);
    ck_assert_ptr_nonnull(strstr(text, "50 % busy, 25 % of it stolen by its host"));
}
END_TEST

START_TEST(a_run_without_a_beat_has_a_certificate_too)
{
    struct noise noise = {.before = {.slow_factor = 1}, .factor_worst = 1, .pressure_us = -1};
    noise.begun_ns = 0;
    noise.machine = procfs_machine_now();
    struct noise_certificate certificate = noise_certify(&noise);
    ck_assert_int_eq(certificate.during.timers, 0);
    ck_assert_int_eq(certificate.during.lateness_p99_us, 0);
    ck_assert_double_lt(certificate.during.pressure_part, 0);
    ck_assert_int_gt(certificate.after.timers, 0);
    ck_assert_int_gt(certificate.after.fork_exec_us, 0);
    ck_assert_int_le(certificate.after.lateness_p50_us, certificate.after.lateness_p99_us);
    ck_assert_int_le(certificate.after.lateness_p99_us, certificate.after.lateness_max_us);
    ck_assert_double_ge(certificate.slow_factor, 1);
}
END_TEST

Suite *suite_noise(void)
{
    Suite *suite = suite_create("noise");
    TCase *cases = tcase_create("noise");
    tcase_add_test(cases, words_follow_the_slow_factor_and_the_cap);
    tcase_add_test(cases, every_lateness_is_within_its_bucket_which_is_a_fifth_wide_at_most);
    tcase_add_test(cases, the_line_says_it_in_words_and_tells_of_the_host_only_when_it_steals);
    tcase_add_test(cases, a_run_without_a_beat_has_a_certificate_too);
    suite_add_tcase(suite, cases);
    return suite;
}
