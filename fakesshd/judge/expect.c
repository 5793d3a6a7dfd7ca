/* Reads expectation files, and answers what they say of an id. */
#include "judge/expect.h"

#include "base/selector.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        if (!verdict_parse(word, &entry->verdicts[entry->verdict_count++]))
            return err_set(error, ERR_EXPECT,
                           "%s:%d: expected a verdict such as HUNG or LATE+LEAK_FD, found '%s'",
                           file->path, entry->line, word);
    }
    return ERR_NONE;
}

static enum err check_selector(const struct expect_file *file, int line, const char *selector,
                               struct err_text *error)
{
    if (selector_subtracts(selector) || selector_is_file(selector))
        return err_set(error, ERR_EXPECT,
                       "%s:%d: expected an id, or a pattern over ids; found %s '%s'", file->path,
                       line, selector_subtracts(selector) ? "a subtraction" : "a file's name",
                       selector);
    return ERR_NONE;
}

static struct expect_entry *add_entry(struct expect_file *file, int line, const char *selector,
                                      const char *reason)
{
    file->entries = or_abort(realloc(file->entries, (file->count + 1) * sizeof *file->entries));
    struct expect_entry *entry = &file->entries[file->count++];
    *entry = (struct expect_entry){
        .selector = or_abort(strdup(selector)), .reason = or_abort(strdup(reason)), .line = line};
    return entry;
}

static enum err read_line(struct expect_file *file, char *text, int line, struct err_text *error)
{
    static const char spaces[] = " \t\r\n";
    for (size_t length = strlen(text); length > 0 && strchr(spaces, text[length - 1]) != NULL;)
        text[--length] = '\0';
    char *rest = NULL;
    const char *selector = strtok_r(text, spaces, &rest);
    if (selector == NULL || selector[0] == '#')
        return ERR_NONE;
    char *verdicts = strtok_r(NULL, spaces, &rest);
    const char *reason = rest != NULL ? rest + strspn(rest, spaces) : "";
    if (verdicts == NULL || reason[0] == '\0')
        return err_set(error, ERR_EXPECT, "%s:%d: expected `selector verdict reason`, found no %s",
                       file->path, line, verdicts == NULL ? "verdict" : "reason");
    enum err failed = check_selector(file, line, selector, error);
    if (failed != ERR_NONE)
        return failed;
    if (!names_a_source(reason))
        return err_set(error, ERR_EXPECT,
                       "%s:%d: expected a URL or an RFC's number in the reason, found '%s'",
                       file->path, line, reason);
    return read_verdicts(file, add_entry(file, line, selector, reason), verdicts, error);
}

static enum err read_lines(struct expect_file *file, FILE *in, struct err_text *error)
{
    char *text = NULL;
    size_t size = 0;
    enum err failed = ERR_NONE;
    for (int line = 1; failed == ERR_NONE && getline(&text, &size, in) >= 0; line++)
        failed = read_line(file, text, line, error);
    if (failed == ERR_NONE && ferror(in))
        failed = err_set(error, ERR_EXPECT, "%s: cannot be read: %s", file->path, strerror(errno));
    free(text);
    return failed;
}

enum err expect_read(const char *path, struct expect_file **result, struct err_text *error)
{
    *result = NULL;
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return err_set(error, ERR_EXPECT, "%s: cannot be read: %s", path, strerror(errno));
    struct expect_file *file = or_abort(calloc(1, sizeof *file));
    file->path = or_abort(strdup(path));
    enum err failed = read_lines(file, in, error);
    (void)fclose(in);
    if (failed != ERR_NONE)
        expect_free(&file);
    *result = file;
    return failed;
}

void expect_free(struct expect_file **file)
{
    if (*file == NULL)
        return;
    for (size_t i = 0; i < (*file)->count; i++) {
        free((*file)->entries[i].selector);
        free((*file)->entries[i].reason);
    }
    free((*file)->entries);
    free((*file)->path);
    free(*file);
    *file = NULL;
}

const struct expect_entry *expect_lookup(const struct expect_file *file, const char *id)
{
    for (size_t i = 0; i < file->count; i++) {
        if (selector_word_matches(file->entries[i].selector, id))
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

bool expect_entry_allows(const struct expect_entry *entry, struct verdict verdict)
{
    for (size_t i = 0; i < entry->verdict_count; i++) {
        if (verdict_equal(entry->verdicts[i], verdict) || allows_flaky(entry->verdicts[i], verdict))
            return true;
    }
    return false;
}

static enum err check_entry(const struct expect_file *file, const struct expect_entry *entry,
                            const char *const *ids, size_t count, struct err_text *error)
{
    const struct expect_entry *instead = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!selector_word_matches(entry->selector, ids[i]))
            continue;
        instead = expect_lookup(file, ids[i]);
        if (instead == entry)
            return ERR_NONE;
    }
    if (instead == NULL)
        return err_set(error, ERR_EXPECT, "%s:%d: '%s' means no scenario", file->path, entry->line,
                       entry->selector);
    return err_set(error, ERR_EXPECT, "%s:%d: '%s' has no effect: line %d means the same already",
                   file->path, entry->line, entry->selector, instead->line);
}

enum err expect_check(const struct expect_file *file, const char *const *ids, size_t count,
                      struct err_text *error)
{
    enum err failed = ERR_NONE;
    for (size_t i = 0; i < file->count && failed == ERR_NONE; i++)
        failed = check_entry(file, &file->entries[i], ids, count, error);
    return failed;
}
