/* Series as JSON: the format of tests/data/growth-vectors.json. */
#include "judge/growth_input.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

/* Where in the input we are, for sentences. */
struct place {
    const char *name;
    int line;
    char id[64]; /* of the series, or its number */
};

static enum err complain(const struct place *place, struct err_text *error, const char *field,
                         const char *expected, const json_t *found)
{
    static const char *const types[] = {"an object", "an array", "a string", "an integer",
                                        "a number",  "true",     "false",    "null"};
    char text[64] = "nothing";
    if (json_is_real(found))
        (void)snprintf(text, sizeof text, "%.17g", json_real_value(found));
    else if (json_is_integer(found))
        (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(found));
    else if (found != NULL)
        (void)snprintf(text, sizeof text, "%s", types[json_typeof(found)]);
    return err_set(error, ERR_INPUT, "%s:%d: series %s: expected %s in \"%s\", found %s",
                   place->name, place->line, place->id, expected, field, text);
}

/* A whole number within 2^53, as an integer or as a real that is one (1e15). */
static bool whole_number(const json_t *json, int64_t *number)
{
    if (json_is_real(json)) {
        double value = json_real_value(json);
        if (!(fabs(value) <= (double)GROWTH_VALUE_MAX) || value != floor(value))
            return false;
        *number = (int64_t)value;
        return true;
    }
    *number = json_integer_value(json);
    return json_is_integer(json) && *number >= -GROWTH_VALUE_MAX && *number <= GROWTH_VALUE_MAX;
}

static enum err read_flag(const struct place *place, const json_t *config, const char *field,
                          bool *flag, struct err_text *error)
{
    const json_t *json = json_object_get(config, field);
    if (json == NULL)
        return ERR_NONE;
    if (!json_is_boolean(json) && !json_is_integer(json))
        return complain(place, error, field, "0 or 1", json);
    *flag = json_is_true(json) || json_integer_value(json) != 0;
    return ERR_NONE;
}

static enum err read_count(const struct place *place, const json_t *config, const char *field,
                           int64_t least, int64_t *count, struct err_text *error)
{
    const json_t *json = json_object_get(config, field);
    int64_t number = 0;
    if (json == NULL)
        return ERR_NONE;
    if (!whole_number(json, &number) || number < least)
        return complain(place, error, field,
                        least > 0 ? "a whole number above 0" : "a whole number of 0 or more", json);
    *count = number;
    return ERR_NONE;
}

static enum err read_rho(const struct place *place, const json_t *config, double *rho,
                         struct err_text *error)
{
    const json_t *json = json_object_get(config, "rho");
    if (json == NULL)
        return ERR_NONE;
    if (!json_is_number(json) || !(json_number_value(json) > 0))
        return complain(place, error, "rho", "a number above 0", json);
    *rho = json_number_value(json);
    return ERR_NONE;
}

static enum err read_config(const struct place *place, const json_t *json,
                            const struct growth_profile *profile, struct growth_config *config,
                            struct err_text *error)
{
    const json_t *own = json_object_get(json, "profile"), *fields = json_object_get(json, "config");
    const struct growth_profile *named =
        json_is_string(own) ? growth_profile_find(json_string_value(own)) : NULL;
    /* A profile of somebody else's naming does no harm where the rule is spelled out. */
    bool spelled_out = json_object_get(fields, "rho") != NULL && json_object_get(fields, "block");
    if (named == NULL && own != NULL && !json_is_null(own) && !spelled_out)
        return complain(place, error, "profile", "quick, ci, thorough or soak", own);
    profile = named != NULL ? named : profile;
    *config = profile->config;
    if (fields == NULL)
        return ERR_NONE;
    if (!json_is_object(fields))
        return complain(place, error, "config", "an object", fields);
    enum err failed = read_flag(place, fields, "bytes", &config->bytes, error);
    if (failed == ERR_NONE && config->bytes)
        *config = growth_config_for_bytes(profile);
    if (failed == ERR_NONE)
        failed = read_flag(place, fields, "anchors", &config->anchors, error);
    if (failed == ERR_NONE)
        failed = read_rho(place, fields, &config->rho, error);
    if (failed == ERR_NONE)
        failed = read_count(place, fields, "block", 1, &config->block, error);
    if (failed == ERR_NONE)
        failed = read_count(place, fields, "guard", 0, &config->guard, error);
    return failed;
}

static enum err read_readings(const struct place *place, const json_t *tasks, const json_t *values,
                              struct growth_series *series, struct err_text *error)
{
    for (size_t i = 0; i < json_array_size(tasks); i++) {
        const json_t *task = json_array_get(tasks, i), *value = json_array_get(values, i);
        int64_t t = 0, q = GROWTH_MISSING;
        char field[48];
        (void)snprintf(field, sizeof field, "tasks[%zu]", i);
        if (!whole_number(task, &t) || t < 0)
            return complain(place, error, field, "a whole number from 0 to 2^53", task);
        (void)snprintf(field, sizeof field, "values[%zu]", i);
        if (!json_is_null(value) && !whole_number(value, &q))
            return complain(place, error, field, "a whole number within 2^53, or null", value);
        growth_series_add(series, t, q);
    }
    return ERR_NONE;
}

static void name_series(const json_t *json, size_t number, struct place *place)
{
    const json_t *id = json_object_get(json, "id");
    if (json_is_string(id))
        (void)snprintf(place->id, sizeof place->id, "%s", json_string_value(id));
    else if (json_is_integer(id))
        (void)snprintf(place->id, sizeof place->id, "%lld", (long long)json_integer_value(id));
    else
        (void)snprintf(place->id, sizeof place->id, "%zu", number);
}

static enum err read_series(struct place *place, const json_t *json,
                            const struct growth_profile *profile, struct growth_input *input,
                            struct err_text *error)
{
    const json_t *tasks = json_object_get(json, "tasks"), *values = json_object_get(json, "values");
    struct growth_config config;
    name_series(json, input->count + 1, place);
    if (!json_is_object(json))
        return err_set(error, ERR_INPUT,
                       "%s:%d: series %s: expected an object with \"tasks\" and \"values\"",
                       place->name, place->line, place->id);
    if (!json_is_array(tasks))
        return complain(place, error, "tasks", "an array", tasks);
    if (!json_is_array(values))
        return complain(place, error, "values", "an array", values);
    if (json_array_size(tasks) != json_array_size(values))
        return err_set(error, ERR_INPUT, "%s:%d: series %s: %zu \"tasks\" but %zu \"values\"",
                       place->name, place->line, place->id, json_array_size(tasks),
                       json_array_size(values));
    enum err failed = read_config(place, json, profile, &config, error);
    if (failed != ERR_NONE)
        return failed;
    const json_t *id = json_object_get(json, "id");
    struct growth_series *series =
        growth_input_add(input, json_is_string(id) ? json_string_value(id) : place->id, &config);
    return read_readings(place, tasks, values, series, error);
}

static enum err read_value(struct place *place, const json_t *json,
                           const struct growth_profile *profile, struct growth_input *input,
                           struct err_text *error)
{
    const json_t *list = json_is_object(json) ? json_object_get(json, "vectors") : json;
    if (list == NULL)
        return read_series(place, json, profile, input, error);
    if (!json_is_array(list))
        return err_set(error, ERR_INPUT, "%s:%d: expected an array in \"vectors\"", place->name,
                       place->line);
    for (size_t i = 0; i < json_array_size(list); i++) {
        enum err failed = read_series(place, json_array_get(list, i), profile, input, error);
        if (failed != ERR_NONE)
            return failed;
    }
    return ERR_NONE;
}

/* The next byte that is not white space; counts the lines on the way. */
static size_t skip_space(const struct growth_text *text, size_t at, int *line)
{
    while (at < text->length && isspace((unsigned char)text->bytes[at]))
        *line += text->bytes[at++] == '\n';
    return at;
}

static int count_lines(const char *bytes, size_t length)
{
    int lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    return lines;
}

enum err growth_input_json(const struct growth_text *text, const struct growth_profile *profile,
                           struct growth_input *input, struct err_text *error)
{
    struct place place = {.name = text->name, .line = 1};
    enum err failed = ERR_NONE;
    size_t at = skip_space(text, 0, &place.line);
    while (failed == ERR_NONE && at < text->length) {
        json_error_t wrong;
        json_t *json = json_loadb(text->bytes + at, text->length - at,
                                  JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &wrong);
        if (json == NULL)
            return err_set(error, ERR_INPUT, "%s:%d: not JSON: %s", text->name,
                           place.line + (wrong.line > 0 ? wrong.line - 1 : 0), wrong.text);
        failed = read_value(&place, json, profile, input, error);
        json_decref(json);
        place.line += count_lines(text->bytes + at, (size_t)wrong.position);
        at = skip_space(text, at + (size_t)wrong.position, &place.line);
    }
    return failed;
}
