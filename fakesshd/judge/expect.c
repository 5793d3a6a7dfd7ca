/* Reads expectation files, and answers what they say of an id. */
#include "judge/expect.h"

#include "base/selector.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char spaces[] = " \t\r\n";

static void *or_abort(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

/* A URL, or "RFC" and a number. */
static bool names_a_source(const char *reason)
{
    if (strstr(reason, "https://") != NULL || strstr(reason, "http://") != NULL)
        return true;
    for (const char *rfc = strstr(reason, "RFC"); rfc != NULL; rfc = strstr(rfc + 1, "RFC")) {
        if (isdigit((unsigned char)rfc[3 + strspn(rfc + 3, " ")]))
            return true;
    }
    return false;
}

static enum err read_verdicts(const struct expect_file *file, struct expect_entry *entry,
                              char *words, struct err_text *error)
{
    for (char *rest = words; rest != NULL;) {
        const char *word = strsep(&rest, ",");
        if (entry->verdict_count == EXPECT_VERDICTS_MAX)
            return err_set(error, ERR_EXPECT, "%s:%d: more than %d verdicts", file->path,
                           entry->line, EXPECT_VERDICTS_MAX);
        struct verdict *verdict = &entry->verdicts[entry->verdict_count];
        bool *holds_any = &entry->holds_any[entry->verdict_count++];
        *holds_any = strcmp(word, EXPECT_HUNG_ANY) == 0;
        if (!verdict_parse(*holds_any ? deadline_verdict_word(DEADLINE_HUNG) : word, verdict))
            return err_set(error, ERR_EXPECT,
                           "%s:%d: expected a verdict such as HUNG or LATE+LEAK_FD, found '%s'",
                           file->path, entry->line, word);
        if (verdict->state == CASE_INCONCLUSIVE || verdict->state == CASE_ERROR)
            return err_set(error, ERR_EXPECT,
                           "%s:%d: expected what a client can be known for, found '%s'", file->path,
                           entry->line, word);
    }
    return ERR_NONE;
}

/* Bounded, so that no line hides a new gap in another phase. */
static bool stays_within_a_phase(const char *selector)
{
    return strcspn(selector, "*?[\\") >= strcspn(selector, "/") && selector[0] != '\0';
}

static enum err check_selector(const struct expect_file *file, int line, const char *selector,
                               struct err_text *error)
{
    if (selector_subtracts(selector) || selector_is_file(selector))
        return err_set(error, ERR_EXPECT,
                       "%s:%d: expected an id, or a pattern over ids; found %s '%s'", file->path,
                       line, selector_subtracts(selector) ? "a subtraction" : "a file's name",
                       selector);
    if (!stays_within_a_phase(selector))
        return err_set(error, ERR_EXPECT,
                       "%s:%d: expected a pattern that stays within one phase, as 'kex/*'; found "
                       "'%s'",
                       file->path, line, selector);
    return ERR_NONE;
}

static struct expect_entry *add_entry(struct expect_file *file, int line, const char *selector)
{
    file->entries = or_abort(realloc(file->entries, (file->count + 1) * sizeof *file->entries));
    struct expect_entry *entry = &file->entries[file->count++];
    *entry = (struct expect_entry){.selector = or_abort(strdup(selector)), .line = line};
    return entry;
}

/* ---- brackets ---- */

/* The closing bracket that belongs to the one at `text`; one inside quotes does not. */
static char *find_closing(char *text)
{
    bool quoted = false;
    for (char *at = text; *at != '\0'; at++) {
        quoted ^= *at == '"';
        if (*at == ']' && !quoted)
            return at;
    }
    return NULL;
}

static enum err read_until(struct expect_entry *entry, const char *date, struct err_text *error)
{
    if (entry->until != 0)
        return err_set(error, ERR_EXPECT, "more than one [until DATE]");
    entry->until = expect_date_parse(date);
    if (entry->until == 0)
        return err_set(error, ERR_EXPECT,
                       "expected a date such as 2027-06-30 behind until, found '%s'", date);
    return ERR_NONE;
}

static enum err read_bracket(struct expect_entry *entry, char *text, struct err_text *error)
{
    text += strspn(text, spaces);
    for (size_t length = strlen(text); length > 0 && strchr(spaces, text[length - 1]) != NULL;)
        text[--length] = '\0';
    if (strncmp(text, "until", 5) == 0 && strcspn(text, spaces) == 5)
        return read_until(entry, text + 5 + strspn(text + 5, spaces), error);
    if (entry->condition_count == EXPECT_CONDITIONS_MAX)
        return err_set(error, ERR_EXPECT, "more than %d conditions", EXPECT_CONDITIONS_MAX);
    enum err failed =
        expect_condition_parse(text, &entry->conditions[entry->condition_count], error);
    entry->condition_count += failed == ERR_NONE;
    return failed;
}

/* Everything in brackets; *rest is then at the reason. */
static enum err read_brackets(const struct expect_file *file, struct expect_entry *entry,
                              char **rest, struct err_text *error)
{
    for (*rest += strspn(*rest, spaces); **rest == '['; *rest += strspn(*rest, spaces)) {
        struct err_text why = {""};
        char *end = find_closing(*rest), *text = *rest + 1;
        if (end == NULL)
            return err_set(error, ERR_EXPECT, "%s:%d: expected ']' behind '%s'", file->path,
                           entry->line, *rest);
        *end = '\0';
        if (read_bracket(entry, text, &why) != ERR_NONE)
            return err_set(error, ERR_EXPECT, "%s:%d: %s", file->path, entry->line, why.text);
        *rest = end + 1;
    }
    return ERR_NONE;
}

/* ---- lines ---- */

static enum err read_reason(const struct expect_file *file, struct expect_entry *entry,
                            const char *reason, struct err_text *error)
{
    if (reason[0] == '\0')
        return err_set(error, ERR_EXPECT,
                       "%s:%d: expected `selector verdict reason`, found no reason", file->path,
                       entry->line);
    if (!names_a_source(reason))
        return err_set(error, ERR_EXPECT,
                       "%s:%d: expected a URL or an RFC's number in the reason, found '%s'",
                       file->path, entry->line, reason);
    entry->reason = or_abort(strdup(reason));
    return ERR_NONE;
}

static enum err read_line(struct expect_file *file, char *text, int line, struct err_text *error)
{
    for (size_t length = strlen(text); length > 0 && strchr(spaces, text[length - 1]) != NULL;)
        text[--length] = '\0';
    char *rest = NULL, none[] = "";
    const char *selector = strtok_r(text, spaces, &rest);
    if (selector == NULL || selector[0] == '#')
        return ERR_NONE;
    char *verdicts = strtok_r(NULL, spaces, &rest);
    if (verdicts == NULL)
        return err_set(error, ERR_EXPECT,
                       "%s:%d: expected `selector verdict reason`, found no verdict", file->path,
                       line);
    if (rest == NULL)
        rest = none;
    enum err failed = check_selector(file, line, selector, error);
    if (failed != ERR_NONE)
        return failed;
    struct expect_entry *entry = add_entry(file, line, selector);
    failed = read_verdicts(file, entry, verdicts, error);
    if (failed == ERR_NONE)
        failed = read_brackets(file, entry, &rest, error);
    return failed == ERR_NONE ? read_reason(file, entry, rest, error) : failed;
}

enum err expect_parse(const char *path, const char *text, struct expect_file **result,
                      struct err_text *error)
{
    struct expect_file *file = or_abort(calloc(1, sizeof *file));
    file->path = or_abort(strdup(path));
    enum err failed = ERR_NONE;
    for (int line = 1; failed == ERR_NONE && *text != '\0'; line++) {
        size_t length = strcspn(text, "\n");
        char *copy = or_abort(strndup(text, length));
        failed = read_line(file, copy, line, error);
        free(copy);
        text += length + (text[length] == '\n');
    }
    if (failed != ERR_NONE)
        expect_free(&file);
    *result = file;
    return failed;
}

enum err expect_read(const char *path, struct expect_file **result, struct err_text *error)
{
    *result = NULL;
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return err_set(error, ERR_EXPECT, "%s: cannot be read: %s", path, strerror(errno));
    char *text = NULL;
    size_t size = 0;
    enum err failed = ERR_NONE;
    /* A file of text has no NUL: what stands before one is all that is read. */
    ssize_t length = getdelim(&text, &size, '\0', in);
    if (length < 0 && ferror(in))
        failed = err_set(error, ERR_EXPECT, "%s: cannot be read: %s", path, strerror(errno));
    else
        failed = expect_parse(path, length < 0 ? "" : text, result, error);
    free(text);
    (void)fclose(in);
    return failed;
}

void expect_free(struct expect_file **file)
{
    if (*file == NULL)
        return;
    for (size_t i = 0; i < (*file)->count; i++) {
        struct expect_entry *entry = &(*file)->entries[i];
        for (size_t j = 0; j < entry->condition_count; j++)
            expect_condition_fini(&entry->conditions[j]);
        free(entry->selector);
        free(entry->reason);
    }
    free((*file)->entries);
    free((*file)->path);
    free(*file);
    *file = NULL;
}

/* ---- what it says of an id ---- */

enum expect_truth expect_entry_counts(const struct expect_entry *entry,
                                      const struct expect_facts *facts)
{
    enum expect_truth all = EXPECT_TRUE;
    for (size_t i = 0; i < entry->condition_count; i++) {
        enum expect_truth one = expect_condition_holds(&entry->conditions[i], facts);
        if (one == EXPECT_FALSE)
            return EXPECT_FALSE;
        if (one == EXPECT_UNKNOWN)
            all = EXPECT_UNKNOWN;
    }
    return all;
}

const struct expect_entry *expect_lookup(const struct expect_file *file, const char *id,
                                         const struct expect_facts *facts)
{
    for (size_t i = 0; i < file->count; i++) {
        if (selector_word_matches(file->entries[i].selector, id) &&
            expect_entry_counts(&file->entries[i], facts) == EXPECT_TRUE)
            return &file->entries[i];
    }
    return NULL;
}

/* FLAKY is how often it passes, at least: with no numbers, as seldom as one likes. What passed each
 * time is well, too. */
static bool allows_flaky(struct verdict listed, struct verdict verdict)
{
    if (listed.state != CASE_FLAKY)
        return false;
    if (verdict.state != CASE_FLAKY)
        return verdict_is_clean_ok(verdict);
    return (int64_t)verdict.good * listed.repeats >= (int64_t)listed.good * verdict.repeats;
}

void expect_entry_print_verdict(const struct expect_entry *entry, size_t index,
                                char text[VERDICT_TEXT_MAX])
{
    if (entry->holds_any[index])
        strcpy(text, EXPECT_HUNG_ANY);
    else
        verdict_print(entry->verdicts[index], text);
}

bool expect_entry_allows(const struct expect_entry *entry, struct verdict verdict)
{
    for (size_t i = 0; i < entry->verdict_count; i++) {
        if (entry->holds_any[i] && verdict_hangs(verdict))
            return true;
        if (verdict_equal(entry->verdicts[i], verdict) || allows_flaky(entry->verdicts[i], verdict))
            return true;
    }
    return false;
}

bool expect_entry_is_expired(const struct expect_entry *entry, int today)
{
    return entry->until != 0 && today > entry->until;
}

/* The earlier line without conditions that means this id, too; NULL when there is none. */
static const struct expect_entry *covering(const struct expect_file *file,
                                           const struct expect_entry *entry, const char *id)
{
    for (const struct expect_entry *earlier = file->entries; earlier < entry; earlier++) {
        if (earlier->condition_count == 0 && selector_word_matches(earlier->selector, id))
            return earlier;
    }
    return NULL;
}

static enum err check_entry(const struct expect_file *file, const struct expect_entry *entry,
                            const char *const *ids, size_t count, struct err_text *error)
{
    const struct expect_entry *instead = NULL;
    bool has_effect = false;
    int meant = 0;
    for (size_t i = 0; i < count; i++) {
        if (!selector_word_matches(entry->selector, ids[i]))
            continue;
        const struct expect_entry *earlier = covering(file, entry, ids[i]);
        meant++;
        has_effect |= earlier == NULL;
        instead = earlier != NULL ? earlier : instead;
    }
    if (meant == 0)
        return err_set(error, ERR_EXPECT, "%s:%d: '%s' means no scenario", file->path, entry->line,
                       entry->selector);
    if (meant > EXPECT_IDS_MAX)
        return err_set(error, ERR_EXPECT,
                       "%s:%d: '%s' means %d ids, a line may mean %d: name what fails more closely",
                       file->path, entry->line, entry->selector, meant, EXPECT_IDS_MAX);
    if (!has_effect)
        return err_set(error, ERR_EXPECT,
                       "%s:%d: '%s' has no effect: line %d means the same already", file->path,
                       entry->line, entry->selector, instead->line);
    return ERR_NONE;
}

enum err expect_check(const struct expect_file *file, const char *const *ids, size_t count,
                      struct err_text *error)
{
    enum err failed = ERR_NONE;
    for (size_t i = 0; i < file->count && failed == ERR_NONE; i++)
        failed = check_entry(file, &file->entries[i], ids, count, error);
    return failed;
}
