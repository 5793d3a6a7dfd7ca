/* A matrix: all clients by all ids, cell by cell into a folder, so that it can be gone on with.
 *
 *     FOLDER/cells.jsonl    what was judged so far (judge/cells.h)
 *     FOLDER/results.json   the whole as results, written at the end; `complete` tells
 *     FOLDER/index.html     the same as a page
 *     FOLDER/evidence/      of what hung or grew, a file a cell */
#ifndef JUDGE_MATRIX_H
#define JUDGE_MATRIX_H

#include "judge/run.h"
#include "judge/shard.h"

struct matrix_spec {
    const char *folder; /* made when it is not there; its parent must be */
    struct shard shard;
    bool fresh;               /* what stands in the folder does not count */
    const char *const *again; /* selectors: these cells are judged anew */
    size_t again_count;
    struct run_options run; /* profile, deadline, jobs ...; no files and no callbacks */
};

/* Judges what is not judged yet. Lines go to `out`, its own errors to stderr; *code is the exit
 * code over all cells, those of earlier runs included. ERR_USAGE when the folder was begun with
 * something else. */
enum err matrix_run(const struct matrix_spec *spec, const struct run_fixtures *fixtures,
                    struct run_client *clients, size_t client_count,
                    const struct scenario *const *scenarios, size_t scenario_count, FILE *out,
                    enum exit_code *code, struct err_text *error);

#endif
