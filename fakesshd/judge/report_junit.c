#include "judge/report_junit.h"

#include "judge/clean_text.h"
#include "judge/report_file.h"

#include <stdbool.h>
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

static const char *element_of(const struct case_result *result)
{
    switch (result->verdict.state) {
    case CASE_SKIP:
        return result->as_expected ? "skipped" : "failure";
    case CASE_INCONCLUSIVE:
    case CASE_ERROR:
        return "error";
    case CASE_JUDGED:
    case CASE_FLAKY:
        break;
    }
    return result->as_expected ? NULL : "failure";
}

static void put_problem(FILE *out, const char *element, const struct case_result *result)
{
    char verdict[VERDICT_TEXT_MAX];
    verdict_print(result->verdict, verdict);
    fprintf(out, "      <%s type=\"%s\" message=\"%s: ", element, verdict, verdict);
    put_text(out, result->reason);
    if (result->stale_why != NULL) {
        (void)fputs("; ", out);
        put_text(out, result->stale_why);
    }
    (void)fputs("\">", out);
    put_text(out, result->repro);
    fprintf(out, "</%s>\n", element);
    if (result->client_stderr == NULL)
        return;
    (void)fputs("      <system-err>", out);
    put_text(out, result->client_stderr);
    (void)fputs("</system-err>\n", out);
}

static void put_case(FILE *out, const struct case_result *result)
{
    const char *element = element_of(result);
    (void)fputs("    <testcase classname=\"", out);
    put_text(out, result->client);
    (void)fputs("\" name=\"", out);
    put_text(out, result->id);
    fprintf(out, "\" time=\"%.3f\"", (double)result->elapsed_max_ms / 1000);
    if (element == NULL) {
        (void)fputs("/>\n", out);
        return;
    }
    (void)fputs(">\n", out);
    put_problem(out, element, result);
    (void)fputs("    </testcase>\n", out);
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
        if (strcmp(run->cases[i].client, client) != 0)
            continue;
        const char *element = element_of(&run->cases[i]);
        tests++;
        failures += element != NULL && strcmp(element, "failure") == 0;
        errors += element != NULL && strcmp(element, "error") == 0;
        skipped += element != NULL && strcmp(element, "skipped") == 0;
    }
    (void)fputs("  <testsuite name=\"", out);
    put_text(out, client);
    fprintf(out, "\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n", tests, failures,
            errors, skipped);
    for (size_t i = 0; i < run->case_count; i++) {
        if (strcmp(run->cases[i].client, client) == 0)
            put_case(out, &run->cases[i]);
    }
    (void)fputs("  </testsuite>\n", out);
}

static void put_incomplete(FILE *out, const struct run_result *run)
{
    (void)fputs(
        "  <testsuite name=\"fakesshd\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
        "    <testcase classname=\"fakesshd\" name=\"the run came to its end\" time=\"0\">\n"
        "      <error type=\"INCOMPLETE\" message=\"not every case was judged: ",
        out);
    put_text(out, run->incomplete_why);
    (void)fputs("\"/>\n    </testcase>\n  </testsuite>\n", out);
}

enum err report_junit_write(const char *path, const struct run_result *run, struct err_text *error)
{
    struct report_file file;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"fakesshd\">\n",
                file.out);
    for (size_t i = 0; i < run->case_count; i++) {
        if (is_first_of_client(run, i))
            put_suite(file.out, run, run->cases[i].client);
    }
    if (!run->complete)
        put_incomplete(file.out, run);
    (void)fputs("</testsuites>\n", file.out);
    return report_file_close(&file, ERR_NONE, error);
}
