#include "judge/expect_decide.h"

#include "base/selector.h"

#include <stdio.h>

const char *expect_stale_word(enum expect_stale stale)
{
    static const char *const words[] = {
#define X(id, word, sentence) word,
        EXPECT_STALES(X)
#undef X
    };
    return words[stale];
}

/* The first line for this id that might count, if more were known of the client. */
static const struct expect_entry *find_unknown(const struct expect_file *file, const char *id,
                                               const struct expect_facts *facts)
{
    for (size_t i = 0; i < file->count; i++) {
        if (selector_word_matches(file->entries[i].selector, id) &&
            expect_entry_counts(&file->entries[i], facts) == EXPECT_UNKNOWN)
            return &file->entries[i];
    }
    return NULL;
}

static enum expect_stale stale_of(const struct expect_entry *entry, struct verdict verdict,
                                  int today)
{
    if (expect_entry_is_expired(entry, today))
        return EXPECT_EXPIRED;
    if (expect_entry_allows(entry, verdict))
        return EXPECT_SOUND;
    if (verdict.state == CASE_SKIP)
        return EXPECT_SKIPPED;
    return verdict_is_clean_ok(verdict) ? EXPECT_PASSES : EXPECT_DIFFERS;
}

struct expect_decision expect_decide(const struct expect_file *file, const char *id,
                                     struct verdict verdict, const struct expect_facts *facts)
{
    struct expect_decision decision = {.stale = EXPECT_SOUND};
    if (verdict.state == CASE_ERROR || verdict.state == CASE_INCONCLUSIVE)
        return decision;
    if (file != NULL)
        decision.entry = expect_lookup(file, id, facts);
    if (decision.entry != NULL) {
        decision.stale = stale_of(decision.entry, verdict, facts->today);
        decision.as_expected = decision.stale == EXPECT_SOUND;
        return decision;
    }
    decision.as_expected = verdict_is_clean_ok(verdict) || verdict.state == CASE_SKIP;
    if (!decision.as_expected && file != NULL)
        decision.unknown = find_unknown(file, id, facts);
    return decision;
}

static void print_verdicts(const struct expect_entry *entry, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < entry->verdict_count && used < size; i++) {
        char word[VERDICT_TEXT_MAX];
        expect_entry_print_verdict(entry, i, word);
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? "," : "", word);
    }
}

void expect_decision_print(const struct expect_decision *decision, const struct expect_file *file,
                           char *text, size_t size)
{
    const struct expect_entry *entry = decision->entry;
    char verdicts[240] = "";
    text[0] = '\0';
    if (decision->unknown != NULL)
        (void)snprintf(text, size,
                       "%s:%d may list it, but its condition cannot be told: what it asks about "
                       "this client is not known",
                       file->path, decision->unknown->line);
    if (entry == NULL)
        return;
    print_verdicts(entry, verdicts, sizeof verdicts);
    switch (decision->stale) {
    case EXPECT_SOUND:
        break;
    case EXPECT_PASSES:
        (void)snprintf(text, size, "it passes, but %s:%d lists it as %s: that line can go",
                       file->path, entry->line, verdicts);
        break;
    case EXPECT_DIFFERS:
        (void)snprintf(text, size, "known as %s in %s:%d, which it is not: %s", verdicts,
                       file->path, entry->line, entry->reason);
        break;
    case EXPECT_EXPIRED:
        (void)snprintf(text, size,
                       "%s:%d lists it as %s until %04d-%02d-%02d, which is over: mend it, or give "
                       "the line another date",
                       file->path, entry->line, verdicts, entry->until / 10000,
                       entry->until / 100 % 100, entry->until % 100);
        break;
    case EXPECT_SKIPPED:
        (void)snprintf(text, size,
                       "it is skipped, but %s:%d lists it as %s: that line can go, or needs a "
                       "condition",
                       file->path, entry->line, verdicts);
        break;
    }
}
