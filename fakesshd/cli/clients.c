#include "cli/clients.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool clients_expect_path(const struct manifest *manifest, char path[PATH_MAX])
{
    if (manifest->file == NULL)
        return false;
    (void)snprintf(path, PATH_MAX, "%s", manifest->file);
    char *end = strrchr(path, '.');
    if (end == NULL || (size_t)(end - path) + sizeof ".expect" > PATH_MAX)
        return false;
    memcpy(end, ".expect", sizeof ".expect");
    return true;
}

static enum err read_expectations(struct run_client *client, const char *expect,
                                  struct err_text *error)
{
    char path[PATH_MAX];
    if (expect != NULL)
        return expect_read(expect, &client->expect, error);
    return clients_expect_path(client->manifest, path) && access(path, R_OK) == 0
               ? expect_read(path, &client->expect, error)
               : ERR_NONE;
}

static enum err add(struct clients *clients, struct manifest *manifest, const char *expect,
                    struct err_text *error)
{
    struct run_client *client = &clients->items[clients->count];
    clients->manifests[clients->count++] = manifest;
    client->manifest = manifest;
    return read_expectations(client, expect, error);
}

static enum err has_room(const struct clients *clients, struct err_text *error)
{
    return clients->count < CLIENTS_MAX
               ? ERR_NONE
               : err_set(error, ERR_USAGE, "--client: at most %d clients", CLIENTS_MAX);
}

enum err clients_add(struct clients *clients, const char *word, const char *expect,
                     struct err_text *error)
{
    struct manifest *manifest = NULL;
    enum err failed = has_room(clients, error);
    if (failed == ERR_NONE)
        failed = manifest_read(word, &manifest, error);
    return failed == ERR_NONE ? add(clients, manifest, expect, error) : failed;
}

enum err clients_add_command(struct clients *clients, char *const *command, const char *expect,
                             struct err_text *error)
{
    struct manifest *manifest = NULL;
    enum err failed = has_room(clients, error);
    if (failed == ERR_NONE)
        failed = manifest_from_command(command, &manifest, error);
    return failed == ERR_NONE ? add(clients, manifest, expect, error) : failed;
}

void clients_ask_versions(struct clients *clients)
{
    const struct manifest *manifests[CLIENTS_MAX];
    for (size_t i = 0; i < clients->count; i++)
        manifests[i] = clients->manifests[i];
    installation_ask(manifests, clients->count, clients->found);
    for (size_t i = 0; i < clients->count; i++) {
        struct run_client *client = &clients->items[i];
        const struct installation *found = &clients->found[i];
        (void)snprintf(client->version, sizeof client->version, "%s", found->version);
        client->missing = found->missing ? found->reason : NULL;
    }
}

/* A line about a scenario that is not there would stay for ever. */
enum err clients_check_expectations(const struct clients *clients,
                                    const struct catalogue *catalogue, struct err_text *error)
{
    enum err failed = ERR_NONE;
    const char **ids = calloc(catalogue->count + 1, sizeof *ids);
    if (ids == NULL)
        abort();
    for (size_t i = 0; i < catalogue->count; i++)
        ids[i] = catalogue->items[i].id;
    for (size_t i = 0; i < clients->count && failed == ERR_NONE; i++) {
        if (clients->items[i].expect != NULL)
            failed = expect_check(clients->items[i].expect, ids, catalogue->count, error);
    }
    free(ids);
    return failed;
}

static bool is_in_shard(const void *context, const struct scenario *scenario)
{
    const struct shard_row *row = context;
    return shard_holds(row->shard, row->client->manifest->name, scenario->id);
}

size_t clients_keep_shard(struct clients *clients, const struct shard *shard,
                          const struct scenario *const *scenarios, size_t count)
{
    size_t cells = 0;
    for (size_t i = 0; i < clients->count; i++) {
        clients->rows[i] = (struct shard_row){shard, &clients->items[i]};
        clients->items[i].wants = is_in_shard;
        clients->items[i].context = &clients->rows[i];
        for (size_t j = 0; j < count; j++)
            cells += is_in_shard(&clients->rows[i], scenarios[j]);
    }
    return cells;
}

void clients_fini(struct clients *clients)
{
    for (size_t i = 0; i < clients->count; i++) {
        expect_free(&clients->items[i].expect);
        manifest_free(&clients->manifests[i]);
    }
    clients->count = 0;
}

/* Variants of a scenario share its file and follow each other. */
size_t clients_first_variants(const struct scenario **selected, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || strcmp(selected[kept - 1]->file, selected[i]->file) != 0)
            selected[kept++] = selected[i];
    }
    return kept;
}
