/* Words of verdicts, to text and back. */
#include "judge/verdict.h"

#include <stdio.h>
#include <string.h>

static const char *const deadline_words[] = {
#define X(id, word, sentence) word,
    DEADLINE_VERDICTS(X)
#undef X
};

static const char *const cleanup_words[] = {
#define X(id, word, sentence) word,
    CLEANUP_VERDICTS(X)
#undef X
};

static const char *const state_words[] = {
#define X(id, word, sentence) word,
    CASE_STATES(X)
#undef X
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *deadline_verdict_word(enum deadline_verdict verdict)
{
    return deadline_words[verdict];
}

const char *deadline_verdict_sentence(enum deadline_verdict verdict)
{
    static const char *const sentences[] = {
#define X(id, word, sentence) sentence,
        DEADLINE_VERDICTS(X)
#undef X
    };
    return sentences[verdict];
}

const char *cleanup_verdict_word(enum cleanup_verdict verdict)
{
    return cleanup_words[verdict];
}

const char *cleanup_verdict_sentence(enum cleanup_verdict verdict)
{
    static const char *const sentences[] = {
#define X(id, word, sentence) sentence,
        CLEANUP_VERDICTS(X)
#undef X
    };
    return sentences[verdict];
}

const char *case_state_word(enum case_state state)
{
    return state_words[state];
}

static void append_word(char text[VERDICT_TEXT_MAX], const char *word)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, VERDICT_TEXT_MAX - used, "%s%s", used > 0 ? "+" : "", word);
}

void verdict_print(struct verdict verdict, char text[VERDICT_TEXT_MAX])
{
    text[0] = '\0';
    if (verdict.state != CASE_JUDGED) {
        append_word(text, state_words[verdict.state]);
        if (verdict.state == CASE_FLAKY && verdict.repeats > 0)
            (void)snprintf(text, VERDICT_TEXT_MAX, "%s(%d/%d)", state_words[CASE_FLAKY],
                           verdict.good, verdict.repeats);
        return;
    }
    if (verdict.deadline != DEADLINE_OK || verdict.cleanup == 0)
        append_word(text, deadline_words[verdict.deadline]);
    for (size_t i = 0; i < COUNT(cleanup_words); i++) {
        if ((verdict.cleanup & CLEANUP_BIT(i)) != 0)
            append_word(text, cleanup_words[i]);
    }
}

/* Index of a word of `length` characters in a list; -1 when it is not there. */
static int find_word(const char *const *words, size_t count, const char *word, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(words[i]) == length && strncmp(words[i], word, length) == 0)
            return (int)i;
    }
    return -1;
}

/* What a verdict's text said so far. */
struct parsed {
    struct verdict verdict;
    int words, deadlines, states;
};

static bool parse_word(struct parsed *parsed, const char *word, size_t length)
{
    parsed->words++;
    int found = find_word(deadline_words, COUNT(deadline_words), word, length);
    if (found >= 0) {
        parsed->verdict.deadline = (enum deadline_verdict)found;
        return parsed->deadlines++ == 0;
    }
    found = find_word(cleanup_words, COUNT(cleanup_words), word, length);
    if (found >= 0) {
        bool is_new = (parsed->verdict.cleanup & CLEANUP_BIT(found)) == 0;
        parsed->verdict.cleanup |= CLEANUP_BIT(found);
        return is_new;
    }
    found = find_word(state_words, COUNT(state_words), word, length);
    parsed->verdict.state = found > 0 ? (enum case_state)found : CASE_JUDGED;
    parsed->states++;
    return found > 0 && (enum case_state)found != CASE_JUDGED;
}

/* "FLAKY(9/10)"; without the numbers it is a word like the others. */
static bool parse_flaky(const char *text, struct verdict *verdict)
{
    struct verdict found = {.state = CASE_FLAKY};
    int end = 0;
    if (sscanf(text, "FLAKY(%9d/%9d)%n", &found.good, &found.repeats, &end) != 2 || end == 0 ||
        text[end] != '\0' || found.good < 1 || found.good >= found.repeats)
        return false;
    *verdict = found;
    return true;
}

bool verdict_parse(const char *text, struct verdict *verdict)
{
    struct parsed parsed = {.verdict = {.state = CASE_JUDGED}};
    if (parse_flaky(text, verdict))
        return true;
    const char *word = text;
    for (;;) {
        size_t length = strcspn(word, "+");
        if (!parse_word(&parsed, word, length))
            return false;
        if (word[length] == '\0')
            break;
        word += length + 1;
    }
    /* A case that was not judged has no axes: its word stands alone. */
    if (parsed.states > 0 && parsed.words > 1)
        return false;
    *verdict = parsed.verdict;
    return true;
}

bool verdict_equal(struct verdict a, struct verdict b)
{
    if (a.state != b.state)
        return false;
    if (a.state == CASE_FLAKY)
        return a.good == b.good && a.repeats == b.repeats;
    return a.state != CASE_JUDGED || (a.deadline == b.deadline && a.cleanup == b.cleanup);
}

bool verdict_is_clean_ok(struct verdict verdict)
{
    return verdict.state == CASE_JUDGED && verdict.deadline == DEADLINE_OK && verdict.cleanup == 0;
}

bool verdict_hangs(struct verdict verdict)
{
    return verdict.state == CASE_JUDGED && verdict.deadline == DEADLINE_HUNG;
}
