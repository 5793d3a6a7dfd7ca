/* The words of a verdict. Two axes: how the deadline was kept, and how clean the client left
 * things. Besides them stand three words for a case that could not be judged, and one for a case
 * that was judged several times and did not come out the same. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* identifier, word, sentence; the order is that of precedence: the worst of a case's tasks counts
 */
#define DEADLINE_VERDICTS(X)                                                                       \
    X(DEADLINE_OK, "OK", "came back in time, with the right answer")                               \
    X(DEADLINE_EARLY, "EARLY", "gave up on a legal server, or before its deadline")                \
    X(DEADLINE_LATE, "LATE", "came back, but after its deadline and the grace")                    \
    X(DEADLINE_WRONG_PHASE, "WRONG_PHASE", "named another phase than the one that was at fault")   \
    X(DEADLINE_WRONG_OUTCOME, "WRONG_OUTCOME", "said success when there was none, or the reverse") \
    X(DEADLINE_NO_CONTACT, "NO_CONTACT", "never connected: the case is invalid")                   \
    X(DEADLINE_CRASH, "CRASH", "died")                                                             \
    X(DEADLINE_HUNG, "HUNG", "had to be killed")

enum deadline_verdict {
#define X(id, word, sentence) id,
    DEADLINE_VERDICTS(X)
#undef X
};

/* identifier, word, sentence; in the order of the alphabet, as they are printed */
#define CLEANUP_VERDICTS(X)                                                             \
    X(CLEANUP_GROWING, "GROWING", "its memory grows with every task")                   \
    X(CLEANUP_LEAK_CHILD, "LEAK_CHILD", "left child processes behind")                  \
    X(CLEANUP_LEAK_CONN, "LEAK_CONN", "left connections open, as the server sees them") \
    X(CLEANUP_LEAK_FD, "LEAK_FD", "left descriptors open")                              \
    X(CLEANUP_LEAK_TASK, "LEAK_TASK", "its own count of tasks grows")                   \
    X(CLEANUP_LEAK_THREAD, "LEAK_THREAD", "left threads behind")                        \
    X(CLEANUP_SPIN, "SPIN", "burned processor time while it waited")

enum cleanup_verdict {
#define X(id, word, sentence) id,
    CLEANUP_VERDICTS(X)
#undef X
};
#define CLEANUP_BIT(cleanup) (1u << (unsigned)(cleanup))

/* identifier, word, sentence */
#define CASE_STATES(X)                                                            \
    X(CASE_JUDGED, "JUDGED", "both axes are known")                               \
    X(CASE_SKIP, "SKIP", "not asked of this client, with the reason")             \
    X(CASE_INCONCLUSIVE, "INCONCLUSIVE", "could not be decided, with the reason") \
    X(CASE_ERROR, "ERROR", "our own fault or the scenario's, never the client's") \
    X(CASE_FLAKY, "FLAKY", "judged several times, and only some were as expected: FLAKY(k/n)")

enum case_state {
#define X(id, word, sentence) id,
    CASE_STATES(X)
#undef X
};

struct verdict {
    enum case_state state;
    enum deadline_verdict deadline; /* of use when judged */
    unsigned cleanup;               /* set of CLEANUP_BIT; 0 is clean */
    int good, repeats;              /* when flaky: of so many repeats so many were as expected */
};

enum { VERDICT_TEXT_MAX = 160 };

/* The word, and the sentence that explains it. Static memory. */
const char *deadline_verdict_word(enum deadline_verdict verdict);
const char *deadline_verdict_sentence(enum deadline_verdict verdict);
const char *cleanup_verdict_word(enum cleanup_verdict verdict);
const char *cleanup_verdict_sentence(enum cleanup_verdict verdict);
const char *case_state_word(enum case_state state);

/* "OK", "HUNG+LEAK_FD+LEAK_THREAD", "LEAK_CONN" (deadline kept, not clean), "INCONCLUSIVE",
 * "FLAKY(9/10)"; "FLAKY" alone when no numbers are known. */
void verdict_print(struct verdict verdict, char text[VERDICT_TEXT_MAX]);

/* Reads that text back, in any order of its words ("OK+LEAK_CONN" is "LEAK_CONN"). False, and
 * *verdict left alone, when a word is unknown, empty or twice there, when two words speak of the
 * deadline, and when SKIP, INCONCLUSIVE, ERROR or FLAKY does not stand alone. FLAKY(k/n) is read
 * with 0 < k < n; FLAKY has no numbers, good and repeats are 0 then. */
bool verdict_parse(const char *text, struct verdict *verdict);

bool verdict_equal(struct verdict a, struct verdict b);
bool verdict_is_clean_ok(struct verdict verdict);

/* Was it judged, and HUNG, whatever it holds? */
bool verdict_hangs(struct verdict verdict);

#endif
