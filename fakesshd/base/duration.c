#include "base/duration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum err duration_parse_ms(const char *text, const char *what, int64_t *duration_ms,
                           struct err_text *error)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};

    char *unit = NULL;
    double number = strtod(text, &unit);
    double ms = -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (unit != text && strcmp(unit, units[i].unit) == 0)
            ms = number * units[i].ms;
    }
    if (!(ms >= 1 && ms <= 24 * 3600000.0))
        return err_set(error, ERR_USAGE,
                       "%s: expected a duration from 1ms to 24h, as in 500ms, 3s or 2m; found '%s'",
                       what, text);
    *duration_ms = (int64_t)llround(ms);
    return ERR_NONE;
}
