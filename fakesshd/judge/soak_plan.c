#include "judge/soak_plan.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    TASKS_A_ROUND = 25,     /* of a soak that is neither short nor long */
    READINGS_TO_LIMIT = 30, /* so many, if a limit comes before the last task */
    ROUND_GROWS_BY = 2,     /* at most, from one to the next */
    BLOCKS = 3,             /* that GROWING needs */
    BLOCK_MIN = 20,         /* tasks: fewer exclude no rate worth a word */
    SLOTS_MIN = 4,
    SLOTS_MAX = 64,
    LISTENING_PART = 16,
    OTHER_MS = 60000,            /* starting, probing, two controls, evidence */
    RESPAWN_MS = 20000,          /* and to look at what hangs, end it, start anew */
    PROVES_TASKS_PER_BLOCK = 10, /* rho x tasks of a block: see growth.h */
};

#define MS CLOCK_NS_PER_MS

const char *soak_mode_word(enum soak_mode mode)
{
    static const char *const words[] = {
#define X(id, word, sentence) word,
        SOAK_MODES(X)
#undef X
    };
    return words[mode];
}

/* ---- limits ---- */

static double part_used(const struct soak_limit *limit)
{
    return limit->value > 0 && limit->used >= 0 ? (double)limit->used / (double)limit->value : -1;
}

const struct soak_limit *soak_plan_nearest(const struct soak_limit *limits, size_t count)
{
    const struct soak_limit *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        if (part_used(&limits[i]) >= 0 &&
            (nearest == NULL || part_used(&limits[i]) > part_used(nearest)))
            nearest = &limits[i];
    }
    return nearest;
}

bool soak_plan_is_used_up(const struct soak_limit *limit)
{
    return part_used(limit) * 100 >= SOAK_STOP_PERCENT;
}

double soak_plan_way_gone(const struct soak_limit *limits, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        const struct soak_limit *limit = &limits[i];
        double way = (double)limit->value * SOAK_STOP_PERCENT / 100 - (double)limit->first;
        double gone = (double)(limit->used - limit->first);
        if (limit->value <= 0 || limit->used < 0)
            continue;
        most = fmax(most, way > 0 ? fmin(gone / way, 1) : 1);
    }
    return most;
}

int soak_plan_slots(int64_t limit_fds, size_t services)
{
    int64_t fits = limit_fds / LISTENING_PART / (int64_t)(services > 0 ? services : 1);
    if (limit_fds <= 0 || fits > SLOTS_MAX)
        return SLOTS_MAX;
    return fits < SLOTS_MIN ? SLOTS_MIN : (int)fits;
}

/* ---- rounds ---- */

static int at_least_one(double number)
{
    return number < 1 ? 1 : number > 1e9 ? 1000000000 : (int)number;
}

static int usual_size(int tasks)
{
    int rounds = tasks / TASKS_A_ROUND;
    if (rounds < SOAK_ROUNDS_MIN)
        rounds = SOAK_ROUNDS_MIN;
    if (rounds > SOAK_ROUNDS_MAX)
        rounds = SOAK_ROUNDS_MAX;
    return at_least_one((double)tasks / (rounds + 1)); /* the first is the warm-up */
}

int soak_plan_round_size(int tasks, const struct soak_round *latest, int64_t room_least)
{
    int usual = usual_size(tasks);
    double fits = latest->size == 0 ? (double)room_least / READINGS_TO_LIMIT
                                    : (double)latest->size * ROUND_GROWS_BY;
    if (latest->size > 0 && latest->way_gone > 0)
        fits = fmin(fits, latest->size / (latest->way_gone * READINGS_TO_LIMIT));
    return fits < usual ? at_least_one(fits) : usual;
}

/* ---- the verdict ---- */

struct growth_config soak_plan_config(int64_t tasks, bool bytes, const char *unit)
{
    int64_t block = tasks / BLOCKS > 0 ? tasks / BLOCKS : 1;
    int64_t proves = block > BLOCK_MIN ? block : BLOCK_MIN;
    return (struct growth_config){
        .bytes = bytes,
        .rho = bytes ? 1048576.0 / (double)proves : PROVES_TASKS_PER_BLOCK / (double)proves,
        .block = block,
        .unit = unit,
    };
}

static int64_t span_of(const int64_t *t, size_t n)
{
    return n > 0 ? t[n - 1] - t[0] : 0;
}

struct soak_growth soak_plan_judge(const int64_t *q, const int64_t *tasks, const int64_t *hung,
                                   size_t n, bool bytes)
{
    struct soak_growth growth = {.has_hung = n > 0 && hung[n - 1] > 0};
    struct growth_config config = soak_plan_config(span_of(tasks, n), bytes, NULL);
    growth.per_task = growth_evaluate(&config, q, tasks, n, GROWTH_AT_LAST);
    growth.verdict = growth.per_task.verdict;
    if (!growth.has_hung)
        return growth;
    config = soak_plan_config(span_of(hung, n), bytes, GROWTH_HUNG_CALL);
    growth.per_hung = growth_evaluate(&config, q, hung, n, GROWTH_AT_LAST);
    growth.by_hung = growth.per_hung.verdict == GROWTH_GROWING || growth.verdict != GROWTH_GROWING;
    if (growth.by_hung)
        growth.verdict = growth.per_hung.verdict;
    return growth;
}

void soak_plan_idled(struct soak_growth *growth, int64_t last, int64_t after)
{
    struct growth_result *result = growth->by_hung ? &growth->per_hung : &growth->per_task;
    if (growth->verdict != GROWTH_GROWING || after == GROWTH_MISSING || last == GROWTH_MISSING ||
        2 * (last - after) < growth->per_task.growth)
        return;
    growth->verdict = result->verdict = GROWTH_INCONCLUSIVE;
    (void)snprintf(result->why, sizeof result->why,
                   "grew by %lld, and fell from %lld to %lld while it idled: it lingers",
                   (long long)result->growth, (long long)last, (long long)after);
}

void soak_plan_fell_silent(struct soak_growth *growth)
{
    struct growth_result *result = growth->by_hung ? &growth->per_hung : &growth->per_task;
    growth->verdict = result->verdict = GROWTH_INCONCLUSIVE;
    (void)snprintf(result->why, sizeof result->why, "after %lld %ss the driver no longer said",
                   (long long)result->tasks, growth->by_hung ? GROWTH_HUNG_CALL : GROWTH_TASK);
}

/* ---- time ---- */

int64_t soak_plan_budget_ns(const struct soak_span *span)
{
    double starting_s = span->tasks / span->tasks_per_second;
    double round_s =
        clock_seconds_from_ns(span->window->late_ns) + (double)(2 * span->settle_max_ms) / 1000;
    double hung_s = clock_seconds_from_ns(span->window->hung_ns);
    double rounds = 2 * SOAK_ROUNDS_MAX;
    double lives = 0;
    /* Each life ends with a hang, and until that is one, tasks are started. */
    if (span->mode == SOAK_ISOLATE)
        lives = span->tasks / fmax(1, span->tasks_per_second * hung_s);
    double all_s = starting_s + rounds * round_s + (double)span->drain_ms / 1000 + 2 * hung_s +
                   lives * (2 * hung_s + RESPAWN_MS / 1000.) + OTHER_MS / 1000.;
    return (int64_t)(2 * all_s * (double)CLOCK_NS_PER_S);
}
