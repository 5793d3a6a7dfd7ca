/* Several results become one: shards of a catalogue, the same clients on several machines, or the
 * same again. */
#ifndef JUDGE_REPORT_MERGE_H
#define JUDGE_REPORT_MERGE_H

#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

/* Merges `count` results, checked by results_check(); `names` are their files, for sentences.
 *
 * A cell that several have is one. The same verdict from each is its verdict; where some were as
 * expected and some were not it is FLAKY (k/n), as for the repeats of one run. `repeats` tells who
 * said what. A verdict goes before a cell that could not be judged or was skipped. All together are
 * complete when each is, and every shard of a run is there. `parts` keeps what each says of itself:
 * host, noise, seed, completeness.
 *
 * ERR_INPUT when tools or deadlines of a cell differ: they cannot be compared. A new reference. */
enum err report_merge(json_t *const *all, char *const *names, size_t count, json_t **merged,
                      struct err_text *error);

#endif
