#include "judge/cells.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names ---- */

/* Neither clients nor ids hold a blank. The caller frees it. */
static char *name_of(const char *client, const char *id)
{
    char *name = NULL;
    if (asprintf(&name, "%s %s", client, id) < 0)
        abort();
    return name;
}

const json_t *cells_find(const struct cells *cells, const char *client, const char *id)
{
    char *name = name_of(client, id);
    const json_t *cell = json_object_get(cells->by_name, name);
    free(name);
    return cell;
}

void cells_forget(struct cells *cells, const char *client, const char *id)
{
    char *name = name_of(client, id);
    (void)json_object_del(cells->by_name, name);
    free(name);
}

static bool keep(struct cells *cells, json_t *cell)
{
    json_t *session = json_object_get(cell, "session");
    if (json_is_object(session))
        return json_array_append(cells->sessions, session) == 0;
    const char *client = json_string_value(json_object_get(cell, "client"));
    const char *id = json_string_value(json_object_get(cell, "id"));
    if (client == NULL || id == NULL)
        return false;
    char *name = name_of(client, id);
    (void)json_object_set(cells->by_name, name, cell);
    free(name);
    return true;
}

/* ---- headers ---- */

static char *value_text(const json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (text == NULL)
        text = strdup("not there");
    if (text == NULL)
        abort();
    return text;
}

/* The first thing that is in the one and not in the other; NULL: none. */
static const json_t *only_in(const json_t *list, const json_t *other)
{
    const json_t *item, *mate;
    size_t i, j;
    json_array_foreach(list, i, item)
    {
        bool found = false;
        json_array_foreach(other, j, mate) found |= json_equal(item, mate) != 0;
        if (!found)
            return item;
    }
    return NULL;
}

static void describe_lists(const char *key, const json_t *was, const json_t *is, char *what,
                           size_t size)
{
    const json_t *gone = only_in(was, is), *added = only_in(is, was);
    char *gone_text = value_text(gone), *added_text = value_text(added);
    if (gone != NULL && added != NULL)
        (void)snprintf(what, size, "%s: it was begun with %s, now there is %s", key, gone_text,
                       added_text);
    else if (gone != NULL)
        (void)snprintf(what, size, "%s: it was begun with %s, which is not asked for now", key,
                       gone_text);
    else if (added != NULL)
        (void)snprintf(what, size, "%s: it was begun without %s", key, added_text);
    else
        (void)snprintf(what, size, "%s: their order is another", key);
    free(gone_text);
    free(added_text);
}

bool cells_headers_differ(const json_t *was, const json_t *is, char *what, size_t size)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)is, key, value)
    {
        const json_t *before = json_object_get(was, key);
        if (json_equal(before, value) != 0)
            continue;
        if (json_is_array(before) && json_is_array(value)) {
            describe_lists(key, before, value, what, size);
            return true;
        }
        char *before_text = value_text(before), *text = value_text(value);
        (void)snprintf(what, size, "%s: it was begun with %s, now it is %s", key, before_text,
                       text);
        free(before_text);
        free(text);
        return true;
    }
    return false;
}

/* ---- the file ---- */

static enum err write_line(struct cells *cells, const json_t *line, struct err_text *error)
{
    char *text = json_dumps(line, JSON_COMPACT);
    size_t length = text != NULL ? strlen(text) : 0, done = 0;
    enum err failed = ERR_NONE;
    if (text == NULL)
        return err_set(error, ERR_SYSTEM, "%s: a cell cannot be written as JSON", cells->path);
    text[length++] = '\n'; /* in the place of the zero */
    while (done < length && failed == ERR_NONE) {
        ssize_t wrote = write(cells->fd, text + done, length - done);
        if (wrote > 0)
            done += (size_t)wrote;
        else if (errno != EINTR)
            failed = err_set_errno(error, "cannot write %s", cells->path);
    }
    free(text);
    return failed;
}

static enum err begin_file(struct cells *cells, const json_t *asked, struct err_text *error)
{
    if (ftruncate(cells->fd, 0) != 0)
        return err_set_errno(error, "cannot empty %s", cells->path);
    json_t *header = json_pack("{s:i, s:O}", "schema", CELLS_SCHEMA, "cells", asked);
    enum err failed = write_line(cells, header, error);
    json_decref(header);
    return failed;
}

static enum err check_header(struct cells *cells, const char *line, size_t length,
                             const json_t *asked, struct err_text *error)
{
    char what[600];
    enum err failed = ERR_NONE;
    json_t *header = json_loadb(line, length, 0, NULL);
    const json_t *was = json_object_get(header, "cells");
    if (!json_is_object(was) ||
        json_integer_value(json_object_get(header, "schema")) != CELLS_SCHEMA)
        failed = err_set(error, ERR_USAGE,
                         "%s:1: expected the header of a matrix with schema %d; --fresh begins "
                         "anew",
                         cells->path, CELLS_SCHEMA);
    else if (cells_headers_differ(was, asked, what, sizeof what))
        failed = err_set(error, ERR_USAGE,
                         "%s was begun with something else, and is gone on with only as it was; "
                         "--fresh begins anew: %s",
                         cells->path, what);
    json_decref(header);
    return failed;
}

/* Every line but the header; `text` ends with a newline. */
static enum err read_cells(struct cells *cells, const char *text, const char *end,
                           struct err_text *error)
{
    for (int number = 2; text < end; number++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        json_t *cell = json_loadb(text, (size_t)(newline - text), 0, NULL);
        bool good = keep(cells, cell);
        json_decref(cell);
        if (!good)
            return err_set(error, ERR_USAGE, "%s:%d: expected a cell as JSON; --fresh begins anew",
                           cells->path, number);
        text = newline + 1;
    }
    return ERR_NONE;
}

static enum err read_file(struct cells *cells, char **text, size_t *length, struct err_text *error)
{
    struct stat about;
    if (fstat(cells->fd, &about) != 0)
        return err_set_errno(error, "cannot read %s", cells->path);
    *text = malloc((size_t)about.st_size + 1);
    if (*text == NULL)
        abort();
    while (*length < (size_t)about.st_size) {
        ssize_t got =
            pread(cells->fd, *text + *length, (size_t)about.st_size - *length, (off_t)*length);
        if (got < 0 && errno != EINTR)
            return err_set_errno(error, "cannot read %s", cells->path);
        if (got == 0)
            break;
        *length += got > 0 ? (size_t)got : 0;
    }
    return ERR_NONE;
}

static enum err go_on(struct cells *cells, const json_t *asked, struct err_text *error)
{
    char *text = NULL;
    size_t length = 0;
    enum err failed = read_file(cells, &text, &length, error);
    while (length > 0 && text[length - 1] != '\n')
        length--; /* it was being written when the run was killed */
    if (failed == ERR_NONE && length == 0) {
        failed = begin_file(cells, asked, error);
    } else if (failed == ERR_NONE) {
        const char *newline = memchr(text, '\n', length);
        failed = check_header(cells, text, (size_t)(newline - text), asked, error);
        if (failed == ERR_NONE)
            failed = read_cells(cells, newline + 1, text + length, error);
        if (failed == ERR_NONE && ftruncate(cells->fd, (off_t)length) != 0)
            failed = err_set_errno(error, "cannot cut %s", cells->path);
    }
    free(text);
    return failed;
}

enum err cells_open(struct cells *cells, const char *path, const json_t *asked, bool fresh,
                    struct err_text *error)
{
    *cells = (struct cells){.by_name = json_object(), .sessions = json_array()};
    (void)snprintf(cells->path, sizeof cells->path, "%s", path);
    cells->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    enum err failed = ERR_NONE;
    if (cells->fd < 0)
        failed = err_set_errno(error, "cannot open %s", path);
    else if (flock(cells->fd, LOCK_EX | LOCK_NB) != 0)
        failed = err_set(error, ERR_USAGE, "%s: another run is writing to it", path);
    else if (fresh)
        failed = begin_file(cells, asked, error);
    else
        failed = go_on(cells, asked, error);
    if (failed != ERR_NONE)
        cells_close(cells);
    return failed;
}

enum err cells_add(struct cells *cells, json_t *cell, struct err_text *error)
{
    enum err failed = write_line(cells, cell, error);
    if (failed == ERR_NONE)
        (void)keep(cells, cell);
    json_decref(cell);
    return failed;
}

enum err cells_add_session(struct cells *cells, json_t *session, struct err_text *error)
{
    return cells_add(cells, json_pack("{s:o}", "session", session), error);
}

void cells_close(struct cells *cells)
{
    if (cells->fd >= 0)
        (void)close(cells->fd);
    cells->fd = -1;
    json_decref(cells->by_name);
    json_decref(cells->sessions);
    cells->by_name = cells->sessions = NULL;
}

/* ---- a cell, read back ---- */

/* As verdict_print() has it. */
static bool read_verdict(const json_t *json, struct verdict *verdict)
{
    char text[VERDICT_TEXT_MAX];
    const json_t *word, *cleanup = json_object_get(json, "cleanup");
    const char *deadline = json_string_value(json_object_get(json, "deadline"));
    size_t i, used = 0;
    if (deadline == NULL)
        return false;
    used = (size_t)snprintf(text, sizeof text, "%s", deadline);
    json_array_foreach(cleanup, i, word)
    {
        const char *name = json_string_value(word);
        if (name != NULL && strcmp(name, "OK") != 0 && used < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, "+%s", name);
    }
    return verdict_parse(text, verdict);
}

static char *copy_text(const json_t *cell, const char *key)
{
    const char *text = json_string_value(json_object_get(cell, key));
    return text != NULL ? strdup(text) : NULL;
}

bool cells_read_case(const json_t *cell, struct case_result *result)
{
    *result = (struct case_result){.id = copy_text(cell, "id"),
                                   .client = copy_text(cell, "client"),
                                   .client_version = copy_text(cell, "client_version"),
                                   .known_gap = copy_text(cell, "known_gap"),
                                   .reason = copy_text(cell, "reason")};
    result->deadline_ms = json_integer_value(json_object_get(cell, "deadline_ms"));
    result->as_expected = json_is_true(json_object_get(cell, "as_expected"));
    result->error = ERR_SYSTEM;
    if (result->id != NULL && result->client != NULL &&
        read_verdict(json_object_get(cell, "verdict"), &result->verdict))
        return true;
    case_result_fini(result);
    return false;
}
