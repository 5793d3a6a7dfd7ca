#include "base/selector.h"

#include <fnmatch.h>
#include <string.h>

bool selector_is_file(const char *word)
{
    return selector_file_length(word) > 0;
}

size_t selector_file_length(const char *word)
{
    size_t length = strlen(word);
    if (length > 4 && strcmp(word + length - 4, ".lua") == 0)
        return length;
    const char *variant = strstr(word, ".lua/");
    return variant != NULL && variant > word ? (size_t)(variant - word) + 4 : 0;
}

bool selector_subtracts(const char *word)
{
    return word[0] == '!';
}

bool selector_word_matches(const char *word, const char *id)
{
    /* No FNM_PATHNAME: a star in a pattern reaches variants as well. */
    if (fnmatch(word, id, 0) == 0)
        return true;
    size_t length = strlen(word);
    return strncmp(word, id, length) == 0 && id[length] == '/';
}

bool selector_matches(const char *const *words, size_t count, const char *id)
{
    bool selected = true;
    for (size_t i = 0; i < count; i++) {
        if (!selector_subtracts(words[i]))
            selected = false;
    }
    for (size_t i = 0; i < count; i++) {
        if (selector_subtracts(words[i])) {
            if (selector_word_matches(words[i] + 1, id))
                selected = false;
        } else if (!selector_is_file(words[i]) && selector_word_matches(words[i], id)) {
            selected = true;
        }
    }
    return selected;
}
