#include "judge/report_github.h"

#include "judge/clean_text.h"
#include "judge/report_file.h"
#include "judge/results.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The runner shows ten of a kind for each step, and keeps some more. */
enum { ANNOTATIONS_MAX = 50 };

/* The runner's own escapes: '%' and line ends everywhere, ':' and ',' in a property too. */
static void put_text(FILE *out, const char *text, bool in_property)
{
    char *clean = clean_text(text);
    for (const char *at = clean; *at != '\0'; at++) {
        bool escaped =
            *at == '%' || *at == '\r' || *at == '\n' || (in_property && (*at == ':' || *at == ','));
        if (escaped)
            fprintf(out, "%%%02X", (unsigned)*at);
        else
            (void)fputc(*at, out);
    }
    free(clean);
}

/* The runner knows files by their path in the repository, where it starts its steps. */
static const char *beneath_here(const char *file)
{
    char here[PATH_MAX];
    size_t length = getcwd(here, sizeof here) != NULL ? strlen(here) : 0;
    bool is_beneath = length > 1 && strncmp(file, here, length) == 0 && file[length] == '/';
    return is_beneath ? file + length + 1 : file;
}

/* Where the runner should put it: the line that lists a gap, else the scenario. */
static void put_place(FILE *out, const json_t *item, const json_t *facts)
{
    const char *at = results_text(item, "known_gap_at"), *colon = strrchr(at, ':');
    char file[1024];
    (void)snprintf(file, sizeof file, "%.*s", colon != NULL ? (int)(colon - at) : 0, at);
    if (colon == NULL)
        (void)snprintf(file, sizeof file, "%s", results_text(facts, "file"));
    if (file[0] == '\0')
        return;
    (void)fputs("file=", out);
    put_text(out, beneath_here(file), true);
    if (colon != NULL)
        fprintf(out, ",line=%d", atoi(colon + 1));
    (void)fputc(',', out);
}

/* "error", "warning", or NULL: nothing is to be said. */
static const char *level_of(enum cell_class class)
{
    switch (class) {
    case CELL_UNEXPECTED:
    case CELL_ERROR:
        return "error";
    case CELL_FLAKY:
    case CELL_INCONCLUSIVE:
        return "warning";
    case CELL_OK:
    case CELL_KNOWN_GAP:
    case CELL_SKIPPED:
    case CELL_MISSING:
        break;
    }
    return NULL;
}

static void put_case(FILE *out, const char *level, const json_t *item, const json_t *facts)
{
    char title[RESULTS_VERDICT_MAX + 300], verdict[RESULTS_VERDICT_MAX];
    results_verdict_print(item, verdict);
    (void)snprintf(title, sizeof title, "%s %s, %.100s", verdict, results_text(item, "id"),
                   results_text(item, "client"));
    fprintf(out, "::%s ", level);
    put_place(out, item, facts);
    (void)fputs("title=", out);
    put_text(out, title, true);
    (void)fputs("::", out);
    put_text(out, results_text(item, "reason"), false);
    if (results_text(item, "repro")[0] != '\0') {
        (void)fputs("%0Aagain: ", out);
        put_text(out, results_text(item, "repro"), false);
    }
    (void)fputc('\n', out);
}

enum err report_github_write(const char *path, const json_t *results, struct err_text *error)
{
    const json_t *scenarios = json_object_get(results, "scenarios"), *item;
    struct results_counts counts = results_count(results, NULL);
    char text[RESULTS_COUNTS_MAX];
    struct report_file file;
    size_t i;
    int put = 0;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    results_counts_print(&counts, text);
    fprintf(file.out, "::notice title=fakesshd::%s\n", text);
    if (!json_is_true(json_object_get(results, "complete"))) {
        (void)fputs("::error title=fakesshd is incomplete::not every case was judged: ", file.out);
        put_text(file.out, results_text(results, "incomplete_why"), false);
        (void)fputc('\n', file.out);
    }
    json_array_foreach(json_object_get(results, "cases"), i, item)
    {
        const char *level = level_of(results_class(item));
        if (level != NULL && put++ < ANNOTATIONS_MAX)
            put_case(file.out, level, item, json_object_get(scenarios, results_text(item, "id")));
    }
    if (put > ANNOTATIONS_MAX)
        fprintf(file.out, "::warning title=fakesshd::%d more are in the results\n",
                put - ANNOTATIONS_MAX);
    return report_file_close(&file, ERR_NONE, error);
}
