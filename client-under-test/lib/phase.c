#include "lib/phase.h"

const char *phase_name(enum phase phase)
{
    switch (phase) {
#define X(id, word, sentence) \
    case id:                  \
        return word;
        PHASES(X)
#undef X
    }
    return "?";
}

const char *phase_sentence(enum phase phase)
{
    switch (phase) {
#define X(id, word, sentence) \
    case id:                  \
        return sentence;
        PHASES(X)
#undef X
    }
    return "?";
}
