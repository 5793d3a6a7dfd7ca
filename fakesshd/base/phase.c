/* Names of phases, and which step may follow which. */
#include "base/phase.h"

#include <string.h>

const char *phase_name(enum phase phase)
{
    switch (phase) {
#define X(id, word, rfc, sentence) \
    case id:                       \
        return word;
        PHASES(X)
#undef X
    }
    return "?";
}

const char *phase_rfc(enum phase phase)
{
    switch (phase) {
#define X(id, word, rfc, sentence) \
    case id:                       \
        return rfc;
        PHASES(X)
#undef X
    }
    return "?";
}

const char *phase_sentence(enum phase phase)
{
    switch (phase) {
#define X(id, word, rfc, sentence) \
    case id:                       \
        return sentence;
        PHASES(X)
#undef X
    }
    return "?";
}

bool phase_from_name(const char *word, enum phase *phase)
{
    for (int i = 0; i < PHASE_COUNT; i++) {
        if (strcmp(word, phase_name((enum phase)i)) == 0) {
            *phase = (enum phase)i;
            return true;
        }
    }
    return false;
}

bool phase_step_is_legal(enum phase from, enum phase to)
{
    if (from == PHASE_DISCONNECT || from == to)
        return false;
    if (from == PHASE_REKEY || from == PHASE_KEEPALIVE)
        return to >= PHASE_AUTH;
    return to > from;
}

phase_set phase_meaning(enum phase reported)
{
    if (reported == PHASE_KEX)
        return PHASE_BIT(PHASE_KEXINIT) | PHASE_BIT(PHASE_KEX) | PHASE_BIT(PHASE_NEWKEYS) |
               PHASE_BIT(PHASE_REKEY);
    return PHASE_BIT(reported);
}
