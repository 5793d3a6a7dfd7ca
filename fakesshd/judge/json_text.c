#include "judge/json_text.h"

#include "judge/clean_text.h"

#include <math.h>
#include <stdlib.h>

json_t *json_text(const char *text)
{
    if (text == NULL)
        return json_null();
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    char *clean = clean_text(text);
    string = json_string(clean);
    free(clean);
    return string;
}

json_t *json_number(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

json_t *json_outcomes(outcome_set set)
{
    json_t *list = json_array();
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if ((set & OUTCOME_BIT(i)) != 0)
            (void)json_array_append_new(list, json_string(outcome_name((enum outcome)i)));
    }
    return list;
}

json_t *json_phases(phase_set set)
{
    json_t *list = json_array();
    for (int i = 0; i < PHASE_COUNT; i++) {
        if ((set & PHASE_BIT(i)) != 0)
            (void)json_array_append_new(list, json_string(phase_name((enum phase)i)));
    }
    return list;
}
