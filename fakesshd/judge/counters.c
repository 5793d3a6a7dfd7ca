#include "judge/counters.h"

#include "judge/process.h"
#include "judge/procfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One rise in so many hung tasks is a rise with a part of them; a healthy task's connection may
 * just not have been gone at one reading. */
enum { HOLD_PART = 4, STRAY = 1 };

/* What is known of each. */
static const struct {
    const char *name;
    enum cleanup_verdict cleanup;
    enum limit_kind limit;
    bool of_tasks;
} kinds[] = {
#define X(id, name, cleanup, limit, of_tasks) {name, cleanup, limit, of_tasks},
    COUNTERS(X)
#undef X
};

const char *counter_name(enum counter counter)
{
    return kinds[counter].name;
}

enum cleanup_verdict counter_cleanup(enum counter counter)
{
    return kinds[counter].cleanup;
}

enum limit_kind counter_limit(enum counter counter)
{
    return kinds[counter].limit;
}

/* Does the case wait for this counter's verdict? */
static bool is_waited_for(const struct counters *counters, int i)
{
    return counters->series[i].readings > 0 &&
           (i != COUNTER_MEMORY || !growth_profile_is_short(counters->profile));
}

void counters_init(struct counters *counters, const struct growth_profile *profile)
{
    memset(counters, 0, sizeof *counters);
    counters->profile = profile;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        growth_plan_init_profile(&counters->plan[i], profile, 0);
        counters->plan[i].bytes = i == COUNTER_MEMORY;
        counters->plan[i].of_tasks = kinds[i].of_tasks;
        counters->last.value[i] = GROWTH_MISSING;
    }
}

void counters_use_limits(struct counters *counters, pid_t client)
{
    for (int i = 0; i < COUNTER_MEMORY; i++)
        counters->plan[i].limit = procfs_limit(kinds[i].limit, client).value;
}

void counters_fini(struct counters *counters)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        growth_plan_fini(&counters->plan[i]);
        free(counters->series[i].series);
        free(counters->series[i].tasks);
    }
    memset(counters, 0, sizeof *counters);
}

static int64_t or_missing(int64_t value)
{
    return value < 0 ? GROWTH_MISSING : value;
}

struct reading counters_read(pid_t client, int64_t conns)
{
    struct reading reading;
    reading.value[COUNTER_THREADS] =
        client > 0 ? or_missing(procfs_threads(client)) : GROWTH_MISSING;
    reading.value[COUNTER_FDS] = client > 0 ? or_missing(procfs_open_fds(client)) : GROWTH_MISSING;
    reading.value[COUNTER_CHILDREN] =
        client > 0 ? (int64_t)procfs_descendants(client) : GROWTH_MISSING;
    reading.value[COUNTER_CONNS] = conns;
    reading.value[COUNTER_TASKS] = reading.value[COUNTER_GOROUTINES] = GROWTH_MISSING;
    reading.value[COUNTER_MEMORY] =
        client > 0 ? or_missing(procfs_memory_bytes(client)) : GROWTH_MISSING;
    return reading;
}

bool reading_equal(const struct reading *a, const struct reading *b)
{
    bool equal = true;
    for (int i = 0; i < COUNTER_COUNT; i++)
        equal &= i == COUNTER_MEMORY || a->value[i] == b->value[i];
    return equal;
}

static void keep_for_report(struct counter_result *series, int64_t tasks, int64_t value)
{
    size_t size = (series->readings + 1) * sizeof(int64_t);
    series->series = realloc(series->series, size);
    series->tasks = realloc(series->tasks, size);
    if (series->series == NULL || series->tasks == NULL)
        abort();
    series->series[series->readings] = value;
    series->tasks[series->readings++] = tasks;
}

void counters_add(struct counters *counters, int64_t tasks, const struct reading *reading)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (reading->value[i] == GROWTH_MISSING)
            continue;
        keep_for_report(&counters->series[i], tasks, reading->value[i]);
        growth_plan_add(&counters->plan[i], tasks, reading->value[i]);
    }
}

bool counters_want_drain(struct counters *counters, int64_t tasks, const struct reading *reading)
{
    bool wanted = false;
    for (int i = 0; i < COUNTER_COUNT && !wanted; i++) {
        struct growth_plan *plan = &counters->plan[i];
        if (i == COUNTER_MEMORY || reading->value[i] == GROWTH_MISSING)
            continue;
        wanted = ((plan->anchors || !counters->drained_in_vain) &&
                  growth_plan_wants_drain(plan, tasks, reading->value[i])) ||
                 growth_plan_would_grow(plan, tasks, reading->value[i]);
    }
    return wanted;
}

bool counters_add_drained(struct counters *counters, int64_t tasks, const struct drain *drain)
{
    bool released = false;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        struct growth_drain of_one = {.before = drain->before.value[i],
                                      .after = drain->after.value[i],
                                      .drain_ms = drain->drain_ms};
        if (of_one.after == GROWTH_MISSING)
            continue;
        for (int k = 0; k < GROWTH_LATE_READINGS; k++)
            of_one.late[k] = k < drain->late_count ? drain->late[k].value[i] : GROWTH_MISSING;
        keep_for_report(&counters->series[i], tasks, of_one.after);
        if (i == COUNTER_MEMORY) {
            growth_plan_add(&counters->plan[i], tasks, of_one.after);
            continue;
        }
        growth_plan_add_drained(&counters->plan[i], tasks, &of_one);
        released |= of_one.before != GROWTH_MISSING && of_one.after < of_one.before;
    }
    counters->drained_in_vain = !released;
    return released;
}

bool counters_judge(struct counters *counters, bool last)
{
    bool decided = true;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (is_waited_for(counters, i))
            decided &= growth_plan_verdict(&counters->plan[i], last, &counters->result[i]) !=
                       GROWTH_CONTINUE;
    }
    if (decided && counters->series[COUNTER_MEMORY].readings > 0)
        (void)growth_plan_verdict(&counters->plan[COUNTER_MEMORY], true,
                                  &counters->result[COUNTER_MEMORY]);
    return decided;
}

/* How a counter went while every task hung. */
enum hold { HOLDS_EACH, HOLDS_NONE, HOLDS_SOME };

/* The first round, which may fill a pool, open a file, start a thread, is the warm-up: the first
 * reading comes after it. */
static enum hold hold_of(const struct counter_result *series)
{
    bool each = series->readings > 2, some = series->readings > 2;
    for (size_t i = 1; i < series->readings; i++) {
        int64_t tasks = series->tasks[i] - series->tasks[i - 1];
        int64_t rise = series->series[i] - series->series[i - 1];
        each &= rise + STRAY >= tasks;
        some &= rise * HOLD_PART > tasks;
    }
    return each ? HOLDS_EACH : some ? HOLDS_SOME : HOLDS_NONE;
}

static bool is_open(const struct counters *counters, int i)
{
    return is_waited_for(counters, i) && counters->result[i].verdict == GROWTH_CONTINUE;
}

bool counters_judge_hung(struct counters *counters)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (is_open(counters, i) &&
            (counters->plan[i].anchors || hold_of(&counters->series[i]) == HOLDS_SOME))
            return false;
    }
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const struct counter_result *series = &counters->series[i];
        struct growth_result *result = &counters->result[i];
        bool holds = is_open(counters, i) && hold_of(series) == HOLDS_EACH;
        (void)growth_plan_verdict(&counters->plan[i], true, result);
        if (!holds)
            continue;
        result->verdict = GROWTH_GROWING;
        (void)snprintf(
            result->why, sizeof result->why,
            "each of %lld tasks hangs, and the counter rises with each of them, round by "
            "round",
            (long long)series->tasks[series->readings - 1]);
    }
    return true;
}

bool counters_in_first_look(const struct counters *counters)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const struct growth_plan *plan = &counters->plan[i];
        if (is_waited_for(counters, i) && plan->result.verdict == GROWTH_CONTINUE &&
            (plan->next != NULL || plan->profile == counters->profile))
            return true;
    }
    return false;
}

const struct growth_profile *counters_profile(const struct counters *counters)
{
    if (!growth_profile_is_glance(counters->profile))
        return counters->profile;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const struct growth_plan *plan = &counters->plan[i];
        if (is_waited_for(counters, i) && plan->result.verdict == GROWTH_CONTINUE &&
            plan->profile != counters->profile)
            return growth_profile_find(GROWTH_AFTER_GLANCE);
    }
    return counters->profile;
}

static bool grows(const struct counters *counters, int i)
{
    return counters->series[i].readings > 0 && counters->result[i].verdict == GROWTH_GROWING;
}

bool counters_some_grows(const struct counters *counters)
{
    bool some = false;
    for (int i = 0; i < COUNTER_COUNT; i++)
        some |= grows(counters, i);
    return some;
}

bool counters_left_trace(const struct counters *counters)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const struct counter_result *series = &counters->series[i];
        if (i != COUNTER_MEMORY && series->readings > 0 &&
            series->series[series->readings - 1] > series->series[0])
            return true;
    }
    return false;
}

void counters_report(struct counters *counters, struct case_result *result)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        struct counter_result *series = &counters->series[i];
        if (series->readings == 0 || result->counter_count == COUNTERS_MAX)
            continue;
        size_t length = strlen(counter_name((enum counter)i));
        memcpy(series->name, counter_name((enum counter)i), length + 1);
        series->growth = counters->result[i];
        struct limit limit = procfs_limit_of_user(kinds[i].limit, process_user_nofile());
        series->limit = limit.value;
        memcpy(series->limit_name, limit.name, sizeof limit.name);
        result->counters[result->counter_count++] = *series;
        memset(series, 0, sizeof *series); /* moved */
    }
}

unsigned counters_cleanup(const struct counters *counters, bool *inconclusive)
{
    unsigned set = 0;
    for (int i = 0; i < COUNTER_MEMORY; i++) {
        if (grows(counters, i))
            set |= CLEANUP_BIT(kinds[i].cleanup);
        if (counters->series[i].readings > 0 && counters->result[i].verdict == GROWTH_INCONCLUSIVE)
            *inconclusive = true;
    }
    if (set == 0 && grows(counters, COUNTER_MEMORY) && !growth_profile_is_short(counters->profile))
        set |= CLEANUP_BIT(kinds[COUNTER_MEMORY].cleanup);
    return set;
}
