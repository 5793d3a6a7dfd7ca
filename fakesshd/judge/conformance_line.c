/* The rules for one line that a driver said. */
#include "judge/conformance_state.h"

#include "base/base64.h"
#include "base/outcome.h"
#include "base/phase.h"

#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX_BYTES = 64 * 1024, LINE_MAX_BYTES = 256 * 1024 };

/* How much more than the judge saw pass a driver may say: its own clock begins a little later. */
#define ELAPSED_SLACK_MS 100.

/* ---- fields ---- */

/* identifier, what it is called in a sentence */
#define FIELD_TYPES(X)             \
    X(FIELD_INTEGER, "an integer") \
    X(FIELD_NUMBER, "a number")    \
    X(FIELD_STRING, "a string")    \
    X(FIELD_STRINGS, "an array of strings")

enum field_type {
#define X(id, words) id,
    FIELD_TYPES(X)
#undef X
};

static const struct field {
    const char *op, *name;
    enum field_type type;
    bool needed, nullable;
} fields[] = {
    {"hello", "v", FIELD_INTEGER, true, false},
    {"hello", "name", FIELD_STRING, true, false},
    {"hello", "version", FIELD_STRING, true, false},
    {"hello", "runtime", FIELD_STRING, false, true},
    {"hello", "ops", FIELD_STRINGS, true, false},
    {"hello", "auth", FIELD_STRINGS, false, false},
    {"hello", "phases", FIELD_STRINGS, false, false},
    {"hello", "counters", FIELD_STRINGS, false, false},
    {"result", "outcome", FIELD_STRING, true, false},
    {"result", "phase", FIELD_STRING, false, true},
    {"result", "exit_status", FIELD_INTEGER, false, true},
    {"result", "stdout_b64", FIELD_STRING, false, true},
    {"result", "stdout_bytes", FIELD_INTEGER, false, true},
    {"result", "elapsed_ms", FIELD_NUMBER, false, true},
    {"result", "error", FIELD_STRING, false, true},
    {"stacks", "text", FIELD_STRING, true, false},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool has_type(const json_t *value, enum field_type type)
{
    switch (type) {
    case FIELD_INTEGER:
        return json_is_integer(value);
    case FIELD_NUMBER:
        return json_is_number(value);
    case FIELD_STRING:
        return json_is_string(value);
    case FIELD_STRINGS:
        break;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i)))
            return false;
    }
    return json_is_array(value);
}

static const char *type_words(enum field_type type)
{
    static const char *const words[] = {
#define X(id, text) text,
        FIELD_TYPES(X)
#undef X
    };
    return words[type];
}

static const char *found_words(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number with a fraction";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

/* What is of the wrong type is taken out: no later rule has to look at it. */
static void check_fields(struct conformance *conformance, int number, const char *op, json_t *line)
{
    for (size_t i = 0; i < COUNT(fields); i++) {
        const struct field *field = &fields[i];
        const json_t *value = json_object_get(line, field->name);
        if (strcmp(field->op, op) != 0)
            continue;
        if (value == NULL && field->needed) {
            conformance_add(conformance, RULE_FIELD_MISSING, number,
                            "expected %s in %s, found no such field", field->name, op);
        } else if (value != NULL && !has_type(value, field->type) &&
                   !(field->nullable && json_is_null(value))) {
            conformance_add(conformance, RULE_FIELD_TYPE, number,
                            "expected %s%s in %s of %s, found %s", type_words(field->type),
                            field->nullable ? " or null" : "", field->name, op, found_words(value));
            (void)json_object_del(line, field->name);
        }
    }
}

static bool lists(const json_t *line, const char *field, const char *word)
{
    const json_t *list = json_object_get(line, field);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        if (one != NULL && strcmp(one, word) == 0)
            return true;
    }
    return false;
}

/* ---- hello ---- */

static void check_hello(struct conformance *conformance, int number, json_t *line)
{
    if (conformance->greeted) {
        conformance_add(conformance, RULE_HELLO_TWICE, number,
                        "expected a reply, found hello again");
        return;
    }
    conformance->greeted = true;
    check_fields(conformance, number, "hello", line);
    const json_t *v = json_object_get(line, "v"), *phases = json_object_get(line, "phases");
    if (v != NULL && json_integer_value(v) != 1)
        conformance_add(conformance, RULE_FIELD_TYPE, number,
                        "expected 1 in v of hello, found %lld", (long long)json_integer_value(v));
    if (json_is_array(json_object_get(line, "ops")) && !lists(line, "ops", "run"))
        conformance_add(conformance, RULE_FIELD_MISSING, number,
                        "expected run among the ops of hello");
    for (size_t i = 0; i < json_array_size(phases); i++) {
        enum phase phase;
        const char *word = json_string_value(json_array_get(phases, i));
        if (word != NULL && !phase_from_name(word, &phase))
            conformance_add(conformance, RULE_PHASE, number,
                            "expected phases of the list in hello, found '%.40s'", word);
    }
    conformance->hello = json_incref(line);
}

/* ---- results ---- */

static void check_phase(struct conformance *conformance, int number, const json_t *line)
{
    const char *word = json_string_value(json_object_get(line, "phase"));
    enum phase phase;
    if (word == NULL)
        return;
    if (!phase_from_name(word, &phase))
        conformance_add(conformance, RULE_PHASE, number,
                        "expected a phase of the list, found '%.40s'", word);
    else if (json_object_get(conformance->hello, "phases") != NULL &&
             !lists(conformance->hello, "phases", word))
        conformance_add(conformance, RULE_PHASE, number,
                        "expected a phase that hello names, found '%s'", word);
}

static void check_success(struct conformance *conformance, int number, const json_t *line)
{
    if (!json_is_integer(json_object_get(line, "exit_status")))
        conformance_add(conformance, RULE_SUCCESS, number,
                        "expected an integer in exit_status beside success");
    if (!json_is_string(json_object_get(line, "stdout_b64")))
        conformance_add(conformance, RULE_SUCCESS, number,
                        "expected a string in stdout_b64 beside success");
    if (json_is_string(json_object_get(line, "phase")))
        conformance_add(conformance, RULE_SUCCESS, number,
                        "expected null in phase beside success, found '%.40s'",
                        json_string_value(json_object_get(line, "phase")));
}

static void check_outcome(struct conformance *conformance, int number, const json_t *line,
                          const struct conformance_request *request)
{
    const char *word = json_string_value(json_object_get(line, "outcome"));
    enum outcome outcome = OUTCOME_FAILURE;
    if (word == NULL)
        return;
    if (!outcome_from_name(word, &outcome))
        conformance_add(conformance, RULE_OUTCOME, number,
                        "expected an outcome of the list, found '%.40s'", word);
    if (outcome == OUTCOME_SUCCESS)
        check_success(conformance, number, line);
    if (outcome == OUTCOME_CANCELLED && !request->cancelled)
        conformance_add(conformance, RULE_CANCELLED, number,
                        "task %lld was not cancelled, but its outcome says so",
                        (long long)request->id);
}

static void check_output(struct conformance *conformance, int number, const json_t *line)
{
    const char *encoded = json_string_value(json_object_get(line, "stdout_b64"));
    const json_t *count = json_object_get(line, "stdout_bytes");
    long long counted = json_is_integer(count) ? (long long)json_integer_value(count) : -1;
    unsigned char *bytes = NULL;
    size_t length = 0;
    if (json_is_integer(count) && counted < 0)
        conformance_add(conformance, RULE_OUTPUT, number,
                        "expected 0 or more in stdout_bytes, found %lld", counted);
    if (encoded == NULL)
        return;
    if (strpbrk(encoded, " \r\n\t") != NULL || !base64_decode(encoded, &bytes, &length)) {
        conformance_add(conformance, RULE_BASE64, number,
                        "expected base64 with padding in stdout_b64, found '%.60s'", encoded);
    } else if (length > OUTPUT_MAX_BYTES) {
        conformance_add(conformance, RULE_OUTPUT, number,
                        "expected at most 65,536 bytes in stdout_b64, found %zu", length);
    } else if (counted >= 0 && (size_t)counted < length) {
        conformance_add(conformance, RULE_OUTPUT, number,
                        "stdout_b64 has %zu bytes, but stdout_bytes counts %lld", length, counted);
    } else if (counted >= 0 && (size_t)counted > length && length < OUTPUT_MAX_BYTES) {
        conformance_add(conformance, RULE_OUTPUT, number,
                        "stdout_bytes counts %lld, but stdout_b64 has %zu and not the first 65,536",
                        counted, length);
    }
    free(bytes);
}

static void check_elapsed(struct conformance *conformance, const struct transcript_entry *entry,
                          const json_t *line, const struct conformance_request *request)
{
    const json_t *value = json_object_get(line, "elapsed_ms");
    double said_ms = json_number_value(value),
           seen_ms = (double)(entry->at_ns - request->at_ns) / 1e6;
    if (json_is_number(value) && (said_ms < 0 || said_ms > seen_ms + ELAPSED_SLACK_MS))
        conformance_add(conformance, RULE_ELAPSED, entry->line,
                        "elapsed_ms is %g, but the line of task %lld was written %.0f ms ago",
                        said_ms, (long long)request->id, seen_ms);
}

/* ---- replies ---- */

/* The reply's own op, by that of the request; NULL where the contract has no such request. */
static const char *reply_to(const char *op)
{
    static const char *const pairs[][2] = {
        {"run", "result"}, {"settle", "settled"}, {"counters", "counters"}, {"stacks", "stacks"}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (strcmp(pairs[i][0], op) == 0)
            return pairs[i][1];
    }
    return NULL;
}

static void check_counters(struct conformance *conformance, int number, const json_t *line)
{
    const json_t *names = json_object_get(conformance->hello, "counters");
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        const json_t *value = name != NULL ? json_object_get(line, name) : NULL;
        if (name != NULL && !json_is_integer(value))
            conformance_add(conformance, RULE_COUNTERS, number,
                            "expected an integer in %.40s, found %s", name,
                            value != NULL ? found_words(value) : "no such field");
    }
}

static void check_kind(struct conformance *conformance, int number, const char *op,
                       const struct conformance_request *request)
{
    const char *wanted = reply_to(request->op);
    if (strcmp(op, "unsupported") == 0) {
        if (wanted != NULL && lists(conformance->hello, "ops", request->op))
            conformance_add(conformance, RULE_OFFERED, number,
                            "%s is among the ops of hello, but is answered by unsupported",
                            request->op);
        return;
    }
    if (wanted == NULL)
        conformance_add(conformance, RULE_WRONG_REPLY, number,
                        "expected unsupported as the answer to '%s', found %s", request->op, op);
    else if (strcmp(wanted, op) != 0)
        conformance_add(conformance, RULE_WRONG_REPLY, number,
                        "expected %s or unsupported as the answer to %s, found %s", wanted,
                        request->op, op);
}

static void check_reply(struct conformance *conformance, const struct transcript_entry *entry,
                        const char *op, json_t *line)
{
    const json_t *id = json_object_get(line, "id");
    if (!json_is_integer(id)) {
        conformance_add(conformance, RULE_ID, entry->line, "expected an integer id in %s, found %s",
                        op, id != NULL ? found_words(id) : "no such field");
        return;
    }
    struct conformance_request *request = conformance_find(conformance, json_integer_value(id));
    if (request == NULL) {
        conformance_add(conformance, RULE_ID, entry->line,
                        "nothing was asked with the id %lld of this %s",
                        (long long)json_integer_value(id), op);
        return;
    }
    if (request->answered)
        conformance_add(conformance, RULE_TWICE, entry->line,
                        "%s, id %lld, line %d, was answered already", request->op,
                        (long long)request->id, request->line);
    request->answered = true;
    check_fields(conformance, entry->line, op, line);
    check_kind(conformance, entry->line, op, request);
    if (strcmp(op, "result") == 0) {
        check_outcome(conformance, entry->line, line, request);
        check_phase(conformance, entry->line, line);
        check_output(conformance, entry->line, line);
        check_elapsed(conformance, entry, line, request);
    }
    if (strcmp(op, "counters") == 0)
        check_counters(conformance, entry->line, line);
}

static bool is_known(const char *op)
{
    static const char *const ops[] = {"hello",    "result", "settled",
                                      "counters", "stacks", "unsupported"};
    for (size_t i = 0; i < COUNT(ops); i++) {
        if (strcmp(ops[i], op) == 0)
            return true;
    }
    return false;
}

static bool is_text(const struct transcript_entry *entry)
{
    json_t *text = json_stringn(entry->text, entry->length);
    bool valid = text != NULL && memchr(entry->text, '\0', entry->length) == NULL;
    json_decref(text);
    return valid;
}

void conformance_check_line(struct conformance *conformance, const struct transcript_entry *entry)
{
    json_error_t why;
    if (entry->length > LINE_MAX_BYTES)
        conformance_add(conformance, RULE_LENGTH, entry->line,
                        "expected at most 262,144 bytes, found %zu", entry->length);
    if (!is_text(entry)) {
        conformance_add(conformance, RULE_UTF8, entry->line, "expected UTF-8, found other bytes");
        return;
    }
    json_t *line =
        json_loadb(entry->text, entry->length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    const json_t *word = json_object_get(line, "op");
    const char *op = json_string_value(word);
    if (!json_is_object(line))
        conformance_add(conformance, RULE_JSON, entry->line,
                        "expected a JSON object, found '%.80s'%s%s", entry->text,
                        line == NULL ? ": " : "", line == NULL ? why.text : "");
    else if (op == NULL)
        conformance_add(conformance, RULE_OP, entry->line, "expected a string in op, found %s",
                        word != NULL ? found_words(word) : "no such field");
    else if (!is_known(op))
        conformance_add(conformance, RULE_OP, entry->line, "found '%.40s'", op);
    else if (strcmp(op, "hello") == 0)
        check_hello(conformance, entry->line, line);
    else if (!conformance->greeted)
        conformance_add(conformance, RULE_HELLO_FIRST, entry->line, "found %s before hello", op);
    else
        check_reply(conformance, entry, op, line);
    json_decref(line);
}
