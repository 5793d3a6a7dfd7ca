/* What a client says of one task. A scenario expects one of the first three. */
#ifndef BASE_OUTCOME_H
#define BASE_OUTCOME_H

#include <stdbool.h>

/* identifier, word, sentence */
#define OUTCOMES(X)                                                                             \
    X(OUTCOME_SUCCESS, "success", "the command ran, its exit status and its whole output came") \
    X(OUTCOME_TIMEOUT, "timeout", "the deadline passed, and the task was ended because of it")  \
    X(OUTCOME_FAILURE, "failure", "a clean error before the deadline")                          \
    X(OUTCOME_CANCELLED, "cancelled", "the task was cancelled on request")                      \
    X(OUTCOME_UNSUPPORTED, "unsupported", "the client cannot do what was asked for")            \
    X(OUTCOME_COULD_NOT_TRY, "could_not_try", "the client was not able to start the task")

enum outcome {
#define X(id, word, sentence) id,
    OUTCOMES(X)
#undef X
};

#define X(id, word, sentence) +1
enum { OUTCOME_COUNT = 0 OUTCOMES(X) };
#undef X

/* A set of outcomes, one bit each. */
typedef unsigned outcome_set;
#define OUTCOME_BIT(outcome) (1u << (unsigned)(outcome))

const char *outcome_name(enum outcome outcome);
const char *outcome_sentence(enum outcome outcome);
bool outcome_from_name(const char *word, enum outcome *outcome);

#endif
