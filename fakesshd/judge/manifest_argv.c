/* A client's words with their placeholders. */
#include "judge/manifest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *placeholder_value(const struct placeholder_values *values, const char *word,
                                     size_t length, bool *known)
{
    *known = true;
#define X(name, sentence)                                             \
    if (strlen(#name) == length && strncmp(word, #name, length) == 0) \
        return values->name;
    PLACEHOLDERS(X)
#undef X
    *known = false;
    return NULL;
}

/* The length of the word in "{word}" when `at` begins one, else 0. "${x}" is left alone: a command
 * line may hold text for a shell. */
static size_t placeholder_length(const char *text, const char *at)
{
    if (*at != '{' || (at > text && at[-1] == '$'))
        return 0;
    size_t length = 0;
    while (islower((unsigned char)at[1 + length]) || at[1 + length] == '_')
        length++;
    return at[1 + length] == '}' ? length : 0;
}

const char *argv_unknown_placeholder(char *const *words, size_t *length)
{
    static const struct placeholder_values none;
    for (; words != NULL && *words != NULL; words++) {
        for (const char *at = *words; *at != '\0'; at++) {
            bool known = true;
            *length = placeholder_length(*words, at);
            if (at[0] == '{' && at[1] == '{')
                at++;
            else if (*length > 0)
                (void)placeholder_value(&none, at + 1, *length, &known);
            if (!known)
                return at + 1;
        }
    }
    return NULL;
}

static char *expand_word(const char *word, const struct placeholder_values *values)
{
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    if (out == NULL)
        abort();
    for (const char *at = word; *at != '\0'; at++) {
        size_t length = placeholder_length(word, at);
        bool known = false;
        const char *value = length > 0 ? placeholder_value(values, at + 1, length, &known) : NULL;
        if (known) {
            (void)fputs(value != NULL ? value : "", out);
            at += length + 1;
        } else {
            (void)fputc(*at, out);
            at += at[0] == '{' && at[1] == '{';
        }
    }
    (void)fclose(out);
    if (result == NULL)
        abort();
    return result;
}

char **argv_expand(char *const *words, const struct placeholder_values *values)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    char **result = calloc(count + 1, sizeof *result);
    if (result == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        result[i] = expand_word(words[i], values);
    return result;
}

void argv_free(char **argv)
{
    for (size_t i = 0; argv != NULL && argv[i] != NULL; i++)
        free(argv[i]);
    free(argv);
}
