#include "lease/lease_request.h"

#include "base/selector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT_MAX = 1000000 };

/* A sentence about what somebody else wrote must itself be a line of text. */
static enum err refuse(struct err_text *error, const char *name, const char *expected,
                       const json_t *found)
{
    char *text = json_dumps(found, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    enum err failed = err_set(error, ERR_INPUT, "%s: expected %s, found %.80s", name, expected,
                              text != NULL ? text : "something else");
    free(text);
    return failed;
}

static enum err read_text(const json_t *body, const char *name, size_t most_bytes,
                          const char **text, struct err_text *error)
{
    const json_t *value = json_object_get(body, name);
    *text = NULL;
    if (value == NULL)
        return ERR_NONE;
    if (!json_is_string(value) || json_string_length(value) == 0)
        return refuse(error, name, "a text", value);
    if (json_string_length(value) > most_bytes)
        return err_set(error, ERR_INPUT, "%s: expected at most %zu bytes, found %zu", name,
                       most_bytes, json_string_length(value));
    *text = json_string_value(value);
    return ERR_NONE;
}

static enum err read_number(const json_t *body, const char *name, int64_t from, int64_t to,
                            int64_t *number, struct err_text *error)
{
    const json_t *value = json_object_get(body, name);
    if (value == NULL)
        return ERR_NONE;
    *number = json_integer_value(value);
    if (json_is_integer(value) && *number >= from && *number <= to)
        return ERR_NONE;
    char expected[80];
    (void)snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)from,
                   (long long)to);
    return refuse(error, name, expected, value);
}

static enum err check_names(json_t *body, struct err_text *error)
{
    static const char *const names[] = {
#define X(id, name, sentence) name,
        LEASE_FIELDS(X)
#undef X
    };
    const char *name;
    json_t *value;
    json_object_foreach(body, name, value)
    {
        size_t i = 0;
        while (i < sizeof names / sizeof names[0] && strcmp(names[i], name) != 0)
            i++;
        if (i < sizeof names / sizeof names[0])
            continue;
        json_t *word = json_string(name);
#define X(id, known, sentence) " " known
        enum err failed = refuse(error, "the body", "fields among" LEASE_FIELDS(X), word);
#undef X
        json_decref(word);
        return failed;
    }
    return ERR_NONE;
}

static enum err check_what(const struct lease_request *request, struct err_text *error)
{
    int given = (request->scenario != NULL) + (request->file != NULL) + (request->source != NULL);
    if (given != 1)
        return err_set(error, ERR_INPUT,
                       "the body: expected one of scenario, file and source, found %s",
                       given == 0 ? "none" : "several");
    if (request->file != NULL && (request->file[0] != '/' || !selector_is_file(request->file) ||
                                  request->file[selector_file_length(request->file)] != '\0'))
        return err_set(error, ERR_INPUT,
                       "file: expected an absolute path that ends in .lua, found '%.200s'",
                       request->file);
    if (request->variant != NULL && request->scenario != NULL)
        return err_set(error, ERR_INPUT,
                       "variant: goes with file and source; a scenario's id ends in its variant");
    if (request->variant != NULL && strchr(request->variant, '/') != NULL)
        return err_set(error, ERR_INPUT, "variant: expected a name, found '%.80s'",
                       request->variant);
    return ERR_NONE;
}

static enum err read_fields(struct lease_request *request, struct err_text *error)
{
    const json_t *body = request->body;
    enum err failed = check_names(request->body, error);
    if (failed == ERR_NONE)
        failed = read_text(body, "scenario", 255, &request->scenario, error);
    if (failed == ERR_NONE)
        failed = read_text(body, "file", 1000, &request->file, error);
    if (failed == ERR_NONE)
        failed = read_text(body, "source", LEASE_SOURCE_MAX_BYTES, &request->source, error);
    if (failed == ERR_NONE)
        failed = read_text(body, "variant", 100, &request->variant, error);
    if (failed == ERR_NONE)
        failed = read_text(body, "label", LEASE_LABEL_MAX_BYTES, &request->label, error);
    if (failed == ERR_NONE)
        failed =
            read_number(body, "deadline_ms", 1, 24 * 60 * 60 * 1000, &request->deadline_ms, error);
    if (failed == ERR_NONE)
        failed = read_number(body, "ttl_ms", LEASE_TTL_MIN_MS, LEASE_TTL_MAX_MS, &request->ttl_ms,
                             error);
    if (failed == ERR_NONE)
        failed = read_number(body, "seed", 0, 2147483647, &request->seed, error);
    return failed != ERR_NONE ? failed : check_what(request, error);
}

enum err lease_request_parse(const char *text, size_t length, struct lease_request *request,
                             struct err_text *error)
{
    json_error_t why;
    *request =
        (struct lease_request){.deadline_ms = LEASE_DEADLINE_MS, .ttl_ms = LEASE_TTL_MS, .seed = 1};
    request->body = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (request->body == NULL)
        return err_set(error, ERR_INPUT,
                       "the body: expected one object in JSON, found %.100s at byte %d", why.text,
                       why.position);
    if (!json_is_object(request->body))
        return refuse(error, "the body", "one object in JSON", request->body);
    return read_fields(request, error);
}

void lease_request_fini(struct lease_request *request)
{
    json_decref(request->body);
    *request = (struct lease_request){0};
}

static enum err read_query_number(const char *name, const char *text, long long to,
                                  long long *number, struct err_text *error)
{
    char *end = NULL;
    errno = 0;
    if (text == NULL)
        return ERR_NONE;
    *number = strtoll(text, &end, 10);
    if (end != text && *end == '\0' && errno == 0 && *number >= 1 && *number <= to)
        return ERR_NONE;
    return err_set(error, ERR_INPUT, "%s: expected a number from 1 to %lld, found '%.40s'", name,
                   to, text);
}

enum err lease_request_wait(const char *event, const char *count, const char *timeout_ms,
                            struct lease_wait *wait, int64_t *wait_ms, struct err_text *error)
{
    long long number = 1, bound_ms = LEASE_WAIT_MS;
    if (event == NULL)
        return err_set(error, ERR_INPUT, "wait: expected ?event=, and which");
    enum err failed = lease_wait_parse(event, wait, error);
    if (failed == ERR_NONE)
        failed = read_query_number("count", count, COUNT_MAX, &number, error);
    if (failed == ERR_NONE)
        failed = read_query_number("timeout_ms", timeout_ms, LEASE_WAIT_MAX_MS, &bound_ms, error);
    wait->count = (unsigned)number;
    *wait_ms = bound_ms;
    return failed;
}
