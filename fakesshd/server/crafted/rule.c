#include "server/crafted/rule.h"

#include <stdlib.h>
#include <string.h>

bool rule_add(struct rule **rules, const struct rule *rule)
{
    struct rule *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return false;
    *copy = *rule;
    copy->next = NULL;
    while (*rules != NULL)
        rules = &(*rules)->next;
    *rules = copy;
    return true;
}

static void rule_free(struct rule **link)
{
    struct rule *rule = *link;
    *link = rule->next;
    for (size_t i = 0; i < rule->field_count; i++)
        free((void *)(uintptr_t)rule->fields[i].value.bytes);
    free(rule->fields);
    free(rule);
}

void rule_free_all(struct rule **rules)
{
    while (*rules != NULL)
        rule_free(rules);
}

static bool is_hold(const struct rule *rule)
{
    return rule->action == RULE_HOLD_BEFORE || rule->action == RULE_HOLD_AFTER;
}

void rule_drop_holds(struct rule **rules)
{
    while (*rules != NULL) {
        if (is_hold(*rules))
            rule_free(rules);
        else
            rules = &(*rules)->next;
    }
}

/* The payload with some fields changed. A field that this form of the message doesn't have stays
 * out of it. */
static void alter(const struct rule *rule, const uint8_t *payload, size_t length,
                  const char *auth_method, struct buffer *altered)
{
    const struct message_row *row = NULL;
    struct message_value values[MESSAGE_FIELDS_MAX];
    memset(values, 0, sizeof values);
    if (!message_decode(payload, length, auth_method, &row, values) || row == NULL)
        return;
    for (size_t i = 0; i < rule->field_count; i++) {
        int index = message_field_index(row, rule->fields[i].name);
        if (index >= 0)
            values[index] = rule->fields[i].value;
    }
    struct buffer made = {0};
    if (message_encode(row, values, &made)) {
        buffer_fini(altered);
        *altered = made;
    } else {
        buffer_fini(&made);
    }
}

static void apply(const struct rule *rule, const uint8_t *payload, size_t length,
                  const char *auth_method, struct rule_verdict *verdict)
{
    switch (rule->action) {
    case RULE_ALTER:
        if (buffer_length(&verdict->altered) > 0) {
            struct buffer before = verdict->altered;
            verdict->altered = (struct buffer){0};
            alter(rule, (const uint8_t *)buffer_front(&before), buffer_length(&before), auth_method,
                  &verdict->altered);
            buffer_fini(&before);
        } else if (payload != NULL) {
            alter(rule, payload, length, auth_method, &verdict->altered);
        }
        break;
    case RULE_WITHHOLD:
        verdict->withhold = true;
        break;
    case RULE_AGAIN:
        verdict->again += rule->count;
        break;
    case RULE_CORRUPT:
        verdict->corrupt = true;
        break;
    case RULE_HOLD_BEFORE:
        verdict->hold_before = true;
        break;
    case RULE_HOLD_AFTER:
        verdict->hold_after = true;
        break;
    }
}

struct rule_verdict rule_judge(struct rule **rules, int number, unsigned nth,
                               const uint8_t *payload, size_t length, const char *auth_method,
                               bool by_script)
{
    struct rule_verdict verdict = {0};
    while (*rules != NULL) {
        struct rule *rule = *rules;
        bool meant = (rule->number == RULE_ANY ? rule->nth == nth : rule->number == number) &&
                     (!by_script || is_hold(rule));
        if (meant)
            apply(rule, payload, length, auth_method, &verdict);
        if (meant && rule->action != RULE_WITHHOLD)
            rule_free(rules);
        else
            rules = &rule->next;
    }
    return verdict;
}
