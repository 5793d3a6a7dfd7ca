/* From a scenario file's table to one struct per id, with every field checked. */
#include "base/scenario.h"

#include "base/data_dir.h"
#include "base/script_file.h"
#include "base/selector.h"

#include <fts.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* name, JSON types that are right, what to call them */
#define FIELDS(X)                                                                                              \
    X("about", is_string, "a string")                                                                          \
    X("rfc", is_string, "a string")                                                                            \
    X("cites", is_string_list, "a list of strings")                                                            \
    X("expect", is_object, "a table { outcome = ..., phase = ... }")                                           \
    X("kind", is_string, "a kind of fault")                                                                    \
    X("variants", is_table_list, "a list of tables, each with a name")                                         \
    X("deadline_min", is_number, "a number of seconds")                                                        \
    X("listen", is_object,                                                                                     \
      "a table { backlog = 0, opens_after = seconds | accept = false | refuse = true | small_buffer = true }") \
    X("dns", is_object, "a table { answer = ..., tcp = { ... } }")                                             \
    X("stdin_bytes", is_number, "a number of bytes")                                                           \
    X("cancel", is_number, "a share of the deadline")                                                          \
    X("engine", is_string, "\"libssh\" or \"crafted\"")                                                        \
    X("serve", is_function, "a function")

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_function(const json_t *value)
{
    return json_is_string(value) && strcmp(json_string_value(value), "function") == 0;
}

static bool is_string_list(const json_t *value)
{
    if (json_is_object(value))
        return json_object_size(value) == 0; /* an empty table */
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            return false;
    }
    return json_is_array(value);
}

static bool is_table_list(const json_t *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(json_object_get(item, "name")))
            return false;
    }
    return json_is_array(value) && json_array_size(value) > 0;
}

static const struct {
    const char *name;
    bool (*right)(const json_t *value);
    const char *wanted;
} fields[] = {
#define X(name, right, wanted) {name, right, wanted},
    FIELDS(X)
#undef X
};

/* A reading of one file: what sentences about it need. */
struct reading {
    const char *path;
    struct err_text *error;
};

static enum err complain(const struct reading *reading, const char *field, const char *sentence,
                         const char *detail)
{
    return err_set(reading->error, ERR_SCENARIO, "%s:%d: %s%s",
                   script_file_display_name(reading->path),
                   script_file_line_of(reading->path, field), sentence, detail);
}

static enum err check_fields(const struct reading *reading, json_t *description)
{
    const char *name;
    json_t *value;
    json_object_foreach(description, name, value)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
            if (strcmp(fields[i].name, name) != 0)
                continue;
            known = true;
            char wanted[160];
            (void)snprintf(wanted, sizeof wanted, "expected '%s' to be %s", name, fields[i].wanted);
            if (!fields[i].right(value))
                return complain(reading, name, wanted, "");
        }
        if (!known)
            return complain(reading, name, "unknown field: ", name);
    }
    if (json_object_get(description, "about") == NULL)
        return complain(reading, "about", "expected a field 'about': one sentence", "");
    if (json_object_get(description, "expect") == NULL)
        return complain(reading, "expect", "expected a field 'expect': what a sound client does",
                        "");
    if (json_object_get(description, "serve") == NULL &&
        json_object_get(description, "listen") == NULL)
        return complain(reading, "serve", "expected a function 'serve': what the server does", "");
    return ERR_NONE;
}

/* Calls `add` for a string or for each of a list of strings; false when one is not right. */
static bool each_word(const json_t *value, bool (*add)(const char *word, unsigned *set),
                      unsigned *set, const char **wrong)
{
    *wrong = "(not a string)";
    if (json_is_string(value)) {
        *wrong = json_string_value(value);
        return add(*wrong, set);
    }
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        *wrong = json_is_string(item) ? json_string_value(item) : "(not a string)";
        if (!add(*wrong, set))
            return false;
    }
    return json_is_array(value);
}

static bool add_outcome(const char *word, unsigned *set)
{
    enum outcome outcome = OUTCOME_SUCCESS;
    if (!outcome_from_name(word, &outcome) || outcome > OUTCOME_CANCELLED)
        return false;
    *set |= OUTCOME_BIT(outcome);
    return true;
}

static bool add_phase(const char *word, unsigned *set)
{
    enum phase phase = PHASE_DNS;
    if (!phase_from_name(word, &phase))
        return false;
    *set |= PHASE_BIT(phase);
    return true;
}

static enum err read_expect(const struct reading *reading, json_t *expect, struct scenario *item)
{
    const char *name, *wrong;
    json_t *value;
    json_object_foreach(expect, name, value)
    {
        if (strcmp(name, "outcome") == 0) {
            if (!each_word(value, add_outcome, &item->outcomes, &wrong))
                return complain(
                    reading, "outcome",
                    "expected outcome success, timeout, failure, cancelled or a list of these; "
                    "found: ",
                    wrong);
        } else if (strcmp(name, "phase") == 0) {
            if (!each_word(value, add_phase, &item->phases, &wrong))
                return complain(reading, "phase",
                                "expected a phase of `fakesshd list --phases`; found: ", wrong);
        } else {
            return complain(reading, name, "unknown field in 'expect': ", name);
        }
    }
    if (item->outcomes == 0)
        return complain(reading, "expect", "expected 'expect' to have an outcome", "");
    return ERR_NONE;
}

static enum err read_listen(const struct reading *reading, json_t *listen, struct scenario *item)
{
    const char *name;
    json_t *value;
    item->listen_backlog = -1;
    item->listen_opens_after_ns = -1;
    item->listen_accept = true;
    json_object_foreach(listen, name, value)
    {
        if (strcmp(name, "backlog") == 0 && json_is_integer(value)) {
            item->listen_backlog = (int)json_integer_value(value);
            item->listen_accept = false;
        } else if (strcmp(name, "opens_after") == 0 && json_is_number(value)) {
            item->listen_opens_after_ns = (int64_t)(json_number_value(value) * 1e9);
        } else if (strcmp(name, "accept") == 0 && json_is_boolean(value)) {
            item->listen_accept = json_is_true(value);
        } else if (strcmp(name, "refuse") == 0 && json_is_boolean(value)) {
            item->listen_refuse = json_is_true(value);
        } else if (strcmp(name, "small_buffer") == 0 && json_is_boolean(value)) {
            item->listen_small_buffer = json_is_true(value);
        } else {
            return complain(
                reading, "listen",
                "expected listen = { backlog = 0, opens_after = seconds | accept = false | "
                "refuse = true | small_buffer = true }; found: ",
                name);
        }
    }
    if (item->listen_backlog > 128 || item->listen_backlog < -1)
        return complain(reading, "backlog", "expected a backlog from 0 to 128", "");
    if (item->listen_opens_after_ns >= 0 && item->listen_backlog != 0)
        return complain(reading, "opens_after", "expected 'opens_after' beside backlog = 0", "");
    return ERR_NONE;
}

static enum err read_dns(const struct reading *reading, struct scenario *item)
{
    const json_t *own = json_object_get(item->variant, "dns");
    const char *field;
    char why[200];
    if (own == NULL)
        own = json_object_get(item->description, "dns");
    if (dns_plan_read(own, &item->dns, &field, why))
        return ERR_NONE;
    return complain(reading, field, why, "");
}

/* Nobody says cancelled who was not, and who was need not say anything else. */
static enum err read_cancel(const struct reading *reading, struct scenario *item)
{
    const json_t *share = json_object_get(item->variant, "cancel");
    if (share == NULL)
        share = json_object_get(item->description, "cancel");
    item->cancel_share = json_number_value(share);
    bool expected = (item->outcomes & OUTCOME_BIT(OUTCOME_CANCELLED)) != 0;
    if (share != NULL && !(item->cancel_share >= 0.1 && item->cancel_share <= 0.8))
        return complain(reading, "cancel", "expected 'cancel' from 0.1 to 0.8 of the deadline", "");
    if ((share != NULL) != expected)
        return complain(reading, share != NULL ? "cancel" : "expect",
                        "expected 'cancel' and the outcome cancelled together", "");
    return ERR_NONE;
}

/* A variant's word goes before the file's, and both before what is expected and the id tell. */
static enum err read_kind(const struct reading *reading, struct scenario *item)
{
    json_t *said = json_object_get(item->variant, "kind");
    if (said == NULL)
        said = json_object_get(item->description, "kind");
    if (said == NULL) {
        bool legal = item->outcomes == OUTCOME_BIT(OUTCOME_SUCCESS);
        item->kind = legal ? FAULT_LEGAL : fault_kind_of_id(item->id);
        return ERR_NONE;
    }
    const char *word = json_is_string(said) ? json_string_value(said) : "(not a string)";
    if (fault_kind_from_name(word, &item->kind))
        return ERR_NONE;
    char wanted[200];
    (void)snprintf(wanted, sizeof wanted,
                   "expected 'kind' to be one of %s; found: ", fault_kind_words());
    return complain(reading, "kind", wanted, word);
}

/* "…/scenarios/ident/silent.lua" gives "ident/silent". */
static void base_id_of(const char *path, char id[256])
{
    const char *name = strrchr(path, '/');
    name = name == NULL ? path : name + 1;
    int length = (int)(strlen(name) - strlen(".lua"));
    const char *folder = NULL;
    if (name > path) {
        folder = name - 1;
        while (folder > path && folder[-1] != '/')
            folder--;
    }
    enum phase phase;
    char word[64] = "file";
    if (folder != NULL && name - folder - 1 < (int)sizeof word)
        (void)snprintf(word, sizeof word, "%.*s", (int)(name - folder - 1), folder);
    if (strcmp(word, "healthy") != 0 && strcmp(word, "sweep") != 0 &&
        !phase_from_name(word, &phase))
        (void)snprintf(word, sizeof word, "file");
    (void)snprintf(id, 256, "%s/%.*s", word, length, name);
}

static struct scenario *catalogue_append(struct catalogue *catalogue)
{
    struct scenario *items =
        realloc(catalogue->items, (catalogue->count + 1) * sizeof *catalogue->items);
    if (items == NULL)
        return NULL;
    catalogue->items = items;
    struct scenario *item = &items[catalogue->count++];
    memset(item, 0, sizeof *item);
    return item;
}

static enum err add_item(struct catalogue *catalogue, const struct reading *reading,
                         json_t *description, json_t *variant)
{
    struct scenario *item = catalogue_append(catalogue);
    if (item == NULL)
        return err_set(reading->error, ERR_SYSTEM, "out of memory");
    char base[256], id[512];
    base_id_of(reading->path, base);
    (void)snprintf(id, sizeof id, "%s%s%s", base, variant != NULL ? "/" : "",
                   variant != NULL ? json_string_value(json_object_get(variant, "name")) : "");
    item->id = strdup(id);
    item->file = strdup(reading->path);
    item->description = json_incref(description);
    item->variant = variant;
    if (item->id == NULL || item->file == NULL)
        return err_set(reading->error, ERR_SYSTEM, "out of memory");

    json_t *rfc = json_object_get(description, "rfc");
    item->about = json_string_value(json_object_get(description, "about"));
    item->rfc = rfc != NULL ? json_string_value(rfc) : "";
    item->cites = json_object_get(description, "cites");
    /* A variant may differ in what is expected and in how long it needs. */
    json_t *expect = json_object_get(variant, "expect");
    json_t *deadline_min = json_object_get(variant, "deadline_min");
    if (deadline_min == NULL)
        deadline_min = json_object_get(description, "deadline_min");
    double seconds = json_number_value(deadline_min);
    if (!(seconds >= 0 && seconds <= 3600))
        return complain(reading, "deadline_min", "expected 'deadline_min' from 0 to 3600 seconds",
                        "");
    item->deadline_min_ms = llround(seconds * 1000);
    double stdin_bytes = json_number_value(json_object_get(description, "stdin_bytes"));
    if (!(stdin_bytes >= 0 && stdin_bytes <= SCENARIO_STDIN_MAX_BYTES))
        return complain(reading, "stdin_bytes", "expected 'stdin_bytes' from 0 to 131072", "");
    item->stdin_bytes = (size_t)stdin_bytes;
    const char *engine = json_string_value(json_object_get(description, "engine"));
    if (engine != NULL && strcmp(engine, "crafted") == 0)
        item->engine = ENGINE_CRAFTED;
    else if (engine != NULL && strcmp(engine, "libssh") != 0)
        return complain(reading, "engine",
                        "expected engine \"libssh\" or \"crafted\"; found: ", engine);
    enum err failed = read_listen(reading, json_object_get(description, "listen"), item);
    if (failed == ERR_NONE)
        failed = read_expect(
            reading, expect != NULL ? expect : json_object_get(description, "expect"), item);
    if (failed == ERR_NONE)
        failed = read_cancel(reading, item);
    if (failed == ERR_NONE)
        failed = read_dns(reading, item);
    if (failed == ERR_NONE)
        failed = read_kind(reading, item);
    return failed;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(((const struct scenario *)a)->id, ((const struct scenario *)b)->id);
}

enum err catalogue_add_file(struct catalogue *catalogue, const char *path, struct err_text *error)
{
    struct reading reading = {path, error};
    json_t *description = NULL;
    enum err failed = script_file_read(path, ERR_SCENARIO, &description, error);
    if (failed == ERR_NONE)
        failed = check_fields(&reading, description);
    json_t *variants = json_object_get(description, "variants");
    if (failed == ERR_NONE && variants == NULL)
        failed = add_item(catalogue, &reading, description, NULL);
    size_t i;
    json_t *variant;
    json_array_foreach(variants, i, variant)
    {
        if (failed == ERR_NONE)
            failed = add_item(catalogue, &reading, description, variant);
    }
    json_decref(description);
    return failed;
}

enum err catalogue_read(struct catalogue *catalogue, const char *folder, struct err_text *error)
{
    char path[PATH_MAX];
    if (folder == NULL) {
        (void)snprintf(path, sizeof path, "%s/scenarios", data_dir());
        folder = path;
    }
    char *roots[] = {(char *)(uintptr_t)folder, NULL};
    FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL)
        return err_set_errno(error, "cannot read the scenarios in %s", folder);
    enum err failed = ERR_NONE;
    for (FTSENT *entry = fts_read(walk); entry != NULL && failed == ERR_NONE;
         entry = fts_read(walk)) {
        if (entry->fts_info == FTS_F && selector_is_file(entry->fts_name))
            failed = catalogue_add_file(catalogue, entry->fts_path, error);
    }
    (void)fts_close(walk);
    if (failed == ERR_NONE && catalogue->count == 0)
        failed = err_set(error, ERR_SCENARIO, "there are no scenarios in %s", folder);
    if (catalogue->count > 0)
        qsort(catalogue->items, catalogue->count, sizeof *catalogue->items, compare_ids);
    return failed;
}

void scenario_file_word(const struct scenario *item, char *word, size_t size)
{
    const char *name = json_string_value(json_object_get(item->variant, "name"));
    (void)snprintf(word, size, "%s%s%s", item->file, name != NULL ? "/" : "",
                   name != NULL ? name : "");
}

const struct scenario *catalogue_find(const struct catalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->items[i].id, id) == 0)
            return &catalogue->items[i];
    }
    return NULL;
}

void catalogue_fini(struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        free(catalogue->items[i].id);
        free(catalogue->items[i].file);
        json_decref(catalogue->items[i].description);
    }
    free(catalogue->items);
    catalogue->items = NULL;
    catalogue->count = 0;
}
