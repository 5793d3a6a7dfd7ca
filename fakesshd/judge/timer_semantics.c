#include "judge/timer_semantics.h"

#include "base/phase.h"
#include "judge/results.h"

#include <stdbool.h>
#include <string.h>

const char *timer_semantics_word(enum timer_semantics timer)
{
    static const char *const words[] = {
#define X(id, word, sentence) word,
        TIMER_SEMANTICS(X)
#undef X
    };
    return words[timer];
}

const char *timer_semantics_sentence(enum timer_semantics timer)
{
    static const char *const sentences[] = {
#define X(id, word, sentence) sentence,
        TIMER_SEMANTICS(X)
#undef X
    };
    return sentences[timer];
}

const char *stimulus_word(enum stimulus stimulus)
{
    static const char *const words[] = {
#define X(id, word, sentence) word,
        STIMULI(X)
#undef X
    };
    return words[stimulus];
}

const char *endurance_word(enum endurance endurance)
{
    static const char *const words[] = {
#define X(id, word) word,
        ENDURANCES(X)
#undef X
    };
    return words[endurance];
}

enum timer_semantics timer_semantics_of(const enum endurance endured[STIMULUS_COUNT])
{
    bool some = false, all = true;
    for (int i = 0; i < STIMULUS_COUNT; i++) {
        if (i == STIMULUS_SILENCE || endured[i] == ENDURED_NOTHING_KNOWN)
            continue;
        some = true;
        all &= endured[i] == ENDURED_IN_TIME;
    }
    switch (endured[STIMULUS_SILENCE]) {
    case ENDURED_HUNG:
        return TIMER_NONE;
    case ENDURED_LATE:
        return TIMER_LATE;
    case ENDURED_IN_TIME:
        return !some ? TIMER_UNKNOWN : all ? TIMER_ABSOLUTE : TIMER_IDLE;
    case ENDURED_NOTHING_KNOWN:
        break;
    }
    return TIMER_UNKNOWN;
}

static bool holds(const json_t *list, const char *wanted)
{
    const json_t *word;
    size_t i;
    json_array_foreach(list, i, word)
    {
        const char *text = json_string_value(word);
        if (text != NULL && strcmp(text, wanted) == 0)
            return true;
    }
    return false;
}

enum endurance timer_semantics_endurance(const json_t *item)
{
    const char *word = results_text(json_object_get(item, "verdict"), "deadline");
    const json_t *outcomes = json_object_get(json_object_get(item, "expected"), "outcome");
    /* Where no time is to run out, what hangs has another reason than a timer that isn't there. */
    if (!holds(outcomes, "timeout"))
        return ENDURED_NOTHING_KNOWN;
    json_int_t timeouts =
        json_integer_value(json_object_get(json_object_get(item, "outcomes"), "timeout"));
    /* Came back in the end, and because of a timer: at least half of them, for the others may have
     * been about to when the case was over. */
    json_int_t tasks = json_integer_value(json_object_get(item, "tasks"));
    bool timed_out = tasks > 0 && 2 * timeouts >= tasks;
    if (strcmp(word, "HUNG") == 0)
        return timed_out ? ENDURED_LATE : ENDURED_HUNG;
    if (strcmp(word, "LATE") == 0)
        return ENDURED_LATE;
    bool is_early = strcmp(word, "EARLY") == 0; /* a timer that counts too fast is one */
    bool in_time = is_early || strcmp(word, "OK") == 0 || strcmp(word, "WRONG_PHASE") == 0;
    /* A client that may finish its work, or leave for another reason, showed no timer unless it
     * says so. */
    bool one_way = json_array_size(outcomes) == 1 && !is_early;
    return in_time && (one_way || timeouts > 0) ? ENDURED_IN_TIME : ENDURED_NOTHING_KNOWN;
}

int timer_semantics_stimulus(const char *phase, const char *kind)
{
    if (strcmp(kind, "silence") == 0)
        return STIMULUS_SILENCE;
    if (strcmp(kind, "dribble") == 0)
        return strcmp(phase, "keepalive") == 0 ? STIMULUS_KEEPALIVE : STIMULUS_DRIBBLE;
    return strcmp(kind, "flood") == 0 ? STIMULUS_ENDLESS : -1;
}

/* ---- all of a run ---- */

struct endured {
    enum endurance of[PHASE_COUNT][STIMULUS_COUNT];
    bool any[PHASE_COUNT];
};

static void take(struct endured *endured, const json_t *item, const json_t *facts)
{
    enum phase phase;
    const char *word = results_text(facts, "phase");
    int stimulus = timer_semantics_stimulus(word, results_text(facts, "kind"));
    if (stimulus < 0 || !phase_from_name(word, &phase))
        return;
    enum endurance now = timer_semantics_endurance(item);
    endured->any[phase] = true;
    if (now > endured->of[phase][stimulus])
        endured->of[phase][stimulus] = now;
}

static json_t *phase_json(const enum endurance endured[STIMULUS_COUNT])
{
    json_t *object = json_pack("{s:s}", "timer", timer_semantics_word(timer_semantics_of(endured)));
    for (int i = 0; i < STIMULUS_COUNT; i++) {
        if (endured[i] != ENDURED_NOTHING_KNOWN)
            (void)json_object_set_new(object, stimulus_word((enum stimulus)i),
                                      json_string(endurance_word(endured[i])));
    }
    return object;
}

static json_t *client_json(const json_t *results, const char *client)
{
    struct endured endured = {0};
    json_t *item, *object = json_object();
    size_t i;
    const json_t *scenarios = json_object_get(results, "scenarios");
    json_array_foreach(json_object_get(results, "cases"), i, item)
    {
        if (strcmp(results_text(item, "client"), client) == 0)
            take(&endured, item, json_object_get(scenarios, results_text(item, "id")));
    }
    endured.of[PHASE_KEEPALIVE][STIMULUS_SILENCE] = endured.of[PHASE_DATA][STIMULUS_SILENCE];
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        if (endured.any[phase])
            (void)json_object_set_new(object, phase_name((enum phase)phase),
                                      phase_json(endured.of[phase]));
    }
    return object;
}

json_t *timer_semantics_json(const json_t *results)
{
    json_t *ids, *clients, *client, *all = json_object();
    size_t i;
    results_axes(results, &ids, &clients);
    json_array_foreach(clients, i, client)(void) json_object_set_new(
        all, json_string_value(client), client_json(results, json_string_value(client)));
    json_decref(ids);
    json_decref(clients);
    return all;
}
