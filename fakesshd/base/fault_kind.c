#include "base/fault_kind.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *words, *sentence;
} kinds[] = {
#define X(id, word, words, sentence) {word, words, sentence},
    FAULT_KINDS(X)
#undef X
};

const char *fault_kind_name(enum fault_kind kind)
{
    return kind < FAULT_UNSAID ? kinds[kind].name : "?";
}

const char *fault_kind_sentence(enum fault_kind kind)
{
    return kind < FAULT_UNSAID ? kinds[kind].sentence : "says of itself neither this nor that";
}

bool fault_kind_from_name(const char *word, enum fault_kind *kind)
{
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, word) == 0) {
            *kind = (enum fault_kind)i;
            return true;
        }
    }
    return false;
}

static enum fault_kind kind_of_word(const char *word, size_t length)
{
    char spaced[64];
    if (length == 0 || length + 3 > sizeof spaced)
        return FAULT_UNSAID;
    (void)snprintf(spaced, sizeof spaced, " %.*s ", (int)length, word);
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        if (strstr(kinds[i].words, spaced) != NULL)
            return (enum fault_kind)i;
    }
    return FAULT_UNSAID;
}

/* A name is the part of an id between two slashes. */
static enum fault_kind kind_of_name(const char *name)
{
    enum fault_kind kind = FAULT_UNSAID;
    while (kind == FAULT_UNSAID && *name != '\0' && *name != '/') {
        size_t length = strcspn(name, "-/");
        kind = kind_of_word(name, length);
        name += length;
        name += *name == '-' ? 1 : 0;
    }
    return kind;
}

enum fault_kind fault_kind_of_id(const char *id)
{
    enum fault_kind kind = FAULT_UNSAID;
    for (const char *name = strchr(id, '/'); name != NULL; name = strchr(name + 1, '/')) {
        enum fault_kind said = kind_of_name(name + 1);
        kind = said != FAULT_UNSAID ? said : kind;
    }
    return kind;
}

const char *fault_kind_words(void)
{
#define X(id, word, words, sentence) ", " word
    static const char text[] = "" FAULT_KINDS(X);
#undef X
    return text + 2;
}
