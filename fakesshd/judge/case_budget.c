#include "judge/case_budget.h"

#include "base/clock.h"

enum {
    GOING_ON_MS = 10000,         /* after the first look of a short profile */
    FIRST_LOOK_MAX_MS = 60000,   /* of a short profile */
    WITHOUT_ROUNDS_MS = 60000,   /* starting, two controls, what hangs, evidence */
    STARTS_PER_SECOND_MIN = 250, /* what a busy machine manages */
    DRAINS_MAX = 6,              /* of a short profile and what it goes on with */
    BLOCKS_WITH_ANCHORS = 2      /* a client that lingers begins anew: as many blocks once more */
};

#define MS CLOCK_NS_PER_MS

/* All rounds of a profile when every task hangs. */
static int64_t rounds_ns(const struct case_budget *budget, const struct growth_profile *profile)
{
    int64_t rounds =
        profile->warmup_rounds + (int64_t)profile->rounds_per_block * profile->blocks_max;
    int64_t starting_ms = profile->tasks_per_round * 1000 / STARTS_PER_SECOND_MIN;
    if (starting_ms < CASE_ROUND_SPREAD_MS)
        starting_ms = CASE_ROUND_SPREAD_MS;
    return rounds * (budget->window->late_ns + (starting_ms + profile->settle_max_ms) * MS);
}

static int64_t drains_ns(const struct case_budget *budget, const struct growth_profile *profile)
{
    return (1 + profile->blocks_max) * budget->drain_ms * MS;
}

static int64_t first_look_ns(const struct case_budget *budget)
{
    int64_t look_ns = rounds_ns(budget, budget->profile);
    if (!growth_profile_is_short(budget->profile))
        return BLOCKS_WITH_ANCHORS * (look_ns + drains_ns(budget, budget->profile));
    if (growth_profile_is_glance(budget->profile))
        look_ns += rounds_ns(budget, growth_profile_find(GROWTH_AFTER_GLANCE));
    int64_t most_ns = FIRST_LOOK_MAX_MS * MS + 2 * budget->window->hung_ns;
    look_ns += 2 * budget->drain_ms * MS;
    return look_ns < most_ns ? look_ns : most_ns;
}

int64_t case_budget_growth_ns(const struct case_budget *budget, bool in_first_look)
{
    int64_t going_on_ns = (GOING_ON_MS + budget->drain_ms) * MS + budget->window->hung_ns;
    if (!in_first_look && growth_profile_is_short(budget->profile))
        return going_on_ns;
    int64_t look_ns = first_look_ns(budget);
    return look_ns > going_on_ns ? look_ns : going_on_ns;
}

int64_t case_budget_whole_ns(const struct case_budget *budget)
{
    int64_t looks_ns = growth_profile_is_short(budget->profile) ? DRAINS_MAX * budget->drain_ms * MS
                                                                : first_look_ns(budget);
    return WITHOUT_ROUNDS_MS * MS + 4 * budget->window->hung_ns + looks_ns;
}
