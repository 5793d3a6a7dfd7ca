/* Which scenarios of a catalogue the words of a command line mean. */
#include "base/scenario.h"

#include "base/selector.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool word_matches_some(const struct catalogue *catalogue, const char *word)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (selector_word_matches(word, catalogue->items[i].id))
            return true;
    }
    return false;
}

/* Does the word mean this item by its file, and by its variant if it names one? */
static bool file_word_matches(const char *word, const struct scenario *item)
{
    size_t length = selector_file_length(word);
    char path[PATH_MAX], real_word[PATH_MAX], real_item[PATH_MAX];
    if (length == 0 || length >= sizeof path)
        return false;
    (void)snprintf(path, sizeof path, "%.*s", (int)length, word);
    if (realpath(path, real_word) == NULL || realpath(item->file, real_item) == NULL ||
        strcmp(real_word, real_item) != 0)
        return false;
    const char *name = json_string_value(json_object_get(item->variant, "name"));
    return word[length] == '\0' || (name != NULL && strcmp(word + length + 1, name) == 0);
}

static bool is_selected(const struct scenario *item, const char *const *words, size_t word_count)
{
    for (size_t i = 0; i < word_count; i++) {
        if (file_word_matches(words[i], item))
            return true;
    }
    return selector_matches(words, word_count, item->id);
}

static bool some_file_matches(const struct catalogue *catalogue, const char *word)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (file_word_matches(word, &catalogue->items[i]))
            return true;
    }
    return false;
}

/* A file that is named on the command line joins the catalogue, unless it is there already. */
static enum err add_file_of(struct catalogue *catalogue, const char *word, struct err_text *error)
{
    char path[PATH_MAX];
    if (some_file_matches(catalogue, word))
        return ERR_NONE;
    (void)snprintf(path, sizeof path, "%.*s", (int)selector_file_length(word), word);
    enum err failed = catalogue_add_file(catalogue, path, error);
    if (failed == ERR_NONE && !some_file_matches(catalogue, word))
        failed = err_set(error, ERR_USAGE, "%s has no variant of that name: '%s'", path, word);
    return failed;
}

static enum err add_files(struct catalogue *catalogue, const char *const *words, size_t word_count,
                          struct err_text *error)
{
    for (size_t i = 0; i < word_count; i++) {
        enum err failed = ERR_NONE;
        if (selector_is_file(words[i]))
            failed = add_file_of(catalogue, words[i], error);
        else if (!word_matches_some(catalogue, words[i] + (selector_subtracts(words[i]) ? 1 : 0)))
            failed = err_set(error, ERR_USAGE,
                             "the selector '%s' matches no scenario; `fakesshd list` shows them",
                             words[i]);
        if (failed != ERR_NONE)
            return failed;
    }
    return ERR_NONE;
}

enum err catalogue_select(struct catalogue *catalogue, const char *const *words, size_t word_count,
                          const struct scenario ***selected, size_t *count, struct err_text *error)
{
    *selected = NULL;
    *count = 0;
    enum err failed = add_files(catalogue, words, word_count, error);
    if (failed != ERR_NONE)
        return failed;
    const struct scenario **chosen = calloc(catalogue->count + 1, sizeof(struct scenario *));
    if (chosen == NULL)
        return err_set(error, ERR_SYSTEM, "out of memory");
    for (size_t i = 0; i < catalogue->count; i++) {
        if (is_selected(&catalogue->items[i], words, word_count))
            chosen[(*count)++] = &catalogue->items[i];
    }
    *selected = chosen;
    if (*count == 0)
        return err_set(error, ERR_USAGE, "the selectors leave no scenario to run");
    return ERR_NONE;
}
