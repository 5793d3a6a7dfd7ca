/* The page is a template with places for its style, its program and its data. The data are JSON in
 * a script element that no browser executes, with every '<' written as an escape: whatever a client
 * wrote on its stderr, it cannot end the element. What may be executed is named by its hash. */
#include "judge/report_html.h"

#include "base/base64.h"
#include "base/fault_kind.h"
#include "base/phase.h"
#include "judge/report/page.h"
#include "judge/report_file.h"
#include "judge/results.h"
#include "judge/timer_semantics.h"
#include "judge/verdict.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* Of a case that is as it should be nobody reads everything, and there may be ten thousand. */
enum { TIMELINE_OF_OK = 20 };

/* ---- what the page is made from ---- */

/* The words of every closed list with their sentences, so that the page has none of its own. */
static json_t *words_json(void)
{
    json_t *words = json_object(), *list;
#define X(id, word, sentence) \
    (void)json_array_append_new(list, json_pack("[s, s]", word, sentence));
    (void)json_object_set_new(words, "deadline", list = json_array());
    DEADLINE_VERDICTS(X)
    (void)json_object_set_new(words, "cleanup", list = json_array());
    CLEANUP_VERDICTS(X)
    (void)json_object_set_new(words, "states", list = json_array());
    CASE_STATES(X)
    (void)json_object_set_new(words, "timers", list = json_array());
    TIMER_SEMANTICS(X)
    (void)json_object_set_new(words, "stimuli", list = json_array());
    STIMULI(X)
#undef X
    (void)json_object_set_new(words, "classes", list = json_array());
    for (int i = 0; i < CELL_CLASS_COUNT; i++)
        (void)json_array_append_new(list,
                                    json_pack("[s, s, s]", cell_class_word((enum cell_class)i),
                                              cell_class_sentence((enum cell_class)i),
                                              cell_class_plural((enum cell_class)i)));
    (void)json_object_set_new(words, "phases", list = json_array());
    for (int i = 0; i < PHASE_COUNT; i++)
        (void)json_array_append_new(
            list, json_pack("[s, s]", phase_name((enum phase)i), phase_sentence((enum phase)i)));
    (void)json_object_set_new(words, "kinds", list = json_array());
    for (int i = 0; i < FAULT_KIND_COUNT; i++)
        (void)json_array_append_new(list, json_pack("[s, s]", fault_kind_name((enum fault_kind)i),
                                                    fault_kind_sentence((enum fault_kind)i)));
    return words;
}

/* [ms, who, what]: one list instead of many objects with the same keys. */
static json_t *slim_timeline(const json_t *timeline, size_t most)
{
    json_t *list = json_array(), *entry;
    size_t i;
    json_array_foreach(timeline, i, entry)
    {
        if (i < most)
            (void)json_array_append_new(
                list, json_pack("[O?, O?, O?]", json_object_get(entry, "at_ms"),
                                json_object_get(entry, "who"), json_object_get(entry, "text")));
    }
    return list;
}

static json_t *pick(const json_t *object, const char *const *keys, size_t count)
{
    json_t *picked = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(object, keys[i]);
        if (value != NULL)
            (void)json_object_set(picked, keys[i], value);
    }
    return picked;
}

static json_t *slim_growth(json_t *growth)
{
    static const char *const keys[] = {"verdict",        "per_task", "limit",        "limit_name",
                                       "tasks_to_limit", "series",   "per_hung_call"};
    json_t *slim = json_object(), *counter;
    const char *name;
    json_object_foreach(growth, name, counter)(void)
        json_object_set_new(slim, name, pick(counter, keys, sizeof keys / sizeof *keys));
    return slim;
}

/* What the page shows of a case. Buckets say what each task's time would. */
static json_t *slim_case(json_t *item)
{
    static const char *const keys[] = {
        "id",          "client",    "client_version", "deadline_ms",   "expected", "verdict",
        "as_expected", "known_gap", "known_gap_at",   "tasks",         "hung",     "elapsed_ms",
        "witness",     "reason",    "repro",          "client_stderr", "evidence", "window",
        "outcomes",    "overshoot", "noise",          "first",         "repeats",  "stale",
        "controls",    "soak"};
    enum cell_class class = results_class(item);
    json_t *slim = pick(item, keys, sizeof keys / sizeof *keys);
    const json_t *timeline = json_object_get(item, "timeline");
    size_t length = json_array_size(timeline);
    size_t most = class == CELL_OK && length > TIMELINE_OF_OK ? TIMELINE_OF_OK : length;
    json_int_t dropped = json_integer_value(json_object_get(item, "timeline_dropped"));
    (void)json_object_set_new(slim, "class", json_integer((json_int_t) class));
    (void)json_object_set_new(slim, "growth", slim_growth(json_object_get(item, "growth")));
    (void)json_object_set_new(slim, "timeline", slim_timeline(timeline, most));
    (void)json_object_set_new(slim, "timeline_dropped",
                              json_integer(dropped + (json_int_t)(length - most)));
    return slim;
}

static json_t *page_data(const json_t *results)
{
    json_t *slim = json_object(), *cases = json_array(), *item, *value;
    const char *key;
    size_t i;
    json_array_foreach(json_object_get(results, "cases"), i, item)(void)
        json_array_append_new(cases, slim_case(item));
    json_object_foreach((json_t *)(uintptr_t)results, key, value)(void)
        json_object_set(slim, key, value);
    (void)json_object_set_new(slim, "cases", cases);
    return json_pack("{s:o, s:o, s:o}", "words", words_json(), "timers",
                     timer_semantics_json(results), "results", slim);
}

/* ---- putting it together ---- */

static int put_escaped(const char *text, size_t length, void *out)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '<')
            (void)fputs("\\u003c", out);
        else
            (void)fputc(text[i], out);
    }
    return ferror((FILE *)out) != 0 ? -1 : 0;
}

/* "sha256-…" of a style or a program, as a content security policy names it. */
static void put_hash(FILE *out, const unsigned char *source)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (EVP_Digest(source, strlen((const char *)source), hash, &length, EVP_sha256(), NULL) != 1)
        abort();
    char *encoded = base64_encode(hash, length);
    fprintf(out, "'sha256-%s'", encoded);
    free(encoded);
}

/* For those who have scripts switched off, and for a page that is read as text. */
static void put_counts(FILE *out, const json_t *results)
{
    struct results_counts counts = results_count(results, NULL);
    char text[RESULTS_COUNTS_MAX];
    results_counts_print(&counts, text);
    fprintf(out, "<li>%s</li>\n", text);
    if (!json_is_true(json_object_get(results, "complete")))
        (void)fputs("<li>The run is incomplete: not every case was judged.</li>\n", out);
}

static void put_part(FILE *out, const char *name, size_t length, const json_t *results)
{
    if (length == 3 && strncmp(name, "CSS", length) == 0)
        (void)fputs((const char *)page_css, out);
    else if (length == 2 && strncmp(name, "JS", length) == 0)
        (void)fputs((const char *)page_js, out);
    else if (length == 8 && strncmp(name, "CSS-HASH", length) == 0)
        put_hash(out, page_css);
    else if (length == 7 && strncmp(name, "JS-HASH", length) == 0)
        put_hash(out, page_js);
    else if (length == 6 && strncmp(name, "COUNTS", length) == 0)
        put_counts(out, results);
    else if (length == 4 && strncmp(name, "DATA", length) == 0) {
        json_t *data = page_data(results);
        (void)json_dump_callback(data, put_escaped, out, JSON_COMPACT);
        json_decref(data);
    }
}

/* The template's places look like @NAME@; nothing else in it has an @. */
static void put_page(FILE *out, const json_t *results)
{
    const char *at = (const char *)page_html;
    while (*at != '\0') {
        size_t text = strcspn(at, "@");
        (void)fwrite(at, 1, text, out);
        at += text;
        if (*at == '\0')
            break;
        size_t name = strcspn(at + 1, "@");
        put_part(out, at + 1, name, results);
        at += name + 2;
    }
}

enum err report_html_write(const char *path, const json_t *results, struct err_text *error)
{
    struct report_file file;
    enum err failed = results_check(results, "the page's data", error);
    if (failed == ERR_NONE)
        failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    put_page(file.out, results);
    return report_file_close(&file, ERR_NONE, error);
}
