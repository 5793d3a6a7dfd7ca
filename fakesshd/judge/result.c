#include "judge/result.h"

#include <stdlib.h>
#include <string.h>

bool case_result_grows(const struct case_result *result, const struct counter_result *counter)
{
    return counter->growth.verdict == GROWTH_GROWING &&
           (!counter->growth.bytes ||
            (result->verdict.cleanup & CLEANUP_BIT(CLEANUP_GROWING)) != 0);
}

struct attempt attempt_take(struct case_result *result)
{
    struct attempt attempt = {.seed = result->seed,
                              .verdict = result->verdict,
                              .as_expected = result->as_expected,
                              .reason = strdup(result->reason != NULL ? result->reason : ""),
                              .elapsed_max_ms = result->elapsed_max_ms,
                              .slow_factor = result->slow_factor,
                              .busy_part = result->busy_part,
                              .first = result->first};
    if (attempt.reason == NULL)
        abort();
    result->first = NULL;
    return attempt;
}

void attempt_fini(struct attempt *attempt)
{
    if (attempt->first != NULL)
        attempt_fini(attempt->first);
    free(attempt->first);
    free(attempt->reason);
    *attempt = (struct attempt){0};
}

void case_result_fini(struct case_result *result)
{
    free(result->id);
    free(result->client);
    free(result->client_version);
    free(result->known_gap);
    free(result->known_gap_at);
    free(result->stale_why);
    free(result->reason);
    free(result->repro);
    free(result->client_stderr);
    free(result->elapsed_us);
    for (size_t i = 0; i < result->timeline_count; i++)
        free(result->timeline[i].text);
    free(result->timeline);
    json_decref(result->evidence);
    free(result->evidence_summary);
    free(result->evidence_file);
    if (result->first != NULL)
        attempt_fini(result->first);
    free(result->first);
    for (size_t i = 0; i < result->repeat_count; i++)
        attempt_fini(&result->repeats[i]);
    free(result->repeats);
    for (size_t i = 0; i < result->counter_count; i++) {
        free(result->counters[i].series);
        free(result->counters[i].tasks);
        free(result->counters[i].hung);
    }
    *result = (struct case_result){0};
}

void case_result_slim(struct case_result *result)
{
    struct case_result kept = {.verdict = result->verdict,
                               .expected_verdict = result->expected_verdict,
                               .as_expected = result->as_expected,
                               .stale = result->stale,
                               .error = result->error};
    case_result_fini(result);
    *result = kept;
}

void run_result_fini(struct run_result *result)
{
    for (size_t i = 0; i < result->case_count; i++)
        case_result_fini(&result->cases[i]);
    free(result->cases);
    free(result->tool);
    free(result->host);
    free(result->began);
    json_decref(result->machine);
    json_decref(result->scenarios);
    json_decref(result->clients);
    json_decref(result->soak);
    free(result->incomplete_why);
    *result = (struct run_result){0};
}
