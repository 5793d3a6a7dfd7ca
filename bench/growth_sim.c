/* How often is the plan of judge/growth.h wrong? Makes counters of known kinds, lets the plan judge
 * each many times, and prints how often it said what. No clock, no process: tasks are numbers.
 *
 *     growth-sim [RUNS [SEED]]              each kind below RUNS times, with the plans of `run`
 *     growth-sim --targets [SERIES [SEED]]  the profile ci against its targets: SERIES bounded
 *                                           series and as many leaks, spread over the kinds
 *
 * With --targets the exit status is 1 when a target was missed. */
#include "judge/growth.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One kind of counter; what is 0 is not there. */
struct family {
    const char *name;
    double leak;         /* units per task, at random moments */
    int burst;           /* units that come together (0: one) */
    int noise;           /* each reading is 0..noise higher */
    double blip;         /* chance that a reading is one higher */
    int pool;            /* objects in a pool that fills */
    double pool_rate;    /* per task, at random moments */
    int band;            /* a walk of one step a reading, within 0..band */
    int steps;           /* one-off rises of 1..8, at random moments of the first 3,000 tasks */
    double warmup_tasks; /* time constant of a cache of `warmup` objects */
    int warmup;
    double linger_s; /* each task's object is let go so long after the task's end */
};

static const struct family families[] = {
    {.name = "flat"},
    {.name = "blips, 1 reading in 130", .blip = 1.0 / 130},
    {.name = "noise 0..4", .noise = 4},
    {.name = "noise 0..8", .noise = 8},
    {.name = "noise 0..16", .noise = 16},
    {.name = "walk in a band of 8", .band = 8},
    {.name = "walk in a band of 16", .band = 16},
    {.name = "6 one-off steps", .steps = 6},
    {.name = "pool of 8, 1 per task", .pool = 8, .pool_rate = 1},
    {.name = "pool of 16, 1 per 10 tasks", .pool = 16, .pool_rate = 0.1},
    {.name = "pool of 64, 1 per task", .pool = 64, .pool_rate = 1},
    {.name = "pool of 64, 1 per 10 tasks", .pool = 64, .pool_rate = 0.1},
    {.name = "pool of 64, 1 per 5 tasks", .pool = 64, .pool_rate = 0.2},
    {.name = "pool of 400, 1 per task", .pool = 400, .pool_rate = 1},
    {.name = "cache of 40, warm after 100 tasks", .warmup = 40, .warmup_tasks = 100},
    {.name = "cache of 40, warm after 400 tasks", .warmup = 40, .warmup_tasks = 400},
    {.name = "each task lingers 1 s", .linger_s = 1},
    {.name = "each task lingers 2 s", .linger_s = 2},
    {.name = "leak 1 per task", .leak = 1},
    {.name = "leak 1 per 2 tasks", .leak = 1.0 / 2},
    {.name = "leak 1 per 5 tasks", .leak = 1.0 / 5},
    {.name = "leak 1 per 10 tasks", .leak = 1.0 / 10},
    {.name = "leak 1 per 20 tasks", .leak = 1.0 / 20},
    {.name = "leak 1 per 50 tasks", .leak = 1.0 / 50},
    {.name = "leak 1 per 100 tasks", .leak = 1.0 / 100},
    {.name = "leak 1 per task, noise 0..8", .leak = 1, .noise = 8},
    {.name = "leak 1 per 2 tasks, in bursts of 8", .leak = 1.0 / 2, .burst = 8},
    {.name = "leak 1 per 10 tasks, in bursts of 3", .leak = 0.1, .burst = 3},
    {.name = "leak 1 per 10 tasks, noise 0..4", .leak = 1.0 / 10, .noise = 4},
    {.name = "leak 1 per 10 tasks, pool of 16", .leak = 0.1, .pool = 16, .pool_rate = 1},
};

/* ---- chance: splitmix64, so that a seed gives the same figures everywhere ---- */

static uint64_t chance_state;

static double chance(void)
{
    uint64_t x = chance_state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ (x >> 31)) >> 11) * 0x1.0p-53;
}

static int64_t chance_up_to(int64_t most)
{
    return (int64_t)(chance() * (double)(most + 1));
}

/* How many of the events that come `mean` times came? (Knuth; for means below 700.) */
static int64_t poisson(double mean)
{
    double limit = exp(-mean), product = chance();
    int64_t count = 0;
    while (product > limit) {
        product *= chance();
        count++;
    }
    return count;
}

/* ---- a client with one counter ---- */

/* SHORT_TASKS: about what ten seconds hold, in rounds of 25 tasks that all hang for 500 ms. */
enum { STEPS_MAX = 8, LEVEL = 12, SHORT_TASKS = 400, ROUNDS_MAX = 512 };

/* What a round of N tasks takes when 150 a second are done, settling included. */
static double round_takes_s(int64_t tasks)
{
    return (double)tasks / 150 + 0.025;
}

struct client {
    const struct family *family;
    int64_t tasks, leaked, pooled, walk;
    double now_s, round_end_s[ROUNDS_MAX]; /* when its rounds ended, and their tasks */
    int64_t round_tasks[ROUNDS_MAX];
    int rounds;
    int64_t step_at[STEPS_MAX], step_height[STEPS_MAX];
};

static struct client client_of(const struct family *family)
{
    struct client client = {.family = family, .walk = family->band / 2};
    for (int i = 0; i < family->steps; i++) {
        client.step_at[i] = chance_up_to(3000);
        client.step_height[i] = 1 + chance_up_to(7);
    }
    return client;
}

static void client_run(struct client *client, int64_t tasks)
{
    const struct family *family = client->family;
    int burst = family->burst > 0 ? family->burst : 1;
    client->tasks += tasks;
    client->now_s += round_takes_s(tasks);
    client->round_end_s[client->rounds % ROUNDS_MAX] = client->now_s - 0.025;
    client->round_tasks[client->rounds++ % ROUNDS_MAX] = tasks;
    client->leaked += burst * poisson((double)tasks * family->leak / burst);
    client->pooled += poisson((double)tasks * family->pool_rate);
    if (client->pooled > family->pool)
        client->pooled = family->pool;
    client->walk += chance_up_to(2) - 1;
    if (client->walk < 0 || client->walk > family->band)
        client->walk = client->walk < 0 ? 0 : family->band;
}

static int64_t client_read(const struct client *client)
{
    const struct family *family = client->family;
    int64_t level = LEVEL + client->leaked + client->pooled + client->walk;
    for (int i = 0; i < family->steps; i++)
        level += client->tasks >= client->step_at[i] ? client->step_height[i] : 0;
    if (family->warmup > 0)
        level += lround(family->warmup * (1 - exp(-(double)client->tasks / family->warmup_tasks)));
    for (int i = 0; i < client->rounds && i < ROUNDS_MAX && family->linger_s > 0; i++)
        level +=
            client->round_end_s[i] + family->linger_s > client->now_s ? client->round_tasks[i] : 0;
    return level + chance_up_to(family->noise) + (chance() < family->blip);
}

/* ---- what the plan says ---- */

struct tally {
    int64_t said[GROWTH_INCONCLUSIVE + 1];
    double tasks;
};

/* Reads, and drains where the judge would (counters_want_drain() in judge/counters.c). */
static void read_counter(struct client *client, struct growth_plan *plan, int64_t tasks,
                         bool *drained_in_vain)
{
    int64_t drain_ms = growth_plan_profile(plan)->drain_ms, value = client_read(client);
    bool wanted =
        ((plan->anchors || !*drained_in_vain) && growth_plan_wants_drain(plan, tasks, value)) ||
        growth_plan_would_grow(plan, tasks, value);
    if (!wanted) {
        growth_plan_add(plan, tasks, value);
        return;
    }
    struct growth_drain drain = {.before = value, .drain_ms = drain_ms};
    double drain_s = (double)drain_ms / 1000, from_s = client->now_s;
    for (int i = 0; i < GROWTH_LATE_READINGS; i++) {
        client->now_s = from_s + drain_s * (0.75 + 0.125 * i / (GROWTH_LATE_READINGS - 1));
        drain.late[i] = client_read(client);
    }
    client->now_s = from_s + drain_s;
    drain.after = client_read(client);
    *drained_in_vain = drain.after >= value;
    growth_plan_add_drained(plan, tasks, &drain);
}

/* One client from its warm-up to its verdict, in rounds as `fakesshd run` does it: of 10 tasks in a
 * glance, of 25 otherwise, and of 50 where ci was asked for. `alone`: the look that it begins with
 * has the last word. `tasks_max` bounds what comes after the short looks; 0 leaves it to the plan.
 */
static void judge_one(const struct family *family, const char *first, bool alone, int64_t tasks_max,
                      struct tally *tally)
{
    struct client client = client_of(family);
    struct growth_plan plan;
    struct growth_result result;
    growth_plan_init_profile(&plan, growth_profile_find(first), 0);
    if (alone)
        plan.next = NULL;
    bool drained_in_vain = false;
    int64_t tasks = 0, round = growth_plan_profile(&plan)->tasks_per_round;
    for (int i = 0; i < growth_plan_profile(&plan)->warmup_rounds; i++)
        client_run(&client, round);
    growth_plan_add(&plan, tasks, client_read(&client));
    while (growth_plan_verdict(&plan, false, &result) == GROWTH_CONTINUE &&
           (tasks_max == 0 || plan.next != NULL || tasks < tasks_max)) {
        if (strcmp(first, GROWTH_GLANCE) == 0 &&
            strcmp(growth_plan_profile(&plan)->name, GROWTH_GLANCE) != 0)
            round = growth_profile_find(GROWTH_AFTER_GLANCE)->tasks_per_round;
        client_run(&client, round);
        tasks += round;
        read_counter(&client, &plan, tasks, &drained_in_vain);
    }
    tally->said[growth_plan_verdict(&plan, true, &result)]++;
    tally->tasks += (double)tasks;
    growth_plan_fini(&plan);
}

static void print_tally(const struct tally *tally, int64_t runs)
{
    printf(" %.4f %.4f %.4f %5.0f |", (double)tally->said[GROWTH_GROWING] / (double)runs,
           (double)tally->said[GROWTH_BOUNDED] / (double)runs,
           (double)tally->said[GROWTH_INCONCLUSIVE] / (double)runs, tally->tasks / (double)runs);
}

/* ---- the profile ci against its targets ---- */

#define FALSE_ALARMS_MAX 1e-4
#define POWER_MIN        0.999

static const struct family leaks_at_rho[] = {
    {.name = "1 per 100 tasks, at random", .leak = 0.01},
    {.name = "the same, noise 0..4", .leak = 0.01, .noise = 4},
    {.name = "the same, noise 0..8", .leak = 0.01, .noise = 8},
    {.name = "the same, blips", .leak = 0.01, .blip = 1.0 / 130},
    {.name = "the same, a pool of 16 fills", .leak = 0.01, .pool = 16, .pool_rate = 1},
    {.name = "the same, a cache of 40 warms up", .leak = 0.01, .warmup = 40, .warmup_tasks = 100},
    {.name = "the same, each task lingers 1 s", .leak = 0.01, .linger_s = 1},
    {.name = "1 per 50 tasks", .leak = 0.02},
};

/* In one row: how often GROWING, BOUNDED and INCONCLUSIVE were said. Adds to *all, whose `tasks`
 * counts series. */
static void measure(const struct family *family, int64_t runs, struct tally *all)
{
    struct tally tally = {{0}, 0};
    for (int64_t run = 0; run < runs; run++)
        judge_one(family, "ci", true, 0, &tally);
    printf("| %-34s |", family->name);
    print_tally(&tally, runs);
    printf("\n");
    (void)fflush(stdout);
    for (int i = 0; i <= GROWTH_INCONCLUSIVE; i++)
        all->said[i] += tally.said[i];
    all->tasks += (double)runs;
}

/* The upper end of the 95 % interval of a rate that was seen `count` times of `of` (Wilson). */
static double rate_upper(double count, double of)
{
    double z = 1.96, p = count / of, middle = p + z * z / (2 * of);
    return (middle + z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))) / (1 + z * z / of);
}

static int print_targets(const struct tally *bounded, const struct tally *leaking)
{
    double alarms = (double)bounded->said[GROWTH_GROWING] / bounded->tasks;
    double power = (double)leaking->said[GROWTH_GROWING] / leaking->tasks;
    printf("\nfalse alarms: %" PRId64 " of %.0f bounded series are GROWING: %.1e, with 95 %% "
           "confidence below %.1e; target %.0e: %s\n",
           bounded->said[GROWTH_GROWING], bounded->tasks, alarms,
           rate_upper((double)bounded->said[GROWTH_GROWING], bounded->tasks), FALSE_ALARMS_MAX,
           alarms <= FALSE_ALARMS_MAX ? "met" : "MISSED");
    printf("power: %" PRId64 " of %.0f series that leak 1 in 100 or more are GROWING: %.5f; "
           "target %.3f: %s\nmissed: %" PRId64 " of them are BOUNDED: %.1e\n",
           leaking->said[GROWTH_GROWING], leaking->tasks, power, POWER_MIN,
           power >= POWER_MIN ? "met" : "MISSED", leaking->said[GROWTH_BOUNDED],
           (double)leaking->said[GROWTH_BOUNDED] / leaking->tasks);
    return alarms <= FALSE_ALARMS_MAX && power >= POWER_MIN ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int check_targets(int64_t series)
{
    int64_t bounded_count = 0, leak_count = sizeof leaks_at_rho / sizeof *leaks_at_rho;
    struct tally bounded = {{0}, 0}, leaking = {{0}, 0};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        bounded_count += families[i].leak <= 0;
    printf("GROWING, BOUNDED, INCONCLUSIVE as parts of 1, tasks on average; seed %" PRIu64 "\n\n"
           "| %-34s | %-26s |\n|---|---|\n",
           chance_state, "counter", "profile ci");
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (families[i].leak <= 0)
            measure(&families[i], (series + bounded_count - 1) / bounded_count, &bounded);
    }
    for (int64_t i = 0; i < leak_count; i++)
        measure(&leaks_at_rho[i], (series + leak_count - 1) / leak_count, &leaking);
    return print_targets(&bounded, &leaking);
}

int main(int argc, char **argv)
{
    bool targets = argc > 1 && strcmp(argv[1], "--targets") == 0;
    argc -= targets;
    argv += targets;
    int64_t runs = argc > 1 ? strtoll(argv[1], NULL, 10) : targets ? 100000 : 2000;
    chance_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (runs < 1)
        return EXIT_FAILURE;
    if (targets)
        return check_targets(runs);
    printf("%" PRId64 " runs each, seed %" PRIu64
           "; GROWING, BOUNDED, INCONCLUSIVE as parts of 1, tasks on average\n\n"
           "| %-34s | %-26s | %-26s | %-26s | %-26s |\n|---|---|---|---|---|\n",
           runs, chance_state, "counter", "quick alone", "the plan", "the plan, cut short",
           "a glance first, cut short");
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        struct tally quick = {{0}, 0}, plan = {{0}, 0}, cut = {{0}, 0}, glance = {{0}, 0};
        for (int64_t run = 0; run < runs; run++) {
            judge_one(&families[i], "quick", true, 0, &quick);
            judge_one(&families[i], "quick", false, 0, &plan);
            judge_one(&families[i], "quick", false, SHORT_TASKS, &cut);
            judge_one(&families[i], GROWTH_GLANCE, false, SHORT_TASKS, &glance);
        }
        printf("| %-34s |", families[i].name);
        print_tally(&quick, runs);
        print_tally(&plan, runs);
        print_tally(&cut, runs);
        print_tally(&glance, runs);
        printf("\n");
        (void)fflush(stdout);
    }
    return EXIT_SUCCESS;
}
