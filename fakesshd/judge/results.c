#include "judge/results.h"

#include "judge/report_json.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *word, *plural, *sentence;
} classes[] = {
#define X(id, word, plural, sentence) {word, plural, sentence},
    CELL_CLASSES(X)
#undef X
};

const char *cell_class_word(enum cell_class class)
{
    return classes[class].word;
}

const char *cell_class_plural(enum cell_class class)
{
    return classes[class].plural;
}

const char *cell_class_sentence(enum cell_class class)
{
    return classes[class].sentence;
}

const char *results_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* ---- reading ---- */

static const char *type_word(const json_t *value)
{
    if (value == NULL)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a truth value";
    case JSON_NULL:
        break;
    }
    return "null";
}

static enum err check_case(const json_t *item, size_t index, const char *name,
                           struct err_text *error)
{
    const json_t *verdict = json_object_get(item, "verdict");
    const json_t *cleanup = json_object_get(verdict, "cleanup"), *word;
    size_t i;
    const struct {
        const char *what;
        const json_t *value;
        bool well;
    } needs[] = {
        {"id", json_object_get(item, "id"), json_is_string(json_object_get(item, "id"))},
        {"client", json_object_get(item, "client"),
         json_is_string(json_object_get(item, "client"))},
        {"verdict.deadline", json_object_get(verdict, "deadline"),
         json_is_string(json_object_get(verdict, "deadline"))},
        {"verdict.cleanup", cleanup, json_is_array(cleanup)},
        {"as_expected", json_object_get(item, "as_expected"),
         json_is_boolean(json_object_get(item, "as_expected"))},
    };
    for (i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (!needs[i].well)
            return err_set(error, ERR_INPUT,
                           "%s: case %zu: %s is %s: these are no results of fakesshd", name,
                           index + 1, needs[i].what, type_word(needs[i].value));
    }
    json_array_foreach(cleanup, i, word)
    {
        if (!json_is_string(word))
            return err_set(error, ERR_INPUT, "%s: case %zu: verdict.cleanup holds %s, not words",
                           name, index + 1, type_word(word));
    }
    return ERR_NONE;
}

enum err results_check(const json_t *results, const char *name, struct err_text *error)
{
    const json_t *schema = json_object_get(results, "schema"), *item;
    const json_t *cases = json_object_get(results, "cases");
    if (!json_is_integer(schema) || !json_is_array(cases) ||
        !json_is_boolean(json_object_get(results, "complete")))
        return err_set(
            error, ERR_INPUT,
            "%s: expected results of fakesshd, an object with schema, complete and cases", name);
    if (json_integer_value(schema) != REPORT_JSON_SCHEMA)
        return err_set(error, ERR_INPUT, "%s: these are results of schema %lld, expected %d", name,
                       (long long)json_integer_value(schema), REPORT_JSON_SCHEMA);
    size_t i;
    enum err failed = ERR_NONE;
    json_array_foreach(cases, i, item)
    {
        failed = check_case(item, i, name, error);
        if (failed != ERR_NONE)
            break;
    }
    return failed;
}

enum err results_read(const char *path, json_t **results, struct err_text *error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    json_error_t wrong;
    *results = NULL;
    FILE *in = is_stdin ? stdin : fopen(path, "re");
    if (in == NULL)
        return err_set_errno(error, "cannot read %s", path);
    json_t *read = json_loadf(in, JSON_REJECT_DUPLICATES, &wrong);
    if (!is_stdin)
        (void)fclose(in);
    if (read == NULL)
        return err_set(error, ERR_INPUT, "%s:%d: %s", name, wrong.line, wrong.text);
    enum err failed = results_check(read, name, error);
    if (failed == ERR_NONE)
        *results = read;
    else
        json_decref(read);
    return failed;
}

/* ---- asking ---- */

void results_verdict_print(const json_t *item, char text[RESULTS_VERDICT_MAX])
{
    const json_t *verdict = json_object_get(item, "verdict"), *word;
    const char *deadline = results_text(verdict, "deadline");
    size_t i, used = 0;
    json_array_foreach(json_object_get(verdict, "cleanup"), i, word)
    {
        if (strcmp(json_string_value(word), "OK") == 0 || used >= RESULTS_VERDICT_MAX)
            continue;
        if (used == 0 && strcmp(deadline, "OK") != 0)
            used = (size_t)snprintf(text, RESULTS_VERDICT_MAX, "%s", deadline);
        if (used < RESULTS_VERDICT_MAX)
            used += (size_t)snprintf(text + used, RESULTS_VERDICT_MAX - used, "%s%s",
                                     used > 0 ? "+" : "", json_string_value(word));
    }
    const json_t *flaky = json_object_get(verdict, "flaky");
    if (used == 0 && flaky != NULL)
        (void)snprintf(text, RESULTS_VERDICT_MAX, "%s(%lld/%lld)", deadline,
                       (long long)json_integer_value(json_object_get(flaky, "k")),
                       (long long)json_integer_value(json_object_get(flaky, "n")));
    else if (used == 0)
        (void)snprintf(text, RESULTS_VERDICT_MAX, "%s", deadline);
}

enum cell_class results_class(const json_t *item)
{
    static const struct {
        const char *word;
        enum cell_class class;
    } states[] = {{"SKIP", CELL_SKIPPED},
                  {"INCONCLUSIVE", CELL_INCONCLUSIVE},
                  {"ERROR", CELL_ERROR},
                  {"FLAKY", CELL_FLAKY}};
    const char *word = results_text(json_object_get(item, "verdict"), "deadline");
    bool as_expected = json_is_true(json_object_get(item, "as_expected"));
    bool known = as_expected && json_is_string(json_object_get(item, "known_gap"));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strcmp(word, states[i].word) != 0)
            continue;
        /* It is listed as failing, and was not asked. */
        if (states[i].class == CELL_SKIPPED && !as_expected)
            return CELL_UNEXPECTED;
        return known ? CELL_KNOWN_GAP : states[i].class;
    }
    return !as_expected ? CELL_UNEXPECTED : known ? CELL_KNOWN_GAP : CELL_OK;
}

/* Those with facts were to be judged, whether there is a case of them or not. */
static json_t *names_of(const json_t *results, const char *facts, const char *key)
{
    json_t *seen = json_object(), *names = json_array(), *item, *value;
    const char *name;
    size_t i;
    json_object_foreach(json_object_get(results, facts), name, value)(void)
        json_object_set_new(seen, name, json_true());
    json_array_foreach(json_object_get(results, "cases"), i, item)(void)
        json_object_set_new(seen, results_text(item, key), json_true());
    json_object_foreach(seen, name, value)(void) json_array_append_new(names, json_string(name));
    json_decref(seen);
    return names;
}

void results_axes(const json_t *results, json_t **ids, json_t **clients)
{
    *ids = names_of(results, "scenarios", "id");
    *clients = names_of(results, "clients", "client");
}

struct results_counts results_count(const json_t *results, const char *client)
{
    struct results_counts counts = {{0}, 0};
    json_t *ids, *clients, *item;
    size_t i;
    results_axes(results, &ids, &clients);
    json_array_foreach(json_object_get(results, "cases"), i, item)
    {
        if (client != NULL && strcmp(results_text(item, "client"), client) != 0)
            continue;
        counts.of[results_class(item)]++;
        counts.all++;
    }
    int cells = (int)(json_array_size(ids) * (client != NULL ? 1 : json_array_size(clients)));
    if (cells > counts.all) {
        counts.of[CELL_MISSING] = cells - counts.all;
        counts.all = cells;
    }
    json_decref(ids);
    json_decref(clients);
    return counts;
}

void results_counts_print(const struct results_counts *counts, char text[RESULTS_COUNTS_MAX])
{
    int used =
        snprintf(text, RESULTS_COUNTS_MAX, "%s", counts->all == 0 ? "nothing was judged" : "");
    for (int i = 0; i < CELL_CLASS_COUNT; i++) {
        if (counts->of[i] > 0 && used < RESULTS_COUNTS_MAX)
            used += snprintf(text + used, (size_t)(RESULTS_COUNTS_MAX - used), "%s%d %s",
                             used > 0 ? ", " : "", counts->of[i],
                             counts->of[i] == 1 ? classes[i].word : classes[i].plural);
    }
}
