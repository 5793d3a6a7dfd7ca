#include "judge/report_json.h"

#include "judge/report_file.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *text_or_null(const char *text)
{
    json_t *string = text != NULL ? json_string(text) : NULL;
    return string != NULL ? string : json_null();
}

static json_t *outcomes_json(outcome_set set)
{
    json_t *list = json_array();
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if ((set & OUTCOME_BIT(i)) != 0)
            (void)json_array_append_new(list, json_string(outcome_name((enum outcome)i)));
    }
    return list;
}

static json_t *phases_json(phase_set set)
{
    json_t *list = json_array();
    for (int i = 0; i < PHASE_COUNT; i++) {
        if ((set & PHASE_BIT(i)) != 0)
            (void)json_array_append_new(list, json_string(phase_name((enum phase)i)));
    }
    return list;
}

/* A case without a verdict on the axes has its state's word in the place of the deadline's. */
static json_t *verdict_json(struct verdict verdict)
{
    json_t *cleanup = json_array();
    for (int i = 0; i <= CLEANUP_SPIN; i++) {
        if (verdict.state == CASE_JUDGED && (verdict.cleanup & CLEANUP_BIT(i)) != 0)
            (void)json_array_append_new(cleanup,
                                        json_string(cleanup_verdict_word((enum cleanup_verdict)i)));
    }
    if (json_array_size(cleanup) == 0)
        (void)json_array_append_new(cleanup, json_string("OK"));
    return json_pack("{s:s, s:o}", "deadline",
                     verdict.state == CASE_JUDGED ? deadline_verdict_word(verdict.deadline)
                                                  : case_state_word(verdict.state),
                     "cleanup", cleanup);
}

static json_t *counter_json(const struct counter_result *counter)
{
    json_t *series = json_array();
    for (size_t i = 0; i < counter->readings; i++)
        (void)json_array_append_new(series, json_pack("[I, o]", (json_int_t)counter->tasks[i],
                                                      counter->series[i] == GROWTH_MISSING
                                                          ? json_null()
                                                          : json_integer(counter->series[i])));
    const struct growth_result *growth = &counter->growth;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:s, s:o}", "verdict",
                     growth_verdict_word(growth->verdict), "why", growth->why, "per_task",
                     number_or_null(growth->rate), "low", number_or_null(growth->rate_low), "high",
                     number_or_null(growth->rate_high), "bound", number_or_null(growth->bound),
                     "tasks", (json_int_t)growth->tasks, "growth", (json_int_t)growth->growth,
                     "limit", (json_int_t)counter->limit, "limit_name", counter->limit_name,
                     "series", series);
}

static json_t *case_json(const struct case_result *result)
{
    json_t *growth = json_object();
    for (size_t i = 0; i < result->counter_count; i++)
        (void)json_object_set_new(growth, result->counters[i].name,
                                  counter_json(&result->counters[i]));
    return json_pack(
        "{s:s, s:s, s:o, s:I, s:{s:o, s:o, s:o}, s:o, s:b, s:o, s:i, s:i, s:{s:I, s:I, s:I, s:I}, "
        "s:o, s:{s:i, s:i}, s:o, s:o, s:o}",
        "id", result->id, "client", result->client, "client_version",
        text_or_null(result->client_version), "deadline_ms", (json_int_t)result->deadline_ms,
        "expected", "outcome", outcomes_json(result->expected_outcomes), "phase",
        phases_json(result->expected_phases), "verdict", verdict_json(result->expected_verdict),
        "verdict", verdict_json(result->verdict), "as_expected", result->as_expected, "known_gap",
        text_or_null(result->known_gap), "tasks", result->tasks, "hung", result->hung, "elapsed_ms",
        "min", (json_int_t)result->elapsed_min_ms, "p50", (json_int_t)result->elapsed_p50_ms, "p99",
        (json_int_t)result->elapsed_p99_ms, "max", (json_int_t)result->elapsed_max_ms, "growth",
        growth, "witness", "open_after_settle", result->open_after_settle, "surplus",
        result->surplus, "reason", text_or_null(result->reason), "repro",
        text_or_null(result->repro), "client_stderr", text_or_null(result->client_stderr));
}

static json_t *summary_json(const struct run_result *run)
{
    int as_expected = 0, unexpected = 0, inconclusive = 0, errors = 0;
    for (size_t i = 0; i < run->case_count; i++) {
        const struct case_result *result = &run->cases[i];
        if (result->as_expected)
            as_expected++;
        else if (result->verdict.state == CASE_INCONCLUSIVE)
            inconclusive++;
        else if (result->verdict.state == CASE_ERROR)
            errors++;
        else
            unexpected++;
    }
    return json_pack("{s:i, s:i, s:i, s:i, s:i}", "cases", (int)run->case_count, "as_expected",
                     as_expected, "unexpected", unexpected, "inconclusive", inconclusive, "errors",
                     errors);
}

enum err report_json_write(const char *path, const struct run_result *run, struct err_text *error)
{
    struct report_file file;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    json_t *cases = json_array();
    for (size_t i = 0; i < run->case_count; i++)
        (void)json_array_append_new(cases, case_json(&run->cases[i]));
    json_t *root =
        json_pack("{s:i, s:b, s:o, s:s, s:s, s:{s:f, s:I, s:I}, s:I, s:I, s:o, s:o}", "schema",
                  REPORT_JSON_SCHEMA, "complete", run->complete, "incomplete_why",
                  text_or_null(run->incomplete_why), "tool", run->tool, "host", run->host, "noise",
                  "slow_factor", run->slow_factor, "timer_lateness_us",
                  (json_int_t)run->timer_lateness_p99_us, "fork_exec_us",
                  (json_int_t)run->fork_exec_p50_us, "seed", (json_int_t)run->seed, "wall_ms",
                  (json_int_t)run->wall_ms, "cases", cases, "summary", summary_json(run));
    if (root == NULL || json_dumpf(root, file.out, JSON_INDENT(1)) != 0)
        failed = err_set(error, ERR_SYSTEM, "cannot write %s", path);
    fputc('\n', file.out);
    json_decref(root);
    enum err committed = report_file_commit(&file, error);
    return failed != ERR_NONE ? failed : committed;
}
