/* Every part is made even when a text in it is not UTF-8: results must not be lost because a client
 * wrote rubbish on its stderr. */
#include "judge/report_json.h"

#include "judge/json_text.h"
#include "judge/report_file.h"

#include <jansson.h>
#include <string.h>

/* A case without a verdict on the axes has its state's word in the place of the deadline's, and an
 * empty list in that of the cleanup: nothing is known. */
static json_t *verdict_json(struct verdict verdict)
{
    bool judged = verdict.state == CASE_JUDGED;
    json_t *cleanup = json_array();
    for (int i = 0; i <= CLEANUP_SPIN; i++) {
        if (judged && (verdict.cleanup & CLEANUP_BIT(i)) != 0)
            (void)json_array_append_new(cleanup,
                                        json_string(cleanup_verdict_word((enum cleanup_verdict)i)));
    }
    if (judged && json_array_size(cleanup) == 0)
        (void)json_array_append_new(cleanup, json_string("OK"));
    json_t *json =
        json_pack("{s:s, s:o}", "deadline",
                  judged ? deadline_verdict_word(verdict.deadline) : case_state_word(verdict.state),
                  "cleanup", cleanup);
    if (verdict.state == CASE_FLAKY)
        (void)json_object_set_new(json, "flaky",
                                  json_pack("{s:i, s:i}", "k", verdict.good, "n", verdict.repeats));
    return json;
}

static json_t *case_noise_json(double slow_factor, double busy_part)
{
    return json_pack("{s:o, s:o}", "slow_factor", json_number(slow_factor), "busy",
                     json_number(busy_part));
}

static json_t *attempt_json(const struct attempt *attempt)
{
    json_t *json =
        json_pack("{s:I, s:o, s:b, s:o, s:I, s:o}", "seed", (json_int_t)attempt->seed, "verdict",
                  verdict_json(attempt->verdict), "as_expected", attempt->as_expected, "reason",
                  json_text(attempt->reason), "elapsed_max_ms", (json_int_t)attempt->elapsed_max_ms,
                  "noise", case_noise_json(attempt->slow_factor, attempt->busy_part));
    if (attempt->first != NULL)
        (void)json_object_set_new(json, "first", attempt_json(attempt->first));
    return json;
}

/* How often it was judged, and when: what a single verdict does not tell. */
static void add_attempts(json_t *json, const struct case_result *result)
{
    (void)json_object_set_new(json, "seed", json_integer((json_int_t)result->seed));
    (void)json_object_set_new(json, "noise",
                              case_noise_json(result->slow_factor, result->busy_part));
    (void)json_object_set_new(
        json, "controls",
        json_pack("{s:i, s:i}", "asked", result->controls, "failed", result->controls_failed));
    if (result->first != NULL)
        (void)json_object_set_new(json, "first", attempt_json(result->first));
    if (result->repeat_count == 0)
        return;
    json_t *repeats = json_array();
    for (size_t i = 0; i < result->repeat_count; i++)
        (void)json_array_append_new(repeats, attempt_json(&result->repeats[i]));
    (void)json_object_set_new(json, "repeats", repeats);
}

static json_t *series_json(const struct counter_result *counter)
{
    json_t *series = json_array();
    for (size_t i = 0; i < counter->readings; i++)
        (void)json_array_append_new(series, json_pack("[I, o]", (json_int_t)counter->tasks[i],
                                                      counter->series[i] == GROWTH_MISSING
                                                          ? json_null()
                                                          : json_integer(counter->series[i])));
    return series;
}

/* Tasks until the limit is reached, for a client that starts where this one did; null when that is
 * not known, or never. */
static json_t *tasks_to_limit_json(const struct counter_result *counter)
{
    if (counter->growth.verdict != GROWTH_GROWING || counter->limit <= 0 ||
        counter->readings == 0 || counter->series[0] == GROWTH_MISSING)
        return json_null();
    return json_number(((double)counter->limit - (double)counter->series[0]) /
                       counter->growth.rate);
}

/* Of a soak in which calls hung: the figures over these; NULL otherwise. */
static json_t *per_hung_json(const struct counter_result *counter)
{
    const struct growth_result *growth = &counter->per_hung;
    if (!counter->has_per_hung)
        return NULL;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I}", "verdict",
                     growth_verdict_word(growth->verdict), "why", json_text(growth->why), "rate",
                     json_number(growth->rate), "low", json_number(growth->rate_low), "high",
                     json_number(growth->rate_high), "bound", json_number(growth->bound), "hung",
                     (json_int_t)growth->tasks, "growth", (json_int_t)growth->growth, "rises",
                     (json_int_t)growth->rises);
}

static json_t *counter_json(const struct counter_result *counter)
{
    const struct growth_result *growth = &counter->growth;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o*}",
                     "verdict", growth_verdict_word(growth->verdict), "why", json_text(growth->why),
                     "per_task", json_number(growth->rate), "low", json_number(growth->rate_low),
                     "high", json_number(growth->rate_high), "bound", json_number(growth->bound),
                     "tasks", (json_int_t)growth->tasks, "growth", (json_int_t)growth->growth,
                     "noise", (json_int_t)growth->noise, "rises", (json_int_t)growth->rises,
                     "limit", (json_int_t)counter->limit, "limit_name",
                     json_text(counter->limit_name), "tasks_to_limit", tasks_to_limit_json(counter),
                     "series", series_json(counter), "per_hung_call", per_hung_json(counter));
}

/* To the microsecond. */
static double ms_of(int64_t ns)
{
    int64_t us = ns / 1000;
    return (double)us / 1000;
}

static json_t *window_json(const struct window *window)
{
    if (window->deadline_ns == 0)
        return json_null();
    return json_pack("{s:f, s:f, s:f, s:f, s:f}", "deadline_ms", ms_of(window->deadline_ns),
                     "early_ms", ms_of(window->early_ns), "late_ms", ms_of(window->late_ns),
                     "hung_ms", ms_of(window->hung_ns), "grace_ms", ms_of(window->grace_ns));
}

static json_t *timeline_json(const struct case_result *result)
{
    json_t *list = json_array();
    for (size_t i = 0; i < result->timeline_count; i++) {
        const struct timeline_entry *entry = &result->timeline[i];
        (void)json_array_append_new(list, json_pack("{s:f, s:s, s:o}", "at_ms", ms_of(entry->at_ns),
                                                    "who", timeline_who_word(entry->who), "text",
                                                    json_text(entry->text)));
    }
    return list;
}

static json_t *overshoot_json(const struct histogram *histogram)
{
    if (histogram->count == 0)
        return json_null();
    json_t *buckets = json_array();
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        if (histogram->buckets[i] > 0)
            (void)json_array_append_new(
                buckets, json_pack("[I, I, I]", (json_int_t)histogram_bucket_low_us(i),
                                   (json_int_t)histogram_bucket_low_us(i + 1),
                                   (json_int_t)histogram->buckets[i]));
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "count",
                     (json_int_t)histogram->count, "before", (json_int_t)histogram->below, "min_us",
                     (json_int_t)histogram->min_us, "p50_us",
                     (json_int_t)histogram_quantile_us(histogram, .5), "p90_us",
                     (json_int_t)histogram_quantile_us(histogram, .9), "p99_us",
                     (json_int_t)histogram_quantile_us(histogram, .99), "max_us",
                     (json_int_t)histogram->max_us, "buckets", buckets);
}

static json_t *outcome_counts_json(const struct case_result *result)
{
    json_t *counts = json_object();
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (result->outcomes[i] > 0)
            (void)json_object_set_new(counts, outcome_name((enum outcome)i),
                                      json_integer(result->outcomes[i]));
    }
    return counts;
}

/* What came to the first shape later. */
static void add_more(json_t *object, const struct case_result *result)
{
    json_t *elapsed = json_array();
    for (size_t i = 0; i < result->elapsed_count; i++)
        (void)json_array_append_new(elapsed, json_integer(result->elapsed_us[i]));
    const struct {
        const char *key;
        json_t *value;
    } more[] = {
        {"window", window_json(&result->window)},
        {"outcomes", outcome_counts_json(result)},
        {"elapsed_us", elapsed},
        {"overshoot", overshoot_json(&result->overshoot)},
        {"timeline", timeline_json(result)},
        {"timeline_dropped", json_integer((json_int_t)result->timeline_dropped)},
        {"tasks_before", json_integer(result->tasks_before)},
    };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        (void)json_object_set_new(object, more[i].key, more[i].value);
}

void report_json_set_expected(json_t *object, const struct case_result *result)
{
    (void)json_object_set_new(json_object_get(object, "expected"), "verdict",
                              verdict_json(result->expected_verdict));
    (void)json_object_set_new(object, "as_expected", json_boolean(result->as_expected));
    (void)json_object_set_new(object, "known_gap", json_text(result->known_gap));
    (void)json_object_set_new(object, "known_gap_at", json_text(result->known_gap_at));
    (void)json_object_set_new(object, "stale", json_string(expect_stale_word(result->stale)));
    (void)json_object_set_new(object, "stale_why", json_text(result->stale_why));
}

json_t *report_json_case(const struct case_result *result)
{
    json_t *growth = json_object();
    for (size_t i = 0; i < result->counter_count; i++)
        (void)json_object_set_new(growth, result->counters[i].name,
                                  counter_json(&result->counters[i])); /* a name of our own */
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:I, s:{s:o, s:o}, s:o, s:i, s:i, s:{s:I, s:I, s:I, s:I}, "
        "s:o, s:{s:i, s:i}, s:o, s:o, s:o, s:O?}",
        "id", json_text(result->id), "client", json_text(result->client), "client_version",
        json_text(result->client_version), "deadline_ms", (json_int_t)result->deadline_ms,
        "expected", "outcome", json_outcomes(result->expected_outcomes), "phase",
        json_phases(result->expected_phases), "verdict", verdict_json(result->verdict), "tasks",
        result->tasks, "hung", result->hung, "elapsed_ms", "min",
        (json_int_t)result->elapsed_min_ms, "p50", (json_int_t)result->elapsed_p50_ms, "p99",
        (json_int_t)result->elapsed_p99_ms, "max", (json_int_t)result->elapsed_max_ms, "growth",
        growth, "witness", "open_after_settle", result->open_after_settle, "surplus",
        result->surplus, "reason", json_text(result->reason), "repro", json_text(result->repro),
        "client_stderr", json_text(result->client_stderr), "evidence", result->evidence);
    report_json_set_expected(object, result);
    add_more(object, result);
    add_attempts(object, result);
    return object;
}

static json_t *summary_json(const struct run_result *run)
{
    int as_expected = 0, unexpected = 0, inconclusive = 0, errors = 0, skipped = 0;
    for (size_t i = 0; i < run->case_count; i++) {
        const struct case_result *result = &run->cases[i];
        if (result->verdict.state == CASE_SKIP && result->as_expected)
            skipped++;
        else if (result->as_expected)
            as_expected++;
        else if (result->verdict.state == CASE_INCONCLUSIVE)
            inconclusive++;
        else if (result->verdict.state == CASE_ERROR)
            errors++;
        else
            unexpected++;
    }
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "cases", (int)run->case_count, "as_expected",
                     as_expected, "unexpected", unexpected, "inconclusive", inconclusive, "errors",
                     errors, "skipped", skipped);
}

/* Part of a second, or of the machine; null where this kernel does not say. */
static json_t *part_json(double part)
{
    return part < 0 ? json_null() : json_number(part);
}

static json_t *noise_sample_json(const struct noise_sample *sample)
{
    return json_pack(
        "{s:{s:I, s:I, s:I, s:I}, s:o, s:o, s:o, s:o, s:o}", "timer_lateness_us", "count",
        (json_int_t)sample->timers, "p50", (json_int_t)sample->lateness_p50_us, "p99",
        (json_int_t)sample->lateness_p99_us, "max", (json_int_t)sample->lateness_max_us,
        "fork_exec_us", sample->fork_exec_us < 0 ? json_null() : json_integer(sample->fork_exec_us),
        "busy", part_json(sample->busy_part), "steal", part_json(sample->steal_part), "pressure",
        part_json(sample->pressure_part), "slow_factor", json_number(sample->slow_factor));
}

static json_t *noise_json(const struct noise_certificate *noise)
{
    return json_pack(
        "{s:s, s:o, s:f, s:I, s:I, s:o, s:o, s:o}", "words", noise_words(noise->slow_factor),
        "slow_factor", json_number(noise->slow_factor), "cap", NOISE_FACTOR_CAP,
        "timer_lateness_us", (json_int_t)noise->during.lateness_max_us, "fork_exec_us",
        (json_int_t)noise->before.fork_exec_us, "before", noise_sample_json(&noise->before),
        "during", noise_sample_json(&noise->during), "after", noise_sample_json(&noise->after));
}

json_t *report_json_run(const struct run_result *run)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < run->case_count; i++)
        (void)json_array_append_new(cases, report_json_case(&run->cases[i]));
    json_t *results = json_pack(
        "{s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:i, s:I, s:o, s:o, s:O?, s:O?, "
        "s:O?, s:o, s:O*}",
        "schema", REPORT_JSON_SCHEMA, "complete", run->complete, "incomplete_why",
        json_text(run->incomplete_why), "tool", json_text(run->tool), "host", json_text(run->host),
        "profile", json_text(run->profile), "noise", noise_json(&run->noise), "seed",
        (json_int_t)run->seed, "repeats", run->repeats, "wall_ms", (json_int_t)run->wall_ms,
        "summary", summary_json(run), "began", json_text(run->began), "machine", run->machine,
        "scenarios", run->scenarios, "clients", run->clients, "cases", cases, "soak", run->soak);
    if (run->shard_count > 0)
        (void)json_object_set_new(
            results, "shard",
            json_pack("{s:i, s:i}", "index", run->shard_index, "count", run->shard_count));
    return results;
}

enum err report_json_write(const char *path, const json_t *results, struct err_text *error)
{
    struct report_file file;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    if (json_dumpf(results, file.out, JSON_INDENT(1)) != 0)
        failed = err_set(error, ERR_SYSTEM, "cannot write %s", path);
    (void)fputc('\n', file.out);
    return report_file_close(&file, failed, error);
}
