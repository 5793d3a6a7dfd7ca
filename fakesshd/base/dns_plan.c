#include "base/dns_plan.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { SECONDS_MAX = 3600 };

static const struct {
    const char *word, *sentence;
} says_rows[] = {
#define X(id, word, sentence) {word, sentence},
    DNS_SAYS(X)
#undef X
};

enum { SAYS_COUNT = sizeof says_rows / sizeof says_rows[0] };

const char *dns_says_name(enum dns_says says)
{
    return says_rows[says].word;
}

const char *dns_says_sentence(enum dns_says says)
{
    return says_rows[says].sentence;
}

static int64_t milliseconds(double seconds, double deadlines, int64_t deadline_ms)
{
    return llround(seconds * 1000 + deadlines * (double)deadline_ms);
}

int64_t dns_rule_after_ms(const struct dns_rule *rule, int64_t deadline_ms)
{
    return milliseconds(rule->after_s, rule->after_deadlines, deadline_ms);
}

/* At least one millisecond where bytes shall come one by one: 0 means all at once. */
int64_t dns_rule_every_ms(const struct dns_rule *rule, int64_t deadline_ms)
{
    int64_t every_ms = milliseconds(rule->every_s, rule->every_deadlines, deadline_ms);
    bool apart = rule->every_s > 0 || rule->every_deadlines > 0;
    return apart && every_ms == 0 ? 1 : every_ms;
}

/* ---- reading ---- */

static bool read_says(const json_t *value, struct dns_rule *rule, char why[200])
{
    const char *word = json_is_string(value) ? json_string_value(value) : "(not a string)";
    for (int i = 0; i < SAYS_COUNT; i++) {
        if (strcmp(says_rows[i].word, word) == 0) {
            rule->says = (enum dns_says)i;
            return true;
        }
    }
    int used = snprintf(why, 200, "expected 'answer' to be one of");
    for (int i = 0; i < SAYS_COUNT && used > 0 && used < 200; i++)
        used += snprintf(why + used, 200 - (size_t)used, " %s", says_rows[i].word);
    return false;
}

static bool read_duration(const char *name, const json_t *value, double *duration, char why[200])
{
    double number = json_is_number(value) ? json_number_value(value) : -1;
    *duration = number;
    if (number >= 0 && number <= SECONDS_MAX)
        return true;
    (void)snprintf(why, 200, "expected '%s' in 'dns' to be a number from 0 to %d", name,
                   SECONDS_MAX);
    return false;
}

/* name, member */
#define DURATIONS(X)                     \
    X("after", after_s)                  \
    X("after_deadline", after_deadlines) \
    X("every", every_s)                  \
    X("every_deadline", every_deadlines)

static double *duration_named(struct dns_rule *rule, const char *name)
{
#define X(word, member)          \
    if (strcmp(name, word) == 0) \
        return &rule->member;
    DURATIONS(X)
#undef X
    return NULL;
}

static bool is_nested(const char *name, bool outer)
{
    return outer && (strcmp(name, "tcp") == 0 || strcmp(name, "aaaa") == 0);
}

/* The outer table's own fields, or a nested table's. */
static bool read_rule(const json_t *table, bool outer, struct dns_rule *rule, const char **field,
                      char why[200])
{
    json_t *value;
    if (table != NULL && !json_is_object(table)) {
        *field = "dns";
        (void)snprintf(why, 200, "expected 'tcp' and 'aaaa' in 'dns' to be tables with names");
        return false;
    }
    json_object_foreach((json_t *)(uintptr_t)table, *field, value)
    {
        double *duration = duration_named(rule, *field);
        if (is_nested(*field, outer))
            continue;
        if (duration != NULL) {
            if (!read_duration(*field, value, duration, why))
                return false;
        } else if (strcmp(*field, "answer") == 0) {
            if (!read_says(value, rule, why))
                return false;
        } else {
            (void)snprintf(why, 200, "unknown field in 'dns': %.100s", *field);
            return false;
        }
    }
    return true;
}

/* From the general to the special: what a table does not say is as in the one before. */
bool dns_plan_read(const json_t *table, struct dns_plan *plan, const char **field, char why[200])
{
    const json_t *tcp = json_object_get(table, "tcp"), *aaaa = json_object_get(table, "aaaa");
    *plan = (struct dns_plan){.wanted = table != NULL};
    *field = "dns";
    if (!read_rule(table, true, &plan->rules[DNS_UDP], field, why))
        return false;
    plan->rules[DNS_TCP] = plan->rules[DNS_UDP];
    if (!read_rule(tcp, false, &plan->rules[DNS_TCP], field, why))
        return false;
    for (int i = 0; i < DNS_TRANSPORT_COUNT; i++) {
        plan->aaaa[i] = plan->rules[i];
        if (!read_rule(aaaa, false, &plan->aaaa[i], field, why))
            return false;
    }
    return true;
}
