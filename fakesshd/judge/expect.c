#include "judge/expect.h"

#include "base/selector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static enum err complain(const struct expect_file *file, int line, const char *what,
                         const char *found, struct err_text *error)
{
    return err_set(error, ERR_EXPECT, "%s:%d: %s%s", file->path, line, what, found);
}

static enum err read_verdicts(const struct expect_file *file, struct expect_entry *entry,
                              char *words, struct err_text *error)
{
    char *rest = NULL;
    for (char *word = strtok_r(words, ",", &rest); word != NULL;
         word = strtok_r(NULL, ",", &rest)) {
        if (entry->verdict_count == EXPECT_VERDICTS_MAX)
            return complain(file, entry->line, "too many verdicts; at most 4", "", error);
        if (!verdict_parse(word, &entry->verdicts[entry->verdict_count++]))
            return complain(file, entry->line,
                            "expected a verdict such as HUNG or LATE+LEAK_FD, found ", word, error);
    }
    return ERR_NONE;
}

static enum err read_line(struct expect_file *file, char *text, int line, struct err_text *error)
{
    char *rest = NULL;
    char *selector = strtok_r(text, " \t", &rest);
    if (selector == NULL || selector[0] == '#')
        return ERR_NONE;
    char *verdicts = strtok_r(NULL, " \t", &rest);
    char *reason = rest != NULL ? rest + strspn(rest, " \t") : NULL;
    if (verdicts == NULL || reason == NULL || reason[0] == '\0')
        return complain(file, line, "expected `selector verdict reason`, found only ", selector,
                        error);
    if (strstr(reason, "https://") == NULL && strstr(reason, "http://") == NULL &&
        strstr(reason, "RFC ") == NULL)
        return complain(file, line, "expected the reason to have a URL or to name an RFC, found ",
                        reason, error);
    file->entries = realloc(file->entries, (file->count + 1) * sizeof *file->entries);
    if (file->entries == NULL)
        abort();
    struct expect_entry *entry = &file->entries[file->count++];
    *entry =
        (struct expect_entry){.selector = strdup(selector), .reason = strdup(reason), .line = line};
    return read_verdicts(file, entry, verdicts, error);
}

enum err expect_read(const char *path, struct expect_file **result, struct err_text *error)
{
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return err_set(error, ERR_EXPECT, "%s: cannot be read: %s", path, strerror(errno));
    struct expect_file *file = calloc(1, sizeof *file);
    char *text = NULL;
    size_t size = 0;
    enum err failed = ERR_NONE;
    if (file == NULL)
        abort();
    file->path = strdup(path);
    for (int line = 1; failed == ERR_NONE && getline(&text, &size, in) >= 0; line++) {
        text[strcspn(text, "\r\n")] = '\0';
        failed = read_line(file, text, line, error);
    }
    free(text);
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

const struct expect_entry *expect_lookup(struct expect_file *file, const char *id)
{
    for (size_t i = 0; i < file->count; i++) {
        if (selector_word_matches(file->entries[i].selector, id)) {
            file->entries[i].used = true;
            return &file->entries[i];
        }
    }
    return NULL;
}

bool expect_entry_allows(const struct expect_entry *entry, struct verdict verdict)
{
    for (size_t i = 0; i < entry->verdict_count; i++) {
        if (verdict_equal(entry->verdicts[i], verdict))
            return true;
    }
    return false;
}

/* Did the run judge a case of the phase that the selector begins with? A run of `ident` says
 * nothing about a line for `auth/...`. */
static bool run_covers(const struct run_result *run, const char *client, const char *selector)
{
    size_t phase_length = strcspn(selector, "/*?[");
    for (size_t i = 0; i < run->case_count; i++) {
        const struct case_result *result = &run->cases[i];
        if (strcmp(result->client, client) == 0 &&
            strncmp(result->id, selector, phase_length) == 0 && selector[phase_length] != '/')
            return true;
    }
    return false;
}

bool expect_report_unused(const struct expect_file *file, FILE *out, const struct run_result *run,
                          const char *client)
{
    bool some = false;
    for (size_t i = 0; i < file->count; i++) {
        const struct expect_entry *entry = &file->entries[i];
        if (entry->used || !run_covers(run, client, entry->selector))
            continue;
        fprintf(out, "%s:%d: '%s' matched no case of %s\n", file->path, entry->line,
                entry->selector, client);
        some = true;
    }
    return some;
}
