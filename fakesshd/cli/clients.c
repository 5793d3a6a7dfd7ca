#include "cli/clients.h"

#include "judge/process.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VERSION_TIMEOUT_S = 5 };

/* The first line that the version command prints, or nothing: it is only told, never judged. */
static void ask_version(const struct manifest *manifest, struct run_client *client)
{
    char bin[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", bin, sizeof bin - 1);
    if (manifest->version == NULL || length < 0)
        return;
    bin[length] = '\0';
    *strrchr(bin, '/') = '\0';
    struct placeholder_values values = {.bin = bin};
    char **argv = argv_expand(manifest->version, &values);
    int ours = -1, theirs = -1;
    pid_t pid = 0;
    if (process_pipe(PIPE_WE_READ, &ours, &theirs, NULL) == ERR_NONE) {
        /* Some print their version on stderr. */
        struct process_spec spec = {
            .argv = argv, .stdin_fd = -1, .stdout_fd = theirs, .stderr_fd = theirs};
        if (process_spawn(&spec, &pid, NULL, NULL) == ERR_NONE) {
            (void)close(theirs);
            theirs = -1;
            process_read_first_line(pid, ours, VERSION_TIMEOUT_S * 1000, client->version,
                                    sizeof client->version);
        }
    }
    if (theirs >= 0)
        (void)close(theirs);
    if (ours >= 0)
        (void)close(ours);
    argv_free(argv);
}

static enum err read_expectations(struct run_client *client, const char *expect,
                                  struct err_text *error)
{
    char path[PATH_MAX];
    if (expect != NULL)
        return expect_read(expect, &client->expect, error);
    if (client->manifest->file == NULL)
        return ERR_NONE;
    (void)snprintf(path, sizeof path, "%s", client->manifest->file);
    char *end = strrchr(path, '.');
    if (end == NULL || (size_t)(end - path) + sizeof ".expect" > sizeof path)
        return ERR_NONE;
    memcpy(end, ".expect", sizeof ".expect");
    return access(path, R_OK) == 0 ? expect_read(path, &client->expect, error) : ERR_NONE;
}

static enum err add(struct clients *clients, struct manifest *manifest, const char *expect,
                    struct err_text *error)
{
    struct run_client *client = &clients->items[clients->count];
    clients->manifests[clients->count++] = manifest;
    client->manifest = manifest;
    enum err failed = read_expectations(client, expect, error);
    if (failed == ERR_NONE)
        ask_version(manifest, client);
    return failed;
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
