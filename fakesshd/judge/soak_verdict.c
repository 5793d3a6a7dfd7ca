/* From the tasks and readings of a soak to its results: a case for each scenario. */
#include "judge/case.h"
#include "judge/case_expected.h"
#include "judge/case_repro.h"
#include "judge/growth_text.h"
#include "judge/process.h"
#include "judge/procfs_limits.h"
#include "judge/soak_state.h"

#include "base/clock.h"
#include "base/data_dir.h"
#include "base/int64_order.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS CLOCK_NS_PER_MS

/* The life whose readings are told: the longest. */
static const struct soak_life *told_life(const struct soak *soak)
{
    return soak->has_best && soak->best.count > soak->life.count ? &soak->best : &soak->life;
}

/* ---- counters ---- */

static int64_t *copy_of(const int64_t *from, size_t count)
{
    int64_t *copy = calloc(count + 1, sizeof *copy);
    if (copy == NULL)
        abort();
    memcpy(copy, from, count * sizeof *copy);
    return copy;
}

static void report_counters(const struct soak *soak, struct case_result *result)
{
    const struct soak_life *life = told_life(soak);
    for (int i = 0; i < COUNTER_COUNT && result->counter_count < COUNTERS_MAX; i++) {
        enum counter counter = (enum counter)i;
        struct soak_growth growth;
        if (!soak_life_judge(life, counter, &growth))
            continue;
        struct counter_result *told = &result->counters[result->counter_count++];
        (void)snprintf(told->name, sizeof told->name, "%s", counter_name(counter));
        told->growth = growth.per_task;
        told->growth.verdict = growth.verdict;
        if (growth.by_hung)
            memcpy(told->growth.why, growth.per_hung.why, sizeof told->growth.why);
        told->has_per_hung = growth.has_hung;
        told->per_hung = growth.per_hung;
        told->series = soak_life_series(life, counter);
        told->tasks = copy_of(life->tasks, life->count);
        told->hung = copy_of(life->hung, life->count);
        told->readings = life->count;
        struct limit limit = procfs_limit_of_user(counter_limit(counter), process_user_nofile());
        told->limit = limit.value;
        memcpy(told->limit_name, limit.name, sizeof limit.name);
    }
}

/* Of a driver's counters those that grow; of templates what they left behind when they had ended.
 * Memory only where nothing else grows: what is left behind takes its memory along. */
static unsigned cleanup_of(const struct soak *soak, const struct soak_id *of)
{
    unsigned set = 0;
    struct soak_growth growth;
    if (!soak->driver) {
        set |= of->open_left > 0 ? CLEANUP_BIT(CLEANUP_LEAK_CONN) : 0;
        return set | (of->left_behind > 0 ? CLEANUP_BIT(CLEANUP_LEAK_CHILD) : 0);
    }
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (i == COUNTER_MEMORY && set != 0)
            break;
        if (soak_life_judge(told_life(soak), (enum counter)i, &growth) &&
            growth.verdict == GROWTH_GROWING)
            set |= CLEANUP_BIT(counter_cleanup((enum counter)i));
    }
    return set;
}

/* In a mix what is held is laid to those that hang, or to all where none does. */
static bool answers_for_growth(const struct soak *soak, const struct soak_id *of)
{
    bool some_hang = false;
    for (size_t i = 0; i < soak->id_count; i++)
        some_hang |= soak->ids[i].hung > 0;
    return !some_hang || of->hung > 0;
}

static bool some_inconclusive(const struct case_result *result, char *why, size_t size)
{
    for (size_t i = 0; i < result->counter_count; i++) {
        const struct counter_result *counter = &result->counters[i];
        if (counter->growth.verdict == GROWTH_INCONCLUSIVE && !counter->growth.bytes) {
            (void)snprintf(why, size, "%s: %s", counter->name, counter->growth.why);
            return true;
        }
    }
    return false;
}

/* ---- words ---- */

static size_t append(char *text, size_t size, size_t used, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static size_t append(char *text, size_t size, size_t used, const char *format, ...)
{
    va_list args;
    if (used >= size)
        return used;
    va_start(args, format);
    int put = vsnprintf(text + used, size - used, format, args);
    va_end(args);
    return put < 0 ? used : used + (size_t)put;
}

static size_t append_growth(const struct case_result *result, char *text, size_t size, size_t used)
{
    for (size_t i = 0; i < result->counter_count; i++) {
        const struct counter_result *counter = &result->counters[i];
        char per_task[GROWTH_RATE_TEXT_MAX], per_hung[GROWTH_RATE_TEXT_MAX];
        if (!case_result_grows(result, counter))
            continue;
        bool bytes = counter->growth.bytes;
        growth_print_rate(counter->growth.rate, bytes, per_task);
        growth_print_rate_per(counter->per_hung.rate, bytes, GROWTH_HUNG_CALL, per_hung);
        used = append(text, size, used, "; %s %s by %s", counter->name, bytes ? "grows" : "grow",
                      counter->has_per_hung ? per_hung : per_task);
        /* All tasks hang: both are the same. */
        if (counter->has_per_hung && counter->per_hung.tasks != counter->growth.tasks)
            used = append(text, size, used, " (%s)", per_task);
    }
    return used;
}

static char *reason_of(const struct soak *soak, const struct soak_id *of,
                       const struct case_result *result)
{
    char text[2048];
    enum deadline_verdict verdict = result->verdict.deadline;
    size_t used = append(text, sizeof text, 0, "%s", of->why[verdict]);
    if (of->of[verdict] > 0)
        used = append(text, sizeof text, used, " (%d of %zu tasks)", of->of[verdict], of->count);
    used = append_growth(result, text, sizeof text, used);
    if (of->open_left > 0)
        used = append(text, sizeof text, used,
                      "; connections still open after their process ended: %d", of->open_left);
    if (of->left_behind > 0)
        used = append(text, sizeof text, used, "; processes left behind: %d", of->left_behind);
    if (soak->lives > 1)
        used = append(text, sizeof text, used, "; the client was started %d times", soak->lives);
    /* The tasks that an end took along only know that it died. */
    if (soak->crashes > 1)
        used = append(text, sizeof text, used, "; it died %d times, first", soak->crashes);
    if (soak->crashed && (of->of[verdict] > 0 || verdict != DEADLINE_CRASH))
        (void)append(text, sizeof text, used, "%s %.400s", soak->crashes > 1 ? ":" : ";",
                     soak->crash_why);
    return strdup(text);
}

/* ---- a case ---- */

/* Sorts the times: the verdicts beside them are of no use any more. */
static void measure_elapsed(struct soak_id *of, struct case_result *result)
{
    if (of->count == 0)
        return;
    result->elapsed_count = of->count < ELAPSED_KEPT ? of->count : ELAPSED_KEPT;
    result->elapsed_us = copy_of(of->elapsed_ns, result->elapsed_count);
    for (size_t i = 0; i < result->elapsed_count; i++)
        result->elapsed_us[i] /= 1000;
    qsort(of->elapsed_ns, of->count, sizeof *of->elapsed_ns, int64_order);
    result->elapsed_min_ms = of->elapsed_ns[0] / MS;
    result->elapsed_p50_ms = of->elapsed_ns[of->count / 2] / MS;
    result->elapsed_p99_ms = of->elapsed_ns[(of->count - 1) * 99 / 100] / MS;
    result->elapsed_max_ms = of->elapsed_ns[of->count - 1] / MS;
}

static void judge_axes(struct soak *soak, struct soak_id *of, struct case_result *result)
{
    char why[400];
    enum deadline_verdict deadline =
        window_judge_all(&soak->window, of->verdicts, of->elapsed_ns, of->count);
    if (soak->crashed && deadline < DEADLINE_CRASH) {
        deadline = DEADLINE_CRASH;
        (void)snprintf(of->why[DEADLINE_CRASH], sizeof of->why[0], "%.399s", soak->crash_why);
    }
    if (!soak->crashed && soak->control_failed && deadline == DEADLINE_OK) {
        deadline = DEADLINE_WRONG_OUTCOME;
        of->of[deadline] = 0;
        (void)snprintf(of->why[deadline], sizeof of->why[0],
                       "afterwards it no longer completes a healthy task: %.300s",
                       soak->control_why);
    }
    bool answers = answers_for_growth(soak, of);
    if (answers)
        report_counters(soak, result);
    unsigned cleanup = answers ? cleanup_of(soak, of) : 0;
    result->verdict =
        (struct verdict){.state = CASE_JUDGED, .deadline = deadline, .cleanup = cleanup};
    result->reason = reason_of(soak, of, result);
    /* Nobody comes back early because of noise. */
    bool on_time_axis = deadline == DEADLINE_LATE ||
                        (deadline == DEADLINE_OK && of->beyond_usual) ||
                        (deadline == DEADLINE_WRONG_OUTCOME && of->timed_out &&
                         of->scenario->outcomes == OUTCOME_BIT(OUTCOME_SUCCESS));
    if (on_time_axis && soak->slow_factor > NOISE_FACTOR_CAP)
        (void)snprintf(
            why, sizeof why,
            "the machine is too slow to judge times: its slow factor is %.1f, above %.1f",
            soak->slow_factor, NOISE_FACTOR_CAP);
    else if (!verdict_is_clean_ok(result->verdict) || !soak->driver ||
             !some_inconclusive(result, why, sizeof why))
        return;
    result->verdict.state = CASE_INCONCLUSIVE;
    free(result->reason);
    result->reason = strdup(why);
}

static void report_evidence(struct soak *soak, struct case_result *result)
{
    char words[VERDICT_TEXT_MAX];
    const char *dump =
        soak->stage.driver_stacks != NULL ? soak->stage.driver_stacks : soak->stage.driver->dump;
    verdict_print(result->verdict, words);
    struct evidence_case of = {soak->options->evidence, dump, words};
    if (soak->looks > 0 && soak->evidence[0].loop != NULL)
        evidence_report(&soak->evidence[0], &of, result);
}

/* The command line that shows it again; of a mix, all of it. */
static char *repro_of(const struct soak *soak)
{
    char *text = NULL, file[PATH_MAX];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const struct soak_options *options = soak->options;
    const struct manifest *manifest = soak->client->manifest;
    if (out == NULL)
        abort();
    (void)fputs("fakesshd soak", out);
    for (size_t i = 0; i < soak->id_count; i++) {
        scenario_file_word(soak->ids[i].scenario, file, sizeof file);
        case_repro_word(out, data_dir_holds(file) ? soak->ids[i].scenario->id : file);
    }
    fprintf(out, " --%s --tasks %d --rate %g/s --deadline %lldms", soak_mode_word(options->mode),
            options->tasks, options->tasks_per_second, (long long)soak->deadline_ms);
    if (options->seed != CASE_SEED_USUAL)
        fprintf(out, " --seed %llu", (unsigned long long)options->seed);
    case_repro_client(out, manifest);
    (void)fclose(out);
    return text;
}

static void judge_id(struct soak *soak, struct soak_id *of, struct case_result *result)
{
    const struct run_client *client = soak->client;
    const char *version = soak->opened && soak->stage.version != NULL ? soak->stage.version
                          : client->version[0] != '\0'                ? client->version
                                                                      : NULL;
    result->id = strdup(of->scenario->id);
    result->client = strdup(client->manifest->name);
    result->client_version = version != NULL ? strdup(version) : NULL;
    result->deadline_ms = soak->deadline_ms;
    result->expected_outcomes = of->scenario->outcomes;
    result->expected_phases = of->scenario->phases;
    result->tasks = (int)of->count;
    result->hung = of->hung;
    result->slow_factor = soak->slow_factor;
    result->window = soak->window;
    result->overshoot = of->overshoot;
    memcpy(result->outcomes, of->outcomes, sizeof result->outcomes);
    result->seed = soak->options->seed;
    result->repro = repro_of(soak);
    if (soak->opened && stage_client_words(&soak->stage)[0] != '\0')
        result->client_stderr = strdup(stage_client_words(&soak->stage));
    if (soak->state != CASE_JUDGED) {
        result->verdict.state = soak->state;
        result->error = soak->error;
        result->reason = strdup(soak->why);
    } else {
        judge_axes(soak, of, result);
        result->open_after_settle = of->open_left;
        if (answers_for_growth(soak, of))
            report_evidence(soak, result);
    }
    measure_elapsed(of, result);
    case_expected_judge(result, client, &soak->facts);
}

/* What templates left behind, that have ended and were seen to. */
static void count_leftovers(struct soak *soak)
{
    for (size_t i = 0; i < soak->live_count; i++) {
        const struct soak_task *live = &soak->live[i];
        const struct template_run *run = soak->stage.runs[live->task->id - 1];
        struct soak_id *of = &soak->ids[live->id];
        if (run == NULL || !live->task->ended)
            continue;
        of->open_left += (int)witness_task(&soak->stage.witness, live->task->id)->open;
        of->left_behind += (int)template_left_behind(run);
    }
}

static json_t *soak_json(const struct soak *soak)
{
    json_t *stop = NULL;
    if (soak->stopped)
        stop = json_pack("{s:s, s:s, s:I, s:I}", "what", soak->stopped_by.what, "limit_name",
                         soak->stopped_by.name, "limit", (json_int_t)soak->stopped_by.value, "used",
                         (json_int_t)soak->stopped_by.used);
    return json_pack("{s:s, s:i, s:i, s:f, s:i, s:i, s:o?}", "mode",
                     soak_mode_word(soak->options->mode), "tasks_wanted", soak->options->tasks,
                     "tasks", soak->started, "tasks_per_second", soak->options->tasks_per_second,
                     "client_starts", soak->lives, "crashes", soak->crashes, "stopped_by", stop);
}

void soak_judge(struct soak *soak)
{
    struct run_result *result = &soak->result;
    result->cases = calloc(soak->id_count + 1, sizeof *result->cases);
    if (result->cases == NULL)
        abort();
    if (soak->opened)
        count_leftovers(soak);
    for (size_t i = 0; i < soak->id_count; i++)
        judge_id(soak, &soak->ids[i], &result->cases[result->case_count++]);
    result->soak = soak_json(soak);
}
