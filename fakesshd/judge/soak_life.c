/* The readings of one life of the client. */
#include "judge/soak_state.h"

#include <stdlib.h>
#include <string.h>

static void *grown(void *array, size_t size)
{
    array = realloc(array, size);
    if (array == NULL)
        abort();
    return array;
}

void soak_life_add(struct soak_life *life, const struct reading *reading)
{
    if (life->count == life->size) {
        life->size = life->size * 2 + 64;
        life->readings = grown(life->readings, life->size * sizeof *life->readings);
        life->tasks = grown(life->tasks, life->size * sizeof *life->tasks);
        life->hung = grown(life->hung, life->size * sizeof *life->hung);
    }
    life->readings[life->count] = *reading;
    life->tasks[life->count] = life->started;
    life->hung[life->count++] = life->overdue;
}

void soak_life_take_back(struct soak_life *life, size_t counted_from)
{
    life->overdue--;
    for (size_t i = counted_from - 1; i < life->count; i++)
        life->hung[i]--;
}

void soak_life_fini(struct soak_life *life)
{
    free(life->readings);
    free(life->tasks);
    free(life->hung);
    memset(life, 0, sizeof *life);
}

int64_t *soak_life_series(const struct soak_life *life, enum counter counter)
{
    int64_t *series = calloc(life->count + 1, sizeof *series);
    if (series == NULL)
        abort();
    for (size_t i = 0; i < life->count; i++)
        series[i] = life->readings[i].value[counter];
    return series;
}

bool soak_life_judge(const struct soak_life *life, enum counter counter, struct soak_growth *growth)
{
    bool was_read = false;
    int64_t *series = soak_life_series(life, counter);
    for (size_t i = 0; i < life->count; i++)
        was_read |= series[i] != GROWTH_MISSING;
    *growth =
        soak_plan_judge(series, life->tasks, life->hung, life->count, counter == COUNTER_MEMORY);
    if (life->has_after && life->count > 0)
        soak_plan_idled(growth, series[life->count - 1], life->after.value[counter]);
    if (was_read && series[life->count - 1] == GROWTH_MISSING)
        soak_plan_fell_silent(growth);
    free(series);
    return was_read;
}
