#include "judge/histogram.h"

#include "suites.h"

START_TEST(each_time_is_in_the_bucket_that_begins_at_or_below_it)
{
    for (int64_t time_us = 0; time_us < 5000000;
         time_us = time_us < 300 ? time_us + 1 : time_us * 17 / 16) {
        int bucket = histogram_bucket(time_us);
        ck_assert_int_le(histogram_bucket_low_us(bucket), time_us);
        ck_assert_int_gt(histogram_bucket_low_us(bucket + 1), time_us);
    }
}
END_TEST

START_TEST(a_bucket_is_never_wider_than_an_eighth_of_its_least_time)
{
    for (int i = HISTOGRAM_BUCKETS_PER_DOUBLING; i < HISTOGRAM_BUCKETS - 1; i++) {
        int64_t low_us = histogram_bucket_low_us(i), next_us = histogram_bucket_low_us(i + 1);
        ck_assert_int_gt(next_us, low_us);
        ck_assert_int_le((next_us - low_us) * HISTOGRAM_BUCKETS_PER_DOUBLING, low_us);
    }
}
END_TEST

START_TEST(what_is_beyond_the_last_bucket_is_in_it)
{
    ck_assert_int_eq(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
}
END_TEST

START_TEST(quantiles_are_those_of_the_times_within_a_bucket)
{
    struct histogram histogram = {0};
    for (int64_t time_us = 1; time_us <= 1000; time_us++)
        histogram_add(&histogram, time_us);
    ck_assert_uint_eq(histogram.count, 1000);
    int64_t p50_us = histogram_quantile_us(&histogram, .5);
    ck_assert_int_ge(p50_us, 500);
    ck_assert_int_le(p50_us, 563);
    ck_assert_int_eq(histogram_quantile_us(&histogram, 1), 1000);
    ck_assert_int_eq(histogram_quantile_us(&histogram, 0), 1);
}
END_TEST

START_TEST(times_below_zero_are_counted_apart)
{
    struct histogram histogram = {0};
    ck_assert_int_eq(histogram_quantile_us(&histogram, .5), 0);
    histogram_add(&histogram, -700);
    histogram_add(&histogram, -300);
    histogram_add(&histogram, 40);
    ck_assert_uint_eq(histogram.below, 2);
    ck_assert_int_eq(histogram.min_us, -700);
    ck_assert_int_eq(histogram_quantile_us(&histogram, .5), -700);
    ck_assert_int_eq(histogram_quantile_us(&histogram, .99), 40);
}
END_TEST

Suite *suite_histogram(void)
{
    Suite *suite = suite_create("histogram");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, each_time_is_in_the_bucket_that_begins_at_or_below_it);
    tcase_add_test(tests, a_bucket_is_never_wider_than_an_eighth_of_its_least_time);
    tcase_add_test(tests, what_is_beyond_the_last_bucket_is_in_it);
    tcase_add_test(tests, quantiles_are_those_of_the_times_within_a_bucket);
    tcase_add_test(tests, times_below_zero_are_counted_apart);
    suite_add_tcase(suite, tests);
    return suite;
}
