#include "judge/job_end.h"

#include "judge/case_expected.h"
#include "judge/case_share.h"
#include "judge/repeats.h"
#include "judge/second_try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct case_result *job_end_result(const struct job *job)
{
    return &job->run->result.cases[job - job->run->jobs];
}

static void look_up_expected(const struct job *job)
{
    const struct run *run = job->run;
    case_expected_judge(job_end_result(job), &run->clients[job->client], &run->facts);
}

/* Whose verdict has been looked up. */
static void finish_job(struct job *job)
{
    struct run *run = job->run;
    struct case_result *result = job_end_result(job);
    schedule_set_state(job, JOB_DONE);
    if (run->options->on_case == NULL) {
        report_text_case(run->out, result, run->style);
    } else {
        run->stopping |= !run->options->on_case(run->options->context, result);
        case_result_slim(result); /* thousands of them, with their timelines, are hundreds of MB */
    }
    (void)fflush(run->out);
    if (run->options->fail_fast && !result->as_expected)
        run->stopping = true;
}

static struct case_result *unjudged_result(const struct job *job)
{
    const struct run *run = job->run;
    struct case_result *result = job_end_result(job);
    result->id = strdup(job->scenario->id);
    result->client = strdup(run->clients[job->client].manifest->name);
    result->deadline_ms = run->options->deadline_ms;
    result->expected_outcomes = job->scenario->outcomes;
    result->expected_phases = job->scenario->phases;
    return result;
}

void job_end_not_proven(struct job *job)
{
    const struct client_run *client = &job->run->client_runs[job->client];
    struct case_result *result = unjudged_result(job);
    char reason[600];
    result->verdict.state = client->cannot_start ? CASE_ERROR : CASE_INCONCLUSIVE;
    result->error = client->cannot_start ? ERR_MANIFEST : ERR_NONE;
    (void)snprintf(reason, sizeof reason, "%s: the probe failed at %s",
                   client->cannot_start ? "the client cannot be started" : "not proven",
                   client->why);
    result->reason = strdup(reason);
    look_up_expected(job);
    finish_job(job);
}

void job_end_skip(struct job *job, const char *reason)
{
    struct case_result *result = unjudged_result(job);
    result->verdict.state = CASE_SKIP;
    result->reason = strdup(reason);
    look_up_expected(job);
    finish_job(job);
}

/* Where many are judged, alone each would take its time in turn. */
static void try_again(struct job *job, struct case_result *result)
{
    bool beside_others = job->again == SECOND_TRY_NONE && job->run->options->spares_processors;
    result->first = job->first;
    job->first = malloc(sizeof *job->first);
    if (job->first == NULL)
        abort();
    *job->first = attempt_take(result);
    case_result_fini(result);
    job->again = beside_others ? SECOND_TRY_BESIDE_OTHERS : SECOND_TRY_ALONE;
    schedule_set_state(job, beside_others ? JOB_AGAIN : JOB_ALONE);
}

/* Both verdicts are told: nothing is tried again in silence. */
static void tell_first(struct job *job, struct case_result *result)
{
    const char *beside = job->again == SECOND_TRY_ALONE ? "alone" : "beside a few others";
    char *reason = NULL, words[VERDICT_TEXT_MAX];
    verdict_print(job->first->verdict, words);
    if (asprintf(&reason, "%s; judged again %s, after %s with the machine %.0f %% busy",
                 result->reason, beside, words, 100 * job->first->busy_part) < 0)
        abort();
    free(result->reason);
    result->reason = reason;
    result->first = job->first;
    job->first = NULL;
    job->again = 0;
}

/* ---- repeats ---- */

static struct repeats_plan plan_of(const struct run *run)
{
    return (struct repeats_plan){run->options->repeats, run->options->until_fail};
}

/* Takes the result's place in the list of attempts; what it holds is kept where it is to be told.
 * Is another attempt to be made? */
static bool add_attempt(struct job *job, struct case_result *result)
{
    struct repeats_plan plan = plan_of(job->run);
    struct attempt attempt = attempt_take(result);
    job->attempts = realloc(job->attempts, (job->attempt_count + 1) * sizeof attempt);
    if (job->attempts == NULL)
        abort();
    job->attempts[job->attempt_count++] = attempt;
    struct attempt told = {.verdict = job->told.verdict, .as_expected = job->told.as_expected};
    if (job->attempt_count == 1 || repeats_prefer(&told, &attempt)) {
        case_result_fini(&job->told);
        job->told = *result;
        *result = (struct case_result){0};
    } else {
        case_result_fini(result);
    }
    return repeats_go_on(&plan, job->attempts, job->attempt_count);
}

void job_end_conclude(struct job *job)
{
    struct case_result *result = job_end_result(job);
    *result = job->told;
    job->told = (struct case_result){0};
    result->repeats = job->attempts;
    result->repeat_count = job->attempt_count;
    job->attempts = NULL;
    result->verdict = repeats_verdict(result->repeats, result->repeat_count);
    free(result->reason);
    result->reason = repeats_reason(result->repeats, result->repeat_count);
    look_up_expected(job);
    finish_job(job);
}

/* ---- a process of its own ---- */

/* Where the two differ, the client may remember what it should have forgotten. */
static void tell_shared(struct job *job, struct case_result *result)
{
    char *reason = NULL;
    if (verdict_is_clean_ok(result->verdict) &&
        asprintf(&reason,
                 "%s; that is in a process of its own: in one that had other cases before, %s",
                 result->reason, job->shared_why) >= 0) {
        free(result->reason);
        result->reason = reason;
    }
    free(job->shared_why);
    job->shared_why = NULL;
}

static void ask_for_own_process(struct job *job, struct case_result *result, bool failed)
{
    job->shared_why = failed ? strdup(result->reason) : NULL;
    case_result_fini(result);
    job->fresh = true;
    schedule_set_state(job, JOB_WAITING);
}

void job_end_case(struct judged_case *judged, void *owner)
{
    struct job *job = owner;
    struct run *run = job->run;
    struct case_result *result = job_end_result(job);
    bool wants_own = case_share_wants_own(judged), failed = case_share_failed(judged);
    case_fini(judged);
    run->client_runs[job->client].leaves_traces = !judged->has_shared;
    free(judged);
    job->judged = NULL;
    if (wants_own) {
        ask_for_own_process(job, result, failed);
        schedule_give_lane(run, job->lane);
        return;
    }
    if (job->shared_why != NULL)
        tell_shared(job, result);
    if (job->again == SECOND_TRY_ALONE)
        run->alone_runs = false;
    look_up_expected(job);
    if (second_try_is_due(result, job->first, job->again)) {
        try_again(job, result);
    } else {
        if (job->again)
            tell_first(job, result);
        if (run->options->repeats == 1)
            finish_job(job);
        else if (add_attempt(job, result))
            schedule_set_state(job, JOB_WAITING);
        else
            job_end_conclude(job);
    }
    if (run->client_runs[job->client].left == 0)
        driver_pool_end(&run->drivers, run->clients[job->client].manifest);
    schedule_give_lane(run, job->lane);
}
