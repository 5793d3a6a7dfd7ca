#include "lib/phase.h"

#include <stdbool.h>

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

enum phase phase_towards(enum phase now, enum phase goal)
{
    bool is_on_the_way = goal <= PHASE_DATA || goal == PHASE_EXIT || goal == PHASE_CLOSE;
    return is_on_the_way && now < PHASE_DATA && now < goal ? now + 1 : goal;
}
