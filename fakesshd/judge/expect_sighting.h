/* What one or several runs saw of a client, id by id: what a line of its expectation file is held
 * against when the file is rewritten. */
#ifndef JUDGE_EXPECT_SIGHTING_H
#define JUDGE_EXPECT_SIGHTING_H

#include "judge/expect.h"

#include <jansson.h>

struct expect_sighting {
    const char *id; /* borrowed from the results, as the texts in `facts` and `reason` */
    struct expect_facts facts;
    struct verdict verdicts[EXPECT_VERDICTS_MAX]; /* each once; without what decided nothing */
    size_t verdict_count;
    int judged;          /* how often it came to a verdict, or was skipped */
    int undecided;       /* how often it was INCONCLUSIVE or an ERROR */
    const char *reason;  /* of the first verdict that was not OK, else of the first; "" */
    struct verdict told; /* that verdict */
};

struct expect_sightings {
    struct expect_sighting *items; /* owned; in the order of ids in the results */
    size_t count;
};

/* Gathers what `runs` (documents as report_json_run() makes them) say of the client. The day is
 * that of `now`; kernel and arch are each run's own, where it tells its host. */
void expect_sightings_gather(struct expect_sightings *sightings, const char *client,
                             const json_t *const *runs, size_t run_count,
                             const struct expect_facts *now);
void expect_sightings_fini(struct expect_sightings *sightings);

const struct expect_sighting *expect_sightings_find(const struct expect_sightings *sightings,
                                                    const char *id);

/* Did it pass whenever it was judged? Was it skipped each time? */
bool expect_sighting_passes(const struct expect_sighting *sighting);
bool expect_sighting_is_skipped(const struct expect_sighting *sighting);

#endif
