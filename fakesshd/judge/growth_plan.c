/* A plan for one counter of a running client: a short look first, a longer one where that is not
 * enough. Readings in, a verdict out; who calls decides how long it may take. */
#include "judge/growth.h"

#include "judge/growth_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longer look that a short one goes on with; NULL: it has the last word. */
static const char *longer_than(const struct growth_profile *profile)
{
    if (growth_profile_is_glance(profile))
        return GROWTH_AFTER_GLANCE;
    return growth_profile_is_short(profile) ? "ci" : NULL;
}

void growth_plan_init_profile(struct growth_plan *plan, const struct growth_profile *profile,
                              int64_t limit)
{
    *plan = (struct growth_plan){.profile = profile, .next = longer_than(profile), .limit = limit};
}

void growth_plan_init(struct growth_plan *plan, int64_t limit)
{
    growth_plan_init_profile(plan, growth_profile_find("quick"), limit);
}

void growth_plan_fini(struct growth_plan *plan)
{
    free(plan->q);
    free(plan->t);
    *plan = (struct growth_plan){0};
}

const struct growth_profile *growth_plan_profile(const struct growth_plan *plan)
{
    return plan->profile;
}

/* The profile's rule, with a guard that fits the room below the limit. */
static struct growth_config config_of(const struct growth_plan *plan)
{
    struct growth_config config =
        plan->bytes ? growth_config_for_bytes(plan->profile) : plan->profile->config;
    config.anchors = plan->anchors;
    config.of_tasks = plan->of_tasks;
    if (plan->limit > 0 && plan->count > 0 && config.guard > 0) {
        int64_t half = (plan->limit - plan->q[0]) / 2;
        if (half < config.guard)
            config.guard = half > 1 ? half : 1;
    }
    return config;
}

static void *grown(int64_t *array, size_t size)
{
    int64_t *result = realloc(array, size * sizeof *result);
    if (result == NULL)
        abort();
    return result;
}

static bool keep(struct growth_plan *plan, int64_t tasks, int64_t value)
{
    if (value < -GROWTH_VALUE_MAX || value > GROWTH_VALUE_MAX || tasks < 0 ||
        tasks > GROWTH_VALUE_MAX || (plan->count > 0 && tasks <= plan->t[plan->count - 1]))
        return false;
    if (plan->count == plan->size) {
        plan->size = plan->size * 2 + 64;
        plan->q = grown(plan->q, plan->size);
        plan->t = grown(plan->t, plan->size);
    }
    plan->q[plan->count] = value;
    plan->t[plan->count++] = tasks;
    return true;
}

static struct growth_result ask(const struct growth_plan *plan, enum growth_moment moment)
{
    struct growth_config config = config_of(plan);
    return growth_evaluate(&config, plan->q, plan->t, plan->count, moment);
}

/* A short look may say BOUNDED, and GROWING of what no pool of modest size would do. */
static bool may_be_said(const struct growth_plan *plan, const struct growth_result *result)
{
    if (plan->next == NULL || result->verdict == GROWTH_BOUNDED)
        return true;
    return result->verdict == GROWTH_GROWING && result->rate >= GROWTH_QUICK_RATE;
}

static void go_on(struct growth_plan *plan)
{
    plan->profile = growth_profile_find(plan->next);
    plan->next = longer_than(plan->profile);
}

static bool budget_is_over(const struct growth_plan *plan)
{
    int64_t blocks = (plan->t[plan->count - 1] - plan->t[0]) / plan->profile->config.block;
    return blocks >= plan->profile->blocks_max;
}

static void judge_now(struct growth_plan *plan, enum growth_moment moment)
{
    if (moment == GROWTH_AT_BLOCK_END && budget_is_over(plan))
        moment = GROWTH_AT_LAST;
    plan->result = ask(plan, moment);
    while (plan->result.verdict != GROWTH_CONTINUE && !may_be_said(plan, &plan->result)) {
        go_on(plan);
        plan->result = ask(plan, GROWTH_AT_BLOCK_END);
    }
}

static void add(struct growth_plan *plan, int64_t tasks, int64_t value)
{
    int64_t before = plan->count > 0 ? plan->t[plan->count - 1] : tasks;
    if (!keep(plan, tasks, value))
        return;
    struct growth_config config = config_of(plan);
    int64_t base = plan->t[0];
    enum growth_moment moment = GROWTH_AT_BLOCK_END;
    if (growth_moment_of(&config, plan->q[0], value, before - base, tasks - base, &moment))
        judge_now(plan, moment);
}

void growth_plan_add(struct growth_plan *plan, int64_t tasks, int64_t value)
{
    if (plan->result.verdict == GROWTH_CONTINUE && !plan->anchors)
        add(plan, tasks, value);
}

enum growth_verdict growth_plan_verdict(struct growth_plan *plan, bool last,
                                        struct growth_result *result)
{
    if (last && plan->result.verdict == GROWTH_CONTINUE) {
        plan->result = ask(plan, GROWTH_AT_LAST);
        while (!may_be_said(plan, &plan->result)) {
            go_on(plan);
            plan->result = ask(plan, GROWTH_AT_LAST);
        }
    }
    *result = plan->result;
    return plan->result.verdict;
}

int64_t growth_plan_block_end(const struct growth_plan *plan)
{
    if (plan->count == 0)
        return plan->profile->config.block;
    int64_t block = plan->profile->config.block;
    int64_t done = (plan->t[plan->count - 1] - plan->t[0]) / block;
    return plan->t[0] + (done + 1) * block;
}

/* ---- drains ---- */

/* Did the counter rise since the block began that this reading ends, or fall within it? */
static bool left_a_trace(const struct growth_plan *plan, int64_t value)
{
    if (plan->of_tasks && value == 0)
        return false;
    int64_t begin = growth_plan_block_end(plan) - plan->profile->config.block;
    size_t at = plan->count - 1;
    bool fell = value < plan->q[at];
    for (; at > 0 && plan->t[at] > begin; at--)
        fell |= plan->q[at] < plan->q[at - 1];
    return fell || value > plan->q[at];
}

bool growth_plan_wants_drain(const struct growth_plan *plan, int64_t tasks, int64_t value)
{
    if (plan->result.verdict != GROWTH_CONTINUE || plan->count == 0 || value == GROWTH_MISSING ||
        tasks < growth_plan_block_end(plan))
        return false;
    return plan->anchors || left_a_trace(plan, value);
}

bool growth_plan_would_grow(struct growth_plan *plan, int64_t tasks, int64_t value)
{
    if (plan->result.verdict != GROWTH_CONTINUE)
        return false;
    struct growth_plan before = *plan;
    growth_plan_add(plan, tasks, value);
    bool grows = plan->result.verdict == GROWTH_GROWING;
    /* The arrays may have moved; what was appended to them does not count. */
    before.q = plan->q;
    before.t = plan->t;
    before.size = plan->size;
    *plan = before;
    return grows;
}

static void give_up(struct growth_plan *plan, const struct growth_drain *drain)
{
    struct growth_result result = ask(plan, GROWTH_AT_GUARD);
    result.verdict = GROWTH_INCONCLUSIVE;
    result.bound = INFINITY;
    (void)snprintf(result.why, sizeof result.why,
                   "still releasing after %.3g s of idling (%lld to %lld): raise --drain",
                   (double)drain->drain_ms / 1000, (long long)drain->before,
                   (long long)drain->after);
    plan->result = result;
}

/* The least of the latest readings before a drain: one that was high by chance is no release. */
static int64_t floor_before(const struct growth_plan *plan, int64_t before)
{
    enum { LATEST = 8 };
    for (size_t i = 0; i < LATEST && i < plan->count && !plan->anchors; i++) {
        int64_t value = plan->q[plan->count - 1 - i];
        if (plan->t[plan->count - 1 - i] > plan->t[0] && value < before)
            before = value;
    }
    return before;
}

/* By how much the counter moves on its own: its largest fall without a drain (anchors have none),
 * or its largest rise while nothing is done. */
static int64_t noise_of(const struct growth_plan *plan, const struct growth_drain *drain)
{
    int64_t noise = 0, high = INT64_MIN, low = INT64_MAX;
    for (size_t i = 0; i < plan->count && !plan->anchors; i++) {
        high = plan->q[i] > high ? plan->q[i] : high;
        noise = high - plan->q[i] > noise ? high - plan->q[i] : noise;
    }
    for (int i = 0; i < GROWTH_LATE_READINGS; i++) {
        if (drain->late[i] == GROWTH_MISSING)
            continue;
        low = drain->late[i] < low ? drain->late[i] : low;
        noise = drain->late[i] - low > noise ? drain->late[i] - low : noise;
    }
    return noise;
}

/* The least of the late readings; INT64_MIN when there is none. */
static int64_t least_late(const struct growth_drain *drain)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < GROWTH_LATE_READINGS; i++) {
        if (drain->late[i] != GROWTH_MISSING && drain->late[i] < least)
            least = drain->late[i];
    }
    return least == INT64_MAX ? INT64_MIN : least;
}

void growth_plan_add_drained(struct growth_plan *plan, int64_t tasks,
                             const struct growth_drain *drain)
{
    if (plan->result.verdict != GROWTH_CONTINUE)
        return;
    int64_t noise = noise_of(plan, drain), late = least_late(drain);
    bool compared = drain->before != GROWTH_MISSING;
    if (compared && late != INT64_MIN && late - drain->after > noise) {
        give_up(plan, drain);
        return;
    }
    if (compared && !plan->anchors && drain->before - drain->after > noise &&
        drain->after < floor_before(plan, drain->before)) {
        plan->anchors = true;
        plan->count = 0;
    }
    add(plan, tasks, drain->after);
}
