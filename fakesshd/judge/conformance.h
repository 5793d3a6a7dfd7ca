/* Does a driver keep to fakesshd-driver(7)? Each line of a transcript is held against the rules,
 * without a driver, a loop or a clock: what comes in are entries, what comes out are mistakes. */
#ifndef JUDGE_CONFORMANCE_H
#define JUDGE_CONFORMANCE_H

#include "judge/transcript.h"

/* identifier, word, the rule, the section of fakesshd-driver(7) that has it */
#define CONFORMANCE_RULES(X)                                                                      \
    X(RULE_UTF8, "utf8", "a line is UTF-8, without NUL", "LINES")                                 \
    X(RULE_JSON, "json", "standard output carries JSON objects, one a line, and nothing else",    \
      "LINES")                                                                                    \
    X(RULE_LENGTH, "line-length", "a line has at most 256 KiB", "LINES")                          \
    X(RULE_UNFINISHED, "unfinished", "a line ends with a newline", "LINES")                       \
    X(RULE_OP, "op", "a driver says hello, result, settled, counters, stacks or unsupported",     \
      "LINES")                                                                                    \
    X(RULE_ID, "id", "a reply has the integer id of a request that was made", "LINES")            \
    X(RULE_TWICE, "second-reply", "a request gets one reply", "LINES")                            \
    X(RULE_UNANSWERED, "unanswered", "every request gets a reply", "LINES")                       \
    X(RULE_WRONG_REPLY, "wrong-reply", "a request gets the reply of its own kind", "REQUESTS")    \
    X(RULE_HELLO_FIRST, "hello-first", "the driver's first line is hello", "HELLO")               \
    X(RULE_HELLO_TWICE, "hello-twice", "hello is said once", "HELLO")                             \
    X(RULE_HELLO_LATE, "hello-late", "hello comes within 30 s", "HELLO")                          \
    X(RULE_FIELD_MISSING, "field-missing", "a line has the fields that its op needs", "FIELDS")   \
    X(RULE_FIELD_TYPE, "field-type", "a field has the type that the table gives", "FIELDS")       \
    X(RULE_OFFERED, "offered", "what ops offers is not answered by unsupported", "HELLO")         \
    X(RULE_OUTCOME, "outcome", "an outcome is one of the list", "OUTCOMES")                       \
    X(RULE_PHASE, "phase", "a phase is one of the list, and of those that hello names", "PHASES") \
    X(RULE_SUCCESS, "success", "success has an exit status and the output, and no phase",         \
      "REQUESTS")                                                                                 \
    X(RULE_CANCELLED, "cancelled", "cancelled is the outcome of what was cancelled only",         \
      "OUTCOMES")                                                                                 \
    X(RULE_BASE64, "base64", "stdout_b64 is base64, without line breaks", "REQUESTS")             \
    X(RULE_OUTPUT, "output", "stdout_b64 carries the first 64 KiB, stdout_bytes counts all",      \
      "REQUESTS")                                                                                 \
    X(RULE_ELAPSED, "elapsed", "elapsed_ms is in milliseconds, from when the line was read",      \
      "REQUESTS")                                                                                 \
    X(RULE_COUNTERS, "counters", "counters reports every counter that hello names", "REQUESTS")   \
    X(RULE_BYE, "bye", "the process ends within one second of bye or the end of its input",       \
      "THE END")                                                                                  \
    X(RULE_EXIT, "exit", "the process ends of bye or the end of its input, and by itself",        \
      "THE END")

enum conformance_rule {
#define X(id, word, sentence, section) id,
    CONFORMANCE_RULES(X)
#undef X
};

struct conformance_mistake {
    enum conformance_rule rule;
    int line; /* of the transcript */
    char detail[300];
};

/* The list is bounded: what is beyond is only counted. */
enum { CONFORMANCE_MISTAKES_MAX = 200 };

struct conformance;

struct conformance *conformance_new(void);
void conformance_free(struct conformance **conformance);

/* A transcript_on_entry; `context` is the struct conformance. An entry of TRANSCRIPT_BEGIN makes a
 * new beginning: what the driver before left unanswered is told, its mistakes are kept. */
void conformance_take(void *context, const struct transcript_entry *entry);

/* Nothing follows: what was not answered is told. */
void conformance_finish(struct conformance *conformance);

size_t conformance_count(const struct conformance *conformance);
/* Of those that are kept; NULL beyond. Borrowed. */
const struct conformance_mistake *conformance_mistake(const struct conformance *conformance,
                                                      size_t index);

const char *conformance_rule_word(enum conformance_rule rule);
const char *conformance_rule_sentence(enum conformance_rule rule);
const char *conformance_rule_section(enum conformance_rule rule);

/* "line 12: <detail>", the rule and the section, for people; a rule's first three, and how many
 * more. */
void conformance_print(const struct conformance *conformance, FILE *out);

#endif
