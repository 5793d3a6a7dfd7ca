#include "judge/results_diff.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_MAX = 600, MOVED_MIN_MS = 20, MOVED_PART = 10 };

static const char *const fail_words[] = {
#define X(id, word) word,
    DIFF_FAILS(X)
#undef X
};

bool diff_fail_parse(const char *word, enum diff_fail *fail)
{
    for (size_t i = 0; i < sizeof fail_words / sizeof *fail_words; i++) {
        *fail = (enum diff_fail)i;
        if (strcmp(fail_words[i], word) == 0)
            return true;
    }
    return false;
}

/* ---- two verdicts ---- */

static bool is_undecided(struct verdict verdict)
{
    return verdict.state == CASE_INCONCLUSIVE || verdict.state == CASE_ERROR;
}

/* Both axes are known, of both. The order of deadline verdicts is that of how bad they are. */
static enum diff_kind compare_axes(struct verdict before, struct verdict after)
{
    bool worse = after.deadline > before.deadline || (after.cleanup & ~before.cleanup) != 0;
    bool better = after.deadline < before.deadline || (before.cleanup & ~after.cleanup) != 0;
    if (!worse && !better)
        return DIFF_SAME;
    return worse && !better ? DIFF_REGRESSION : DIFF_CHANGED;
}

enum diff_kind diff_verdicts(struct verdict before, struct verdict after)
{
    bool was_known = before.state == CASE_JUDGED || before.state == CASE_FLAKY;
    bool is_known = after.state == CASE_JUDGED || after.state == CASE_FLAKY;
    if (was_known && !is_known)
        return is_undecided(after) ? DIFF_UNDECIDED : DIFF_SKIPPED;
    if (!was_known)
        return is_known ? DIFF_NEW : before.state == after.state ? DIFF_SAME : DIFF_CHANGED;
    if (verdict_is_clean_ok(before) || verdict_is_clean_ok(after))
        return verdict_is_clean_ok(before)
                   ? verdict_is_clean_ok(after) ? DIFF_SAME : DIFF_REGRESSION
                   : DIFF_FIXED;
    if (before.state == CASE_JUDGED && after.state == CASE_JUDGED)
        return compare_axes(before, after);
    if (before.state == CASE_FLAKY && after.state == CASE_FLAKY)
        return verdict_equal(before, after) ? DIFF_SAME : DIFF_CHANGED;
    /* What failed now and then fails each time: that is worse. */
    return before.state == CASE_FLAKY ? DIFF_REGRESSION : DIFF_CHANGED;
}

bool diff_has_moved(int64_t before_ms, int64_t after_ms, int64_t deadline_ms)
{
    int64_t limit_ms = deadline_ms / MOVED_PART;
    return llabs(after_ms - before_ms) > (limit_ms > MOVED_MIN_MS ? limit_ms : MOVED_MIN_MS);
}

/* ---- two results ---- */

/* "client id n": the n-th case of its kind. */
static void print_key(const json_t *item, long long number, char key[KEY_MAX])
{
    (void)snprintf(key, KEY_MAX, "%.200s %.300s %lld", results_text(item, "client"),
                   results_text(item, "id"), number);
}

/* How often this case was there before; counted in `seen`. */
static long long count_up(json_t *seen, const json_t *item)
{
    char key[KEY_MAX];
    print_key(item, -1, key);
    long long number = (long long)json_integer_value(json_object_get(seen, key));
    (void)json_object_set_new(seen, key, json_integer(number + 1));
    return number;
}

/* The cases by their keys; a new reference. */
static json_t *index_cases(const json_t *cases)
{
    json_t *index = json_object(), *seen = json_object();
    for (size_t i = 0; i < json_array_size(cases); i++) {
        char key[KEY_MAX];
        json_t *item = json_array_get(cases, i);
        print_key(item, count_up(seen, item), key);
        (void)json_object_set(index, key, item);
    }
    json_decref(seen);
    return index;
}

static struct verdict read_verdict(const json_t *item, char words[RESULTS_VERDICT_MAX])
{
    struct verdict verdict = {.state = CASE_ERROR};
    results_verdict_print(item, words);
    (void)verdict_parse(words, &verdict);
    return verdict;
}

static void add_item(struct results_diff *diff, const struct diff_item *item)
{
    diff->counts[item->kind]++;
    if (item->kind == DIFF_SAME)
        return;
    diff->items = realloc(diff->items, (diff->count + 1) * sizeof *diff->items);
    if (diff->items == NULL)
        abort();
    diff->items[diff->count++] = *item;
}

static int64_t p99_ms(const json_t *item)
{
    return (int64_t)json_number_value(json_object_get(json_object_get(item, "elapsed_ms"), "p99"));
}

static void compare(struct results_diff *diff, const json_t *before, const json_t *after)
{
    struct diff_item item = {.client = results_text(after, "client"),
                             .id = results_text(after, "id"),
                             .reason = results_text(after, "reason")};
    struct verdict now = read_verdict(after, item.after);
    if (before == NULL) {
        item.kind = DIFF_NEW;
        add_item(diff, &item);
        return;
    }
    item.kind = diff_verdicts(read_verdict(before, item.before), now);
    int64_t deadline_ms = json_integer_value(json_object_get(after, "deadline_ms"));
    item.before_ms = p99_ms(before);
    item.after_ms = p99_ms(after);
    item.deadline_ms = deadline_ms;
    if (item.kind == DIFF_SAME && now.state == CASE_JUDGED &&
        json_integer_value(json_object_get(before, "deadline_ms")) == deadline_ms &&
        diff_has_moved(item.before_ms, item.after_ms, deadline_ms))
        item.kind = DIFF_MOVED;
    add_item(diff, &item);
}

static void add_gone(struct results_diff *diff, const json_t *before)
{
    struct diff_item item = {.kind = DIFF_GONE,
                             .client = results_text(before, "client"),
                             .id = results_text(before, "id"),
                             .reason = ""};
    (void)read_verdict(before, item.before);
    add_item(diff, &item);
}

/* A stable order: by kind, then as they stand in the results. */
static void sort_items(struct results_diff *diff)
{
    struct diff_item *sorted = malloc((diff->count + 1) * sizeof *sorted);
    size_t used = 0;
    if (sorted == NULL)
        abort();
    for (int kind = 0; kind < DIFF_KIND_COUNT; kind++) {
        for (size_t i = 0; i < diff->count; i++) {
            if ((int)diff->items[i].kind == kind)
                sorted[used++] = diff->items[i];
        }
    }
    free(diff->items);
    diff->items = sorted;
}

static const char *lacks(const json_t *results)
{
    if (json_is_true(json_object_get(results, "complete")))
        return NULL;
    const char *why = results_text(results, "incomplete_why");
    return why[0] != '\0' ? why : "not every case was judged";
}

void results_diff_make(struct results_diff *diff, const json_t *before, const json_t *after)
{
    const json_t *old_cases = json_object_get(before, "cases");
    const json_t *new_cases = json_object_get(after, "cases");
    json_t *old_index = index_cases(old_cases), *seen = json_object();
    *diff = (struct results_diff){.old_lacks = lacks(before), .new_lacks = lacks(after)};
    for (size_t i = 0; i < json_array_size(new_cases); i++) {
        char key[KEY_MAX];
        const json_t *item = json_array_get(new_cases, i);
        print_key(item, count_up(seen, item), key);
        compare(diff, json_object_get(old_index, key), item);
        (void)json_object_del(old_index, key);
    }
    for (void *at = json_object_iter(old_index); at != NULL;
         at = json_object_iter_next(old_index, at))
        add_gone(diff, json_object_iter_value(at));
    sort_items(diff);
    json_decref(old_index);
    json_decref(seen);
}

void results_diff_fini(struct results_diff *diff)
{
    free(diff->items);
    *diff = (struct results_diff){0};
}

bool results_diff_fails(const struct results_diff *diff, enum diff_fail fail)
{
    switch (fail) {
    case DIFF_FAIL_REGRESSION:
        return diff->counts[DIFF_REGRESSION] > 0;
    case DIFF_FAIL_CHANGE:
        return (int)diff->count > diff->counts[DIFF_MOVED];
    case DIFF_FAIL_NONE:
        break;
    }
    return false;
}
