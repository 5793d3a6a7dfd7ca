#include "base/outcome.h"

#include <string.h>

static const char *const words[] = {
#define X(id, word, sentence) word,
    OUTCOMES(X)
#undef X
};

const char *outcome_name(enum outcome outcome)
{
    return words[outcome];
}

bool outcome_from_name(const char *word, enum outcome *outcome)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (strcmp(words[i], word) == 0) {
            *outcome = (enum outcome)i;
            return true;
        }
    }
    return false;
}

const char *outcome_sentence(enum outcome outcome)
{
    static const char *const sentences[] = {
#define X(id, word, sentence) sentence,
        OUTCOMES(X)
#undef X
    };
    return sentences[outcome];
}
