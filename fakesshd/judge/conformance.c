/* The state between two lines is small: whether hello came, what was asked, and when the driver was
 * told to end. The checks of one line are in conformance_line.c. */
#include "judge/conformance_state.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const struct {
    const char *word, *sentence, *section;
} rules[] = {
#define X(id, word, sentence, section) {word, sentence, section},
    CONFORMANCE_RULES(X)
#undef X
};

enum { RULE_COUNT = sizeof rules / sizeof *rules, SHOWN_OF_A_RULE = 3 };

#define HELLO_NS (30 * CLOCK_NS_PER_S)
#define REPLY_NS (1 * CLOCK_NS_PER_S)
/* The judge's own clock may be a little late, too. */
#define BYE_NS (CLOCK_NS_PER_S + 100 * CLOCK_NS_PER_MS)

const char *conformance_rule_word(enum conformance_rule rule)
{
    return rules[rule].word;
}

const char *conformance_rule_sentence(enum conformance_rule rule)
{
    return rules[rule].sentence;
}

const char *conformance_rule_section(enum conformance_rule rule)
{
    return rules[rule].section;
}

/* ---- mistakes ---- */

void conformance_add(struct conformance *conformance, enum conformance_rule rule, int line,
                     const char *format, ...)
{
    va_list args;
    if (conformance->count++ >= CONFORMANCE_MISTAKES_MAX)
        return;
    struct conformance_mistake *mistake = &conformance->mistakes[conformance->count - 1];
    mistake->rule = rule;
    mistake->line = line;
    va_start(args, format);
    (void)vsnprintf(mistake->detail, sizeof mistake->detail, format, args);
    va_end(args);
}

size_t conformance_count(const struct conformance *conformance)
{
    return conformance->count;
}

const struct conformance_mistake *conformance_mistake(const struct conformance *conformance,
                                                      size_t index)
{
    return index < conformance->count && index < CONFORMANCE_MISTAKES_MAX
               ? &conformance->mistakes[index]
               : NULL;
}

static void print_rule(const struct conformance *conformance, enum conformance_rule rule, FILE *out)
{
    const struct conformance_mistake *mistake;
    int found = 0;
    for (size_t i = 0; (mistake = conformance_mistake(conformance, i)) != NULL; i++) {
        if (mistake->rule != rule)
            continue;
        if (found == 0)
            fprintf(out, "%s: %s (fakesshd-driver(7), %s)\n", rules[rule].word,
                    rules[rule].sentence, rules[rule].section);
        if (found++ < SHOWN_OF_A_RULE)
            fprintf(out, "    line %d: %s\n", mistake->line, mistake->detail);
    }
    if (found > SHOWN_OF_A_RULE)
        fprintf(out, "    and %d more\n", found - SHOWN_OF_A_RULE);
}

void conformance_print(const struct conformance *conformance, FILE *out)
{
    for (int rule = 0; rule < RULE_COUNT; rule++)
        print_rule(conformance, (enum conformance_rule)rule, out);
    if (conformance->count > CONFORMANCE_MISTAKES_MAX)
        fprintf(out, "and %zu mistakes more\n", conformance->count - CONFORMANCE_MISTAKES_MAX);
}

/* ---- requests ---- */

struct conformance_request *conformance_find(struct conformance *conformance, json_int_t id)
{
    for (size_t i = conformance->request_count; i > 0; i--) {
        if (conformance->requests[i - 1].id == id)
            return &conformance->requests[i - 1];
    }
    return NULL;
}

static void take_request(struct conformance *conformance, const struct transcript_entry *entry)
{
    json_t *line = json_loadb(entry->text, entry->length, JSON_ALLOW_NUL, NULL);
    const char *op = json_string_value(json_object_get(line, "op"));
    const json_t *id = json_object_get(line, "id");
    struct conformance_request *asked =
        json_is_integer(id) ? conformance_find(conformance, json_integer_value(id)) : NULL;
    if (op != NULL && strcmp(op, "bye") == 0) {
        if (!conformance->told_to_end)
            conformance->told_to_end_ns = entry->at_ns;
        conformance->told_to_end = true;
    } else if (op != NULL && strcmp(op, "cancel") == 0) {
        if (asked != NULL)
            asked->cancelled = true;
    } else if (op != NULL && json_is_integer(id)) {
        size_t size = (conformance->request_count + 1) * sizeof *conformance->requests;
        conformance->requests = realloc(conformance->requests, size);
        if (conformance->requests == NULL)
            abort();
        asked = &conformance->requests[conformance->request_count++];
        *asked = (struct conformance_request){
            .id = json_integer_value(id), .line = entry->line, .at_ns = entry->at_ns};
        (void)snprintf(asked->op, sizeof asked->op, "%s", op);
    }
    json_decref(line);
}

/* A task may still hang when the driver is told to end, and what was just asked may be under way.
 */
static bool is_owed(const struct conformance *conformance,
                    const struct conformance_request *request)
{
    if (request->answered)
        return false;
    return !conformance->told_to_end || (strcmp(request->op, "run") != 0 &&
                                         conformance->told_to_end_ns - request->at_ns > REPLY_NS);
}

/* Replies that never came. */
static void end_of_driver(struct conformance *conformance)
{
    for (size_t i = 0; i < conformance->request_count; i++) {
        const struct conformance_request *request = &conformance->requests[i];
        if (is_owed(conformance, request))
            conformance_add(conformance, RULE_UNANSWERED, request->line,
                            "expected a reply to %s, id %lld; none came", request->op,
                            (long long)request->id);
    }
    conformance->request_count = 0;
}

static void forget_driver(struct conformance *conformance)
{
    free(conformance->requests);
    json_decref(conformance->hello);
    conformance->requests = NULL;
    conformance->hello = NULL;
    conformance->request_count = 0;
    conformance->greeted = conformance->told_to_end = false;
}

/* ---- the end of a driver ---- */

static void take_exit(struct conformance *conformance, const struct transcript_entry *entry)
{
    if (!conformance->told_to_end)
        conformance_add(conformance, RULE_EXIT, entry->line,
                        "expected it to go on, for it was not told to end; %s %d",
                        WIFSIGNALED(entry->status) ? "it died of signal" : "it exited with status",
                        WIFSIGNALED(entry->status) ? WTERMSIG(entry->status)
                                                   : WEXITSTATUS(entry->status));
    else if (WIFSIGNALED(entry->status))
        conformance_add(conformance, RULE_EXIT, entry->line,
                        "expected it to exit; it died of signal %d", WTERMSIG(entry->status));
    else if (entry->at_ns - conformance->told_to_end_ns > BYE_NS)
        conformance_add(conformance, RULE_BYE, entry->line,
                        "expected the end within 1,000 ms, found it after %.0f ms",
                        (double)(entry->at_ns - conformance->told_to_end_ns) / 1e6);
    end_of_driver(conformance);
}

static void take_kill(struct conformance *conformance, const struct transcript_entry *entry)
{
    if (conformance->told_to_end)
        conformance_add(conformance, RULE_BYE, entry->line,
                        "expected the end within 1,000 ms, it was still there after %.0f ms",
                        (double)(entry->at_ns - conformance->told_to_end_ns) / 1e6);
    end_of_driver(conformance);
}

/* ---- entries ---- */

void conformance_take(void *context, const struct transcript_entry *entry)
{
    struct conformance *conformance = context;
    if (!conformance->greeted && !conformance->late &&
        entry->at_ns - conformance->begun_ns > HELLO_NS && entry->kind != TRANSCRIPT_BEGIN) {
        conformance->late = true;
        conformance_add(conformance, RULE_HELLO_LATE, entry->line,
                        "expected hello within 30,000 ms, found none after %.0f ms",
                        (double)(entry->at_ns - conformance->begun_ns) / 1e6);
    }
    switch (entry->kind) {
    case TRANSCRIPT_BEGIN:
        end_of_driver(conformance);
        forget_driver(conformance);
        conformance->late = false;
        conformance->begun_ns = entry->at_ns;
        break;
    case TRANSCRIPT_ASKED:
        take_request(conformance, entry);
        break;
    case TRANSCRIPT_SAID:
        conformance_check_line(conformance, entry);
        break;
    case TRANSCRIPT_TOO_LONG:
        conformance_add(conformance, RULE_LENGTH, entry->line,
                        "expected a newline within 262,144 bytes, found none");
        break;
    case TRANSCRIPT_UNFINISHED:
        conformance_add(conformance, RULE_UNFINISHED, entry->line,
                        "expected a newline behind '%.100s', found the end of the output",
                        entry->text);
        break;
    case TRANSCRIPT_CLOSED:
        if (!conformance->told_to_end)
            conformance->told_to_end_ns = entry->at_ns;
        conformance->told_to_end = true;
        break;
    case TRANSCRIPT_EXIT:
        take_exit(conformance, entry);
        break;
    case TRANSCRIPT_KILLED:
        take_kill(conformance, entry);
        break;
    }
}

void conformance_finish(struct conformance *conformance)
{
    end_of_driver(conformance);
}

struct conformance *conformance_new(void)
{
    struct conformance *conformance = calloc(1, sizeof *conformance);
    if (conformance == NULL)
        abort();
    return conformance;
}

void conformance_free(struct conformance **conformance)
{
    if (*conformance == NULL)
        return;
    forget_driver(*conformance);
    free(*conformance);
    *conformance = NULL;
}
