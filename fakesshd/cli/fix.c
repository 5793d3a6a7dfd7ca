#include "cli/fix.h"

#include "cli/clients.h"
#include "judge/clean_text.h"
#include "judge/expect_fix.h"
#include "judge/report_file.h"
#include "judge/results.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what there is ---- */

/* The file itself, where the name is a link to it. */
static enum err find_path(const struct fix_request *request, char path[PATH_MAX],
                          struct err_text *error)
{
    char name[PATH_MAX];
    if (request->expect != NULL)
        (void)snprintf(name, sizeof name, "%s", request->expect);
    else if (!clients_expect_path(request->manifest, name))
        return err_set(error, ERR_USAGE,
                       "a client that is a command has no expectation file: name one by --expect");
    if (realpath(name, path) == NULL)
        (void)snprintf(path, PATH_MAX, "%s", name);
    return ERR_NONE;
}

static char *no_text(void)
{
    char *text = calloc(1, 1);
    if (text == NULL)
        abort();
    return text;
}

/* The caller frees it; "" where there is no such file. NULL after an error. */
static char *read_text(const char *path, struct err_text *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *in = fopen(path, "re");
    if (in == NULL && errno == ENOENT)
        return no_text();
    if (in == NULL) {
        (void)err_set(error, ERR_EXPECT, "%s: cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    bool has_text = getdelim(&text, &size, '\0', in) >= 0 && text != NULL;
    bool failed = !has_text && ferror(in);
    if (failed)
        (void)err_set(error, ERR_EXPECT, "%s: cannot be read: %s", path, strerror(errno));
    (void)fclose(in);
    if (has_text)
        return text;
    free(text);
    return failed ? NULL : no_text();
}

/* The first citation, else the RFC's sentence. `text` holds what must be made. */
static const char *source_of(const struct scenario *item, char text[64])
{
    const char *cited = json_string_value(json_array_get(item->cites, 0));
    if (cited != NULL)
        return cited;
    if (item->rfc[0] == '\0')
        return NULL;
    (void)snprintf(text, 64, "RFC %.50s", item->rfc);
    return text;
}

static bool has_cases(const struct fix_request *request)
{
    for (size_t i = 0; i < request->run_count; i++) {
        const json_t *cases = json_object_get(request->runs[i], "cases");
        for (size_t j = 0; j < json_array_size(cases); j++) {
            if (strcmp(results_text(json_array_get(cases, j), "client"), request->manifest->name) ==
                0)
                return true;
        }
    }
    return false;
}

/* ---- what there will be ---- */

static enum err put_file(const char *path, const char *text, struct err_text *error)
{
    struct report_file file;
    struct stat about;
    enum err failed = report_file_open(&file, path, error);
    if (failed != ERR_NONE)
        return failed;
    if (stat(path, &about) == 0)
        (void)fchmod(fileno(file.out), about.st_mode & 07777);
    (void)fputs(text, file.out);
    return report_file_close(&file, ERR_NONE, error);
}

static void print_notes(const struct fix_request *request, const struct expect_fix *fix,
                        const char *path, bool is_new)
{
    char *notes = clean_text(fix->notes);
    for (const char *at = notes; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        fprintf(request->out, "  %.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
    free(notes);
    fprintf(request->out, "%s: %d kept, %d changed, %d dropped, %d added%s\n", path, fix->kept,
            fix->changed, fix->dropped, fix->added, is_new ? "" : "; it stays as it is");
}

static enum err fix_with(const struct fix_request *request, const struct expect_fix_spec *spec,
                         struct err_text *error)
{
    struct expect_fix fix;
    enum err failed = expect_fix_make(spec, &fix, error);
    if (failed != ERR_NONE)
        return failed;
    bool is_new = strcmp(fix.text, spec->text) != 0;
    if (is_new && !request->print_only)
        failed = put_file(spec->path, fix.text, error);
    if (failed == ERR_NONE)
        print_notes(request, &fix, spec->path, is_new);
    if (failed == ERR_NONE && request->print_only)
        (void)fputs(fix.text, stdout);
    expect_fix_fini(&fix);
    return failed;
}

enum err fix_write(const struct fix_request *request, struct err_text *error)
{
    const struct catalogue *catalogue = request->catalogue;
    struct expect_facts now;
    char path[PATH_MAX];
    enum err failed = find_path(request, path, error);
    if (failed != ERR_NONE)
        return failed;
    if (!has_cases(request))
        return err_set(error, ERR_USAGE, "the results have no case of the client %s",
                       request->manifest->name);
    char *text = read_text(path, error);
    if (text == NULL)
        return ERR_EXPECT;
    struct expect_known_id *ids = calloc(catalogue->count + 1, sizeof *ids);
    char(*sources)[64] = calloc(catalogue->count + 1, sizeof *sources);
    if (ids == NULL || sources == NULL)
        abort();
    for (size_t i = 0; i < catalogue->count; i++)
        ids[i] = (struct expect_known_id){.id = catalogue->items[i].id,
                                          .source = source_of(&catalogue->items[i], sources[i])};
    expect_facts_now(&now);
    struct expect_fix_spec spec = {.path = path,
                                   .text = text,
                                   .client = request->manifest->name,
                                   .runs = request->runs,
                                   .run_count = request->run_count,
                                   .ids = ids,
                                   .id_count = catalogue->count,
                                   .now = &now};
    failed = fix_with(request, &spec, error);
    free(ids);
    free(sources);
    free(text);
    return failed;
}
