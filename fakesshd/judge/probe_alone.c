#include "judge/probe_alone.h"

#include "base/clock.h"
#include "judge/noise.h"
#include "judge/probe.h"
#include "judge/run.h"
#include "judge/workdir.h"

#include <stdlib.h>
#include <unistd.h>

enum { LANES = 250, ENDING_MS = 2000 };

static void on_entry(void *owner, enum transcript_kind kind, const char *text, size_t length,
                     int status)
{
    transcript_add(owner, kind, text, length, status, clock_now_ns());
}

static void on_end(struct probe *probe, void *owner)
{
    (void)owner;
    ev_break(probe->loop, EVBREAK_ALL);
}

static enum err find_scenarios(struct probe_spec *spec, const struct catalogue *catalogue,
                               struct err_text *error)
{
    struct run_fixtures fixtures;
    enum err failed = run_fixtures_find(&fixtures, catalogue, error);
    if (failed != ERR_NONE)
        return failed;
    spec->healthy = fixtures.healthy;
    spec->refused = fixtures.refused;
    spec->silent = fixtures.silent;
    spec->status = catalogue_find(catalogue, "healthy/exit-status");
    spec->output = catalogue_find(catalogue, "healthy/large-output");
    spec->input = catalogue_find(catalogue, "data/stdin-window-but-legal");
    if (spec->status == NULL || spec->output == NULL || spec->input == NULL)
        return err_set(error, ERR_SYSTEM,
                       "the catalogue lacks healthy/exit-status, healthy/large-output or "
                       "data/stdin-window-but-legal, which a probe needs");
    return ERR_NONE;
}

static void keep_result(const struct probe *probe, struct probe_alone_result *result)
{
    result->findings = probe->findings;
    result->trusted = probe->trusted;
    (void)snprintf(result->version, sizeof result->version, "%s",
                   probe->stage.version != NULL ? probe->stage.version : "");
    (void)snprintf(result->stderr_text, sizeof result->stderr_text, "%s",
                   stage_client_words(&probe->stage));
}

static void turn(const struct probe_spec *spec, struct probe_alone_result *result)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    struct probe *probe = malloc(sizeof *probe);
    struct reaper reaper;
    struct noise noise;
    if (loop == NULL || probe == NULL)
        abort();
    reaper_init(&reaper, loop);
    noise_start(&noise, loop);
    probe_begin(probe, spec, loop, &reaper, noise.factor, on_end, NULL);
    (void)ev_run(loop, 0);
    keep_result(probe, result);
    probe_fini(probe);
    process_end_orphans(&reaper, ENDING_MS);
    noise_stop(&noise);
    reaper_fini(&reaper);
    ev_loop_destroy(loop);
    free(probe);
}

enum err probe_alone(const struct manifest *manifest, const struct catalogue *catalogue,
                     int64_t deadline_ms, struct transcript *transcript,
                     struct probe_alone_result *result, struct err_text *error)
{
    struct driver_tap tap = {.on_entry = on_entry, .owner = transcript};
    struct workdir workdir;
    if (manifest->min_deadline_ms > deadline_ms)
        deadline_ms = manifest->min_deadline_ms;
    struct probe_spec spec = {.manifest = manifest,
                              .thorough = true,
                              .deadline_ms = deadline_ms,
                              .lane = 1 + (int)getpid() % LANES,
                              .seed = 1,
                              .tap = &tap};
    enum err failed = find_scenarios(&spec, catalogue, error);
    if (failed != ERR_NONE)
        return failed;
    if (!workdir_make(&workdir, true))
        return err_set_errno(error, "cannot make a folder for the client");
    spec.workdir = workdir.path;
    turn(&spec, result);
    workdir_remove(&workdir);
    return ERR_NONE;
}
