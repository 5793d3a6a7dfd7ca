#include "judge/report_tap.h"

#include "judge/clean_text.h"
#include "judge/json_text.h"
#include "judge/report_file.h"
#include "judge/results.h"

#include <stdio.h>
#include <stdlib.h>

/* In a description, and in the reason of a directive, '#' would begin a directive. */
static void put_text(FILE *out, const char *text)
{
    char *line = clean_line(text);
    for (const char *at = line; *at != '\0'; at++) {
        if (*at == '#' || *at == '\\')
            (void)fputc('\\', out);
        (void)fputc(*at, out);
    }
    free(line);
}

/* A text of JSON is one of YAML, too, when no line separator of Unicode stands in it as it is. */
static void put_field(FILE *out, const char *key, const char *text)
{
    json_t *string = json_text(text);
    char *quoted = json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    if (text[0] != '\0' && quoted != NULL)
        fprintf(out, "  %s: %s\n", key, quoted);
    free(quoted);
    json_decref(string);
}

static void put_diagnostics(FILE *out, const json_t *item, enum cell_class class)
{
    char verdict[RESULTS_VERDICT_MAX];
    results_verdict_print(item, verdict);
    (void)fputs("  ---\n", out);
    put_field(out, "message", results_text(item, "reason"));
    put_field(out, "severity", class == CELL_KNOWN_GAP ? "todo" : "fail");
    put_field(out, "class", cell_class_word(class));
    put_field(out, "verdict", verdict);
    put_field(out, "again", results_text(item, "repro"));
    put_field(out, "stderr", results_text(item, "client_stderr"));
    (void)fputs("  ...\n", out);
}

static void put_case(FILE *out, const json_t *item, size_t number)
{
    enum cell_class class = results_class(item);
    bool well = class == CELL_OK || class == CELL_SKIPPED;
    fprintf(out, "%sok %zu - ", well ? "" : "not ", number);
    put_text(out, results_text(item, "id"));
    (void)fputs(", ", out);
    put_text(out, results_text(item, "client"));
    if (class == CELL_SKIPPED) {
        (void)fputs(" # SKIP ", out);
        put_text(out, results_text(item, "reason"));
    } else if (class == CELL_KNOWN_GAP) {
        (void)fputs(" # TODO ", out);
        put_text(out, results_text(item, "known_gap"));
    }
    (void)fputc('\n', out);
    if (!well)
        put_diagnostics(out, item, class);
}

enum err report_tap_write(const char *path, const json_t *results, struct err_text *error)
{
    const json_t *cases = json_object_get(results, "cases"), *item;
    bool complete = json_is_true(json_object_get(results, "complete"));
    size_t count = json_array_size(cases), i;
    struct report_file file;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    fprintf(file.out, "TAP version 14\n1..%zu\n# ", count + !complete);
    put_text(file.out, results_text(results, "tool"));
    (void)fputs(" on ", file.out);
    put_text(file.out, results_text(results, "host"));
    (void)fputc('\n', file.out);
    json_array_foreach(cases, i, item) put_case(file.out, item, i + 1);
    if (!complete) {
        fprintf(file.out, "not ok %zu - the run came to its end\n  ---\n", count + 1);
        put_field(file.out, "message", results_text(results, "incomplete_why"));
        put_field(file.out, "severity", "fail");
        (void)fputs("  ...\n", file.out);
    }
    return report_file_close(&file, ERR_NONE, error);
}
