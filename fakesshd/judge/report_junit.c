#include "judge/report_junit.h"

#include "judge/report_file.h"

#include <stdbool.h>
#include <string.h>

/* XML 1.0 has no way to hold most control characters, not even escaped. */
static void put_text(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)(text != NULL ? text : ""); *at != 0;
         at++) {
        switch (*at) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            if (*at >= 0x20 && *at < 0x80)
                fputc(*at, out);
            else
                fprintf(out, *at == '\n' || *at == '\t' ? " " : "?");
        }
    }
}

static void put_case(FILE *out, const struct case_result *result)
{
    char verdict[VERDICT_TEXT_MAX];
    verdict_print(result->verdict, verdict);
    fputs("    <testcase classname=\"", out);
    put_text(out, result->client);
    fputs("\" name=\"", out);
    put_text(out, result->id);
    fprintf(out, "\" time=\"%.3f\"", (double)result->elapsed_max_ms / 1000);
    const char *element = NULL;
    if (result->verdict.state == CASE_SKIP)
        element = "skipped";
    else if (result->verdict.state != CASE_JUDGED)
        element = "error";
    else if (!result->as_expected)
        element = "failure";
    if (element == NULL) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n      <%s message=\"%s: ", element, verdict);
    put_text(out, result->reason);
    fputs("\">", out);
    put_text(out, result->repro);
    fprintf(out, "</%s>\n    </testcase>\n", element);
}

static bool is_first_of_client(const struct run_result *run, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(run->cases[i].client, run->cases[index].client) == 0)
            return false;
    }
    return true;
}

static void put_suite(FILE *out, const struct run_result *run, const char *client)
{
    int tests = 0, failures = 0, errors = 0, skipped = 0;
    for (size_t i = 0; i < run->case_count; i++) {
        const struct case_result *result = &run->cases[i];
        if (strcmp(result->client, client) != 0)
            continue;
        tests++;
        skipped += result->verdict.state == CASE_SKIP;
        errors += result->verdict.state == CASE_ERROR || result->verdict.state == CASE_INCONCLUSIVE;
        failures += result->verdict.state == CASE_JUDGED && !result->as_expected;
    }
    fputs("  <testsuite name=\"", out);
    put_text(out, client);
    fprintf(out, "\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n", tests, failures,
            errors, skipped);
    for (size_t i = 0; i < run->case_count; i++) {
        if (strcmp(run->cases[i].client, client) == 0)
            put_case(out, &run->cases[i]);
    }
    fputs("  </testsuite>\n", out);
}

enum err report_junit_write(const char *path, const struct run_result *run, struct err_text *error)
{
    struct report_file file;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"fakesshd\">\n", file.out);
    for (size_t i = 0; i < run->case_count; i++) {
        if (is_first_of_client(run, i))
            put_suite(file.out, run, run->cases[i].client);
    }
    if (!run->complete)
        fputs("  <!-- incomplete: not every case was judged -->\n", file.out);
    fputs("</testsuites>\n", file.out);
    return report_file_commit(&file, error);
}
