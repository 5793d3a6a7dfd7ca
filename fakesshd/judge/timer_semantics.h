/* Which kind of timer a client has in a phase, told from what became of it when the server fell
 * silent there, and when bytes kept coming there without progress. Pure. */
#ifndef JUDGE_TIMER_SEMANTICS_H
#define JUDGE_TIMER_SEMANTICS_H

#include <jansson.h>

/* identifier, word, sentence */
#define TIMER_SEMANTICS(X)                                                                      \
    X(TIMER_UNKNOWN, "unknown", "too little was judged to say")                                 \
    X(TIMER_NONE, "none", "silence is waited for without end")                                  \
    X(TIMER_LATE, "late", "something ends the wait, but after the deadline and the grace")      \
    X(TIMER_IDLE, "idle", "silence is ended in time, but every byte that comes starts it anew") \
    X(TIMER_ABSOLUTE, "absolute", "silence and dribble are both ended in time")

enum timer_semantics {
#define X(id, word, sentence) id,
    TIMER_SEMANTICS(X)
#undef X
};

/* Static memory. */
const char *timer_semantics_word(enum timer_semantics timer);
const char *timer_semantics_sentence(enum timer_semantics timer);

/* identifier, word, sentence; what a server does to show it */
#define STIMULI(X)                                                          \
    X(STIMULUS_SILENCE, "silence", "nothing comes any more")                \
    X(STIMULUS_DRIBBLE, "dribble", "bytes come, progress does not")         \
    X(STIMULUS_KEEPALIVE, "keepalive-only", "only keepalive requests come") \
    X(STIMULUS_ENDLESS, "endless data", "more and more comes, and never the end")

#define X(id, word, sentence) +1
enum { STIMULUS_COUNT = 0 STIMULI(X) };
#undef X

enum stimulus {
#define X(id, word, sentence) id,
    STIMULI(X)
#undef X
};
const char *stimulus_word(enum stimulus stimulus);

/* identifier, word; how the client stood it, the worst of several cases */
#define ENDURANCES(X)             \
    X(ENDURED_NOTHING_KNOWN, "?") \
    X(ENDURED_IN_TIME, "in time") \
    X(ENDURED_LATE, "late")       \
    X(ENDURED_HUNG, "hung")

enum endurance {
#define X(id, word) id,
    ENDURANCES(X)
#undef X
};
const char *endurance_word(enum endurance endurance);

/* The timer, from how each stimulus was endured. Silence that hung is no timer, whatever else is
 * known; that was ended late is a late one. Silence that was ended in time is an idle timer where
 * anything else was not, an absolute one where dribble, keepalives or endless data were. */
enum timer_semantics timer_semantics_of(const enum endurance endured[STIMULUS_COUNT]);

/* What a case says about a stimulus. Nothing, when it allows success and does not say that a task
 * timed out, or when its verdict is of another kind (CRASH, WRONG_OUTCOME, not judged ...). */
enum endurance timer_semantics_endurance(const json_t *item);

/* Which stimulus a scenario is: by its kind, in phase keepalive STIMULUS_KEEPALIVE. -1: none. */
int timer_semantics_stimulus(const char *phase, const char *kind);

/* For every client of the results and every phase that says something about one of them:
 * {client: {phase: {"timer": word, "silence": word, ...}}}. Phase keepalive has the silence of
 * phase data beside its own keepalives, since that is where they come. A new reference. */
json_t *timer_semantics_json(const json_t *results);

#endif
