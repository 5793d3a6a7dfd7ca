/* One monotonic clock for everything that is measured or compared. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_NS_PER_MS 1000000LL
#define CLOCK_NS_PER_S  1000000000LL

/* Nanoseconds of CLOCK_MONOTONIC: comparable between the processes of one machine. */
int64_t clock_now_ns(void);

/* Nanoseconds from seconds and back, for the borders where people or libev speak in seconds. */
int64_t clock_ns_from_seconds(double seconds);
double clock_seconds_from_ns(int64_t ns);

#endif
