#include "judge/probe_findings.h"

#include "judge/clean_text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *asked, *expected, *advice;
} items[] = {
#define X(id, word, asked, expected, advice) {word, asked, expected, advice},
    PROBE_ITEMS(X)
#undef X
};

static const char *const marks[] = {
#define X(id, word) word,
    PROBE_MARKS(X)
#undef X
};

const char *probe_item_word(enum probe_item item)
{
    return items[item].word;
}

void probe_findings_set(struct probe_findings *findings, enum probe_item item, bool passed,
                        const char *format, ...)
{
    struct probe_finding *finding = &findings->items[item];
    va_list args;
    finding->mark = passed ? PROBE_PASSED : PROBE_FAILED;
    va_start(args, format);
    (void)vsnprintf(finding->came, sizeof finding->came, format, args);
    va_end(args);
}

void probe_findings_leave(struct probe_findings *findings, enum probe_item item, const char *why)
{
    findings->items[item].mark = PROBE_NOT_ASKED;
    (void)snprintf(findings->items[item].came, sizeof findings->items[item].came, "%s", why);
}

/* ---- for people ---- */

static void print_finding(const struct probe_finding *finding, int item, FILE *out)
{
    char *came = clean_line(finding->came);
    fprintf(out, "%-9s  %s\n", marks[finding->mark], items[item].word);
    if (finding->mark == PROBE_NOT_ASKED) {
        fprintf(out, "           %s\n", came);
    } else {
        fprintf(out, "           asked     %s\n", items[item].asked);
        fprintf(out, "           expected  %s\n", items[item].expected);
        fprintf(out, "           came      %s\n", came);
    }
    if (finding->mark == PROBE_FAILED)
        fprintf(out, "           to do     %s\n", items[item].advice);
    free(came);
}

static void print_stderr(const char *text, FILE *out)
{
    char *clean = clean_text(text);
    fprintf(out, "\nThe end of its standard error:\n");
    for (const char *at = clean; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        fprintf(out, "    %.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
    free(clean);
}

void probe_report_print(const struct probe_report *report, FILE *out)
{
    int failed = 0;
    size_t mistakes = report->conformance != NULL ? conformance_count(report->conformance) : 0;
    char *version = clean_line(report->version);
    for (int i = 0; i < PROBE_ITEM_COUNT; i++) {
        const struct probe_finding *finding = &report->findings->items[i];
        if (finding->mark == PROBE_NOT_ASKED && finding->came[0] == '\0')
            continue;
        print_finding(finding, i, out);
        failed += finding->mark == PROBE_FAILED;
    }
    if (mistakes > 0) {
        fprintf(out, "\nWhere its lines break the protocol:\n");
        conformance_print(report->conformance, out);
    }
    if (!report->trusted && report->stderr_text != NULL && report->stderr_text[0] != '\0')
        print_stderr(report->stderr_text, out);
    fprintf(out, "\n%s%s%s: %s", report->client, version[0] != '\0' ? " " : "", version,
            report->trusted ? "trusted" : "NOT TRUSTED");
    if (failed > 0)
        fprintf(out, ", %d step%s failed", failed, failed == 1 ? "" : "s");
    if (mistakes > 0)
        fprintf(out, ", %zu line%s against the protocol", mistakes, mistakes == 1 ? "" : "s");
    (void)fputc('\n', out);
    free(version);
}

/* ---- for programs ---- */

static json_t *clean_json(const char *text)
{
    if (text == NULL)
        return json_null();
    char *clean = clean_text(text);
    json_t *string = json_string(clean);
    free(clean);
    return string;
}

static json_t *steps_json(const struct probe_findings *findings)
{
    static const char *const verdicts[] = {"not_asked", "ok", "failed"};
    json_t *steps = json_array();
    for (int i = 0; i < PROBE_ITEM_COUNT; i++) {
        const struct probe_finding *finding = &findings->items[i];
        if (finding->mark == PROBE_NOT_ASKED && finding->came[0] == '\0')
            continue;
        json_t *advice = finding->mark == PROBE_FAILED ? json_string(items[i].advice) : json_null();
        (void)json_array_append_new(steps,
                                    json_pack("{s:s, s:s, s:s, s:o, s:s, s:o}", "step",
                                              items[i].word, "asked", items[i].asked, "expected",
                                              items[i].expected, "came", clean_json(finding->came),
                                              "verdict", verdicts[finding->mark], "to_do", advice));
    }
    return steps;
}

static json_t *mistakes_json(const struct conformance *conformance)
{
    json_t *list = json_array();
    const struct conformance_mistake *mistake;
    for (size_t i = 0;
         conformance != NULL && (mistake = conformance_mistake(conformance, i)) != NULL; i++)
        (void)json_array_append_new(list,
                                    json_pack("{s:i, s:s, s:s, s:s, s:o}", "line", mistake->line,
                                              "rule", conformance_rule_word(mistake->rule),
                                              "sentence", conformance_rule_sentence(mistake->rule),
                                              "section", conformance_rule_section(mistake->rule),
                                              "detail", clean_json(mistake->detail)));
    return list;
}

json_t *probe_report_json(const struct probe_report *report)
{
    size_t mistakes = report->conformance != NULL ? conformance_count(report->conformance) : 0;
    return json_pack("{s:i, s:s, s:o, s:b, s:o, s:I, s:o, s:o}", "schema", 1, "client",
                     report->client, "client_version", clean_json(report->version), "trusted",
                     report->trusted, "steps", steps_json(report->findings), "mistake_count",
                     (json_int_t)mistakes, "mistakes", mistakes_json(report->conformance),
                     "client_stderr", clean_json(report->stderr_text));
}
