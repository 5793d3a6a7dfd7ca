/* `fakesshd lint`: is every scenario file as the catalogue wants it? All that is wrong is reported,
 * one problem a line, `file:line: …`. */
#include "cli/command.h"

#include "base/data_dir.h"
#include "base/exit_code.h"
#include "base/opening_comment.h"
#include "base/scenario.h"
#include "base/script_file.h"
#include "base/selector.h"

#include <ctype.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lint {
    int files, ids, problems;
    json_t *seen; /* owned; id -> file */
};

static void complain(struct lint *lint, const char *path, const char *field, const char *sentence,
                     const char *detail)
{
    printf("%s:%d: %s%s\n", script_file_display_name(path), script_file_line_of(path, field),
           sentence, detail);
    lint->problems++;
}

/* One or more of "4253 4.2", with commas between. */
static bool is_rfc_citation(const char *text)
{
    for (;;) {
        size_t number = strspn(text, "0123456789");
        if (number < 3 || number > 5 || text[number] != ' ')
            return false;
        text += number + 1;
        size_t section = strspn(text, "0123456789.");
        if (section == 0 || !isdigit((unsigned char)text[0]) || text[section - 1] == '.')
            return false;
        text += section;
        if (*text == '\0')
            return true;
        if (text[0] != ',' || text[1] != ' ')
            return false;
        text += 2;
    }
}

static bool is_url(const char *text)
{
    bool web = strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
    return web && strpbrk(text, " \t\n") == NULL && strchr(text + 8, '.') != NULL;
}

static void check_citations(struct lint *lint, const struct scenario *item)
{
    if (item->rfc[0] != '\0' && !is_rfc_citation(item->rfc))
        complain(
            lint, item->file, "rfc",
            "expected 'rfc' to be sections such as \"4253 4.2\" or \"4253 8, 8731 3\"; found: ",
            item->rfc);
    size_t i;
    json_t *cite;
    json_array_foreach(item->cites, i, cite)
    {
        if (!is_url(json_string_value(cite)))
            complain(lint, item->file, "cites",
                     "expected the URL of a public report; found: ", json_string_value(cite));
    }
    if (item->rfc[0] == '\0' && json_array_size(item->cites) == 0)
        complain(lint, item->file, "about",
                 "cites nothing: expected 'cites' with the URL of a public report, or 'rfc'", "");
}

/* One sentence: a capital, one line, a full stop at the end and none before a space. */
static void check_about(struct lint *lint, const struct scenario *item)
{
    const char *about = item->about;
    size_t length = strlen(about);
    if (length < 2 || about[length - 1] != '.' || isspace((unsigned char)about[length - 2]))
        complain(lint, item->file, "about", "expected 'about' to end with a full stop", "");
    else if (!isupper((unsigned char)about[0]) || strchr(about, '\n') != NULL ||
             strstr(about, ". ") != NULL)
        complain(lint, item->file, "about", "expected 'about' to be one sentence on one line", "");
}

static void check_comment(struct lint *lint, const char *path)
{
    char *comment = NULL;
    if (opening_comment_read(path, &comment, NULL) == ERR_NONE && comment[0] == '\0')
        complain(lint, path, "", "expected an opening comment: who meets this, and why it matters",
                 "");
    free(comment);
}

static void check_id(struct lint *lint, const struct scenario *item)
{
    const char *other = json_string_value(json_object_get(lint->seen, item->id));
    if (other != NULL)
        complain(lint, item->file, item->variant != NULL ? "variants" : "",
                 "the id is taken: ", item->id);
    (void)json_object_set_new(lint->seen, item->id, json_string(item->file));
    if (item->id[strspn(item->id, "abcdefghijklmnopqrstuvwxyz0123456789-/")] != '\0')
        complain(lint, item->file, item->variant != NULL ? "variants" : "",
                 "expected an id of small letters, digits and '-'; found: ", item->id);
}

static void check_phase(struct lint *lint, const struct scenario *item)
{
    if (item->phases == 0 && item->outcomes != OUTCOME_BIT(OUTCOME_SUCCESS))
        complain(lint, item->file, "expect",
                 "expected 'expect' to name the phase in which the fault strikes: ", item->id);
}

/* The index of the catalogue counts kinds; nobody else's scenarios are in it. */
static void check_kind(struct lint *lint, const struct scenario *item)
{
    if (item->kind != FAULT_UNSAID || strncmp(item->id, "file/", 5) == 0)
        return;
    char wanted[200];
    (void)snprintf(
        wanted, sizeof wanted,
        "expected 'kind', one of %s, where the id does not say it: ", fault_kind_words());
    complain(lint, item->file, item->variant != NULL ? "variants" : "about", wanted, item->id);
}

static void lint_file(struct lint *lint, const char *path)
{
    struct catalogue catalogue = {0};
    struct err_text error = {""};
    lint->files++;
    if (catalogue_add_file(&catalogue, path, &error) != ERR_NONE) {
        printf("%s\n", error.text);
        lint->problems++;
    } else {
        check_comment(lint, path);
        check_about(lint, &catalogue.items[0]);
        check_citations(lint, &catalogue.items[0]);
        for (size_t i = 0; i < catalogue.count; i++) {
            check_id(lint, &catalogue.items[i]);
            check_phase(lint, &catalogue.items[i]);
            check_kind(lint, &catalogue.items[i]);
        }
        lint->ids += (int)catalogue.count;
    }
    catalogue_fini(&catalogue);
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A folder stands for all files beneath it. */
static void lint_path(struct lint *lint, const char *path)
{
    char *roots[] = {(char *)(uintptr_t)path, NULL};
    FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, compare_names);
    if (walk == NULL)
        return;
    for (FTSENT *entry = fts_read(walk); entry != NULL; entry = fts_read(walk)) {
        bool named = entry->fts_level == FTS_ROOTLEVEL && entry->fts_info != FTS_D &&
                     entry->fts_info != FTS_DP;
        if (named || (entry->fts_info == FTS_F && selector_is_file(entry->fts_name)))
            lint_file(lint, entry->fts_path);
    }
    (void)fts_close(walk);
}

int cli_lint(int argc, char **argv)
{
    struct lint lint = {.seen = json_object()};
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (first == 1 && argc > 1 && argv[1][0] == '-')
        return cli_usage_error("lint", "expected files, found '%s'", argv[1]);
    for (int i = first; i < argc; i++)
        lint_path(&lint, argv[i]);
    if (first >= argc) {
        char folder[PATH_MAX];
        (void)snprintf(folder, sizeof folder, "%s/scenarios", data_dir());
        lint_path(&lint, folder);
    }
    json_decref(lint.seen);
    if (lint.files == 0)
        return cli_usage_error("lint", "found no scenario file");
    printf("%d files, %d ids, %d problems\n", lint.files, lint.ids, lint.problems);
    return lint.problems == 0 ? EXIT_AS_EXPECTED : EXIT_BAD_INPUT;
}
