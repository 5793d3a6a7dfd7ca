/* A soak for people: a line after some of its readings, and at the end what it held. */
#include "judge/growth_text.h"
#include "judge/soak_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINES_MAX = 12 };

static void print_reading(FILE *out, const struct reading *reading)
{
    const char *joint = ": ";
    for (int i = 0; i < COUNTER_MEMORY; i++) {
        if (reading->value[i] == GROWTH_MISSING)
            continue;
        fprintf(out, "%s%s %lld", joint, counter_name((enum counter)i),
                (long long)reading->value[i]);
        joint = ", ";
    }
}

static void print_progress(struct soak *soak, const struct reading *reading)
{
    const struct soak_limit *nearest = soak_plan_nearest(soak->limits, soak->limit_count);
    fprintf(soak->out, "%6d of %d tasks, %d overdue", soak->started, soak->options->tasks,
            soak->life.overdue);
    print_reading(soak->out, reading);
    if (nearest != NULL)
        fprintf(soak->out, "; %.0f %% of %s %lld",
                100 * (double)nearest->used / (double)nearest->value, nearest->name,
                (long long)nearest->value);
}

/* On a terminal one line that changes; elsewhere about a dozen of them. */
void soak_text_progress(struct soak *soak, const struct reading *reading)
{
    bool terminal = isatty(fileno(soak->out)) == 1 && !soak->options->verbose;
    bool due =
        (int64_t)soak->started * LINES_MAX >= (int64_t)soak->readings_shown * soak->options->tasks;
    if (!terminal && !due)
        return;
    if (terminal)
        (void)fputs("\r\033[K", soak->out);
    print_progress(soak, reading);
    if (!terminal)
        (void)fputc('\n', soak->out);
    while ((int64_t)soak->started * LINES_MAX >=
           (int64_t)soak->readings_shown * soak->options->tasks)
        soak->readings_shown++;
    (void)fflush(soak->out);
}

/* Hung calls a minute, when tasks come as the user's do and as many of them hang. */
static double hung_per_minute(const struct soak *soak, const struct counter_result *counter)
{
    double rate = soak->options->tasks_per_minute;
    if (counter->growth.tasks > 0)
        rate *= (double)counter->per_hung.tasks / (double)counter->growth.tasks;
    return rate < 10 ? rate : round(rate);
}

static void print_counter(const struct soak *soak, const struct counter_result *counter)
{
    char line[GROWTH_LINE_MAX];
    struct growth_shown shown = {.name = counter->name,
                                 .result = &counter->growth,
                                 .q = counter->series,
                                 .t = counter->tasks,
                                 .n = counter->readings,
                                 .limit = counter->limit,
                                 .limit_name = counter->limit_name,
                                 .tasks_per_minute = soak->options->tasks_per_minute};
    if (counter->has_per_hung && counter->growth.verdict == counter->per_hung.verdict) {
        shown.result = &counter->per_hung;
        shown.t = counter->hung;
        shown.tasks_per_minute = hung_per_minute(soak, counter);
    }
    growth_print_line(&shown, soak->style.utf8, line);
    fprintf(soak->out, "    %s", line);
    if (shown.result == &counter->per_hung && counter->growth.verdict == GROWTH_GROWING &&
        counter->per_hung.tasks != counter->growth.tasks) {
        char rate[GROWTH_RATE_TEXT_MAX];
        growth_print_rate(counter->growth.rate, counter->growth.bytes, rate);
        fprintf(soak->out, "; that is %s", rate);
    }
    (void)fputc('\n', soak->out);
}

/* They are the same in each case that has them. */
static void print_counters(const struct soak *soak)
{
    const struct run_result *result = &soak->result;
    const struct case_result *told = NULL;
    for (size_t i = 0; i < result->case_count && told == NULL; i++)
        told = result->cases[i].counter_count > 0 ? &result->cases[i] : NULL;
    for (size_t i = 0; told != NULL && i < told->counter_count; i++) {
        if (told->counters[i].readings > 1)
            print_counter(soak, &told->counters[i]);
    }
}

void soak_text_end(struct soak *soak)
{
    const struct run_result *result = &soak->result;
    char noise[NOISE_TEXT_MAX];
    if (isatty(fileno(soak->out)) == 1)
        (void)fputs("\r\033[K", soak->out);
    struct report_style style = soak->style;
    style.verbose = false; /* the counters are those of all ids together, and follow */
    for (size_t i = 0; i < result->case_count; i++)
        report_text_case(soak->out, &result->cases[i], style);
    print_counters(soak);
    if (soak->stopped)
        fprintf(soak->out,
                "stopped after %d tasks, at %d %% of the nearest limit: %lld of the %lld %s that "
                "%s allows\n",
                soak->started, SOAK_STOP_PERCENT, (long long)soak->stopped_by.used,
                (long long)soak->stopped_by.value, soak->stopped_by.what, soak->stopped_by.name);
    fprintf(soak->out, "%d tasks in %.1f s, %s", soak->started, (double)result->wall_ms / 1000,
            soak_mode_word(soak->options->mode));
    if (soak->lives > 1)
        fprintf(soak->out, ", the client was started %d times", soak->lives);
    (void)fputc('\n', soak->out);
    noise_print(&result->noise, noise);
    fprintf(soak->out, "machine: %s\n", noise);
    if (!result->complete)
        fprintf(soak->out, "INCOMPLETE: %s\n", result->incomplete_why);
}
