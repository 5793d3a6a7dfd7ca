#include "judge/report_text.h"

#include "judge/clean_text.h"
#include "judge/growth_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

struct report_style report_style_for(FILE *out, bool verbose)
{
    const char *no_colour = getenv("NO_COLOR");
    return (struct report_style){
        .colour = isatty(fileno(out)) == 1 && (no_colour == NULL || no_colour[0] == '\0'),
        .verbose = verbose,
        .utf8 = growth_speaks_utf8(),
    };
}

static int64_t first_reading(const struct counter_result *counter)
{
    for (size_t i = 0; i < counter->readings; i++) {
        if (counter->series[i] != GROWTH_MISSING)
            return counter->series[i];
    }
    return 0;
}

/* ---- a case ---- */

static const char *colour_of(const struct case_result *result, struct report_style style)
{
    if (!style.colour)
        return "";
    if (result->verdict.state == CASE_INCONCLUSIVE ||
        (result->verdict.state == CASE_SKIP && result->as_expected))
        return YELLOW;
    if (!result->as_expected)
        return RED;
    return result->known_gap != NULL ? YELLOW : GREEN;
}

static void print_details(FILE *out, const struct case_result *result, struct report_style style)
{
    for (size_t i = 0; i < result->counter_count; i++) {
        const struct counter_result *counter = &result->counters[i];
        struct growth_shown shown = {.name = counter->name,
                                     .result = &counter->growth,
                                     .q = counter->series,
                                     .t = counter->tasks,
                                     .n = counter->readings,
                                     .limit = counter->limit,
                                     .limit_name = counter->limit_name,
                                     .tasks_per_minute = style.tasks_per_minute};
        char line[GROWTH_LINE_MAX];
        growth_print_line(&shown, style.utf8, line);
        fprintf(out, "    %s\n", line);
    }
    fprintf(
        out,
        "    %d tasks, %d hung; after min %lld, p50 %lld, p99 %lld, max %lld ms; slow factor %.2f\n",
        result->tasks, result->hung, (long long)result->elapsed_min_ms,
        (long long)result->elapsed_p50_ms, (long long)result->elapsed_p99_ms,
        (long long)result->elapsed_max_ms, result->slow_factor);
    for (size_t i = 0; i < result->timeline_count; i++)
        fprintf(out, "    %9.3f s  %s\n", (double)result->timeline[i].at_ns / 1e9,
                result->timeline[i].text);
}

enum { FD_GROUPS_SHOWN = 3 };

/* What the client wrote on its stderr, which may hold anything. */
static void print_indented(FILE *out, const char *text)
{
    char *clean = clean_text(text);
    for (const char *at = clean; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        fprintf(out, "    client: %.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
    free(clean);
}

static void print_expectation(FILE *out, const struct case_result *result)
{
    if (result->stale_why != NULL)
        fprintf(out, "    %s\n", result->stale_why);
    else if (result->known_gap != NULL)
        fprintf(out, "    known: %s\n", result->known_gap);
}

static void print_fd_groups(FILE *out, const json_t *process)
{
    const json_t *groups = json_object_get(process, "fd_groups"), *group;
    size_t i;
    json_array_foreach(groups, i, group)
    {
        json_int_t count = json_integer_value(json_object_get(group, "count"));
        if (i < FD_GROUPS_SHOWN && count > 1)
            fprintf(out, "    descriptors: %lld x %s\n", (long long)count,
                    json_string_value(json_object_get(group, "what")));
    }
}

/* Where it hangs, or what there is more and more of. */
static void print_evidence(FILE *out, const struct case_result *result)
{
    const json_t *processes = json_object_get(result->evidence, "processes");
    const char *note = json_string_value(json_object_get(json_array_get(processes, 0), "note"));
    if (result->evidence_summary[0] != '\0')
        fprintf(out, "    stacks: %s\n", result->evidence_summary);
    if (note != NULL && note[0] != '\0')
        fprintf(out, "    stacks: %s\n", note);
    if ((result->verdict.cleanup & CLEANUP_BIT(CLEANUP_LEAK_FD)) != 0)
        print_fd_groups(out, json_array_get(processes, 0));
    if (result->evidence_file != NULL)
        fprintf(out, "    evidence: %s\n", result->evidence_file);
}

/* Each repeat that was not as expected, and with -v the others. */
static void print_attempts(FILE *out, const struct case_result *result, struct report_style style)
{
    for (size_t i = 0; i < result->repeat_count; i++) {
        const struct attempt *attempt = &result->repeats[i];
        char words[VERDICT_TEXT_MAX];
        if (attempt->as_expected && !style.verbose)
            continue;
        verdict_print(attempt->verdict, words);
        char *reason = clean_line(attempt->reason);
        fprintf(out, "    repeat %zu, seed %llu: %s: %s\n", i + 1,
                (unsigned long long)attempt->seed, words, reason);
        free(reason);
    }
}

void report_text_case(FILE *out, const struct case_result *result, struct report_style style)
{
    char verdict[VERDICT_TEXT_MAX];
    verdict_print(result->verdict, verdict);
    const char *colour = colour_of(result, style);
    char *reason = clean_line(result->reason);
    fprintf(out, "%s%-12s%s %-30s %-16s %5lld ms  %s\n", colour, verdict,
            colour[0] != '\0' ? PLAIN : "", result->id, result->client,
            (long long)result->deadline_ms, reason);
    free(reason);
    print_expectation(out, result);
    print_attempts(out, result, style);
    if (style.verbose)
        print_details(out, result, style);
    if (result->evidence != NULL && (style.verbose || !result->as_expected))
        print_evidence(out, result);
    if (!result->as_expected && result->verdict.state != CASE_SKIP) {
        if (result->client_stderr != NULL)
            print_indented(out, result->client_stderr);
        if (result->repro != NULL)
            fprintf(out, "    again: %s\n", result->repro);
    }
}

/* ---- the summary ---- */

struct client_sum {
    const char *version;
    int cases, as_expected, known, skipped;
    const struct case_result *growing; /* the one whose worst counter grows fastest */
    double growing_rate;
};

static void add_case(struct client_sum *sum, const struct case_result *result)
{
    sum->cases++;
    sum->version = result->client_version != NULL ? result->client_version : sum->version;
    sum->as_expected += result->as_expected;
    sum->known += result->as_expected && result->known_gap != NULL;
    sum->skipped += result->verdict.state == CASE_SKIP;
    for (size_t i = 0; i < result->counter_count; i++) {
        const struct counter_result *counter = &result->counters[i];
        if (case_result_grows(result, counter) && counter->growth.rate > sum->growing_rate) {
            sum->growing = result;
            sum->growing_rate = counter->growth.rate;
        }
    }
}

static const char *counter_singular(const char *name)
{
    static const char *const words[][2] = {{"threads", "thread"},
                                           {"fds", "fd"},
                                           {"conns", "connection"},
                                           {"children", "child"},
                                           {"tasks", "task in flight"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i][0], name) == 0)
            return words[i][1];
    }
    return name;
}

/* "1,024" */
static void print_number(FILE *out, int64_t number)
{
    if (number >= 1000) {
        print_number(out, number / 1000);
        fprintf(out, ",%03d", (int)(number % 1000));
    } else {
        fprintf(out, "%d", (int)number);
    }
}

static void print_rate(FILE *out, const struct counter_result *counter)
{
    double rate = counter->growth.rate;
    char text[GROWTH_RATE_TEXT_MAX];
    if (counter->growth.bytes) {
        growth_print_rate(rate, true, text);
        fprintf(out, "%.*s of memory", (int)(strlen(text) - strlen(" per task")), text);
        return;
    }
    fprintf(out, rate < 0.1 ? "%.3g %s" : "%.2f %s", rate,
            rate < 1.5 ? counter_singular(counter->name) : counter->name);
}

static void print_rates(FILE *out, const struct case_result *result)
{
    size_t growing = 0, printed = 0;
    for (size_t i = 0; i < result->counter_count; i++)
        growing += case_result_grows(result, &result->counters[i]);
    for (size_t i = 0; i < result->counter_count; i++) {
        const struct counter_result *counter = &result->counters[i];
        if (!case_result_grows(result, counter))
            continue;
        (void)fputs(printed == 0 ? "" : printed + 1 == growing ? " and " : ", ", out);
        print_rate(out, counter);
        printed++;
    }
}

/* Tasks until the counter reaches its limit; INFINITY when it does not, or there is none. */
static double tasks_left(const struct case_result *result, const struct counter_result *counter)
{
    if (!case_result_grows(result, counter) || counter->limit <= 0)
        return INFINITY;
    return (double)(counter->limit - first_reading(counter)) / counter->growth.rate;
}

/* "1,024 descriptors are gone after 10 min at 100 tasks a minute": of the limit that comes first.
 */
static void print_end(FILE *out, const struct case_result *result, double tasks_per_minute)
{
    const struct counter_result *first = NULL;
    for (size_t i = 0; i < result->counter_count; i++) {
        const struct counter_result *counter = &result->counters[i];
        if (isfinite(tasks_left(result, counter)) &&
            (first == NULL || tasks_left(result, counter) < tasks_left(result, first)))
            first = counter;
    }
    if (first == NULL)
        return;
    char time[64];
    if (tasks_per_minute <= 0)
        tasks_per_minute = GROWTH_TASKS_PER_MINUTE;
    growth_print_time(tasks_left(result, first), tasks_per_minute, time, sizeof time);
    (void)fputs(": ", out);
    print_number(out, first->growth.bytes ? first->limit / (1024 * 1024) : first->limit);
    bool descriptors = strcmp(first->limit_name, "RLIMIT_NOFILE") == 0;
    fprintf(out, " %s%s%s are gone after %s at %g tasks a minute",
            descriptors           ? "descriptors"
            : first->growth.bytes ? "MiB ("
                                  : "threads or processes (",
            descriptors ? "" : first->limit_name, descriptors ? "" : ")", time, tasks_per_minute);
}

/* "HUNG, growing by 1.00 thread and 1.00 fd per task: 1,024 descriptors are gone after 10 min …" */
static void print_growth(FILE *out, const struct case_result *result, double tasks_per_minute)
{
    fprintf(out, "    %s: ", result->id);
    if (result->verdict.deadline != DEADLINE_OK)
        fprintf(out, "%s, ", deadline_verdict_word(result->verdict.deadline));
    (void)fputs("growing by ", out);
    print_rates(out, result);
    (void)fputs(" per task", out);
    print_end(out, result, tasks_per_minute);
    (void)fputc('\n', out);
}

/* Which cases a list names. */
enum list { LIST_KNOWN, LIST_UNEXPECTED, LIST_UNDECIDED };

static bool is_listed(const struct case_result *result, const char *client, enum list list)
{
    bool judged = result->verdict.state == CASE_JUDGED || result->verdict.state == CASE_FLAKY ||
                  result->verdict.state == CASE_SKIP;
    if (strcmp(result->client, client) != 0)
        return false;
    switch (list) {
    case LIST_KNOWN:
        return result->as_expected && result->known_gap != NULL;
    case LIST_UNEXPECTED:
        return !result->as_expected && judged;
    case LIST_UNDECIDED:
        return !result->as_expected && !judged;
    }
    return false;
}

static int count_listed(const struct run_result *run, const char *client, enum list list)
{
    int count = 0;
    for (size_t i = 0; i < run->case_count; i++)
        count += is_listed(&run->cases[i], client, list);
    return count;
}

/* Was this verdict already printed for an earlier case of the list? */
static bool is_repeated(const struct run_result *run, const char *client, enum list list,
                        size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_listed(&run->cases[i], client, list) &&
            verdict_equal(run->cases[i].verdict, run->cases[index].verdict))
            return true;
    }
    return false;
}

/* "    known gap HUNG: auth/silent, kex/silent", a line for each verdict. */
static void print_list(FILE *out, const struct run_result *run, const char *client, enum list list,
                       const char *title)
{
    for (size_t i = 0; i < run->case_count; i++) {
        char verdict[VERDICT_TEXT_MAX];
        const char *joint = " ";
        if (!is_listed(&run->cases[i], client, list) || is_repeated(run, client, list, i))
            continue;
        verdict_print(run->cases[i].verdict, verdict);
        fprintf(out, "    %s%s%s:", title, title[0] != '\0' ? " " : "", verdict);
        for (size_t j = i; j < run->case_count; j++) {
            if (!is_listed(&run->cases[j], client, list) ||
                !verdict_equal(run->cases[i].verdict, run->cases[j].verdict))
                continue;
            fprintf(out, "%s%s", joint, run->cases[j].id);
            joint = ", ";
        }
        (void)fputc('\n', out);
    }
}

static void print_client(FILE *out, const struct run_result *run, const char *client,
                         struct report_style style)
{
    struct client_sum sum = {0};
    for (size_t i = 0; i < run->case_count; i++) {
        if (strcmp(run->cases[i].client, client) == 0)
            add_case(&sum, &run->cases[i]);
    }
    char *version = clean_line(sum.version);
    int unexpected = count_listed(run, client, LIST_UNEXPECTED);
    int undecided = count_listed(run, client, LIST_UNDECIDED);
    fprintf(out, "%s%s%s: %d of %d as expected", client, version[0] != '\0' ? " " : "", version,
            sum.as_expected, sum.cases);
    free(version);
    if (sum.known > 0)
        fprintf(out, ", %d of them known gaps", sum.known);
    if (sum.skipped > 0)
        fprintf(out, ", %d skipped", sum.skipped);
    if (unexpected > 0)
        fprintf(out, "; %d UNEXPECTED", unexpected);
    if (undecided > 0)
        fprintf(out, "; %d undecided", undecided);
    (void)fputc('\n', out);
    print_list(out, run, client, LIST_KNOWN, "known gap");
    print_list(out, run, client, LIST_UNEXPECTED, "unexpected");
    print_list(out, run, client, LIST_UNDECIDED, "");
    if (sum.growing != NULL)
        print_growth(out, sum.growing, style.tasks_per_minute);
}

void report_text_clients(FILE *out, const struct run_result *run, struct report_style style)
{
    for (size_t i = 0; i < run->case_count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(run->cases[j].client, run->cases[i].client) == 0;
        if (!seen)
            print_client(out, run, run->cases[i].client, style);
    }
}

void report_text_summary(FILE *out, const struct run_result *run, struct report_style style)
{
    fputc('\n', out);
    report_text_clients(out, run, style);
    fprintf(out, "%zu cases in %.1f s", run->case_count, (double)run->wall_ms / 1000);
    if (run->profile != NULL)
        fprintf(out, ", profile %s", run->profile);
    if (run->repeats > 1)
        fprintf(out, ", %d times each with the seeds from %llu on", run->repeats,
                (unsigned long long)run->seed);
    else
        fprintf(out, ", seed %llu", (unsigned long long)run->seed);
    char noise[NOISE_TEXT_MAX];
    noise_print(&run->noise, noise);
    fprintf(out, "\nmachine: %s\n", noise);
    if (!run->complete)
        fprintf(out, "INCOMPLETE: %s\n",
                run->incomplete_why != NULL ? run->incomplete_why : "not every case was judged");
}
