#include "judge/expect_sighting.h"

#include "judge/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct expect_sighting *expect_sightings_find(const struct expect_sightings *sightings,
                                                    const char *id)
{
    for (size_t i = 0; i < sightings->count; i++) {
        if (strcmp(sightings->items[i].id, id) == 0)
            return &sightings->items[i];
    }
    return NULL;
}

static struct expect_sighting *find_or_add(struct expect_sightings *sightings, const char *id)
{
    const struct expect_sighting *found = expect_sightings_find(sightings, id);
    if (found != NULL)
        return &sightings->items[found - sightings->items];
    sightings->items = realloc(sightings->items, (sightings->count + 1) * sizeof *sightings->items);
    if (sightings->items == NULL)
        abort();
    struct expect_sighting *sighting = &sightings->items[sightings->count++];
    *sighting = (struct expect_sighting){.id = id, .reason = ""};
    return sighting;
}

/* ---- one case ---- */

static void add_verdict(struct expect_sighting *sighting, struct verdict verdict)
{
    for (size_t i = 0; i < sighting->verdict_count; i++) {
        if (verdict_equal(sighting->verdicts[i], verdict))
            return;
    }
    if (sighting->verdict_count < EXPECT_VERDICTS_MAX)
        sighting->verdicts[sighting->verdict_count++] = verdict;
}

/* `item` is a case, or one of its repeats. */
static void take(struct expect_sighting *sighting, const json_t *item)
{
    char words[RESULTS_VERDICT_MAX];
    struct verdict verdict;
    results_verdict_print(item, words);
    if (!verdict_parse(words, &verdict) || verdict.state == CASE_INCONCLUSIVE ||
        verdict.state == CASE_ERROR) {
        sighting->undecided++;
        return;
    }
    bool was_well = sighting->verdict_count == 0 || expect_sighting_passes(sighting);
    if (sighting->reason[0] == '\0' || (was_well && !verdict_is_clean_ok(verdict))) {
        sighting->reason = results_text(item, "reason");
        sighting->told = verdict;
    }
    sighting->judged++;
    add_verdict(sighting, verdict);
}

/* "Linux 6.1.0-13-amd64 x86_64" */
static void read_host(const json_t *run, struct expect_facts *facts)
{
    char kernel[65], arch[65];
    if (sscanf(results_text(run, "host"), "%*64s %64s %64s", kernel, arch) != 2)
        return;
    memcpy(facts->kernel, kernel, sizeof kernel);
    memcpy(facts->arch, arch, sizeof arch);
}

static void take_case(struct expect_sightings *sightings, const json_t *run, const json_t *item,
                      const struct expect_facts *now)
{
    struct expect_sighting *sighting = find_or_add(sightings, results_text(item, "id"));
    const json_t *repeats = json_object_get(item, "repeats");
    if (sighting->judged + sighting->undecided == 0) {
        sighting->facts = *now;
        read_host(run, &sighting->facts);
        sighting->facts.version = results_text(item, "client_version");
        sighting->facts.deadline_ms = json_integer_value(json_object_get(item, "deadline_ms"));
    }
    for (size_t i = 0; i < json_array_size(repeats); i++)
        take(sighting, json_array_get(repeats, i));
    if (json_array_size(repeats) == 0)
        take(sighting, item);
}

void expect_sightings_gather(struct expect_sightings *sightings, const char *client,
                             const json_t *const *runs, size_t run_count,
                             const struct expect_facts *now)
{
    *sightings = (struct expect_sightings){0};
    for (size_t i = 0; i < run_count; i++) {
        const json_t *cases = json_object_get(runs[i], "cases");
        for (size_t j = 0; j < json_array_size(cases); j++) {
            const json_t *item = json_array_get(cases, j);
            if (strcmp(results_text(item, "client"), client) == 0)
                take_case(sightings, runs[i], item, now);
        }
    }
}

void expect_sightings_fini(struct expect_sightings *sightings)
{
    free(sightings->items);
    *sightings = (struct expect_sightings){0};
}

bool expect_sighting_passes(const struct expect_sighting *sighting)
{
    return sighting->verdict_count == 1 && verdict_is_clean_ok(sighting->verdicts[0]);
}

bool expect_sighting_is_skipped(const struct expect_sighting *sighting)
{
    return sighting->verdict_count == 1 && sighting->verdicts[0].state == CASE_SKIP;
}
