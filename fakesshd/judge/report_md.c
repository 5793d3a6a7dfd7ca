#include "judge/report_md.h"

#include "base/phase.h"
#include "judge/clean_text.h"
#include "judge/report_file.h"
#include "judge/results.h"
#include "judge/timer_semantics.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A job summary holds a megabyte; whoever has more to read has the page. */
enum { ROWS_MAX = 200 };

/* Text that means nothing to Markdown, in a cell of a table. */
static void put_text(FILE *out, const char *text)
{
    char *line = clean_line(text);
    for (const char *at = line; *at != '\0'; at++) {
        if (*at == '<')
            (void)fputs("&lt;", out);
        else if (*at == '&')
            (void)fputs("&amp;", out);
        else {
            if (strchr("\\`*_[]|~#", *at) != NULL)
                (void)fputc('\\', out);
            (void)fputc(*at, out);
        }
    }
    free(line);
}

static void put_verdict(FILE *out, const json_t *item)
{
    char verdict[RESULTS_VERDICT_MAX];
    results_verdict_print(item, verdict);
    fprintf(out, "`%s`", verdict);
}

static void put_head(FILE *out, const json_t *results)
{
    const json_t *noise = json_object_get(results, "noise");
    struct results_counts counts = results_count(results, NULL);
    char text[RESULTS_COUNTS_MAX];
    results_counts_print(&counts, text);
    fprintf(out, "## fakesshd: %s\n\n", text);
    if (!json_is_true(json_object_get(results, "complete"))) {
        (void)fputs("> **Incomplete: not every case was judged.** ", out);
        put_text(out, results_text(results, "incomplete_why"));
        (void)fputs("\n\n", out);
    }
    const json_t *shard = json_object_get(results, "shard");
    if (shard != NULL)
        fprintf(out, "> **Part %lld of %lld: the cells of the others are missing here.**\n\n",
                (long long)json_integer_value(json_object_get(shard, "index")),
                (long long)json_integer_value(json_object_get(shard, "count")));
    put_text(out, results_text(results, "tool"));
    (void)fputs(" on ", out);
    put_text(out, results_text(results, "host"));
    fprintf(out, "; seed %lld; slow factor %.2f",
            (long long)json_integer_value(json_object_get(results, "seed")),
            json_number_value(json_object_get(noise, "slow_factor")));
    if (results_text(noise, "words")[0] != '\0') {
        (void)fputs(": ", out);
        put_text(out, results_text(noise, "words"));
    }
    (void)fputs("\n\n", out);
}

/* ---- clients ---- */

static void put_clients(FILE *out, const json_t *results, const json_t *clients)
{
    struct results_counts all = results_count(results, NULL);
    json_t *client;
    size_t i;
    (void)fputs("| client | version |", out);
    for (int class = 0; class < CELL_CLASS_COUNT; class ++) {
        if (all.of[class] > 0)
            fprintf(out, " %s |", cell_class_plural((enum cell_class) class));
    }
    (void)fputs("\n|---|---|", out);
    for (int class = 0; class < CELL_CLASS_COUNT; class ++) {
        if (all.of[class] > 0)
            (void)fputs("--:|", out);
    }
    json_array_foreach(clients, i, client)
    {
        const char *name = json_string_value(client);
        struct results_counts counts = results_count(results, name);
        (void)fputs("\n| ", out);
        put_text(out, name);
        (void)fputs(" | ", out);
        put_text(out, results_text(json_object_get(json_object_get(results, "clients"), name),
                                   "version"));
        (void)fputs(" |", out);
        for (int class = 0; class < CELL_CLASS_COUNT; class ++) {
            if (all.of[class] > 0)
                fprintf(out, " %d |", counts.of[class]);
        }
    }
    (void)fputs("\n\n", out);
}

static bool some_client_has(const json_t *timers, const char *phase)
{
    const char *client;
    json_t *phases;
    json_object_foreach((json_t *)(uintptr_t)timers, client, phases)
    {
        if (json_object_get(phases, phase) != NULL)
            return true;
    }
    return false;
}

static void put_timers(FILE *out, const json_t *results, const json_t *clients)
{
    json_t *timers = timer_semantics_json(results), *client;
    size_t i, columns = 0;
    (void)fputs("Which timer ends a wait: `absolute`, `idle` (each byte starts it anew), `late`, "
                "`none`; `unknown` where too little was judged.\n\n| client |",
                out);
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        if (!some_client_has(timers, phase_name((enum phase)phase)))
            continue;
        fprintf(out, " %s |", phase_name((enum phase)phase));
        columns++;
    }
    (void)fputs("\n|---|", out);
    for (i = 0; i < columns; i++)
        (void)fputs("---|", out);
    json_array_foreach(clients, i, client)
    {
        (void)fputs("\n| ", out);
        put_text(out, json_string_value(client));
        (void)fputs(" |", out);
        for (int phase = 0; phase < PHASE_COUNT; phase++) {
            const char *name = phase_name((enum phase)phase);
            const json_t *known =
                json_object_get(json_object_get(timers, json_string_value(client)), name);
            if (some_client_has(timers, name))
                fprintf(out, " %s |", known != NULL ? results_text(known, "timer") : "not judged");
        }
    }
    (void)fputs("\n\n", out);
    json_decref(timers);
}

/* ---- cells ---- */

static void put_row(FILE *out, const json_t *item, enum cell_class class)
{
    (void)fputs("| ", out);
    put_text(out, results_text(item, "id"));
    (void)fputs(" | ", out);
    put_text(out, results_text(item, "client"));
    (void)fputs(" | ", out);
    put_verdict(out, item);
    (void)fputs(" | ", out);
    put_text(out, results_text(item, class == CELL_KNOWN_GAP ? "known_gap" : "reason"));
    (void)fputs(" |\n", out);
}

static void put_class(FILE *out, const json_t *results, enum cell_class class)
{
    struct results_counts counts = results_count(results, NULL);
    const json_t *item;
    size_t i;
    int rows = 0;
    if (counts.of[class] == 0)
        return;
    fprintf(out,
            "<details%s><summary>%d %s</summary>\n\n| id | client | verdict | %s |\n"
            "|---|---|---|---|\n",
            class == CELL_UNEXPECTED ? " open" : "", counts.of[class],
            counts.of[class] == 1 ? cell_class_word(class) : cell_class_plural(class),
            class == CELL_KNOWN_GAP ? "known because" : "what happened");
    json_array_foreach(json_object_get(results, "cases"), i, item)
    {
        if (results_class(item) == class && rows++ < ROWS_MAX)
            put_row(out, item, class);
    }
    if (rows > ROWS_MAX)
        fprintf(out, "\n%d more are in the results.\n", rows - ROWS_MAX);
    (void)fputs("\n</details>\n\n", out);
}

enum err report_md_write(const char *path, const json_t *results, struct err_text *error)
{
    static const enum cell_class told[] = {CELL_UNEXPECTED, CELL_FLAKY, CELL_ERROR,
                                           CELL_INCONCLUSIVE, CELL_KNOWN_GAP};
    struct report_file file;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    json_t *ids, *clients;
    results_axes(results, &ids, &clients);
    put_head(file.out, results);
    if (json_array_size(clients) > 0) {
        put_clients(file.out, results, clients);
        put_timers(file.out, results, clients);
    }
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        put_class(file.out, results, told[i]);
    json_decref(ids);
    json_decref(clients);
    return report_file_close(&file, ERR_NONE, error);
}
