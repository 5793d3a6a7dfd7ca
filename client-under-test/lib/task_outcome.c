#include "lib/task.h"

const char *task_outcome_name(enum task_outcome outcome)
{
    switch (outcome) {
#define X(id, word, sentence) \
    case id:                  \
        return word;
        TASK_OUTCOMES(X)
#undef X
    }
    return "?";
}
