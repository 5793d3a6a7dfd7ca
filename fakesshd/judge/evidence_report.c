/* Evidence as it is told: a summary, groups of equal stacks, and a file. */
#include "judge/evidence.h"

#include "judge/clean_text.h"
#include "judge/report_file.h"
#include "judge/stacks.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { GROUPS_MAX = 20, SUMMARY_MAX = 600 };

/* One object a line. What was cut short is left out. */
static json_t *read_inspections(const struct evidence *evidence)
{
    json_t *list = json_array();
    const char *line = evidence->text != NULL ? evidence->text : "";
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        json_t *inspection = json_loadb(line, length, 0, NULL);
        if (json_is_object(inspection))
            (void)json_array_append(list, inspection);
        json_decref(inspection);
        line += length + (line[length] == '\n');
    }
    return list;
}

/* ---- the runtime's own dump ---- */

static json_t *clean_json(const char *text)
{
    char *clean = clean_line(text);
    json_t *string = json_string(clean);
    free(clean);
    return string;
}

static json_t *dump_groups(const char *dump, char *summary, size_t size, FILE *out)
{
    json_t *list = json_array();
    struct stacks stacks = {0};
    struct stack_group *groups = NULL;
    bool good = stacks_read_dump(&stacks, dump);
    bool is_go = strstr(dump, "goroutine ") != NULL;
    size_t count = stacks_group(&stacks, &groups);
    fprintf(out, "\n== the runtime's own dump, equal stacks together\n");
    for (size_t i = 0; i < count && i < GROUPS_MAX; i++) {
        const struct stack *sample = groups[i].sample;
        fprintf(out, "\n%zu %s%s%s%s%s\n", groups[i].count, is_go ? "goroutine" : "thread",
                groups[i].count == 1 ? "" : "s, same stack", sample->state != NULL ? " [" : "",
                sample->state != NULL ? sample->state : "", sample->state != NULL ? "]" : "");
        for (const char *frame = sample->frames; *frame != '\0';) {
            size_t length = strcspn(frame, "\n");
            fprintf(out, "    %.*s\n", (int)length, frame);
            frame += length + (frame[length] == '\n');
        }
        (void)json_array_append_new(list,
                                    json_pack("{s:I, s:o}", "count", (json_int_t)groups[i].count,
                                              "stack", clean_json(sample->frames)));
    }
    if (good)
        stacks_summarize(stacks_most_telling(groups, count), is_go ? "goroutine" : "thread",
                         summary, size);
    free(groups);
    stacks_fini(&stacks);
    return list;
}

/* ---- the file ---- */

/* "ident/silent", "wrong/dial-only": FOLDER/ident_silent.wrong_dial-only.txt; of a third repeat
 * ident_silent.wrong_dial-only.3.txt */
static char *file_name(const char *folder, const struct case_result *result)
{
    char *name = NULL, number[16] = "";
    if (result->repetition > 0)
        (void)snprintf(number, sizeof number, ".%d", result->repetition);
    if (asprintf(&name, "%s/%s.%s%s.txt", folder, result->id, result->client, number) < 0)
        abort();
    for (char *at = name + strlen(folder) + 1; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) && strchr("._-", *at) == NULL)
            *at = '_';
    }
    return name;
}

/* NULL when it cannot be written; that is said, and the run goes on. */
static char *write_file(const char *folder, const struct case_result *result, const char *text)
{
    struct report_file file;
    struct err_text error = {""};
    char *name = file_name(folder, result);
    bool good = mkdir(folder, 0777) == 0 || errno == EEXIST;
    if (good)
        good = report_file_open(&file, name, &error) == ERR_NONE;
    if (good) {
        (void)fputs(text, file.out);
        good = report_file_close(&file, ERR_NONE, &error) == ERR_NONE;
    }
    if (good)
        return name;
    fprintf(stderr, "fakesshd run: no evidence is written to %s: %s\n", name,
            error.text[0] != '\0' ? error.text : strerror(errno));
    free(name);
    return NULL;
}

static void put_text(FILE *out, const json_t *inspections)
{
    json_t *inspection;
    size_t i;
    json_array_foreach(inspections, i, inspection)
    {
        const char *text = json_string_value(json_object_get(inspection, "text"));
        fprintf(out, "\n%s", text != NULL ? text : "");
    }
}

void evidence_report(const struct evidence *evidence, const struct evidence_case *of,
                     struct case_result *result)
{
    char summary[SUMMARY_MAX] = "", *text = NULL;
    size_t size = 0;
    json_t *inspections = read_inspections(evidence), *inspection, *dump = NULL;
    size_t i;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    fprintf(out, "%s against %s: %s\n%s\n", result->client, result->id, of->verdict,
            result->reason != NULL ? result->reason : "");
    if (json_array_size(inspections) > 0)
        (void)snprintf(
            summary, sizeof summary, "%s",
            json_string_value(json_object_get(json_array_get(inspections, 0), "summary")));
    if (of->dump != NULL)
        dump = dump_groups(of->dump, summary, sizeof summary, out);
    put_text(out, inspections);
    if (of->dump != NULL)
        fprintf(out, "\n== the runtime's own dump, as it came\n\n%s\n", of->dump);
    (void)fclose(out);
    result->evidence_summary = strdup(summary);
    if (of->folder != NULL)
        result->evidence_file = write_file(of->folder, result, text);
    free(text);
    /* The text is in the file; results need not hold it twice. */
    json_array_foreach(inspections, i, inspection)(void) json_object_del(inspection, "text");
    result->evidence = json_pack(
        "{s:o, s:s, s:o, s:o}", "file",
        result->evidence_file != NULL ? json_string(result->evidence_file) : json_null(), "summary",
        summary, "processes", inspections, "dump", dump != NULL ? dump : json_null());
}
