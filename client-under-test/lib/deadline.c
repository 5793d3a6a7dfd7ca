#include "lib/deadline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000LL + now.tv_nsec;
}

int64_t deadline_after(int64_t start_ns, int64_t ms)
{
    return start_ns + ms * NS_PER_MS;
}

bool deadline_is_over(int64_t deadline_ns, int64_t now_ns)
{
    return now_ns >= deadline_ns;
}

double deadline_seconds_left(int64_t deadline_ns, int64_t now_ns)
{
    return deadline_is_over(deadline_ns, now_ns) ? 0 : (double)(deadline_ns - now_ns) / 1e9;
}

bool deadline_parse_ms(const char *text, int64_t *ms, struct err_text *error)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};

    char *unit = NULL;
    double number = strtod(text, &unit);
    double found_ms = -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (unit != text && strcmp(unit, units[i].unit) == 0)
            found_ms = number * units[i].ms;
    }
    if (!(found_ms >= 1 && found_ms <= (double)DEADLINE_MAX_MS))
        return err_set(
            error, "expected a duration from 1ms to 24h, as in 500ms, 3s or 2m; found '%s'", text);
    *ms = llround(found_ms);
    return true;
}
