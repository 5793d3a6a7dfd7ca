#include "lib/environment.h"

#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

static void wipe(char *text)
{
    explicit_bzero(text, strlen(text));
    free(text);
}

bool environment_set(struct environment *environment, const char *name, const char *value,
                     struct err_text *error)
{
    if (name[0] == '\0' || strchr(name, '=') != NULL)
        return err_set(error, "expected a variable's name, without '='; found '%.60s'", name);
    for (size_t i = 0; i < environment->count; i++) {
        if (strcmp(environment_name(environment, i), name) == 0) {
            wipe(environment->pairs[2 * i + 1]);
            environment->pairs[2 * i + 1] = memory_text(value);
            return true;
        }
    }
    if (environment->count == ENVIRONMENT_MOST)
        return err_set(error, "there may be %d variables", ENVIRONMENT_MOST);
    environment->pairs = memory_resize(environment->pairs,
                                       2 * (environment->count + 1) * sizeof *environment->pairs);
    environment->pairs[2 * environment->count] = memory_text(name);
    environment->pairs[2 * environment->count + 1] = memory_text(value);
    environment->count++;
    return true;
}

void environment_copy(struct environment *to, const struct environment *from)
{
    *to = (struct environment){.count = from->count};
    if (from->count > 0)
        to->pairs = memory_zeroed(2 * from->count * sizeof *to->pairs);
    for (size_t i = 0; i < 2 * from->count; i++)
        to->pairs[i] = memory_text(from->pairs[i]);
}

const char *environment_name(const struct environment *environment, size_t index)
{
    return environment->pairs[2 * index];
}

const char *environment_value(const struct environment *environment, size_t index)
{
    return environment->pairs[2 * index + 1];
}

void environment_fini(struct environment *environment)
{
    for (size_t i = 0; i < 2 * environment->count; i++)
        wipe(environment->pairs[i]);
    free(environment->pairs);
    *environment = (struct environment){.count = 0};
}
