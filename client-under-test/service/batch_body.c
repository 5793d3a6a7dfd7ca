#include "service/batch_body.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define OUTPUT_KEPT 65536
#define TASKS_MOST  ((size_t)10000)

static const char *const trust[] = {"hostkey", "fingerprint"};

static bool check(const json_t *body, struct err_text *error)
{
    const char *name = NULL;
    json_t *value = NULL;
    const json_t *tasks = json_object_get(body, "tasks");
    const json_t *defaults = json_object_get(body, "defaults");
    json_object_foreach((json_t *)(uintptr_t)body, name, value)
    {
        if (strcmp(name, "tasks") != 0 && strcmp(name, "defaults") != 0)
            return err_set(error, "there is no field '%.60s'", name);
    }
    if (!json_is_array(tasks) || json_array_size(tasks) > TASKS_MOST)
        return err_set(error, "'tasks' must be an array of up to %zu tasks", TASKS_MOST);
    return defaults == NULL || json_is_object(defaults) ||
           err_set(error, "'defaults' must be an object");
}

/* What is no object is left as it is, and told when it is read. */
static json_t *with_defaults(json_t *task, json_t *defaults)
{
    if (!json_is_object(task))
        return json_incref(task);
    json_t *whole = json_copy(task), *fitting = json_copy(defaults);
    for (size_t i = 0; i < sizeof trust / sizeof trust[0]; i++) {
        if (json_object_get(task, "hostkey") != NULL ||
            json_object_get(task, "fingerprint") != NULL)
            (void)json_object_del(fitting, trust[i]);
    }
    (void)json_object_update_missing(whole, fitting);
    json_decref(fitting);
    return whole;
}

json_t *batch_body_read(const json_t *body, struct err_text *error)
{
    if (!json_is_object(body)) {
        (void)err_set(error, "expected an object with 'tasks'");
        return NULL;
    }
    if (!check(body, error))
        return NULL;
    size_t index = 0;
    json_t *task = NULL, *whole = json_array();
    json_t *given = json_object_get(body, "defaults");
    json_t *defaults = given != NULL ? json_copy(given) : json_object();
    if (json_object_get(defaults, "output_kept") == NULL)
        (void)json_object_set_new(defaults, "output_kept", json_integer(OUTPUT_KEPT));
    json_array_foreach(json_object_get(body, "tasks"), index, task)(void)
        json_array_append_new(whole, with_defaults(task, defaults));
    json_decref(defaults);
    return whole;
}
