/* What the growth rule found, for people. */
#ifndef JUDGE_GROWTH_TEXT_H
#define JUDGE_GROWTH_TEXT_H

#include "judge/growth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills result->why from its figures: which test decided, in words and with its numbers. */
void growth_explain(struct growth_result *result);

enum { GROWTH_RATE_TEXT_MAX = 48, GROWTH_COLUMNS = 24, GROWTH_SPARKLINE_MAX = 3 * 24 + 1 };

/* "1.00 per task", "1 per 94 tasks", "12.5 KiB per task" (bytes). */
void growth_print_rate(double rate, bool bytes, char text[GROWTH_RATE_TEXT_MAX]);

/* The same per something else: "1.00 per hung call". */
void growth_print_rate_per(double rate, bool bytes, const char *unit,
                           char text[GROWTH_RATE_TEXT_MAX]);

/* The series as 24 columns, the highest reading of each: "▁▂▃▄▅▆▇█", or "_.-~=+*#" where the
 * terminal does not speak UTF-8. A column without a reading is a space. */
void growth_print_sparkline(const int64_t *q, size_t n, bool utf8, char text[GROWTH_SPARKLINE_MAX]);

/* One counter, ready to be shown. */
struct growth_shown {
    const char *name; /* "fd" */
    const struct growth_result *result;
    const int64_t *q; /* readings in order, GROWTH_MISSING where none */
    const int64_t *t; /* tasks done before each */
    size_t n;
    int64_t limit; /* of the user who will run this client; 0: none known */
    const char *limit_name;
    double tasks_per_minute; /* 0: 100; of the unit that the result counts in */
};

enum { GROWTH_LINE_MAX = 512, GROWTH_TASKS_PER_MINUTE = 100 };

/* One line, without an end of line:
 * GROWING      fd       ▁▁▂▂▃▃▄▄▅▅▆▆▇▇██ 12→2012  1.00 per task [0.985..1.015], 39 separate rises;
 * RLIMIT_NOFILE 1024 after 10 min at 100 tasks/min */
void growth_print_line(const struct growth_shown *shown, bool utf8, char text[GROWTH_LINE_MAX]);

/* "10 min", "16 h", "12 days": how long so many tasks take. `tasks` may be infinite ("for ever").
 */
void growth_print_time(double tasks, double tasks_per_minute, char *text, size_t size);

/* Does this locale's terminal speak UTF-8 (LC_ALL, LC_CTYPE, LANG)? */
bool growth_speaks_utf8(void);

#endif
