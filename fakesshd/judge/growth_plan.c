/* A plan for one counter of a running client: a short look first, a longer one where that is not
 * enough. Readings in, a verdict out; who calls decides how long it may take. */
#include "judge/growth.h"

#include "judge/growth_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longer look that a short one goes on with; NULL: it has the last word. */
static const char *longer_than(const struct growth_profile *profile)
{
    if (strcmp(profile->name, GROWTH_GLANCE) == 0)
        return GROWTH_AFTER_GLANCE;
    return strcmp(profile->name, "quick") == 0 ? "ci" : NULL;
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
    struct growth_config config = plan->profile->config;
    config.anchors = plan->anchors;
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

void growth_plan_add(struct growth_plan *plan, int64_t tasks, int64_t value)
{
    if (plan->result.verdict != GROWTH_CONTINUE)
        return;
    int64_t before = plan->count > 0 ? plan->t[plan->count - 1] : tasks;
    if (!keep(plan, tasks, value))
        return;
    struct growth_config config = config_of(plan);
    int64_t base = plan->t[0];
    enum growth_moment moment = GROWTH_AT_BLOCK_END;
    if (growth_moment_of(&config, plan->q[0], value, before - base, tasks - base, &moment))
        judge_now(plan, moment);
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

void growth_plan_use_anchors(struct growth_plan *plan)
{
    plan->anchors = true;
    plan->count = 0;
}

bool growth_plan_is_suspicious(const struct growth_plan *plan)
{
    if (plan->count < 2)
        return false;
    int64_t block = plan->profile->config.block;
    size_t last = plan->count - 1;
    bool fell = false;
    size_t start = last;
    /* The block that the latest reading ends or lies in: back to the reading that began it. */
    int64_t number = (plan->t[last] - plan->t[0] - 1) / block;
    while (start > 0 && (plan->t[start] - plan->t[0]) > number * block) {
        fell |= plan->q[start] < plan->q[start - 1];
        start--;
    }
    return fell || plan->q[last] > plan->q[start];
}
