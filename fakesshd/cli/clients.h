/* The clients that a command judges: their manifests, versions and known gaps. */
#ifndef CLI_CLIENTS_H
#define CLI_CLIENTS_H

#include "base/scenario.h"
#include "judge/installation.h"
#include "judge/run.h"
#include "judge/shard.h"

#include <limits.h>

enum { CLIENTS_MAX = 64 };

/* What of a client's cells is in a shard. */
struct shard_row {
    const struct shard *shard; /* borrowed, as the client */
    const struct run_client *client;
};

struct clients {
    struct run_client items[CLIENTS_MAX]; /* owned, as what stands in them */
    struct manifest *manifests[CLIENTS_MAX];
    struct installation found[CLIENTS_MAX];
    struct shard_row rows[CLIENTS_MAX];
    size_t count;
};

/* Reads the manifest `word` (a name or a file), what is expected of it (`expect`, a file; NULL: the
 * one beside the manifest, if there is one). */
enum err clients_add(struct clients *clients, const char *word, const char *expect,
                     struct err_text *error);

/* Where that file stands, or would: beside the manifest. False for a command. */
bool clients_expect_path(const struct manifest *manifest, char path[PATH_MAX]);

/* The same for the words of a command line; without `expect` everything must be well. */
enum err clients_add_command(struct clients *clients, char *const *command, const char *expect,
                             struct err_text *error);

/* Asks all of them for their versions, side by side: who has none because something is missing is
 * skipped, and says so. */
void clients_ask_versions(struct clients *clients);

/* ERR_EXPECT when a line of what is expected means no scenario of the catalogue. */
enum err clients_check_expectations(const struct clients *clients,
                                    const struct catalogue *catalogue, struct err_text *error);

/* Of all cells those of the shard only; it must live as long as the run. Returns how many they are.
 */
size_t clients_keep_shard(struct clients *clients, const struct shard *shard,
                          const struct scenario *const *scenarios, size_t count);

void clients_fini(struct clients *clients);

/* Of each scenario the first variant only. Returns how many are left. */
size_t clients_first_variants(const struct scenario **selected, size_t count);

#endif
