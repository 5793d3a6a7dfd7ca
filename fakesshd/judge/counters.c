#include "judge/counters.h"

#include "judge/process.h"
#include "judge/procfs.h"

#include <stdlib.h>
#include <string.h>

/* The limit that the client's user will meet, for "1,024 descriptors are gone after…". */
enum { USUAL_NOFILE = 1024 };

const char *counter_name(enum counter counter)
{
    static const char *const names[] = {
#define X(id, name, cleanup) name,
        COUNTERS(X)
#undef X
    };
    return names[counter];
}

void counters_init(struct counters *counters, const struct growth_profile *profile)
{
    memset(counters, 0, sizeof *counters);
    counters->profile = profile;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        growth_plan_init_profile(&counters->plan[i], profile, 0);
        counters->last.value[i] = GROWTH_MISSING;
    }
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

struct reading counters_read(pid_t client, int64_t conns, int64_t tasks)
{
    struct reading reading;
    reading.value[COUNTER_THREADS] =
        client > 0 ? or_missing(procfs_threads(client)) : GROWTH_MISSING;
    reading.value[COUNTER_FDS] = client > 0 ? or_missing(procfs_open_fds(client)) : GROWTH_MISSING;
    reading.value[COUNTER_CHILDREN] =
        client > 0 ? (int64_t)procfs_descendants(client) : GROWTH_MISSING;
    reading.value[COUNTER_CONNS] = conns;
    reading.value[COUNTER_TASKS] = tasks;
    return reading;
}

bool reading_equal(const struct reading *a, const struct reading *b)
{
    return memcmp(a->value, b->value, sizeof a->value) == 0;
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

bool counters_judge(struct counters *counters, bool last)
{
    bool decided = true;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (counters->series[i].readings == 0)
            continue;
        enum growth_verdict verdict =
            growth_plan_verdict(&counters->plan[i], last, &counters->result[i]);
        decided &= verdict != GROWTH_CONTINUE;
    }
    return decided;
}

bool counters_in_first_look(const struct counters *counters)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const struct growth_plan *plan = &counters->plan[i];
        if (counters->series[i].readings > 0 && plan->result.verdict == GROWTH_CONTINUE &&
            plan->next != NULL)
            return true;
    }
    return false;
}

int counters_tasks_per_round(const struct counters *counters)
{
    const struct growth_profile *next = growth_profile_find(GROWTH_AFTER_GLANCE);
    if (strcmp(counters->profile->name, GROWTH_GLANCE) != 0)
        return counters->profile->tasks_per_round;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const struct growth_plan *plan = &counters->plan[i];
        if (counters->series[i].readings > 0 && plan->result.verdict == GROWTH_CONTINUE &&
            plan->profile != counters->profile)
            return next->tasks_per_round;
    }
    return counters->profile->tasks_per_round;
}

static int64_t rounds_of(const struct growth_profile *profile)
{
    return profile->warmup_rounds + (int64_t)profile->rounds_per_block * profile->blocks_max;
}

int64_t counters_first_look_rounds(const struct counters *counters)
{
    int64_t rounds = rounds_of(counters->profile);
    if (strcmp(counters->profile->name, GROWTH_GLANCE) == 0)
        rounds += rounds_of(growth_profile_find(GROWTH_AFTER_GLANCE));
    return rounds;
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

bool counters_released(const struct counters *counters, const struct reading *now)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const struct counter_result *series = &counters->series[i];
        if (!grows(counters, i) || now->value[i] == GROWTH_MISSING)
            continue;
        int64_t level = series->series[series->readings - 1];
        if ((level - now->value[i]) * 10 >= level - series->series[0] && level > now->value[i])
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
        if (i == COUNTER_FDS || i == COUNTER_CONNS) {
            int64_t limit = process_user_nofile();
            series->limit = limit > 0 && limit < USUAL_NOFILE ? limit : USUAL_NOFILE;
            memcpy(series->limit_name, "RLIMIT_NOFILE", sizeof "RLIMIT_NOFILE");
        }
        result->counters[result->counter_count++] = *series;
        memset(series, 0, sizeof *series); /* moved */
    }
}

unsigned counters_cleanup(const struct counters *counters, bool *inconclusive)
{
    static const enum cleanup_verdict cleanups[] = {
#define X(id, name, cleanup) cleanup,
        COUNTERS(X)
#undef X
    };
    unsigned set = 0;
    for (int i = 0; i < COUNTER_COUNT; i++) {
        if (grows(counters, i))
            set |= CLEANUP_BIT(cleanups[i]);
        if (counters->series[i].readings > 0 && counters->result[i].verdict == GROWTH_INCONCLUSIVE)
            *inconclusive = true;
    }
    return set;
}
