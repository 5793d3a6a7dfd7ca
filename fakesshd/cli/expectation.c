#include "cli/expectation.h"

#include <stdio.h>
#include <string.h>

static void add(char *text, size_t size, const char *between, const char *word)
{
    size_t length = strlen(text);
    (void)snprintf(text + length, size - length, "%s%s", between, word);
}

void expectation_text(const struct scenario *item, char *text, size_t size)
{
    text[0] = '\0';
    const char *between = "";
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if ((item->outcomes & OUTCOME_BIT(i)) == 0)
            continue;
        add(text, size, between, outcome_name((enum outcome)i));
        between = " or ";
    }
    between = " in ";
    for (int i = 0; i < PHASE_COUNT; i++) {
        if ((item->phases & PHASE_BIT(i)) == 0)
            continue;
        add(text, size, between, phase_name((enum phase)i));
        between = " or ";
    }
}

json_t *expectation_json(const struct scenario *item)
{
    json_t *outcomes = json_array(), *phases = json_array();
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if ((item->outcomes & OUTCOME_BIT(i)) != 0)
            (void)json_array_append_new(outcomes, json_string(outcome_name((enum outcome)i)));
    }
    for (int i = 0; i < PHASE_COUNT; i++) {
        if ((item->phases & PHASE_BIT(i)) != 0)
            (void)json_array_append_new(phases, json_string(phase_name((enum phase)i)));
    }
    return json_pack("{s:o, s:o}", "outcome", outcomes, "phase", phases);
}
