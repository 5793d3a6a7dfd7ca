#include "judge/matrix_text.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_EVERY = 100, SAYS_TIME_FROM = 8 };

void matrix_time_left(size_t done, size_t all, int64_t took_ms, char text[32])
{
    text[0] = '\0';
    if (done < SAYS_TIME_FROM || done > all)
        return;
    long left_s = (long)((double)took_ms / (double)done * (double)(all - done) / 1000 + 0.5);
    if (left_s >= 3600)
        (void)snprintf(text, 32, "%ld h %02ld min", left_s / 3600, left_s % 3600 / 60);
    else if (left_s >= 60)
        (void)snprintf(text, 32, "%ld min %02ld s", left_s / 60, left_s % 60);
    else
        (void)snprintf(text, 32, "%ld s", left_s);
}

static void print_progress(const struct matrix_progress *progress)
{
    char left[32];
    int64_t took_ms = (clock_now_ns() - progress->begun_ns) / CLOCK_NS_PER_MS;
    matrix_time_left(progress->done - progress->done_before,
                     progress->cells - progress->done_before, took_ms, left);
    fprintf(progress->out, "%zu of %zu cells", progress->done, progress->cells);
    if (progress->unexpected > 0)
        fprintf(progress->out, ", %d unexpected", progress->unexpected);
    if (progress->undecided > 0)
        fprintf(progress->out, ", %d undecided", progress->undecided);
    if (left[0] != '\0')
        fprintf(progress->out, "; about %s to go", left);
}

void matrix_progress_begin(struct matrix_progress *progress, FILE *out, bool verbose, size_t cells,
                           size_t done_before)
{
    *progress = (struct matrix_progress){.out = out,
                                         .style = report_style_for(out, verbose),
                                         .live = isatty(fileno(out)) == 1,
                                         .cells = cells,
                                         .done = done_before,
                                         .done_before = done_before,
                                         .begun_ns = clock_now_ns()};
}

void matrix_progress_cell(struct matrix_progress *progress, const struct case_result *result)
{
    bool judged = result->verdict.state == CASE_JUDGED;
    progress->done++;
    progress->unexpected += judged && !result->as_expected;
    progress->undecided += !judged && !result->as_expected;
    if (progress->live)
        (void)fputs("\r\033[K", progress->out);
    if (!progress->live || progress->style.verbose || !result->as_expected)
        report_text_case(progress->out, result, progress->style);
    if (progress->live || progress->done % LINE_EVERY == 0)
        print_progress(progress);
    if (!progress->live && progress->done % LINE_EVERY == 0)
        (void)fputc('\n', progress->out);
    (void)fflush(progress->out);
}

void matrix_progress_end(struct matrix_progress *progress)
{
    if (progress->live)
        (void)fputs("\r\033[K", progress->out);
}

/* ---- side by side ---- */

/* head, whether a case counts there */
#define COLUMNS(X)                                                                 \
    X("cells", true)                                                               \
    X("OK", verdict_is_clean_ok(*verdict))                                         \
    X("known", result->known_gap != NULL && result->as_expected)                   \
    X("HUNG", judged && verdict->deadline == DEADLINE_HUNG)                        \
    X("LATE", judged && verdict->deadline == DEADLINE_LATE)                        \
    X("EARLY", judged && verdict->deadline == DEADLINE_EARLY)                      \
    X("WRONG", judged &&is_wrong(verdict->deadline))                               \
    X("CRASH", judged && verdict->deadline == DEADLINE_CRASH)                      \
    X("leaks", judged && (verdict->cleanup & ~CLEANUP_BIT(CLEANUP_SPIN)) != 0)     \
    X("spins", judged && (verdict->cleanup & CLEANUP_BIT(CLEANUP_SPIN)) != 0)      \
    X("open", verdict->state == CASE_INCONCLUSIVE || verdict->state == CASE_ERROR) \
    X("skip", verdict->state == CASE_SKIP)

#define X(head, counts) +1
enum { COLUMN_COUNT = 0 COLUMNS(X) };
#undef X

struct line {
    const char *client; /* borrowed */
    int counts[COLUMN_COUNT];
};

static bool is_wrong(enum deadline_verdict verdict)
{
    return verdict == DEADLINE_WRONG_OUTCOME || verdict == DEADLINE_WRONG_PHASE ||
           verdict == DEADLINE_NO_CONTACT;
}

static void count_case(struct line *line, const struct case_result *result)
{
    const struct verdict *verdict = &result->verdict;
    bool judged = verdict->state == CASE_JUDGED;
    const bool counts[] = {
#define X(head, counts) counts,
        COLUMNS(X)
#undef X
    };
    for (int i = 0; i < COLUMN_COUNT; i++)
        line->counts[i] += counts[i];
}

static struct line *line_of(struct line *lines, size_t *count, const char *client)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(lines[i].client, client) == 0)
            return &lines[i];
    }
    lines[*count].client = client;
    return &lines[(*count)++];
}

/* What is not there at all is left blank, so that what is there is seen. */
static void print_line(FILE *out, const struct line *line)
{
    fprintf(out, "%-20s", line->client);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (line->counts[i] > 0)
            fprintf(out, " %5d", line->counts[i]);
        else
            fprintf(out, " %5s", "");
    }
    (void)fputc('\n', out);
}

static void print_table(FILE *out, const struct run_result *run)
{
    struct line *lines = calloc(run->case_count + 1, sizeof *lines);
    size_t count = 0;
    if (lines == NULL)
        abort();
    for (size_t i = 0; i < run->case_count; i++)
        count_case(line_of(lines, &count, run->cases[i].client), &run->cases[i]);
    fprintf(out, "\n%-20s", "");
#define X(head, counts) fprintf(out, " %5s", head);
    COLUMNS(X)
#undef X
    (void)fputc('\n', out);
    for (size_t i = 0; i < count; i++)
        print_line(out, &lines[i]);
    (void)fputc('\n', out);
    free(lines);
}

void matrix_text_summary(FILE *out, const struct run_result *run, const char *noise,
                         struct report_style style)
{
    (void)fputc('\n', out);
    report_text_clients(out, run, style);
    if (run->case_count > 0)
        print_table(out, run);
    fprintf(out, "%zu cells in %.1f s, profile %s, seed %llu\n", run->case_count,
            (double)run->wall_ms / 1000, run->profile, (unsigned long long)run->seed);
    if (noise[0] != '\0')
        fprintf(out, "machine: %s\n", noise);
    if (!run->complete)
        fprintf(out, "INCOMPLETE: %s\n", run->incomplete_why);
}
