/* The difference of two results, in words. */
#include "judge/clean_text.h"
#include "judge/results_diff.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *plural;
} kinds[] = {
#define X(id, word, plural, sentence) {word, plural},
    DIFF_KINDS(X)
#undef X
};

/* "OK -> HUNG", "p99 502 -> 580 ms of 500", "new: OK" */
static void describe(const struct diff_item *item, char *text, size_t size)
{
    if (item->kind == DIFF_MOVED)
        (void)snprintf(text, size,
                       "%s, but its 99th percentile was %lld ms and is %lld ms, of %lld",
                       item->after, (long long)item->before_ms, (long long)item->after_ms,
                       (long long)item->deadline_ms);
    else if (item->before[0] == '\0' || item->after[0] == '\0')
        (void)snprintf(text, size, "%s", item->before[0] != '\0' ? item->before : item->after);
    else
        (void)snprintf(text, size, "%s -> %s", item->before, item->after);
}

static void print_counts(const struct results_diff *diff, FILE *out)
{
    const char *joint = "";
    for (int kind = 0; kind < DIFF_KIND_COUNT; kind++) {
        int count = diff->counts[kind];
        if (count == 0 && kind != DIFF_REGRESSION)
            continue;
        fprintf(out, "%s%d %s", joint, count, count == 1 ? kinds[kind].word : kinds[kind].plural);
        joint = ", ";
    }
    (void)fputc('\n', out);
}

static void print_lacks(const struct results_diff *diff, FILE *out)
{
    if (diff->old_lacks != NULL)
        fprintf(out, "INCOMPLETE: the old results: %s\n", diff->old_lacks);
    if (diff->new_lacks != NULL)
        fprintf(out, "INCOMPLETE: the new results: %s\n", diff->new_lacks);
}

void results_diff_print(const struct results_diff *diff, FILE *out)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_item *item = &diff->items[i];
        char what[2 * RESULTS_VERDICT_MAX + 80];
        describe(item, what, sizeof what);
        char *line = clean_line(what), *client = clean_line(item->client),
             *id = clean_line(item->id), *reason = clean_line(item->reason);
        fprintf(out, "%-12s %-16s %-30s %s\n", kinds[item->kind].word, client, id, line);
        if (item->kind == DIFF_REGRESSION && reason[0] != '\0')
            fprintf(out, "    %s\n", reason);
        free(line);
        free(client);
        free(id);
        free(reason);
    }
    print_counts(diff, out);
    print_lacks(diff, out);
}

/* Text from outside inside a table's cell. */
static void put_cell(FILE *out, const char *text)
{
    char *clean = clean_line(text);
    (void)fputs("| ", out);
    for (const char *at = clean; *at != '\0'; at++) {
        if (strchr("|\\`*_<>[]", *at) != NULL)
            (void)fputc('\\', out);
        (void)fputc(*at, out);
    }
    (void)fputc(' ', out);
    free(clean);
}

void results_diff_markdown(const struct results_diff *diff, FILE *out)
{
    (void)fputs("**", out);
    fprintf(out, "%s** ",
            diff->counts[DIFF_REGRESSION] > 0 ? "Worse than before:" : "No worse than before:");
    print_counts(diff, out);
    if (diff->old_lacks != NULL || diff->new_lacks != NULL)
        (void)fputc('\n', out);
    print_lacks(diff, out);
    if (diff->count == 0)
        return;
    (void)fputs("\n| | client | id | |\n|---|---|---|---|\n", out);
    for (size_t i = 0; i < diff->count; i++) {
        char what[2 * RESULTS_VERDICT_MAX + 80];
        describe(&diff->items[i], what, sizeof what);
        put_cell(out, kinds[diff->items[i].kind].word);
        put_cell(out, diff->items[i].client);
        put_cell(out, diff->items[i].id);
        put_cell(out, what);
        (void)fputs("|\n", out);
    }
}

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

json_t *results_diff_json(const struct results_diff *diff)
{
    json_t *items = json_array(), *counts = json_object();
    for (int kind = 0; kind < DIFF_KIND_COUNT; kind++)
        (void)json_object_set_new(counts, kinds[kind].word, json_integer(diff->counts[kind]));
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_item *item = &diff->items[i];
        bool moved = item->kind == DIFF_MOVED;
        (void)json_array_append_new(
            items,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "kind", kinds[item->kind].word,
                      "client", item->client, "id", item->id, "before", text_or_null(item->before),
                      "after", text_or_null(item->after), "p99_ms_before",
                      moved ? json_integer(item->before_ms) : json_null(), "p99_ms_after",
                      moved ? json_integer(item->after_ms) : json_null(), "reason",
                      text_or_null(item->reason)));
    }
    return json_pack("{s:i, s:o, s:o, s:o, s:o}", "schema", 1, "old_incomplete",
                     text_or_null(diff->old_lacks), "new_incomplete", text_or_null(diff->new_lacks),
                     "counts", counts, "differences", items);
}
