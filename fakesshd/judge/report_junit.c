#include "judge/report_junit.h"

#include "judge/clean_text.h"
#include "judge/report_file.h"
#include "judge/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* XML 1.0 has no way to hold most control characters, not even escaped: they go. */
static void put_text(FILE *out, const char *text)
{
    char *clean = clean_text(text);
    for (const char *at = clean; *at != '\0'; at++) {
        switch (*at) {
        case '&':
            (void)fputs("&amp;", out);
            break;
        case '<':
            (void)fputs("&lt;", out);
            break;
        case '>':
            (void)fputs("&gt;", out);
            break;
        case '"':
            (void)fputs("&quot;", out);
            break;
        case '\n': /* an attribute would lose it */
            (void)fputs("&#10;", out);
            break;
        default:
            (void)fputc(*at, out);
        }
    }
    free(clean);
}

/* NULL: it is as expected. */
static const char *element_of(const json_t *item)
{
    switch (results_class(item)) {
    case CELL_OK:
    case CELL_KNOWN_GAP:
        return NULL;
    case CELL_UNEXPECTED:
    case CELL_FLAKY:
        return "failure";
    case CELL_INCONCLUSIVE:
    case CELL_ERROR:
        return "error";
    case CELL_SKIPPED:
    case CELL_MISSING:
        break;
    }
    return "skipped";
}

static void put_problem(FILE *out, const char *element, const json_t *item)
{
    char verdict[RESULTS_VERDICT_MAX];
    results_verdict_print(item, verdict);
    fprintf(out, "      <%s type=\"", element);
    put_text(out, verdict);
    (void)fputs("\" message=\"", out);
    put_text(out, verdict);
    (void)fputs(": ", out);
    put_text(out, results_text(item, "reason"));
    if (results_text(item, "stale_why")[0] != '\0') {
        (void)fputs("; ", out);
        put_text(out, results_text(item, "stale_why"));
    }
    (void)fputs("\">", out);
    put_text(out, results_text(item, "repro"));
    fprintf(out, "</%s>\n", element);
}

static double seconds_of(const json_t *item)
{
    return json_number_value(json_object_get(json_object_get(item, "elapsed_ms"), "max")) / 1000;
}

static void put_case(FILE *out, const json_t *item)
{
    const char *element = element_of(item), *words = results_text(item, "client_stderr");
    const char *gap = results_text(item, "known_gap");
    (void)fputs("    <testcase classname=\"", out);
    put_text(out, results_text(item, "client"));
    (void)fputs("\" name=\"", out);
    put_text(out, results_text(item, "id"));
    fprintf(out, "\" time=\"%.3f\"", seconds_of(item));
    if (element == NULL && gap[0] == '\0') {
        (void)fputs("/>\n", out);
        return;
    }
    (void)fputs(">\n", out);
    if (element != NULL)
        put_problem(out, element, item);
    if (element == NULL) {
        char verdict[RESULTS_VERDICT_MAX];
        results_verdict_print(item, verdict);
        (void)fputs("      <system-out>known gap, ", out);
        put_text(out, verdict);
        (void)fputs(": ", out);
        put_text(out, gap);
        (void)fputs("</system-out>\n", out);
    }
    if (element != NULL && words[0] != '\0') {
        (void)fputs("      <system-err>", out);
        put_text(out, words);
        (void)fputs("</system-err>\n", out);
    }
    (void)fputs("    </testcase>\n", out);
}

/* Of a client's cases alone: what the schema calls a property, and CI systems show. */
static void put_properties(FILE *out, const json_t *results, const char *client)
{
    const json_t *facts = json_object_get(json_object_get(results, "clients"), client);
    const struct {
        const char *name, *value;
    } properties[] = {{"tool", results_text(results, "tool")},
                      {"host", results_text(results, "host")},
                      {"client.version", results_text(facts, "version")}};
    (void)fputs("    <properties>\n", out);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        fprintf(out, "      <property name=\"%s\" value=\"", properties[i].name);
        put_text(out, properties[i].value);
        (void)fputs("\"/>\n", out);
    }
    (void)fputs("    </properties>\n", out);
}

static void put_suite(FILE *out, const json_t *results, const char *client)
{
    int tests = 0, failures = 0, errors = 0, skipped = 0;
    double seconds = 0;
    const json_t *cases = json_object_get(results, "cases"), *item;
    size_t i;
    json_array_foreach(cases, i, item)
    {
        if (strcmp(results_text(item, "client"), client) != 0)
            continue;
        const char *element = element_of(item);
        tests++;
        seconds += seconds_of(item);
        failures += element != NULL && strcmp(element, "failure") == 0;
        errors += element != NULL && strcmp(element, "error") == 0;
        skipped += element != NULL && strcmp(element, "skipped") == 0;
    }
    (void)fputs("  <testsuite name=\"", out);
    put_text(out, client);
    fprintf(out, "\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%.3f\">\n",
            tests, failures, errors, skipped, seconds);
    put_properties(out, results, client);
    json_array_foreach(cases, i, item)
    {
        if (strcmp(results_text(item, "client"), client) == 0)
            put_case(out, item);
    }
    (void)fputs("  </testsuite>\n", out);
}

static void put_incomplete(FILE *out, const json_t *results)
{
    (void)fputs(
        "  <testsuite name=\"fakesshd\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
        "    <testcase classname=\"fakesshd\" name=\"the run came to its end\" time=\"0\">\n"
        "      <error type=\"INCOMPLETE\" message=\"not every case was judged: ",
        out);
    put_text(out, results_text(results, "incomplete_why"));
    (void)fputs("\"/>\n    </testcase>\n  </testsuite>\n", out);
}

enum err report_junit_write(const char *path, const json_t *results, struct err_text *error)
{
    struct report_file file;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    json_t *ids, *clients, *client;
    size_t i;
    results_axes(results, &ids, &clients);
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"fakesshd\">\n",
                file.out);
    json_array_foreach(clients, i, client) put_suite(file.out, results, json_string_value(client));
    if (!json_is_true(json_object_get(results, "complete")))
        put_incomplete(file.out, results);
    (void)fputs("</testsuites>\n", file.out);
    json_decref(ids);
    json_decref(clients);
    return report_file_close(&file, ERR_NONE, error);
}
