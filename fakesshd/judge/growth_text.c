/* Figures of growth as sentences: what decided, how fast it goes, and when it ends. */
#include "judge/growth_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends to text that holds `size` bytes; what does not fit is cut. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

/* ---- rates ---- */

static void print_bytes(double bytes, char *text, size_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t unit = 0;
    while (fabs(bytes) >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    (void)snprintf(text, size, "%.*f %s", unit == 0 ? 0 : 1, bytes, units[unit]);
}

static const char *unit_of(const struct growth_result *result)
{
    return result->unit != NULL ? result->unit : GROWTH_TASK;
}

void growth_print_rate_per(double rate, bool bytes, const char *unit,
                           char text[GROWTH_RATE_TEXT_MAX])
{
    if (bytes) {
        print_bytes(rate, text, GROWTH_RATE_TEXT_MAX);
        append(text, GROWTH_RATE_TEXT_MAX, " per %s", unit);
    } else if (fabs(rate) >= 0.2 || rate <= 0) {
        (void)snprintf(text, GROWTH_RATE_TEXT_MAX, "%.2f per %s", rate, unit);
    } else {
        (void)snprintf(text, GROWTH_RATE_TEXT_MAX, "1 per %.0f %ss", 1 / rate, unit);
    }
}

void growth_print_rate(double rate, bool bytes, char text[GROWTH_RATE_TEXT_MAX])
{
    growth_print_rate_per(rate, bytes, GROWTH_TASK, text);
}

/* "[0.985..1.015]" of rates per task, "[70..143]" of tasks per unit. */
static void print_interval(const struct growth_result *result, char *text, size_t size)
{
    if (result->bytes) {
        char low[24], high[24];
        print_bytes(result->rate_low, low, sizeof low);
        print_bytes(result->rate_high, high, sizeof high);
        (void)snprintf(text, size, "[%s..%s]", low, high);
    } else if (result->rate >= 0.2) {
        (void)snprintf(text, size, "[%.3f..%.3f]", result->rate_low, result->rate_high);
    } else if (result->rate_low > 0) {
        (void)snprintf(text, size, "[%.0f..%.0f]", 1 / result->rate_high, 1 / result->rate_low);
    } else {
        (void)snprintf(text, size, "[%.0f or more]", 1 / result->rate_high);
    }
}

/* "any leak is rarer than 1 per 101 tasks": the guarantee without which BOUNDED means nothing. */
static void append_guarantee(char *text, size_t size, const struct growth_result *result)
{
    char most[32];
    if (result->bytes) {
        print_bytes(result->bound, most, sizeof most);
        append(text, size, "any leak is below %s per %s", most, unit_of(result));
    } else if (result->bound >= 1) {
        append(text, size, "any leak is below %.2f per %s", result->bound, unit_of(result));
    } else {
        append(text, size, "any leak is rarer than 1 per %.0f %ss", floor(1 / result->bound),
               unit_of(result));
    }
}

static void append_units(char *text, size_t size, const struct growth_result *result, int64_t units)
{
    char bytes[32];
    if (result->bytes) {
        print_bytes((double)units, bytes, sizeof bytes);
        append(text, size, "%s%s", units >= 0 ? "+" : "", bytes);
    } else {
        append(text, size, "%+lld", (long long)units);
    }
}

/* ---- which test decided ---- */

static void explain_bounded(struct growth_result *result)
{
    append_units(result->why, sizeof result->why, result, result->growth);
    append(result->why, sizeof result->why, " in %lld %ss; ", (long long)result->tasks,
           unit_of(result));
    append_guarantee(result->why, sizeof result->why, result);
}

static void explain_growing(struct growth_result *result)
{
    char rate[GROWTH_RATE_TEXT_MAX], interval[64];
    growth_print_rate_per(result->rate, result->bytes, unit_of(result), rate);
    print_interval(result, interval, sizeof interval);
    append(result->why, sizeof result->why, "%s %s", rate, interval);
    if (result->rises > 0)
        append(result->why, sizeof result->why, ", %lld separate rises", (long long)result->rises);
    /* What calls hold that hang is in no pool. */
    if (!result->bytes && result->unit == NULL)
        append(result->why, sizeof result->why, "; a pool would have to hold more than %lld",
               (long long)result->level);
}

/* After so many tasks a counter that moves by its noise alone would be BOUNDED. */
static double tasks_needed(const struct growth_result *result)
{
    double units = 2 * (double)result->noise;
    double blocks = result->growth > 0 ? 3 : 1; /* what rises is judged over three */
    double least = blocks * (double)result->block;
    if (result->bytes)
        return fmax(units / result->rho, least);
    int64_t moves = units < 1e15 ? (int64_t)units : (int64_t)1e15;
    return fmax(growth_poisson_upper(moves) / result->rho, least);
}

static void explain_inconclusive(struct growth_result *result)
{
    char *why = result->why;
    size_t size = sizeof result->why;
    char bound[GROWTH_RATE_TEXT_MAX], rho[GROWTH_RATE_TEXT_MAX];
    if (!isfinite(result->bound)) {
        append(why, size, "fewer than two readings");
        return;
    }
    growth_print_rate_per(result->bound, result->bytes, unit_of(result), bound);
    growth_print_rate_per(result->rho, result->bytes, unit_of(result), rho);
    append_units(why, size, result, result->growth);
    append(why, size, " in %lld %ss", (long long)result->tasks, unit_of(result));
    if (result->noise > 0)
        append(why, size, ", fell by %lld in between", (long long)result->noise);
    append(why, size, "; excludes leaks above %s", bound);
    if (tasks_needed(result) > (double)result->tasks)
        append(why, size, "; a verdict at %s needs about %.0f %ss", rho, tasks_needed(result),
               unit_of(result));
    else
        append(why, size, "; neither flat for a block nor a steady growth");
}

static void explain_continue(struct growth_result *result)
{
    append_units(result->why, sizeof result->why, result, result->growth);
    append(result->why, sizeof result->why, " in %lld %ss so far", (long long)result->tasks,
           unit_of(result));
}

void growth_explain(struct growth_result *result)
{
    result->why[0] = '\0';
    switch (result->verdict) {
    case GROWTH_CONTINUE:
        explain_continue(result);
        break;
    case GROWTH_BOUNDED:
        explain_bounded(result);
        break;
    case GROWTH_GROWING:
        explain_growing(result);
        break;
    case GROWTH_INCONCLUSIVE:
        explain_inconclusive(result);
        break;
    }
}

/* ---- one line per counter ---- */

/* The least and the greatest reading; false when there is none. */
static bool find_range(const int64_t *q, size_t n, int64_t *low, int64_t *high)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (q[i] == GROWTH_MISSING)
            continue;
        *low = !any || q[i] < *low ? q[i] : *low;
        *high = !any || q[i] > *high ? q[i] : *high;
        any = true;
    }
    return any;
}

void growth_print_sparkline(const int64_t *q, size_t n, bool utf8, char text[GROWTH_SPARKLINE_MAX])
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ascii[] = {"_", ".", "-", "~", "=", "+", "*", "#"};
    int64_t low = 0, high = 0;
    text[0] = '\0';
    if (!find_range(q, n, &low, &high))
        return;
    double height = (double)high - (double)low;
    size_t columns = n < GROWTH_COLUMNS ? n : GROWTH_COLUMNS;
    for (size_t column = 0; column < columns; column++) {
        size_t from = column * n / columns, to = (column + 1) * n / columns;
        int64_t least = 0, most = 0;
        if (!find_range(q + from, to - from, &least, &most)) {
            append(text, GROWTH_SPARKLINE_MAX, " ");
            continue;
        }
        double part = height > 0 ? ((double)most - (double)low) / height : 0;
        int level = part >= 1 ? 7 : (int)(part * 8);
        append(text, GROWTH_SPARKLINE_MAX, "%s", utf8 ? blocks[level] : ascii[level]);
    }
}

void growth_print_time(double tasks, double tasks_per_minute, char *text, size_t size)
{
    double minutes = tasks / (tasks_per_minute > 0 ? tasks_per_minute : GROWTH_TASKS_PER_MINUTE);
    if (!(minutes < 1000 * 365.25 * 24 * 60))
        (void)snprintf(text, size, "%s", isfinite(minutes) ? "1000 years" : "for ever");
    else if (minutes < 1.5)
        (void)snprintf(text, size, "%.0f s", 60 * minutes);
    else if (minutes < 120)
        (void)snprintf(text, size, "%.0f min", minutes);
    else if (minutes < 72 * 60)
        (void)snprintf(text, size, "%.0f h", minutes / 60);
    else if (minutes < 2 * 365.25 * 24 * 60)
        (void)snprintf(text, size, "%.0f days", minutes / 60 / 24);
    else
        (void)snprintf(text, size, "%.0f years", minutes / 60 / 24 / 365.25);
}

bool growth_speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

static const int64_t *first_reading(const struct growth_shown *shown)
{
    for (size_t i = 0; i < shown->n; i++) {
        if (shown->q[i] != GROWTH_MISSING)
            return &shown->q[i];
    }
    return NULL;
}

static const int64_t *last_reading(const struct growth_shown *shown)
{
    for (size_t i = shown->n; i-- > 0;) {
        if (shown->q[i] != GROWTH_MISSING)
            return &shown->q[i];
    }
    return NULL;
}

/* For how many tasks has the level not changed, up to the end? */
static int64_t flat_tasks(const struct growth_shown *shown, const int64_t *last)
{
    size_t end = (size_t)(last - shown->q), start = end;
    for (size_t i = end; i-- > 0;) {
        if (shown->q[i] == GROWTH_MISSING)
            continue;
        if (shown->q[i] != *last)
            break;
        start = i;
    }
    return shown->t[end] - shown->t[start];
}

/* A level or a limit: "326", "6.1 MiB". */
static void append_level(const struct growth_shown *shown, int64_t level, char *line)
{
    char bytes[24];
    print_bytes((double)level, bytes, sizeof bytes);
    if (shown->result->bytes)
        append(line, GROWTH_LINE_MAX, "%s", bytes);
    else
        append(line, GROWTH_LINE_MAX, "%lld", (long long)level);
}

static void append_limit(const struct growth_shown *shown, int64_t level, char *line)
{
    const struct growth_result *result = shown->result;
    double room = (double)shown->limit - (double)level;
    double pace = shown->tasks_per_minute > 0 ? shown->tasks_per_minute : GROWTH_TASKS_PER_MINUTE;
    char likely[32], soonest[32], latest[32];
    if (shown->limit <= 0 || room <= 0)
        return;
    if (result->verdict == GROWTH_BOUNDED) {
        growth_print_time(room / result->bound, pace, likely, sizeof likely);
        append(line, GROWTH_LINE_MAX, " (%s ", shown->limit_name);
        append_level(shown, shown->limit, line);
        append(line, GROWTH_LINE_MAX, " lasts >%s at %g %ss/min)", likely, pace, unit_of(result));
        return;
    }
    double rate = result->accelerating ? result->late_rate : result->rate;
    growth_print_time(room / rate, pace, likely, sizeof likely);
    growth_print_time(room / result->rate_high, pace, soonest, sizeof soonest);
    growth_print_time(room / result->rate_low, pace, latest, sizeof latest);
    append(line, GROWTH_LINE_MAX, "; %s ", shown->limit_name);
    append_level(shown, shown->limit, line);
    append(line, GROWTH_LINE_MAX, " after %s", likely);
    if (result->rate_low <= 0)
        append(line, GROWTH_LINE_MAX, " (%s, or never)", soonest);
    else if (strcmp(soonest, latest) != 0 && !result->accelerating)
        append(line, GROWTH_LINE_MAX, " (%s..%s)", soonest, latest);
    append(line, GROWTH_LINE_MAX, " at %g %ss/min", pace, unit_of(result));
}

static void append_flat(const struct growth_shown *shown, const int64_t *last, char *line)
{
    const struct growth_result *result = shown->result;
    int64_t flat = flat_tasks(shown, last);
    append_units(line, GROWTH_LINE_MAX, result, result->growth);
    if (result->growth > 0 && flat >= result->block && !result->bytes)
        append(line, GROWTH_LINE_MAX, ", then flat for %lld %ss (a pool of %lld?); ",
               (long long)flat, unit_of(result), (long long)*last);
    else
        append(line, GROWTH_LINE_MAX, " in %lld %ss; ", (long long)result->tasks, unit_of(result));
    append_guarantee(line, GROWTH_LINE_MAX, result);
}

/* Pads with spaces for the columns that the sparkline left. */
static void append_series(const struct growth_shown *shown, bool utf8, char *line)
{
    char sparkline[GROWTH_SPARKLINE_MAX];
    growth_print_sparkline(shown->q, shown->n, utf8, sparkline);
    int columns = shown->n < GROWTH_COLUMNS ? (int)shown->n : GROWTH_COLUMNS;
    append(line, GROWTH_LINE_MAX, "%s%*s ", sparkline, GROWTH_COLUMNS - columns, "");
}

void growth_print_line(const struct growth_shown *shown, bool utf8, char text[GROWTH_LINE_MAX])
{
    const struct growth_result *result = shown->result;
    const int64_t *first = first_reading(shown), *last = last_reading(shown);
    (void)snprintf(text, GROWTH_LINE_MAX, "%-12s %-8s ", growth_verdict_word(result->verdict),
                   shown->name);
    if (first == NULL || last == NULL) {
        append(text, GROWTH_LINE_MAX, "n/a: no readings");
        return;
    }
    append_series(shown, utf8, text);
    append_level(shown, *first, text);
    append(text, GROWTH_LINE_MAX, "%s", utf8 ? "→" : "->");
    append_level(shown, *last, text);
    append(text, GROWTH_LINE_MAX, "  ");
    if (result->verdict == GROWTH_BOUNDED) {
        append_flat(shown, last, text);
    } else {
        append(text, GROWTH_LINE_MAX, "%s", result->why);
        if (result->accelerating)
            append(text, GROWTH_LINE_MAX, ", accelerating");
    }
    if (result->verdict == GROWTH_BOUNDED || result->verdict == GROWTH_GROWING)
        append_limit(shown, *first, text);
}
