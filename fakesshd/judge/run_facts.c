#include "judge/run_facts.h"

#include "base/data_dir.h"
#include "base/opening_comment.h"
#include "judge/json_text.h"
#include "judge/procfs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { COMMENT_MAX = 2000 };

void run_facts_add_machine(struct run_result *run, int64_t ago_ms)
{
    struct utsname system;
    char cpu[128], began[32];
    if (run->machine != NULL || uname(&system) != 0)
        return;
    procfs_cpu_model(cpu, sizeof cpu);
    run->machine =
        json_pack("{s:o, s:o, s:o, s:o, s:I}", "system", json_text(system.sysname), "kernel",
                  json_text(system.release), "arch", json_text(system.machine), "cpu",
                  json_text(cpu), "cpus", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN));
    time_t at = time(NULL) - (time_t)(ago_ms / 1000);
    struct tm utc;
    if (gmtime_r(&at, &utc) != NULL &&
        strftime(began, sizeof began, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
        run->began = strdup(began);
}

/* Of the catalogue as it stands there, "scenarios/ident/silent.lua". */
static const char *file_of(const struct scenario *scenario)
{
    size_t folder = strlen(data_dir());
    return data_dir_holds(scenario->file) ? scenario->file + folder + 1 : scenario->file;
}

void run_facts_add_scenario(struct run_result *run, const struct scenario *scenario)
{
    if (run->scenarios == NULL)
        run->scenarios = json_object();
    if (json_object_get(run->scenarios, scenario->id) != NULL)
        return;
    int phase = (int)strcspn(scenario->id, "/");
    (void)json_object_set_new(
        run->scenarios, scenario->id,
        json_pack("{s:o, s:o, s:o, s:O?, s:s#, s:s, s:{s:o, s:o}}", "file",
                  json_text(file_of(scenario)), "about", json_text(scenario->about), "rfc",
                  json_text(scenario->rfc), "cites", scenario->cites, "phase", scenario->id, phase,
                  "kind", fault_kind_name(scenario->kind), "expected", "outcome",
                  json_outcomes(scenario->outcomes), "phase", json_phases(scenario->phases)));
}

static json_t *words_json(char *const *words)
{
    json_t *list = json_array();
    for (; words != NULL && *words != NULL; words++)
        (void)json_array_append_new(list, json_text(*words));
    return list;
}

/* Of a manifest of our own what it says about itself; a command line says nothing. */
static json_t *comment_of(const struct manifest *manifest)
{
    char *comment = NULL;
    if (manifest->file == NULL || opening_comment_read(manifest->file, &comment, NULL) != ERR_NONE)
        return json_null();
    if (strlen(comment) > COMMENT_MAX)
        comment[COMMENT_MAX] = '\0';
    json_t *text = json_text(comment);
    free(comment);
    return text;
}

void run_facts_add_client(struct run_result *run, const struct manifest *manifest,
                          const char *version)
{
    if (run->clients == NULL)
        run->clients = json_object();
    if (json_object_get(run->clients, manifest->name) != NULL)
        return;
    (void)json_object_set_new(
        run->clients, manifest->name,
        json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:o, s:o}", "kind",
                  manifest->driver ? "driver" : "template", "claims", claim_word(manifest->claim),
                  "argv", words_json(manifest->argv), "scenarios", words_json(manifest->scenarios),
                  "min_deadline_ms", (json_int_t)manifest->min_deadline_ms, "grace_ms",
                  (json_int_t)manifest->grace_ms, "version",
                  json_text(version[0] != '\0' ? version : NULL), "settings",
                  comment_of(manifest)));
}
