/* A case from its beginning to its end. What each step does is in case_steps.c, what the facts mean
 * in case_verdict.c. */
#include "judge/case.h"

#include "base/clock.h"
#include "base/data_dir.h"
#include "judge/case_repro.h"
#include "judge/case_share.h"
#include "judge/case_steps.h"
#include "judge/case_timeline.h"
#include "judge/case_verdict.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 64 };

#define MS CLOCK_NS_PER_MS
/* Beyond the cap no time is judged any more, and nobody waits longer for a hung task because of it.
 */
#define WAIT_FACTOR_MAX (2 * NOISE_FACTOR_CAP)

const char *case_step_sentence(enum case_step step)
{
    static const char *const sentences[] = {
#define X(id, sentence) sentence,
        CASE_STEPS(X)
#undef X
    };
    return sentences[step];
}

static void end_case(struct judged_case *judged)
{
    case_enter(judged, STEP_ENDED, clock_now_ns());
}

/* What ends a case wherever it is. */
static bool is_cut_short(struct judged_case *judged, int64_t now_ns)
{
    struct stage *stage = &judged->stage;
    if (stage->witness.error[0] != '\0') {
        case_error(judged, STAGE_FAULT_SERVER, stage->witness.error);
        judged->result->error = ERR_SCENARIO;
    } else if (stage->state == STAGE_FAILED && stage->fault == STAGE_FAULT_CRASH) {
        case_gather(judged, now_ns);
        case_judge(judged);
    } else if (stage->state == STAGE_FAILED) {
        case_error(judged, stage->fault, stage->why);
    } else if (now_ns > judged->begun_ns + case_budget_whole_ns(&judged->budget)) {
        char why[300], begun[60] = "";
        if (judged->step == STEP_ROUND)
            (void)snprintf(begun, sizeof begun, ", %d of %d begun", judged->round_started,
                           judged->round_size);
        (void)snprintf(why, sizeof why,
                       "the case ran out of its own time while it was busy with: %s%s",
                       case_step_sentence(judged->step), begun);
        judged->result->may_be_noise = true;
        case_error(judged, STAGE_FAULT_NONE, why);
    } else {
        return false;
    }
    return true;
}

static void case_advance(struct judged_case *judged)
{
    if (judged->advancing || judged->over)
        return;
    judged->advancing = true;
    int64_t now_ns = clock_now_ns(), look_ns = INT64_MAX;
    while (judged->step != STEP_ENDED && !is_cut_short(judged, now_ns) &&
           case_take_step(judged, now_ns, &look_ns))
        now_ns = clock_now_ns();
    judged->advancing = false;
    ev_timer_stop(judged->loop, &judged->wake);
    if (judged->step != STEP_ENDED) {
        int64_t bound_ns = now_ns + 1000 * MS;
        if (look_ns < bound_ns)
            bound_ns = look_ns;
        ev_now_update(judged->loop);
        ev_timer_set(&judged->wake,
                     bound_ns > now_ns ? clock_seconds_from_ns(bound_ns - now_ns) : 0., 0.);
        ev_timer_start(judged->loop, &judged->wake);
        return;
    }
    judged->over = true;
    judged->on_end(judged, judged->owner);
}

static void on_wake(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    case_advance(timer->data);
}

void case_on_change(void *owner)
{
    struct judged_case *judged = owner;
    if (judged->advancing || judged->over)
        return;
    ev_feed_event(judged->loop, &judged->wake, EV_TIMER);
}

/* ---- beginning and end ---- */

/* The command line that shows the case again; ready for a shell. */
static char *case_repro(const struct case_spec *spec)
{
    char *text = NULL, file[PATH_MAX];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    scenario_file_word(spec->scenario, file, sizeof file);
    fputs("fakesshd run", out);
    case_repro_word(out, data_dir_holds(file) ? spec->scenario->id : file);
    fprintf(out, " --deadline %lldms -v", (long long)spec->deadline_ms);
    /* A shorter look may not see a rare leak; where many cases got a glance, a quick look may. */
    const char *profile = manifest_lives_on(spec->manifest) ? spec->profile->name : GROWTH_GLANCE;
    if (strcmp(profile, GROWTH_GLANCE) != 0 && strcmp(profile, GROWTH_AFTER_GLANCE) != 0)
        fprintf(out, " --profile %s", profile);
    if (spec->seed != CASE_SEED_USUAL)
        fprintf(out, " --seed %llu", (unsigned long long)spec->seed);
    case_repro_client(out, spec->manifest);
    (void)fclose(out);
    return text;
}

static void describe(struct judged_case *judged)
{
    struct case_result *result = judged->result;
    const struct case_spec *spec = &judged->spec;
    result->id = strdup(spec->scenario->id);
    result->client = strdup(spec->manifest->name);
    result->deadline_ms = spec->deadline_ms;
    result->expected_outcomes = spec->scenario->outcomes;
    result->expected_phases = spec->scenario->phases;
    result->window = judged->window;
    result->repro = case_repro(spec);
    result->seed = spec->seed;
    result->repetition = spec->repetition;
}

struct window case_window(const struct judged_case *judged, double slow_factor)
{
    int64_t grace_ms = manifest_grace_ms(judged->spec.manifest, judged->spec.deadline_ms);
    struct window window = window_make(judged->due_ms, grace_ms, slow_factor);
    window.is_cancelled = judged->due_ms != judged->spec.deadline_ms;
    return window;
}

void case_begin(struct judged_case *judged, const struct case_spec *spec, struct ev_loop *loop,
                struct reaper *reaper, struct pace *pace, struct noise *noise,
                struct case_result *result, void (*on_end)(struct judged_case *judged, void *owner),
                void *owner)
{
    memset(judged, 0, sizeof *judged);
    judged->spec = *spec;
    judged->loop = loop;
    judged->reaper = reaper;
    judged->pace = pace;
    judged->noise = noise;
    judged->result = result;
    judged->on_end = on_end;
    judged->owner = owner;
    judged->begun_ns = clock_now_ns();
    judged->slots = manifest_lives_on(spec->manifest) ? SLOTS : spec->template_tasks + 1;
    judged->due_ms = spec->deadline_ms;
    if (spec->scenario->cancel_share > 0)
        judged->due_ms = (int64_t)((double)spec->deadline_ms * spec->scenario->cancel_share);
    judged->slow_factor = noise->factor;
    judged->window_factor = noise->factor < WAIT_FACTOR_MAX ? noise->factor : WAIT_FACTOR_MAX;
    judged->window = case_window(judged, judged->window_factor);
    judged->usual_late_ns = case_window(judged, 1).late_ns;
    judged->budget = (struct case_budget){
        .profile = spec->profile,
        .window = &judged->window,
        .drain_ms = spec->drain_ms > 0 ? spec->drain_ms : spec->profile->drain_ms,
    };
    judged->machine_before = procfs_machine_now();
    judged->pressure_us = procfs_cpu_pressure_us();
    counters_init(&judged->counters, spec->profile);
    describe(judged);
    ev_timer_init(&judged->wake, on_wake, 0., 0.);
    ev_set_priority(&judged->wake, EV_MAXPRI);
    judged->wake.data = judged;
    char mark[64]; /* of one case in a lane, whose driver may outlive it */
    (void)snprintf(mark, sizeof mark, "%d.%d.%lld", (int)getpid(), spec->lane,
                   (long long)judged->begun_ns);
    const struct scenario *scenarios[] = {spec->scenario, spec->control};
    struct stage_spec stage = {.manifest = spec->manifest,
                               .scenarios = scenarios,
                               .scenario_count = spec->scenario == spec->control ? 1 : 2,
                               .lane = spec->lane,
                               .slots = judged->slots,
                               .deadline_ms = spec->deadline_ms,
                               .seed = spec->seed,
                               .mark = mark,
                               .workdir = spec->workdir,
                               .kept = case_share_take(judged)};
    struct err_text error;
    case_enter(judged, STEP_OPENING, judged->begun_ns);
    judged->advancing = true;
    if (stage_open(&judged->stage, &stage, loop, reaper, case_on_change, judged, &error) !=
        ERR_NONE)
        case_error(judged, judged->stage.fault, error.text);
    judged->stage.on_event = case_on_event;
    judged->advancing = false;
    case_on_change(judged);
}

void case_abort(struct judged_case *judged, const char *why)
{
    if (judged->over)
        return;
    judged->over = true;
    case_error(judged, STAGE_FAULT_NONE, why);
    end_case(judged);
}

void case_fini(struct judged_case *judged)
{
    ev_timer_stop(judged->loop, &judged->wake);
    ev_clear_pending(judged->loop, &judged->wake);
    evidence_fini(&judged->evidence);
    case_share_give(judged);
    stage_close(&judged->stage);
    counters_fini(&judged->counters);
}
