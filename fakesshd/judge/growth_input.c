/* Reads a file whole and finds out which of the two formats it has. */
#include "judge/growth_input.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX_BYTES = 256 * 1024 * 1024 };

static void *grown(void *array, size_t size)
{
    void *result = realloc(array, size);
    if (result == NULL)
        abort();
    return result;
}

struct growth_series *growth_input_add(struct growth_input *input, const char *id,
                                       const struct growth_config *config)
{
    input->items = grown(input->items, (input->count + 1) * sizeof *input->items);
    struct growth_series *series = &input->items[input->count++];
    *series = (struct growth_series){.id = strdup(id), .config = *config};
    if (series->id == NULL)
        abort();
    return series;
}

void growth_series_add(struct growth_series *series, int64_t tasks, int64_t value)
{
    if (series->n == series->size) {
        series->size = 2 * series->size + 64;
        series->q = grown(series->q, series->size * sizeof *series->q);
        series->t = grown(series->t, series->size * sizeof *series->t);
    }
    series->q[series->n] = value;
    series->t[series->n++] = tasks;
}

void growth_input_fini(struct growth_input *input)
{
    for (size_t i = 0; i < input->count; i++) {
        free(input->items[i].id);
        free(input->items[i].q);
        free(input->items[i].t);
    }
    free(input->items);
    *input = (struct growth_input){0};
}

static enum err read_all(FILE *in, struct growth_text *text, struct err_text *error)
{
    size_t size = 0;
    for (;;) {
        if (text->length + 1 >= size) {
            size = 2 * size + 65536;
            text->bytes = grown(text->bytes, size);
        }
        size_t got = fread(text->bytes + text->length, 1, size - text->length - 1, in);
        text->length += got;
        if (text->length > INPUT_MAX_BYTES)
            return err_set(error, ERR_INPUT, "%s: more than %d MiB", text->name,
                           INPUT_MAX_BYTES / 1024 / 1024);
        if (got == 0)
            break;
    }
    text->bytes[text->length] = '\0';
    if (ferror(in))
        return err_set_errno(error, "%s: cannot be read", text->name);
    return ERR_NONE;
}

static enum err parse(const struct growth_text *text, const struct growth_profile *profile,
                      struct growth_input *input, struct err_text *error)
{
    if (strlen(text->bytes) != text->length)
        return err_set(error, ERR_INPUT,
                       "%s: expected JSON or CSV, found binary data (a NUL at byte %zu)",
                       text->name, strlen(text->bytes));
    size_t start = 0;
    while (isspace((unsigned char)text->bytes[start]))
        start++;
    if (start == text->length)
        return err_set(error, ERR_INPUT, "%s: expected readings, found nothing", text->name);
    if (text->bytes[start] == '{' || text->bytes[start] == '[')
        return growth_input_json(text, profile, input, error);
    return growth_input_csv(text, profile, input, error);
}

enum err growth_input_read(FILE *in, const char *name, const struct growth_profile *profile,
                           struct growth_input *input, struct err_text *error)
{
    struct growth_text text = {.name = name};
    *input = (struct growth_input){0};
    enum err failed = read_all(in, &text, error);
    if (failed == ERR_NONE)
        failed = parse(&text, profile, input, error);
    if (failed == ERR_NONE && input->count == 0)
        failed = err_set(error, ERR_INPUT, "%s: expected readings, found no series", name);
    if (failed != ERR_NONE)
        growth_input_fini(input);
    free(text.bytes);
    return failed;
}
