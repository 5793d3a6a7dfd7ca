/* What exit statuses and messages mean, by the manifest's own map. */
#include "judge/manifest.h"
#include "judge/manifest_field.h"

#include <stdlib.h>
#include <string.h>

static enum err map_exit_status(struct manifest *manifest, long status, const json_t *value,
                                struct err_text *error)
{
    enum outcome outcome;
    const char *word = json_is_string(value) ? json_string_value(value) : "";
    if (status < 0 || status >= EXIT_STATUS_COUNT)
        return manifest_field_error(manifest, "exit", error, "exit status %ld is not in 0..255",
                                    status);
    if (!outcome_from_name(word, &outcome))
        return manifest_field_error(manifest, "exit", error, "\"%s\" is no outcome", word);
    manifest->exit_outcome[status] = (int)outcome;
    return ERR_NONE;
}

/* { [124] = "timeout" } comes as an object; { [1] = …, [2] = … } is a Lua sequence, so an array. */
static enum err read_exit_map(struct manifest *manifest, json_t *map, struct err_text *error)
{
    enum err code = ERR_NONE;
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_array(map)) {
        json_array_foreach(map, i, value)
        {
            if (code == ERR_NONE)
                code = map_exit_status(manifest, (long)i + 1, value, error);
        }
        return code;
    }
    if (!json_is_object(map))
        return manifest_field_error(manifest, "exit", error,
                                    "outcomes.exit must map exit statuses");
    json_object_foreach(map, key, value)
    {
        char *end;
        long status = strtol(key, &end, 10);
        if (*key == '\0' || *end != '\0')
            return manifest_field_error(manifest, "exit", error, "outcomes.exit: '%s' is no number",
                                        key);
        if (code == ERR_NONE)
            code = map_exit_status(manifest, status, value, error);
    }
    return code;
}

static enum err add_pattern(struct manifest *manifest, const json_t *row, struct err_text *error)
{
    const char *text = json_string_value(json_array_get(row, 0));
    const char *word = json_string_value(json_array_get(row, 1));
    struct stderr_pattern pattern;
    if (json_array_size(row) != 2 || text == NULL || word == NULL ||
        !outcome_from_name(word, &pattern.outcome))
        return manifest_field_error(manifest, "stderr", error,
                                    "outcomes.stderr holds rows of { \"POSIX ERE\", \"outcome\" }");
    int code = regcomp(&pattern.regex, text, REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
    if (code != 0) {
        char why[128];
        (void)regerror(code, &pattern.regex, why, sizeof why);
        return manifest_field_error(manifest, text, error, "outcomes.stderr: \"%s\": %s", text,
                                    why);
    }
    manifest->patterns =
        realloc(manifest->patterns, (manifest->pattern_count + 1) * sizeof *manifest->patterns);
    if (manifest->patterns == NULL)
        abort();
    manifest->patterns[manifest->pattern_count++] = pattern;
    return ERR_NONE;
}

enum err manifest_read_outcomes(struct manifest *manifest, const json_t *value,
                                struct err_text *error)
{
    const char *key;
    json_t *part, *row;
    size_t i;
    enum err code = ERR_NONE;
    if (!json_is_object(value))
        return manifest_field_error(manifest, "outcomes", error, "outcomes must be a table");
    json_object_foreach((json_t *)value, key, part)
    {
        if (code != ERR_NONE)
            return code;
        if (strcmp(key, "exit") == 0) {
            code = read_exit_map(manifest, part, error);
        } else if (strcmp(key, "stderr") == 0 && json_is_array(part)) {
            json_array_foreach(part, i, row)
            {
                if (code == ERR_NONE)
                    code = add_pattern(manifest, row, error);
            }
        } else {
            return manifest_field_error(manifest, key, error, "outcomes may hold exit and stderr");
        }
    }
    manifest->has_outcomes = true;
    return code;
}

bool manifest_map_outcome(const struct manifest *manifest, int exit_status, const char *stderr_text,
                          enum outcome *outcome)
{
    if (exit_status >= 0 && exit_status < EXIT_STATUS_COUNT &&
        manifest->exit_outcome[exit_status] != OUTCOME_UNMAPPED) {
        *outcome = (enum outcome)manifest->exit_outcome[exit_status];
        return true;
    }
    for (size_t i = 0; exit_status != 0 && i < manifest->pattern_count; i++) {
        if (regexec(&manifest->patterns[i].regex, stderr_text, 0, NULL, 0) == 0) {
            *outcome = manifest->patterns[i].outcome;
            return true;
        }
    }
    return false;
}
