/* What is wrong with a server, whatever the step of the protocol: the second axis of the
 * catalogue's matrix. Written once; the scenarios' field `kind`, the index and the manual's table
 * come from this list. */
#ifndef BASE_FAULT_KIND_H
#define BASE_FAULT_KIND_H

#include <stdbool.h>

/* identifier, word, words of an id that say it, sentence */
#define FAULT_KINDS(X)                                                                           \
    X(FAULT_SILENCE, "silence", " silent silence stall stalls stalled never no mute ",           \
      "says nothing more and keeps the connection")                                              \
    X(FAULT_PARTIAL, "partial", " half partial truncated incomplete cut ",                       \
      "stops in the middle of a message")                                                        \
    X(FAULT_DRIBBLE, "dribble", " dribble dribbles drip trickle ",                               \
      "bytes keep coming, progress does not")                                                    \
    X(FAULT_FLOOD, "flood", " flood floods endless storm ", "sends more than anybody asked for") \
    X(FAULT_DEAF, "deaf", " reading deaf ", "stops reading")                                     \
    X(FAULT_FIN, "fin", " fin ", "ends the TCP connection (FIN)")                                \
    X(FAULT_RST, "rst", " rst reset ", "resets the TCP connection (RST)")                        \
    X(FAULT_REFUSAL, "refusal", " refused refuse refuses refusal failure denied rejected ",      \
      "says no, as the protocol provides")                                                       \
    X(FAULT_ENDING, "ending", " disconnect disconnects signal closed ",                          \
      "ends the task by a message of the protocol: DISCONNECT, CLOSE, exit-signal")              \
    X(FAULT_ORDER, "order", " twice again unasked unsolicited early order unknown unexpected ",  \
      "sends a message at the wrong time, twice, or unasked")                                    \
    X(FAULT_MALFORMED, "malformed",                                                              \
      " oversized malformed corrupt bad wrong short huge overrun zero invalid garbage mac ",     \
      "sends bytes that break the rules: lengths, checksums, signatures, names")                 \
    X(FAULT_LEGAL, "legal", " legal ", "is slow or odd, but legal: giving up is the bug")

enum fault_kind {
#define X(id, word, words, sentence) id,
    FAULT_KINDS(X)
#undef X
        FAULT_UNSAID /* neither the scenario nor its id says it */
};

enum { FAULT_KIND_COUNT = FAULT_UNSAID };

/* The kind's word; "?" for FAULT_UNSAID. Static memory. */
const char *fault_kind_name(enum fault_kind kind);
const char *fault_kind_sentence(enum fault_kind kind);

/* Finds a kind by its word; false when there is none. */
bool fault_kind_from_name(const char *word, enum fault_kind *kind);

/* What the words of an id say ("data/fin/rst" is FAULT_RST): the last name that says something
 * counts, in it the first word. The phase says nothing. FAULT_UNSAID when none does. */
enum fault_kind fault_kind_of_id(const char *id);

/* All words with ", " between, for sentences about a wrong one. Static memory. */
const char *fault_kind_words(void);

#endif
