#include "cli/batch_line.h"

#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

static void put(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        (void)json_object_set_new(object, name, json_string(text));
}

json_t *batch_line_defaults(const struct options *options, struct err_text *error)
{
    char *password = NULL;
    if (!options_read_password(options, &password, error))
        return NULL;
    json_t *defaults = json_pack("{s:i, s:I}", "port", options->port, "output_limit",
                                 (json_int_t)options->output_limit);
    if (options->deadline_ms != 0)
        (void)json_object_set_new(defaults, "deadline_ms", json_integer(options->deadline_ms));
    put(defaults, "user", options->user);
    put(defaults, "key", options->key);
    put(defaults, "password", password);
    put(defaults, "dns", options->dns);
    put(defaults, "hostkey", options->hostkey_line);
    put(defaults, "fingerprint", options->fingerprint);
    put(defaults, "known_hosts", options->known_hosts);
    if (password != NULL)
        explicit_bzero(password, strlen(password));
    free(password);
    return defaults;
}

/* Who names a host key of a task's own means that one alone. */
static void add_defaults(json_t *task, json_t *defaults)
{
    static const char *const trust[] = {"hostkey", "fingerprint", "known_hosts"};
    bool has_trust = false;
    json_t *fitting = json_copy(defaults);
    for (size_t i = 0; i < sizeof trust / sizeof trust[0]; i++)
        has_trust = has_trust || json_object_get(task, trust[i]) != NULL;
    for (size_t i = 0; i < sizeof trust / sizeof trust[0] && has_trust; i++)
        (void)json_object_del(fitting, trust[i]);
    (void)json_object_update_missing(task, fitting);
    json_decref(fitting);
}

static json_t *read_words(const char *text, struct err_text *error)
{
    struct options at = {0};
    size_t length = strcspn(text, " \t");
    const char *command = text + length + strspn(text + length, " \t");
    char *destination = memory_text(text);
    json_t *task = NULL;
    destination[length] = '\0';
    if (command[0] == '\0')
        (void)err_set(error, "the command is missing: expected [user@]host[:port] command");
    else if (options_read_destination(&at, destination, error))
        task = json_pack("{s:s, s:s}", "host", at.host, "command", command);
    if (task == NULL && error->text[0] == '\0')
        (void)err_set(error, "the line is not UTF-8");
    if (task != NULL && at.port != 0)
        (void)json_object_set_new(task, "port", json_integer(at.port));
    if (task != NULL)
        put(task, "user", at.user);
    options_fini(&at);
    free(destination);
    return task;
}

json_t *batch_line_read(const char *text, size_t length, json_t *defaults, struct err_text *error)
{
    json_error_t where = {0};
    json_t *task = NULL;
    size_t blank = strspn(text, " \t\r");
    error->text[0] = '\0';
    if (strlen(text) != length) {
        (void)err_set(error, "the line holds a NUL character");
        return NULL;
    }
    text += blank;
    if (text[0] == '\0' || text[0] == '#')
        return NULL;
    if (text[0] == '{')
        task = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    else
        task = read_words(text, error);
    if (task == NULL && error->text[0] == '\0')
        (void)err_set(error, "not JSON at column %d: %.200s", where.column, where.text);
    if (task != NULL)
        add_defaults(task, defaults);
    return task;
}
