/* Scenarios as data: what `fakesshd list` shows, what the server serves and what the judge expects.
 * One struct per id: a file with variants makes one for each of them. */
#ifndef BASE_SCENARIO_H
#define BASE_SCENARIO_H

#include "base/dns_plan.h"
#include "base/err.h"
#include "base/fault_kind.h"
#include "base/outcome.h"
#include "base/phase.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scenario_engine { ENGINE_LIBSSH, ENGINE_CRAFTED };

struct scenario {
    char *id;                /* owned; "phase/name" or "phase/name/variant" */
    char *file;              /* owned; path of the Lua file */
    json_t *description;     /* owned reference; the file's whole table */
    json_t *variant;         /* borrowed from description; NULL when the file has no variants */
    const char *about;       /* borrowed from description, as the next two */
    const char *rfc;         /* "" when the file names none */
    json_t *cites;           /* array of strings, may be empty */
    outcome_set outcomes;    /* what a sound client may answer */
    phase_set phases;        /* where the fault strikes; 0 when the file does not say */
    enum fault_kind kind;    /* from the field, else from what is expected and the id's words */
    int64_t deadline_min_ms; /* 0 when any deadline will do */
    enum scenario_engine engine;
    int listen_backlog; /* -1: the system's usual; 0: one connection fits, the next one hangs */
    int64_t listen_opens_after_ns; /* with a backlog of 0: when there is room again; -1: never */
    bool listen_accept;            /* false: the kernel completes the handshake, nobody accepts */
    bool listen_refuse;            /* true: connecting is refused */
    bool listen_small_buffer;      /* true: a client that sends much is stopped soon */
    struct dns_plan dns;           /* a variant's field goes before the file's */
    size_t stdin_bytes;            /* standard input that the task is given; 0: none */
    double cancel_share;           /* of the deadline, after which a task is cancelled; 0: never */
};

enum { SCENARIO_STDIN_MAX_BYTES = 128 * 1024 }; /* fits a line of the driver protocol */

struct catalogue {
    struct scenario *items; /* owned array, in the order of ids */
    size_t count;
};

/* Reads every scenario beneath `folder` (data_dir() + "/scenarios" when NULL). The first bad file
 * ends it with ERR_SCENARIO and a sentence that begins `file:line:`. */
enum err catalogue_read(struct catalogue *catalogue, const char *folder, struct err_text *error);

/* Adds the scenario of one file; its id is the path's last folder and name, or "file/NAME". */
enum err catalogue_add_file(struct catalogue *catalogue, const char *path, struct err_text *error);

/* Selects by selector words (base/selector.h), files included, into `selected`: an array of
 * pointers into the catalogue, owned by the caller. ERR_USAGE when a word matches nothing. With no
 * words everything is selected. */
enum err catalogue_select(struct catalogue *catalogue, const char *const *words, size_t word_count,
                          const struct scenario ***selected, size_t *count, struct err_text *error);

/* The selector word that means exactly this scenario wherever it came from: "file.lua/variant". */
void scenario_file_word(const struct scenario *item, char *word, size_t size);

/* The scenario with exactly this id, or NULL. */
const struct scenario *catalogue_find(const struct catalogue *catalogue, const char *id);

void catalogue_fini(struct catalogue *catalogue);

#endif
