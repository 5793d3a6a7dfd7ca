#include "cli/client_list.h"

#include "cli/command.h"

#include "base/data_dir.h"
#include "base/exit_code.h"
#include "judge/installation.h"
#include "judge/manifest.h"
#include "judge/process.h"

#include <glob.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct client_list {
    size_t count;
    struct manifest **manifests; /* owned */
    struct installation *found;  /* owned */
};

static const char *kind_word(const struct manifest *manifest)
{
    return manifest->driver ? "driver" : manifest->external ? "external" : "template";
}

static void print_lines(const struct client_list *clients)
{
    size_t width = 0;
    for (size_t i = 0; i < clients->count; i++) {
        size_t length = strlen(clients->manifests[i]->name);
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < clients->count; i++) {
        const struct manifest *manifest = clients->manifests[i];
        const struct installation *found = &clients->found[i];
        printf("%-*s  %-8s  %-9s  %s\n", (int)width, manifest->name, kind_word(manifest),
               manifest_claim_word(manifest->claim),
               found->missing ? found->reason : found->version);
    }
}

static json_t *words_json(char *const *words)
{
    json_t *array = json_array();
    for (char *const *word = words; word != NULL && *word != NULL; word++)
        (void)json_array_append_new(array, json_string(*word));
    return array;
}

static void print_json(const struct client_list *clients)
{
    json_t *array = json_array();
    for (size_t i = 0; i < clients->count; i++) {
        const struct manifest *manifest = clients->manifests[i];
        const struct installation *found = &clients->found[i];
        const char *version = found->version[0] != '\0' ? found->version : NULL;
        const char *reason = found->missing ? found->reason : NULL;
        json_t *item =
            json_pack("{s:s, s:s, s:s, s:s, s:b, s:s?, s:s?, s:o, s:o}", "name", manifest->name,
                      "file", manifest->file, "kind", kind_word(manifest), "deadline",
                      manifest_claim_word(manifest->claim), "installed", !found->missing, "version",
                      version, "reason", reason, "packages", words_json(manifest->packages), "npm",
                      words_json(manifest->npm));
        (void)json_array_append_new(array, item);
    }
    (void)json_dumpf(array, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(array);
}

/* Each once, in the order in which they are first named. */
static void print_needs(const struct client_list *clients, enum client_list_form form)
{
    json_t *seen = json_object();
    for (size_t i = 0; i < clients->count; i++) {
        const struct manifest *manifest = clients->manifests[i];
        char *const *names = form == CLIENT_LIST_NPM ? manifest->npm : manifest->packages;
        for (; names != NULL && *names != NULL; names++) {
            if (json_object_get(seen, *names) == NULL)
                printf("%s\n", *names);
            (void)json_object_set_new(seen, *names, json_true());
        }
    }
    json_decref(seen);
}

static void print_as(const struct client_list *clients, enum client_list_form form)
{
    switch (form) {
    case CLIENT_LIST_LINES:
        print_lines(clients);
        break;
    case CLIENT_LIST_JSON:
        print_json(clients);
        break;
    case CLIENT_LIST_PACKAGES:
    case CLIENT_LIST_NPM:
        print_needs(clients, form);
        break;
    }
}

static enum err read_all(struct client_list *clients, char *const *words, size_t count,
                         struct err_text *error)
{
    enum err failed = ERR_NONE;
    clients->manifests = calloc(count + 1, sizeof(struct manifest *));
    clients->found = calloc(count + 1, sizeof *clients->found);
    if (clients->manifests == NULL || clients->found == NULL)
        abort();
    for (size_t i = 0; i < count && failed == ERR_NONE; i++) {
        failed = manifest_read(words[i], &clients->manifests[i], error);
        clients->count += failed == ERR_NONE;
    }
    return failed;
}

static enum err list(char *const *words, size_t count, enum client_list_form form,
                     struct err_text *error)
{
    struct client_list clients = {0};
    enum err failed = process_prepare(error);
    if (failed == ERR_NONE)
        failed = read_all(&clients, words, count, error);
    if (failed == ERR_NONE && (form == CLIENT_LIST_LINES || form == CLIENT_LIST_JSON))
        installation_ask((const struct manifest *const *)clients.manifests, clients.count,
                         clients.found);
    if (failed == ERR_NONE)
        print_as(&clients, form);
    for (size_t i = 0; i < clients.count; i++)
        manifest_free(&clients.manifests[i]);
    free(clients.manifests);
    free(clients.found);
    return failed;
}

int client_list_print(char *const *words, size_t count, enum client_list_form form)
{
    char pattern[PATH_MAX];
    struct err_text error = {""};
    glob_t files = {0};
    enum err failed = ERR_NONE;
    (void)snprintf(pattern, sizeof pattern, "%s/client-under-test/*.lua", data_dir());
    if (count > 0)
        failed = list(words, count, form, &error);
    else if (glob(pattern, 0, NULL, &files) == 0)
        failed = list(files.gl_pathv, files.gl_pathc, form, &error);
    else
        failed = err_set(&error, ERR_SYSTEM, "no manifests: %s", pattern);
    globfree(&files);
    return failed == ERR_NONE ? EXIT_AS_EXPECTED : cli_error("list", failed, &error);
}
