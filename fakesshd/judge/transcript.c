#include "judge/transcript.h"

#include "base/base64.h"
#include "judge/clean_text.h"
#include "judge/process.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA = 1, PRINTED_MAX = 400 };

static const struct {
    const char *word, *sign, *sentence;
} kinds[] = {
#define X(id, word, sign, sentence) {word, sign, sentence},
    TRANSCRIPT_KINDS(X)
#undef X
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool is_line(enum transcript_kind kind)
{
    return kind == TRANSCRIPT_ASKED || kind == TRANSCRIPT_SAID;
}

/* ---- writing ---- */

void transcript_record_entry(FILE *out, const struct transcript_entry *entry)
{
    json_t *line = json_object(), *text = json_stringn(entry->text, entry->length);
    (void)json_object_set_new(line, "at_ms", json_real((double)entry->at_ns / 1e6));
    (void)json_object_set_new(line, is_line(entry->kind) ? "from" : "event",
                              json_string(kinds[entry->kind].word));
    if (entry->kind == TRANSCRIPT_BEGIN)
        (void)json_object_set_new(line, "schema", json_integer(SCHEMA));
    if (entry->kind == TRANSCRIPT_EXIT)
        (void)json_object_set_new(line, "status", json_integer(entry->status));
    if (text != NULL) {
        (void)json_object_set_new(line,
                                  is_line(entry->kind)              ? "line"
                                  : entry->kind == TRANSCRIPT_BEGIN ? "client"
                                                                    : "text",
                                  text);
    } else {
        char *encoded = base64_encode(entry->text, entry->length);
        (void)json_object_set_new(line, "line_b64", json_string(encoded));
        free(encoded);
    }
    (void)json_dumpf(line, out, JSON_COMPACT | JSON_REAL_PRECISION(10));
    (void)fputc('\n', out);
    json_decref(line);
}

void transcript_print_entry(FILE *out, const struct transcript_entry *entry)
{
    const char *sentence = is_line(entry->kind) ? "" : kinds[entry->kind].sentence;
    char *text = clean_line(entry->text), ending[96];
    size_t length = strlen(text);
    fprintf(out, "%4d %10.3f ms %s %s", entry->line, (double)entry->at_ns / 1e6,
            kinds[entry->kind].sign, sentence);
    if (entry->kind == TRANSCRIPT_EXIT) {
        process_describe_exit(entry->status, ending, sizeof ending);
        fprintf(out, ": %s", ending);
    } else if (length > PRINTED_MAX) {
        fprintf(out, "%.*s... (%zu bytes)", PRINTED_MAX, text, entry->length);
    } else {
        fprintf(out, "%s%s", sentence[0] != '\0' && length > 0 ? ": " : "", text);
    }
    (void)fputc('\n', out);
    free(text);
}

void transcript_add(struct transcript *transcript, enum transcript_kind kind, const char *text,
                    size_t length, int status, int64_t now_ns)
{
    if (transcript->lines == 0)
        transcript->begun_ns = now_ns;
    struct transcript_entry entry = {.kind = kind,
                                     .line = ++transcript->lines,
                                     .at_ns = now_ns - transcript->begun_ns,
                                     .text = text,
                                     .length = length,
                                     .status = status};
    if (transcript->print != NULL)
        transcript_print_entry(transcript->print, &entry);
    if (transcript->record != NULL)
        transcript_record_entry(transcript->record, &entry);
    if (transcript->on_entry != NULL)
        transcript->on_entry(transcript->context, &entry);
}

/* ---- reading ---- */

static bool kind_of(const json_t *line, enum transcript_kind *kind)
{
    const char *word = json_string_value(json_object_get(line, "from"));
    bool wants_line = word != NULL;
    if (word == NULL)
        word = json_string_value(json_object_get(line, "event"));
    for (size_t i = 0; word != NULL && i < COUNT(kinds); i++) {
        *kind = (enum transcript_kind)i;
        if (strcmp(kinds[i].word, word) == 0 && is_line(*kind) == wants_line)
            return true;
    }
    return false;
}

static enum err read_entry(const char *path, int number, const json_t *line,
                           transcript_on_entry *on_entry, void *context, struct err_text *error)
{
    struct transcript_entry entry = {.line = number};
    const json_t *at_ms = json_object_get(line, "at_ms");
    const json_t *said = json_object_get(line, "line");
    const char *text = json_string_value(said);
    const char *encoded = json_string_value(json_object_get(line, "line_b64"));
    unsigned char *bytes = NULL;
    if (!kind_of(line, &entry.kind) || !json_is_number(at_ms) ||
        (is_line(entry.kind) && text == NULL && encoded == NULL))
        return err_set(error, ERR_INPUT,
                       "%s:%d: expected at_ms with from and line, or with an event, as `fakesshd "
                       "probe --transcript FILE` writes them",
                       path, number);
    if (number == 1 && (entry.kind != TRANSCRIPT_BEGIN ||
                        json_integer_value(json_object_get(line, "schema")) != SCHEMA))
        return err_set(error, ERR_INPUT, "%s:1: expected the event begin with schema %d", path,
                       SCHEMA);
    if (text == NULL && encoded != NULL && !base64_decode(encoded, &bytes, &entry.length))
        return err_set(error, ERR_INPUT, "%s:%d: expected base64 in line_b64", path, number);
    if (text == NULL && bytes == NULL)
        text = json_string_value(json_object_get(line, "text"));
    entry.at_ns = (int64_t)(json_number_value(at_ms) * 1e6);
    entry.status = (int)json_integer_value(json_object_get(line, "status"));
    entry.text = bytes != NULL ? (const char *)bytes : text != NULL ? text : "";
    if (bytes != NULL)
        bytes[entry.length] = '\0'; /* there is room for it */
    else
        entry.length = json_is_string(said) ? json_string_length(said) : strlen(entry.text);
    on_entry(context, &entry);
    free(bytes);
    return ERR_NONE;
}

enum err transcript_read(const char *path, transcript_on_entry *on_entry, void *context,
                         struct err_text *error)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    enum err failed = ERR_NONE;
    int number = 0;
    if (in == NULL)
        return err_set(error, ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    while (failed == ERR_NONE && getline(&text, &size, in) >= 0) {
        json_error_t why;
        json_t *line = json_loads(text, JSON_ALLOW_NUL, &why);
        number++;
        failed = json_is_object(line)
                     ? read_entry(path, number, line, on_entry, context, error)
                     : err_set(error, ERR_INPUT, "%s:%d: expected a JSON object: %s", path, number,
                               line == NULL ? why.text : "found another value");
        json_decref(line);
    }
    if (failed == ERR_NONE && ferror(in))
        failed = err_set(error, ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    else if (failed == ERR_NONE && number == 0)
        failed = err_set(error, ERR_INPUT, "%s: expected a recording, found an empty file", path);
    free(text);
    if (in != stdin)
        (void)fclose(in);
    return failed;
}
