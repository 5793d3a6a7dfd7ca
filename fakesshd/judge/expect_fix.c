#include "judge/expect_fix.h"

#include "base/selector.h"
#include "judge/expect_words.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERDICTS_TEXT_MAX = EXPECT_VERDICTS_MAX * VERDICT_TEXT_MAX, ID_WIDTH = 28 };

/* What becomes of one id of a line. */
enum action { ACTION_KEEP, ACTION_DROP, ACTION_CHANGE };

struct member {
    const char *id;
    enum action action;
    char verdicts[VERDICTS_TEXT_MAX]; /* of ACTION_CHANGE */
};

struct work {
    const struct expect_fix_spec *spec;
    struct expect_fix *fix;
    struct expect_file *file; /* owned */
    struct expect_sightings sightings;
    char **lines; /* owned; of the new file; NULL: dropped */
    size_t line_count;
    FILE *notes;
};

static void *or_abort(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void note(struct work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(struct work *work, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vfprintf(work->notes, format, args);
    va_end(args);
    (void)fputc('\n', work->notes);
}

static void put_line(struct work *work, char *line)
{
    work->lines = or_abort(realloc(work->lines, (work->line_count + 1) * sizeof *work->lines));
    work->lines[work->line_count++] = line;
}

/* ---- verdicts ---- */

static void add_word(char text[VERDICTS_TEXT_MAX], const char *word)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, VERDICTS_TEXT_MAX - used, "%s%s", used > 0 ? "," : "", word);
}

/* What a task that hangs holds is more or less, as many as there were. */
static bool hangs_and_holds(struct verdict verdict)
{
    return verdict_hangs(verdict) && verdict.cleanup != 0;
}

static bool some_hold(const struct expect_sighting *sighting)
{
    bool some = false;
    for (size_t i = 0; i < sighting->verdict_count; i++)
        some |= hangs_and_holds(sighting->verdicts[i]);
    return some;
}

static void add_seen(char text[VERDICTS_TEXT_MAX], struct verdict verdict, bool holds)
{
    char word[VERDICT_TEXT_MAX] = EXPECT_HUNG_ANY;
    if (!verdict_hangs(verdict) || !holds)
        verdict_print(verdict, word);
    else if (strstr(text, word) != NULL)
        return;
    add_word(text, word);
}

/* What was seen; after what was listed, where several were, for such a line says that it varies. */
static void print_verdicts(const struct expect_entry *entry, const struct expect_sighting *sighting,
                           char text[VERDICTS_TEXT_MAX])
{
    bool joins = entry != NULL && entry->verdict_count > 1;
    size_t count = joins ? entry->verdict_count : 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char word[VERDICT_TEXT_MAX];
        expect_entry_print_verdict(entry, i, word);
        add_word(text, word);
    }
    for (size_t i = 0; i < sighting->verdict_count && count < EXPECT_VERDICTS_MAX; i++) {
        if (joins && expect_entry_allows(entry, sighting->verdicts[i]))
            continue;
        add_seen(text, sighting->verdicts[i], some_hold(sighting));
        count++;
    }
}

/* ---- one id of a line ---- */

static bool allows_all(const struct expect_entry *entry, const struct expect_sighting *sighting)
{
    for (size_t i = 0; i < sighting->verdict_count; i++) {
        if (!expect_entry_allows(entry, sighting->verdicts[i]))
            return false;
    }
    return true;
}

static enum action decide(struct work *work, const struct expect_entry *entry, const char *id,
                          const struct expect_sighting *sighting)
{
    int line = entry->line;
    if (sighting == NULL || sighting->judged == 0) {
        note(work, "line %d: %s is left as it is: it was %s", line, id,
             sighting == NULL ? "not judged" : "not decided");
        return ACTION_KEEP;
    }
    if (expect_sighting_passes(sighting)) {
        bool proves = !expect_entry_allows(entry, sighting->verdicts[0]) ||
                      sighting->judged >= EXPECT_FIX_PASSES ||
                      expect_entry_is_expired(entry, sighting->facts.today);
        return proves ? ACTION_DROP : ACTION_KEEP;
    }
    if (expect_sighting_is_skipped(sighting) &&
        !expect_entry_allows(entry, sighting->verdicts[0])) {
        note(work, "line %d: %s goes: it is not asked of this client", line, id);
        return ACTION_DROP;
    }
    if (expect_entry_is_expired(entry, sighting->facts.today)) {
        note(work, "line %d: %s is left as it is: its date is over, and it still fails", line, id);
        return ACTION_KEEP;
    }
    return allows_all(entry, sighting) ? ACTION_KEEP : ACTION_CHANGE;
}

/* ---- one line ---- */

/* The line with another selector and, if given, other verdicts; brackets and reason as they are. */
static char *rewrite(const char *line, const char *selector, const char *verdicts)
{
    static const char spaces[] = " \t";
    const char *old_selector = line + strspn(line, spaces);
    size_t selector_length = strcspn(old_selector, spaces);
    const char *old_verdicts = old_selector + selector_length;
    size_t gap = strspn(old_verdicts, spaces);
    old_verdicts += gap;
    size_t verdicts_length = strcspn(old_verdicts, spaces);
    char *text = NULL;
    /* Columns stay where they are, as far as they can. */
    int width = (int)(selector_length + gap - 1);
    if (asprintf(&text, "%-*s %.*s%s", width, selector,
                 verdicts != NULL ? (int)strlen(verdicts) : (int)verdicts_length,
                 verdicts != NULL ? verdicts : old_verdicts, old_verdicts + verdicts_length) < 0)
        abort();
    return text;
}

/* The ids that a line governs: all that it means, but those of which another line counts, or whose
 * facts its conditions exclude. */
static size_t find_members(struct work *work, const struct expect_entry *entry,
                           struct member *members, bool *means_any)
{
    size_t count = 0;
    *means_any = false;
    for (size_t i = 0; i < work->spec->id_count; i++) {
        const char *id = work->spec->ids[i].id;
        const struct expect_sighting *sighting = expect_sightings_find(&work->sightings, id);
        const struct expect_facts *facts = sighting != NULL ? &sighting->facts : work->spec->now;
        if (!selector_word_matches(entry->selector, id))
            continue;
        *means_any = true;
        if (expect_lookup(work->file, id, facts) != entry)
            continue;
        members[count] = (struct member){.id = id, .action = decide(work, entry, id, sighting)};
        if (members[count].action == ACTION_CHANGE)
            print_verdicts(entry, sighting, members[count].verdicts);
        count++;
    }
    return count;
}

static bool are_alike(const struct member *members, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (members[i].action != members[0].action ||
            strcmp(members[i].verdicts, members[0].verdicts) != 0)
            return false;
    }
    return true;
}

static void apply(struct work *work, const struct expect_entry *entry, const char *line,
                  const struct member *member, const char *selector)
{
    switch (member->action) {
    case ACTION_KEEP:
        work->fix->kept++;
        put_line(work, rewrite(line, selector, NULL));
        break;
    case ACTION_DROP:
        work->fix->dropped++;
        note(work, "line %d: %s is dropped", entry->line, selector);
        break;
    case ACTION_CHANGE:
        work->fix->changed++;
        note(work, "line %d: %s is now %s", entry->line, selector, member->verdicts);
        put_line(work, rewrite(line, selector, member->verdicts));
        break;
    }
}

static void fix_entry(struct work *work, const struct expect_entry *entry, const char *line)
{
    struct member *members = or_abort(calloc(work->spec->id_count + 1, sizeof *members));
    bool means_any = false;
    size_t count = find_members(work, entry, members, &means_any);
    if (!means_any) {
        work->fix->dropped++;
        note(work, "line %d: %s is dropped: it means no scenario", entry->line, entry->selector);
    } else if (count == 0 || (are_alike(members, count) && members[0].action == ACTION_KEEP)) {
        work->fix->kept++;
        put_line(work, or_abort(strdup(line)));
    } else if (are_alike(members, count)) {
        apply(work, entry, line, &members[0], entry->selector);
    } else {
        for (size_t i = 0; i < count; i++)
            apply(work, entry, line, &members[i], members[i].id);
    }
    free(members);
}

static const struct expect_entry *entry_at(const struct expect_file *file, int line)
{
    for (size_t i = 0; i < file->count; i++) {
        if (file->entries[i].line == line)
            return &file->entries[i];
    }
    return NULL;
}

static void fix_lines(struct work *work)
{
    const char *text = work->spec->text;
    for (int number = 1; *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");
        char *line = or_abort(strndup(text, length));
        const struct expect_entry *entry = entry_at(work->file, number);
        if (entry != NULL)
            fix_entry(work, entry, line);
        else
            put_line(work, or_abort(strdup(line)));
        free(line);
        text += length + (text[length] == '\n');
    }
}

/* ---- what is new ---- */

static bool is_of_phase(const char *line, const char *id)
{
    size_t length = strcspn(id, "/");
    line += strspn(line, " \t");
    return strncmp(line, id, length) == 0 && strchr("/ \t", line[length]) != NULL;
}

/* Behind the last line of its phase, else at the end. */
static void insert_line(struct work *work, const char *id, char *line)
{
    size_t at = work->line_count;
    for (size_t i = 0; i < work->line_count; i++) {
        if (is_of_phase(work->lines[i], id))
            at = i + 1;
    }
    put_line(work, NULL);
    memmove(work->lines + at + 1, work->lines + at,
            (work->line_count - 1 - at) * sizeof *work->lines);
    work->lines[at] = line;
}

static const char *source_of(const struct expect_fix_spec *spec, const char *id)
{
    for (size_t i = 0; i < spec->id_count; i++) {
        if (strcmp(spec->ids[i].id, id) == 0)
            return spec->ids[i].source;
    }
    return NULL;
}

static void add_new(struct work *work, const struct expect_sighting *sighting)
{
    const char *source = source_of(work->spec, sighting->id);
    char verdicts[VERDICTS_TEXT_MAX], *line = NULL;
    if (source == NULL) {
        note(work, "%s is not listed: it is not in the catalogue", sighting->id);
        return;
    }
    char *words = expect_words(sighting->reason, sighting->told);
    print_verdicts(NULL, sighting, verdicts);
    if (asprintf(&line, "%-*s %s  %s%s%s", ID_WIDTH - 1, sighting->id, verdicts, words,
                 words[0] != '\0' ? ": " : "", source) < 0)
        abort();
    free(words);
    note(work, "new: %s %s", sighting->id, verdicts);
    work->fix->added++;
    insert_line(work, sighting->id, line);
}

static void add_all_new(struct work *work)
{
    for (size_t i = 0; i < work->sightings.count; i++) {
        const struct expect_sighting *sighting = &work->sightings.items[i];
        if (expect_lookup(work->file, sighting->id, &sighting->facts) != NULL)
            continue;
        if (sighting->judged == 0)
            note(work, "%s is not listed: it was not decided", sighting->id);
        else if (!expect_sighting_passes(sighting) && !expect_sighting_is_skipped(sighting))
            add_new(work, sighting);
    }
}

/* ---- the whole ---- */

static char *join_lines(const struct work *work)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = or_abort(open_memstream(&text, &size));
    for (size_t i = 0; i < work->line_count; i++)
        fprintf(out, "%s\n", work->lines[i]);
    if (fclose(out) != 0)
        abort();
    return text;
}

/* The next run must be able to read it. */
static enum err check_new(const struct work *work, struct err_text *error)
{
    struct expect_file *file = NULL;
    enum err failed = expect_parse(work->spec->path, work->fix->text, &file, error);
    expect_free(&file);
    return failed;
}

enum err expect_fix_make(const struct expect_fix_spec *spec, struct expect_fix *fix,
                         struct err_text *error)
{
    struct work work = {.spec = spec, .fix = fix};
    size_t size = 0;
    *fix = (struct expect_fix){0};
    enum err failed = expect_parse(spec->path, spec->text, &work.file, error);
    if (failed != ERR_NONE)
        return failed;
    work.notes = or_abort(open_memstream(&fix->notes, &size));
    expect_sightings_gather(&work.sightings, spec->client, spec->runs, spec->run_count, spec->now);
    fix_lines(&work);
    add_all_new(&work);
    fix->text = join_lines(&work);
    if (fclose(work.notes) != 0)
        abort();
    failed = check_new(&work, error);
    for (size_t i = 0; i < work.line_count; i++)
        free(work.lines[i]);
    free(work.lines);
    expect_sightings_fini(&work.sightings);
    expect_free(&work.file);
    if (failed != ERR_NONE)
        expect_fix_fini(fix);
    return failed;
}

void expect_fix_fini(struct expect_fix *fix)
{
    free(fix->text);
    free(fix->notes);
    *fix = (struct expect_fix){0};
}
