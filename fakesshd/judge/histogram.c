#include "judge/histogram.h"

#include <math.h>

#define PER HISTOGRAM_BUCKETS_PER_DOUBLING

int histogram_bucket(int64_t time_us)
{
    if (time_us < PER)
        return (int)time_us; /* of width 1 */
    int doubling = 63 - __builtin_clzll((unsigned long long)time_us) - 3;
    int bucket = PER * (doubling + 1) + (int)((time_us >> doubling) - PER);
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

int64_t histogram_bucket_low_us(int bucket)
{
    if (bucket < PER)
        return bucket;
    return (int64_t)(PER + bucket % PER) << (bucket / PER - 1);
}

void histogram_add(struct histogram *histogram, int64_t time_us)
{
    if (histogram->count == 0 || time_us < histogram->min_us)
        histogram->min_us = time_us;
    if (histogram->count == 0 || time_us > histogram->max_us)
        histogram->max_us = time_us;
    histogram->count++;
    if (time_us < 0)
        histogram->below++;
    else
        histogram->buckets[histogram_bucket(time_us)]++;
}

int64_t histogram_quantile_us(const struct histogram *histogram, double part)
{
    if (histogram->count == 0)
        return 0;
    uint32_t wanted = (uint32_t)ceil(part * histogram->count);
    uint32_t seen = histogram->below;
    if (seen >= wanted && seen > 0)
        return histogram->min_us;
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen < wanted || histogram->buckets[i] == 0)
            continue;
        int64_t end_us = histogram_bucket_low_us(i + 1) - 1;
        return end_us < histogram->max_us ? end_us : histogram->max_us;
    }
    return histogram->max_us;
}
