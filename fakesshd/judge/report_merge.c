#include "judge/report_merge.h"

#include "judge/results.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct merge {
    json_t *const *all;
    char *const *names;
    size_t count;
    json_t *cells; /* owned; by "id client": list of [case, index of its results] */
};

static const char *host_of(const struct merge *merge, size_t index)
{
    return results_text(merge->all[index], "host");
}

/* ---- a cell ---- */

/* All times that a cell was judged: a part may have judged it several times itself. Whose it was is
 * told with each. */
static json_t *attempts_of(const struct merge *merge, const json_t *pairs)
{
    json_t *attempts = json_array(), *pair, *one;
    size_t i, j;
    json_array_foreach(pairs, i, pair)
    {
        json_t *item = json_array_get(pair, 0), *repeats = json_object_get(item, "repeats");
        size_t index = (size_t)json_integer_value(json_array_get(pair, 1));
        json_t *its = json_is_array(repeats) ? json_incref(repeats) : json_pack("[O]", item);
        json_array_foreach(its, j, one)
        {
            json_t *attempt = json_object();
            static const char *const keys[] = {"seed",   "verdict",        "as_expected",
                                               "reason", "elapsed_max_ms", "noise"};
            for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
                (void)json_object_set(attempt, keys[k], json_object_get(one, keys[k]));
            (void)json_object_set_new(attempt, "host", json_string(host_of(merge, index)));
            (void)json_object_set_new(attempt, "file", json_string(merge->names[index]));
            (void)json_array_append_new(attempts, attempt);
        }
        json_decref(its);
    }
    return attempts;
}

static bool is_judged(const json_t *item)
{
    enum cell_class class = results_class(item);
    return class == CELL_OK || class == CELL_KNOWN_GAP || class == CELL_UNEXPECTED ||
           class == CELL_FLAKY;
}

static bool same_verdict(const json_t *a, const json_t *b)
{
    char one[RESULTS_VERDICT_MAX], other[RESULTS_VERDICT_MAX];
    results_verdict_print(a, one);
    results_verdict_print(b, other);
    return strcmp(one, other) == 0;
}

/* "not the same verdict each time: 2 of 3 OK, 1 of 3 HUNG; then what the cell's own reason is" */
static json_t *reason_of(const json_t *attempts, const char *own)
{
    char *text = NULL;
    size_t size = 0, i, j, all = json_array_size(attempts);
    const json_t *attempt, *other;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    (void)fputs("not the same verdict each time:", out);
    json_array_foreach(attempts, i, attempt)
    {
        size_t same = 0, earlier = 0;
        json_array_foreach(attempts, j, other)
        {
            bool equal = same_verdict(attempt, other);
            same += equal;
            earlier += equal && j < i;
        }
        char verdict[RESULTS_VERDICT_MAX];
        results_verdict_print(attempt, verdict);
        if (earlier == 0)
            fprintf(out, "%s %zu of %zu %s", i > 0 ? "," : "", same, all, verdict);
    }
    fprintf(out, "; of one: %s", own);
    (void)fclose(out);
    json_t *reason = json_string(text);
    free(text);
    return reason;
}

/* Which of several is told in full: one that failed, if there is one. */
static json_t *told_of(const json_t *pairs)
{
    json_t *told = NULL, *pair;
    size_t i;
    json_array_foreach(pairs, i, pair)
    {
        json_t *item = json_array_get(pair, 0);
        bool better = told == NULL || (is_judged(item) && !is_judged(told)) ||
                      (is_judged(item) == is_judged(told) &&
                       json_is_true(json_object_get(told, "as_expected")) &&
                       !json_is_true(json_object_get(item, "as_expected")));
        told = better ? item : told;
    }
    return told;
}

/* As the repeats of one run: FLAKY when some were as expected and some were not. */
static json_t *several(const json_t *told, const json_t *attempts)
{
    json_t *item = json_copy((json_t *)(uintptr_t)told), *attempt;
    int good = 0, all = 0;
    size_t i;
    json_array_foreach(attempts, i, attempt)
    {
        if (!is_judged(attempt))
            continue;
        all++;
        good += json_is_true(json_object_get(attempt, "as_expected"));
    }
    if (good > 0 && good < all) {
        (void)json_object_set_new(item, "verdict",
                                  json_pack("{s:s, s:[], s:{s:i, s:i}}", "deadline", "FLAKY",
                                            "cleanup", "flaky", "k", good, "n", all));
        (void)json_object_set_new(item, "as_expected", json_false());
    }
    (void)json_object_set_new(item, "reason", reason_of(attempts, results_text(told, "reason")));
    return item;
}

static json_t *merged_case(const struct merge *merge, const json_t *pairs)
{
    json_t *told = told_of(pairs);
    if (json_array_size(pairs) == 1)
        return json_incref(told);
    json_t *attempts = attempts_of(merge, pairs), *item;
    bool same = true;
    for (size_t i = 0; i < json_array_size(attempts); i++)
        same &= same_verdict(told, json_array_get(attempts, i));
    item = same ? json_copy(told) : several(told, attempts);
    (void)json_object_set_new(item, "repeats", attempts);
    return item;
}

/* ---- all ---- */

static enum err check_same(const struct merge *merge, struct err_text *error)
{
    for (size_t i = 1; i < merge->count; i++) {
        const char *one = results_text(merge->all[0], "tool");
        const char *other = results_text(merge->all[i], "tool");
        if (strcmp(one, other) != 0)
            return err_set(error, ERR_INPUT,
                           "%s is of %s, %s of %s: only results of the same version can be merged",
                           merge->names[0], one, merge->names[i], other);
    }
    return ERR_NONE;
}

static enum err add_case(struct merge *merge, json_t *item, size_t index, struct err_text *error)
{
    char *key = NULL;
    if (asprintf(&key, "%s %s", results_text(item, "id"), results_text(item, "client")) < 0)
        abort();
    json_t *pairs = json_object_get(merge->cells, key);
    if (pairs == NULL) {
        pairs = json_array();
        (void)json_object_set_new(merge->cells, key, pairs);
    }
    free(key);
    const json_t *first = json_array_get(json_array_get(pairs, 0), 0);
    json_int_t mine_ms = json_integer_value(json_object_get(item, "deadline_ms"));
    json_int_t first_ms = json_integer_value(json_object_get(first, "deadline_ms"));
    if (first != NULL && is_judged(first) && is_judged(item) && mine_ms != first_ms)
        return err_set(error, ERR_INPUT,
                       "%s, %s: the deadline is %lld ms in one result and %lld ms in %s: they "
                       "cannot be compared",
                       results_text(item, "id"), results_text(item, "client"), (long long)first_ms,
                       (long long)mine_ms, merge->names[index]);
    (void)json_array_append_new(pairs, json_pack("[O, I]", item, (json_int_t)index));
    return ERR_NONE;
}

/* What a part says of itself. */
static json_t *part_json(const struct merge *merge, size_t index)
{
    static const char *const keys[] = {"complete", "incomplete_why", "tool",    "host",
                                       "profile",  "noise",          "seed",    "wall_ms",
                                       "began",    "machine",        "summary", "shard"};
    json_t *part = json_pack("{s:s}", "file", merge->names[index]);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(merge->all[index], keys[i]);
        if (value != NULL)
            (void)json_object_set(part, keys[i], value);
    }
    return part;
}

/* Facts of all, the first's where several know the same. */
static json_t *facts_of_all(const struct merge *merge, const char *key)
{
    json_t *facts = json_object();
    for (size_t i = 0; i < merge->count; i++) {
        json_t *more = json_object_get(merge->all[i], key);
        if (json_is_object(more))
            (void)json_object_update_missing(facts, more);
    }
    return facts;
}

static json_t *noise_of_all(const struct merge *merge)
{
    json_t *worst = json_object_get(merge->all[0], "noise");
    for (size_t i = 1; i < merge->count; i++) {
        json_t *noise = json_object_get(merge->all[i], "noise");
        if (json_number_value(json_object_get(noise, "slow_factor")) >
            json_number_value(json_object_get(worst, "slow_factor")))
            worst = noise;
    }
    return worst;
}

static json_t *summary_of(const json_t *results)
{
    struct results_counts counts = results_count(results, NULL);
    const int *of = counts.of;
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "cases", counts.all - of[CELL_MISSING],
                     "as_expected", of[CELL_OK] + of[CELL_KNOWN_GAP], "unexpected",
                     of[CELL_UNEXPECTED], "flaky", of[CELL_FLAKY], "inconclusive",
                     of[CELL_INCONCLUSIVE], "errors", of[CELL_ERROR], "skipped", of[CELL_SKIPPED]);
}

static json_int_t shard_number(const struct merge *merge, size_t index, const char *key)
{
    return json_integer_value(json_object_get(json_object_get(merge->all[index], "shard"), key));
}

/* Why the parts are not the whole: one of them says so, or one of a run's shards is not there. */
static json_t *why_incomplete(const struct merge *merge)
{
    for (size_t i = 0; i < merge->count; i++) {
        if (!json_is_true(json_object_get(merge->all[i], "complete")))
            return json_sprintf("%s: %s", merge->names[i],
                                results_text(merge->all[i], "incomplete_why"));
    }
    for (size_t i = 0; i < merge->count; i++) {
        json_int_t count = shard_number(merge, i, "count");
        for (json_int_t wanted = 1; wanted <= count; wanted++) {
            bool found = false;
            for (size_t j = 0; j < merge->count; j++)
                found |= shard_number(merge, j, "count") == count &&
                         shard_number(merge, j, "index") == wanted;
            if (!found)
                return json_sprintf("shard %lld of %lld is not among what was merged",
                                    (long long)wanted, (long long)count);
        }
    }
    return json_null();
}

static json_t *put_together(const struct merge *merge, json_t *cases)
{
    json_t *first = merge->all[0], *parts = json_array();
    json_t *why = why_incomplete(merge);
    bool same_host = true, same_profile = true;
    json_int_t wall_ms = 0;
    for (size_t i = 0; i < merge->count; i++) {
        const json_t *one = merge->all[i];
        json_int_t its_ms = json_integer_value(json_object_get(one, "wall_ms"));
        wall_ms = its_ms > wall_ms ? its_ms : wall_ms;
        same_host &= strcmp(host_of(merge, i), host_of(merge, 0)) == 0;
        same_profile &=
            json_equal(json_object_get(one, "profile"), json_object_get(first, "profile"));
        (void)json_array_append_new(parts, part_json(merge, i));
    }
    json_t *results = json_pack(
        "{s:O, s:b, s:o, s:O?, s:o, s:O?, s:O?, s:O?, s:I, s:O?, s:O?, s:o, s:o, s:o, s:o}",
        "schema", json_object_get(first, "schema"), "complete", json_is_null(why), "incomplete_why",
        why, "tool", json_object_get(first, "tool"), "host",
        same_host ? json_string(host_of(merge, 0)) : json_sprintf("%zu machines", merge->count),
        "profile", same_profile ? json_object_get(first, "profile") : NULL, "noise",
        noise_of_all(merge), "seed", json_object_get(first, "seed"), "wall_ms", wall_ms, "began",
        json_object_get(first, "began"), "machine",
        same_host ? json_object_get(first, "machine") : NULL, "scenarios",
        facts_of_all(merge, "scenarios"), "clients", facts_of_all(merge, "clients"), "parts", parts,
        "cases", cases);
    (void)json_object_set_new(results, "summary", summary_of(results));
    return results;
}

enum err report_merge(json_t *const *all, char *const *names, size_t count, json_t **merged,
                      struct err_text *error)
{
    struct merge merge = {all, names, count, json_object()};
    json_t *item, *pairs;
    const char *key;
    size_t i;
    enum err failed = check_same(&merge, error);
    for (size_t index = 0; index < count && failed == ERR_NONE; index++) {
        json_array_foreach(json_object_get(all[index], "cases"), i, item)
        {
            failed = add_case(&merge, item, index, error);
            if (failed != ERR_NONE)
                break;
        }
    }
    if (failed == ERR_NONE) {
        json_t *cases = json_array();
        json_object_foreach(merge.cells, key, pairs)(void)
            json_array_append_new(cases, merged_case(&merge, pairs));
        *merged = put_together(&merge, cases);
    }
    json_decref(merge.cells);
    return failed;
}
