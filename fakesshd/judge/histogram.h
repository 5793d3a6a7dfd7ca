/* Times in buckets whose width grows with them, as HdrHistogram's: eight to each doubling, so that
 * a bucket tells its times to within 12.5 %. Every histogram has the same buckets and can be added
 * to any other. Pure. */
#ifndef JUDGE_HISTOGRAM_H
#define JUDGE_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_BUCKETS_PER_DOUBLING = 8,
    HISTOGRAM_DOUBLINGS = 30, /* beyond 8 * 2^30 us, two hours, everything is in the last bucket */
    HISTOGRAM_BUCKETS = HISTOGRAM_BUCKETS_PER_DOUBLING * (HISTOGRAM_DOUBLINGS + 1)
};

struct histogram {
    uint32_t buckets[HISTOGRAM_BUCKETS];
    uint32_t below; /* times less than 0 */
    uint32_t count; /* all, with those below */
    int64_t min_us, max_us;
};

/* All zero is an empty histogram. */
void histogram_add(struct histogram *histogram, int64_t time_us);

/* Which bucket a time of 0 or more is in, and the least time of a bucket; the first beyond it is
 * the next bucket's least. */
int histogram_bucket(int64_t time_us);
int64_t histogram_bucket_low_us(int bucket);

/* The time that `part` (0..1) of the times don't exceed: the end of its bucket, but never more than
 * the largest time. Of those below 0 the least stands for all. 0 when the histogram is empty. */
int64_t histogram_quantile_us(const struct histogram *histogram, double part);

#endif
