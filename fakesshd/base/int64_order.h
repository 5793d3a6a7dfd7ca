/* The order of int64_t, for qsort. */
#ifndef BASE_INT64_ORDER_H
#define BASE_INT64_ORDER_H

#include <stdint.h>

static inline int int64_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

#endif
