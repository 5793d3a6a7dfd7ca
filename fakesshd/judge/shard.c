#include "judge/shard.h"

#include "base/fnv1a.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct variables {
    const char *who, *index, *count;
    int first;
    const char *first_name, *step_name;
} table[] = {
#define X(who, index, count, first, first_name, step_name) \
    {who, index, count, first, first_name, step_name},
    SHARD_VARIABLES(X)
#undef X
};

static bool read_number(const char *text, const char **end, long *number)
{
    char *stop = NULL;
    if (text == NULL || *text < '0' || *text > '9')
        return false;
    *number = strtol(text, &stop, 10);
    *end = stop;
    return *number <= 1000000000;
}

static bool is_number(const char *text, long *number)
{
    const char *end = NULL;
    return read_number(text, &end, number) && *end == '\0';
}

static enum err make(struct shard *shard, long index, long count, struct err_text *error)
{
    if (count < 1 || count > SHARDS_MAX || index < 1 || index > count)
        return err_set(error, ERR_USAGE,
                       "%s: expected a shard from 1 to its count, which is at most %d, found %ld "
                       "of %ld",
                       shard->where_from, SHARDS_MAX, index, count);
    shard->index = (int)index;
    shard->count = (int)count;
    return ERR_NONE;
}

static enum err from_variables(const struct variables *row, const char *(*get)(const char *name),
                               struct shard *shard, struct err_text *error)
{
    long index = 0, count = 0, first = row->first, step = 1;
    const char *step_text = row->step_name != NULL ? get(row->step_name) : NULL;
    (void)snprintf(shard->where_from, sizeof shard->where_from, "%s and %s (%s)", row->index,
                   row->count, row->who);
    if (get(row->count) == NULL)
        return err_set(error, ERR_USAGE,
                       "--shard auto: %s is set, but not %s, which says how many there are",
                       row->index, row->count);
    if (!is_number(get(row->index), &index) || !is_number(get(row->count), &count) ||
        (row->first_name != NULL && !is_number(get(row->first_name), &first)) ||
        (step_text != NULL && (!is_number(step_text, &step) || step < 1)))
        return err_set(error, ERR_USAGE, "%s: expected numbers, found '%s' and '%s'",
                       shard->where_from, get(row->index), get(row->count));
    return make(shard, index < first ? 0 : (index - first) / step + 1, count, error);
}

static enum err find_variables(const char *(*get)(const char *name), struct shard *shard,
                               struct err_text *error)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (get(table[i].index) != NULL)
            return from_variables(&table[i], get, shard, error);
    }
    return err_set(error, ERR_USAGE,
                   "--shard auto: none of the variables is set that say which of how many jobs "
                   "this is; FAKESSHD_SHARD_INDEX (from 1) and FAKESSHD_SHARD_COUNT always do");
}

enum err shard_parse(const char *word, const char *(*get)(const char *name), struct shard *shard,
                     struct err_text *error)
{
    const char *end = NULL;
    long index = 0, count = 0;
    *shard = (struct shard){.where_from = "--shard"};
    if (strcmp(word, "auto") == 0)
        return find_variables(get, shard, error);
    if (!read_number(word, &end, &index) || *end != '/' || !is_number(end + 1, &count))
        return err_set(error, ERR_USAGE,
                       "--shard: expected NUMBER/COUNT, as in 2/8, or auto, found '%s'", word);
    return make(shard, index, count, error);
}

const char *shard_variable(const char *name)
{
    return getenv(name);
}

void shard_print_empty(const struct shard *shard, FILE *out)
{
    fprintf(out, "shard %d of %d (%s) holds none of the cells\n", shard->index, shard->count,
            shard->where_from);
}

bool shard_holds(const struct shard *shard, const char *client, const char *id)
{
    if (shard->count == 0)
        return true;
    uint64_t hash = fnv1a_add(FNV1A_START, client, strlen(client) + 1);
    hash = fnv1a_add(hash, id, strlen(id));
    /* The lower bits of FNV-1a are mixed the least: fold the upper ones in. */
    hash ^= hash >> 32;
    return hash % (uint64_t)shard->count == (uint64_t)shard->index - 1;
}
