/* Deadlines: a point on the monotonic clock that everything a task does has to be over by. */
#ifndef SSHEXEC_DEADLINE_H
#define SSHEXEC_DEADLINE_H

#include "lib/err.h"

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_MS       1000000LL
#define DEADLINE_MAX_MS (24LL * 3600 * 1000)

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t clock_now_ns(void);

/* The point `ms` after `start_ns`. */
int64_t deadline_after(int64_t start_ns, int64_t ms);

/* Is the deadline over? Never before it, not by a nanosecond. */
bool deadline_is_over(int64_t deadline_ns, int64_t now_ns);

/* Seconds for a libev timer; 0 when it is over. */
double deadline_seconds_left(int64_t deadline_ns, int64_t now_ns);

/* Parses "500ms", "3s", "2m", "1.5s", "1h" into milliseconds, 1 ms to 24 h. A number without a unit
 * is refused: it would mean seconds to one reader and milliseconds to another. */
bool deadline_parse_ms(const char *text, int64_t *ms, struct err_text *error);

#endif
