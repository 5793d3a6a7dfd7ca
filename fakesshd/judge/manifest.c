/* Client manifests: read, checked, and applied. */
#include "judge/manifest.h"
#include "judge/manifest_field.h"
#include "judge/pace.h"

#include "base/data_dir.h"
#include "base/host_key.h"
#include "base/script_file.h"
#include "base/selector.h"

#include <ctype.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *copy(const char *text)
{
    char *result = strdup(text);
    if (result == NULL)
        abort();
    return result;
}

/* --- sentences about a field ------------------------------------------------------------------ */

enum err manifest_field_error(const struct manifest *manifest, const char *field,
                              struct err_text *error, const char *format, ...)
{
    char sentence[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (manifest->file == NULL)
        return err_set(error, ERR_USAGE, "%s", sentence);
    return err_set(error, ERR_MANIFEST, "%s:%d: %s", manifest->file,
                   script_file_line_of(manifest->file, field), sentence);
}

/* --- placeholders ----------------------------------------------------------------------------- */

static enum err check_placeholders(const struct manifest *manifest, const char *field,
                                   char *const *words, struct err_text *error)
{
    size_t length = 0;
    const char *unknown = argv_unknown_placeholder(words, &length);
    if (unknown == NULL)
        return ERR_NONE;
    return manifest_field_error(manifest, field, error,
                                "unknown placeholder {%.*s} in %s; \"{{\" makes a plain brace",
                                (int)length, unknown, field);
}

static bool argv_mentions(char *const *argv, const char *text)
{
    for (size_t i = 0; argv[i] != NULL; i++) {
        if (strstr(argv[i], text) != NULL)
            return true;
    }
    return false;
}

bool manifest_is_told_deadline(const struct manifest *manifest)
{
    if (manifest->driver)
        return true;
    return argv_mentions(manifest->argv, "{deadline_");
}

bool manifest_is_told_dns(const struct manifest *manifest)
{
    return manifest->driver ? manifest->takes_dns : argv_mentions(manifest->argv, "{dns}");
}

/* --- fields ----------------------------------------------------------------------------------- */

static enum err read_kind(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    const char *word = json_string_value(value);
    if (word == NULL || (strcmp(word, "template") != 0 && strcmp(word, "driver") != 0 &&
                         strcmp(word, "external") != 0))
        return manifest_field_error(manifest, "kind", error,
                                    "kind must be \"template\", \"driver\" or \"external\"");
    manifest->driver = strcmp(word, "driver") == 0;
    manifest->external = strcmp(word, "external") == 0;
    return ERR_NONE;
}

static enum err read_name(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    const char *word = json_string_value(value);
    if (word == NULL || word[0] == '\0' || strpbrk(word, " \t\n") != NULL)
        return manifest_field_error(manifest, "name", error, "name must be a word");
    free(manifest->name);
    manifest->name = copy(word);
    return ERR_NONE;
}

static enum err read_words(struct manifest *manifest, const char *field, const json_t *value,
                           char ***words, struct err_text *error)
{
    size_t count = json_array_size(value);
    if (count == 0)
        return manifest_field_error(manifest, field, error,
                                    "%s must be a list of strings, not empty", field);
    argv_free(*words);
    *words = calloc(count + 1, sizeof **words);
    if (*words == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        const char *word = json_string_value(json_array_get(value, i));
        if (word == NULL)
            return manifest_field_error(manifest, field, error,
                                        "%s must be a list of strings; number %zu is not", field,
                                        i + 1);
        (*words)[i] = copy(word);
    }
    return check_placeholders(manifest, field, *words, error);
}

static enum err read_argv(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    return read_words(manifest, "argv", value, &manifest->argv, error);
}

static enum err read_pid(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    return read_words(manifest, "pid", value, &manifest->pid, error);
}

static enum err read_stop(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    return read_words(manifest, "stop", value, &manifest->stop, error);
}

static enum err read_version(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    return read_words(manifest, "version", value, &manifest->version, error);
}

/* They go to apt and npm as words: one that looks like an option, or like a path, is none. */
static enum err read_package_names(struct manifest *manifest, const char *field,
                                   const json_t *value, char ***names, struct err_text *error)
{
    static const char others[] = "abcdefghijklmnopqrstuvwxyz0123456789+-._@/";
    enum err code = read_words(manifest, field, value, names, error);
    for (char **name = *names; code == ERR_NONE && *name != NULL; name++) {
        if ((*name)[0] == '-' || (*name)[0] == '.' || (*name)[0] == '/' || (*name)[0] == '\0' ||
            (*name)[strspn(*name, others)] != '\0')
            code = manifest_field_error(manifest, field, error, "%s: '%s' is no package's name",
                                        field, *name);
    }
    return code;
}

static enum err read_packages(struct manifest *manifest, const json_t *value,
                              struct err_text *error)
{
    return read_package_names(manifest, "packages", value, &manifest->packages, error);
}

static enum err read_npm(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    return read_package_names(manifest, "npm", value, &manifest->npm, error);
}

static enum err read_seconds(struct manifest *manifest, const char *field, const json_t *value,
                             int64_t *result_ms, struct err_text *error)
{
    double seconds = json_is_number(value) ? json_number_value(value) : -1;
    if (seconds <= 0 || seconds > 3600)
        return manifest_field_error(manifest, field, error,
                                    "%s must be seconds, above 0 and at most 3600", field);
    *result_ms = (int64_t)(seconds * 1000 + 0.5);
    return ERR_NONE;
}

static enum err read_min_deadline(struct manifest *manifest, const json_t *value,
                                  struct err_text *error)
{
    return read_seconds(manifest, "min_deadline", value, &manifest->min_deadline_ms, error);
}

static enum err read_grace(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    return read_seconds(manifest, "grace", value, &manifest->grace_ms, error);
}

static enum err read_drain(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    return read_seconds(manifest, "drain", value, &manifest->drain_ms, error);
}

static enum err read_cost(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    json_int_t cost = json_is_integer(value) ? json_integer_value(value) : 0;
    if (cost < 1 || cost > 1000)
        return manifest_field_error(manifest, "cost", error,
                                    "cost must be a whole number from 1 to 1000");
    manifest->cost = (int)cost;
    return ERR_NONE;
}

const char *claim_word(enum claim claim)
{
    static const char *const words[] = {
#define X(id, name) name,
        CLAIMS(X)
#undef X
    };
    return words[claim];
}

static enum err read_deadline(struct manifest *manifest, const json_t *value,
                              struct err_text *error)
{
    const char *word = json_is_string(value) ? json_string_value(value) : "";
#define X(id, name)                \
    if (strcmp(word, name) == 0) { \
        manifest->claim = id;      \
        return ERR_NONE;           \
    }
    CLAIMS(X)
#undef X
    return manifest_field_error(
        manifest, "deadline", error,
        "deadline must be \"none\", \"connect\", \"handshake\" or \"total\"");
}

const char *manifest_claim_word(enum claim claim)
{
    switch (claim) {
#define X(id, name) \
    case id:        \
        return name;
        CLAIMS(X)
#undef X
    }
    return "";
}

/* Both methods are offered to every client; the field tells people which one it will use. */
static enum err read_auth(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    size_t i;
    json_t *item;
    if (!json_is_array(value))
        return manifest_field_error(manifest, "auth", error, "auth must be a list of method names");
    json_array_foreach(value, i, item)
    {
        const char *word = json_is_string(item) ? json_string_value(item) : "";
        if (strcmp(word, "publickey") != 0 && strcmp(word, "password") != 0)
            return manifest_field_error(manifest, "auth", error,
                                        "auth may name \"publickey\" and \"password\"");
    }
    return ERR_NONE;
}

static enum err read_dns(struct manifest *manifest, const json_t *value, struct err_text *error)
{
    if (!json_is_boolean(value))
        return manifest_field_error(manifest, "dns", error, "dns must be true or false");
    manifest->takes_dns = json_is_true(value);
    return ERR_NONE;
}

static enum err read_host_keys(struct manifest *manifest, const json_t *value,
                               struct err_text *error)
{
    unsigned set = 0;
    struct err_text why = {"expected a string"};
    const char *text = json_string_value(value);
    if (text == NULL || host_keys_parse(text, &set, &why) != ERR_NONE)
        return manifest_field_error(manifest, "host_keys", error, "host_keys: %s", why.text);
    manifest->host_keys = strdup(text);
    return ERR_NONE;
}

static enum err read_scenarios(struct manifest *manifest, const json_t *value,
                               struct err_text *error)
{
    enum err code = read_words(manifest, "scenarios", value, &manifest->scenarios, error);
    for (char **word = manifest->scenarios; code == ERR_NONE && *word != NULL; word++) {
        if (selector_is_file(*word))
            code = manifest_field_error(manifest, "scenarios", error,
                                        "scenarios holds selectors of ids; '%s' is a file", *word);
    }
    return code;
}

static const struct {
    const char *name;
    enum err (*read)(struct manifest *manifest, const json_t *value, struct err_text *error);
} fields[] = {
    {"name", read_name},
    {"kind", read_kind},
    {"argv", read_argv},
    {"version", read_version},
    {"pid", read_pid},
    {"stop", read_stop},
    {"grace", read_grace},
    {"drain", read_drain},
    {"min_deadline", read_min_deadline},
    {"deadline", read_deadline},
    {"auth", read_auth},
    {"outcomes", manifest_read_outcomes},
    {"dns", read_dns},
    {"host_keys", read_host_keys},
    {"scenarios", read_scenarios},
    {"packages", read_packages},
    {"npm", read_npm},
    {"cost", read_cost},
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static enum err read_field(struct manifest *manifest, const char *key, const json_t *value,
                           struct err_text *error)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].name, key) == 0)
            return fields[i].read(manifest, value, error);
    }
    return manifest_field_error(manifest, key, error, "unknown field '%s'", key);
}

/* --- the whole -------------------------------------------------------------------------------- */

static struct manifest *manifest_new(void)
{
    struct manifest *manifest = calloc(1, sizeof *manifest);
    if (manifest == NULL)
        abort();
    for (int i = 0; i < EXIT_STATUS_COUNT; i++)
        manifest->exit_outcome[i] = OUTCOME_UNMAPPED;
    return manifest;
}

void manifest_free(struct manifest **manifest)
{
    struct manifest *gone = *manifest;
    if (gone == NULL)
        return;
    for (size_t i = 0; i < gone->pattern_count; i++)
        regfree(&gone->patterns[i].regex);
    free(gone->patterns);
    argv_free(gone->argv);
    argv_free(gone->version);
    argv_free(gone->pid);
    argv_free(gone->stop);
    argv_free(gone->packages);
    argv_free(gone->npm);
    argv_free(gone->scenarios);
    free(gone->name);
    free(gone->host_keys);
    free(gone->file);
    free(gone);
    *manifest = NULL;
}

static enum err find_file(const char *word, char *path, size_t size, struct err_text *error)
{
    size_t length = strlen(word);
    bool is_path = length > 4 && strcmp(word + length - 4, ".lua") == 0;
    if (is_path)
        (void)snprintf(path, size, "%s", word);
    else if (word[0] == '\0' || strstr(word, "..") != NULL || word[0] == '/')
        return err_set(error, ERR_USAGE, "'%s' is neither a client's name nor a .lua file", word);
    else
        (void)snprintf(path, size, "%s/client-under-test/%s.lua", data_dir(), word);
    if (access(path, R_OK) != 0)
        return err_set_errno(error, "client '%s': cannot read %s", word, path), ERR_USAGE;
    return ERR_NONE;
}

static enum err read_table(struct manifest *manifest, json_t *table, struct err_text *error)
{
    const char *key;
    json_t *value;
    enum err code = ERR_NONE;
    json_object_foreach(table, key, value)
    {
        if (code == ERR_NONE)
            code = read_field(manifest, key, value, error);
    }
    static const char *const needed[] = {"name", "kind", "argv"};
    for (size_t i = 0; code == ERR_NONE && i < 3; i++) {
        if (json_object_get(table, needed[i]) == NULL)
            code = manifest_field_error(manifest, needed[i], error, "the field '%s' is missing",
                                        needed[i]);
    }
    for (size_t i = 0; code == ERR_NONE && !manifest->external && i < 2; i++) {
        const char *name = i == 0 ? "pid" : "stop";
        if (json_object_get(table, name) != NULL)
            code = manifest_field_error(manifest, name, error,
                                        "%s is for clients of kind \"external\"", name);
    }
    return code;
}

enum err manifest_read(const char *word, struct manifest **result, struct err_text *error)
{
    char path[PATH_MAX];
    *result = NULL;
    enum err code = find_file(word, path, sizeof path, error);
    json_t *table = NULL;
    if (code == ERR_NONE)
        code = script_file_read(path, ERR_MANIFEST, &table, error);
    if (code != ERR_NONE)
        return code;
    struct manifest *manifest = manifest_new();
    manifest->file = copy(path);
    code = read_table(manifest, table, error);
    json_decref(table);
    if (code != ERR_NONE)
        manifest_free(&manifest);
    *result = manifest;
    return code;
}

/* A client that is told its deadline in whole seconds cannot keep one of half a second. */
static int64_t least_deadline_of(char *const *argv)
{
    bool finer = argv_mentions(argv, "{deadline_s}") || argv_mentions(argv, "{deadline_ms}");
    return !finer && argv_mentions(argv, "{deadline_s_ceil}") ? 1000 : 0;
}

enum err manifest_from_command(char *const *words, struct manifest **result, struct err_text *error)
{
    struct manifest *manifest = manifest_new();
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    manifest->argv = calloc(count + 1, sizeof *manifest->argv);
    if (manifest->argv == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        manifest->argv[i] = copy(words[i]);
    manifest->min_deadline_ms = least_deadline_of(manifest->argv);
    const char *slash = count > 0 ? strrchr(words[0], '/') : NULL;
    manifest->name = copy(slash != NULL ? slash + 1 : count > 0 ? words[0] : "");
    enum err code = manifest->name[0] != '\0'
                        ? check_placeholders(manifest, "the command", manifest->argv, error)
                        : err_set(error, ERR_USAGE, "no command after --");
    if (code != ERR_NONE)
        manifest_free(&manifest);
    *result = manifest;
    return code;
}

bool manifest_is_for(const struct manifest *manifest, const char *id)
{
    size_t count = 0;
    while (manifest->scenarios != NULL && manifest->scenarios[count] != NULL)
        count++;
    return selector_matches((const char *const *)manifest->scenarios, count, id);
}

bool manifest_lives_on(const struct manifest *manifest)
{
    return manifest->driver || (manifest->external && manifest->pid != NULL);
}

int manifest_cost(const struct manifest *manifest)
{
    if (manifest->cost > 0)
        return manifest->cost;
    return manifest->driver ? PACE_DRIVER_TASK : PACE_PROCESS;
}

int64_t manifest_grace_ms(const struct manifest *manifest, int64_t deadline_ms)
{
    if (manifest->grace_ms > 0)
        return manifest->grace_ms;
    int64_t least_ms = manifest->driver ? 100 : 250, part_ms = deadline_ms / 20;
    return part_ms > least_ms ? part_ms : least_ms;
}
