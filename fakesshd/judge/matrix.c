#include "judge/matrix.h"

#include "base/selector.h"
#include "judge/case_expected.h"
#include "judge/cells.h"
#include "judge/matrix_text.h"
#include "judge/report_html.h"
#include "judge/report_json.h"
#include "judge/run_ending.h"
#include "judge/run_facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whose cells they are, for run_client.wants. */
struct row {
    const struct matrix *matrix; /* borrowed, as the client */
    const struct run_client *client;
};

struct matrix {
    const struct matrix_spec *spec;
    struct run_client *clients;
    size_t client_count;
    const struct scenario *const *scenarios;
    size_t scenario_count;
    struct row *rows; /* owned; a client each */
    struct cells cells;
    struct matrix_progress progress;
    struct err_text failure;    /* of writing a cell; "" while all is well */
    char noise[NOISE_TEXT_MAX]; /* of this run; "" when nothing was left to be judged */
    char *incomplete_why;       /* owned; NULL: it came to its end */
    struct expect_facts facts;  /* of the machine and the day */
};

/* ---- which cells ---- */

static bool is_ours(const struct matrix *matrix, const struct run_client *client,
                    const struct scenario *scenario)
{
    return shard_holds(&matrix->spec->shard, client->manifest->name, scenario->id);
}

static bool wants(const void *context, const struct scenario *scenario)
{
    const struct row *row = context;
    return is_ours(row->matrix, row->client, scenario) &&
           cells_find(&row->matrix->cells, row->client->manifest->name, scenario->id) == NULL;
}

/* Calls `visit` with each cell of this shard, in the order of results: ids, then clients. */
static void each_cell(struct matrix *matrix, void *context,
                      void (*visit)(struct matrix *matrix, const struct run_client *client,
                                    const char *id, void *context))
{
    for (size_t i = 0; i < matrix->scenario_count; i++) {
        for (size_t j = 0; j < matrix->client_count; j++) {
            if (is_ours(matrix, &matrix->clients[j], matrix->scenarios[i]))
                visit(matrix, &matrix->clients[j], matrix->scenarios[i]->id, context);
        }
    }
}

struct count {
    size_t cells, done;
};

static void count_cell(struct matrix *matrix, const struct run_client *client, const char *id,
                       void *context)
{
    struct count *count = context;
    count->cells++;
    count->done += cells_find(&matrix->cells, client->manifest->name, id) != NULL;
}

/* Judged anew: what the user asks for, and what was no verdict: an error of our own or of a
 * scenario, which may be mended by now, and what a busy machine left undecided. */
static void forget_cell(struct matrix *matrix, const struct run_client *client, const char *id,
                        void *context)
{
    (void)context;
    const struct matrix_spec *spec = matrix->spec;
    struct case_result result;
    const json_t *cell = cells_find(&matrix->cells, client->manifest->name, id);
    if (cell == NULL || !cells_read_case(cell, &result))
        return;
    bool again = spec->again_count > 0 && selector_matches(spec->again, spec->again_count, id);
    if (again || result.verdict.state == CASE_ERROR || result.verdict.state == CASE_INCONCLUSIVE)
        cells_forget(&matrix->cells, client->manifest->name, id);
    case_result_fini(&result);
}

/* What the cells depend on. */
static json_t *asked(const struct matrix *matrix)
{
    const struct matrix_spec *spec = matrix->spec;
    json_t *clients = json_array(), *ids = json_array();
    char shard[32] = "all";
    for (size_t i = 0; i < matrix->client_count; i++)
        (void)json_array_append_new(clients, json_pack("{s:s, s:s}", "name",
                                                       matrix->clients[i].manifest->name, "version",
                                                       matrix->clients[i].version));
    for (size_t i = 0; i < matrix->scenario_count; i++)
        (void)json_array_append_new(ids, json_string(matrix->scenarios[i]->id));
    if (spec->shard.count > 0)
        (void)snprintf(shard, sizeof shard, "%d/%d", spec->shard.index, spec->shard.count);
    return json_pack("{s:s, s:s, s:I, s:I, s:i, s:I, s:s, s:o, s:o}", "tool",
                     "fakesshd " FAKESSHD_VERSION, "profile", spec->run.profile, "deadline_ms",
                     (json_int_t)spec->run.deadline_ms, "drain_ms", (json_int_t)spec->run.drain_ms,
                     "tasks", spec->run.template_tasks, "seed", (json_int_t)spec->run.seed, "shard",
                     shard, "clients", clients, "ids", ids);
}

/* ---- while it runs ---- */

/* The folder may be moved: evidence is named from where the results are. */
static void name_evidence_from_folder(const struct matrix *matrix, json_t *cell)
{
    json_t *evidence = json_object_get(cell, "evidence");
    const char *file = json_string_value(json_object_get(evidence, "file"));
    size_t length = strlen(matrix->spec->folder);
    if (file != NULL && strncmp(file, matrix->spec->folder, length) == 0 && file[length] == '/')
        (void)json_object_set_new(evidence, "file", json_string(file + length + 1));
}

static bool on_case(void *context, const struct case_result *result)
{
    struct matrix *matrix = context;
    json_t *cell = report_json_case(result);
    name_evidence_from_folder(matrix, cell);
    enum err failed = cells_add(&matrix->cells, cell, &matrix->failure);
    matrix_progress_cell(&matrix->progress, result);
    return failed == ERR_NONE;
}

/* What this run says of itself. What the cells amount to is not known before all are gathered. */
static void on_result(void *context, const struct run_result *result)
{
    static const char *const keys[] = {"host", "noise", "wall_ms", "began", "machine"};
    struct matrix *matrix = context;
    struct run_result shell = *result;
    shell.cases = NULL;
    shell.case_count = 0;
    json_t *whole = report_json_run(&shell), *session = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        (void)json_object_set(session, keys[i], json_object_get(whole, keys[i]));
    json_decref(whole);
    noise_print(&result->noise, matrix->noise);
    matrix->incomplete_why = result->incomplete_why != NULL ? strdup(result->incomplete_why) : NULL;
    if (matrix->failure.text[0] == '\0')
        (void)cells_add_session(&matrix->cells, session, &matrix->failure);
    else
        json_decref(session);
}

/* ---- what it amounts to ---- */

struct gathering {
    json_t *cases;
    struct run_result run;
};

static void gather_cell(struct matrix *matrix, const struct run_client *client, const char *id,
                        void *context)
{
    struct gathering *gathering = context;
    json_t *cell = (json_t *)(uintptr_t)cells_find(&matrix->cells, client->manifest->name, id);
    struct case_result *result = &gathering->run.cases[gathering->run.case_count];
    if (cell == NULL || !cells_read_case(cell, result))
        return;
    /* The expectation files may say something else by now than when it was judged. */
    case_expected_judge(result, client, &matrix->facts);
    report_json_set_expected(cell, result);
    gathering->run.case_count++;
    (void)json_array_append(gathering->cases, cell);
}

/* Everything but the cases themselves, which are there as JSON already. */
static void describe(const struct matrix *matrix, struct run_result *run, size_t cells)
{
    const struct run_options *options = &matrix->spec->run;
    run->complete = run->case_count == cells;
    if (!run->complete)
        run->incomplete_why =
            strdup(matrix->failure.text[0] != '\0'  ? matrix->failure.text
                   : matrix->incomplete_why != NULL ? matrix->incomplete_why
                                                    : "not every cell was judged");
    run->tool = strdup("fakesshd " FAKESSHD_VERSION);
    run->profile = options->profile;
    run->seed = options->seed;
    run->repeats = 1;
    for (size_t i = 0; i < matrix->scenario_count; i++)
        run_facts_add_scenario(run, matrix->scenarios[i]);
    for (size_t i = 0; i < matrix->client_count; i++)
        run_facts_add_client(run, matrix->clients[i].manifest, matrix->clients[i].version);
}

/* The latest run's word on the machine counts; the time is that of all that came to an end. */
static void add_sessions(const struct matrix *matrix, json_t *results)
{
    json_t *session;
    json_int_t wall_ms = 0;
    size_t i;
    json_array_foreach(matrix->cells.sessions, i, session)
    {
        wall_ms += json_integer_value(json_object_get(session, "wall_ms"));
        (void)json_object_update(results, session);
    }
    (void)json_object_set_new(results, "wall_ms", json_integer(wall_ms));
    (void)json_object_set(results, "sessions", matrix->cells.sessions);
}

/* A new reference. */
static json_t *make_results(const struct matrix *matrix, const struct gathering *gathering)
{
    json_t *results = report_json_run(&gathering->run);
    const struct shard *shard = &matrix->spec->shard;
    add_sessions(matrix, results);
    (void)json_object_set(results, "cases", gathering->cases);
    if (shard->count > 0)
        (void)json_object_set_new(
            results, "shard",
            json_pack("{s:i, s:i}", "index", shard->index, "count", shard->count));
    return results;
}

static enum err write_results(const struct matrix *matrix, const json_t *results,
                              struct err_text *error)
{
    char json[PATH_MAX], html[PATH_MAX];
    (void)snprintf(json, sizeof json, "%s/results.json", matrix->spec->folder);
    (void)snprintf(html, sizeof html, "%s/index.html", matrix->spec->folder);
    enum err failed = report_json_write(json, results, error);
    return failed == ERR_NONE ? report_html_write(html, results, error) : failed;
}

static enum err conclude(struct matrix *matrix, enum exit_code *code, struct err_text *error)
{
    struct count count = {0};
    each_cell(matrix, &count, count_cell);
    struct gathering gathering = {.cases = json_array()};
    gathering.run.cases = calloc(count.cells + 1, sizeof *gathering.run.cases);
    if (gathering.run.cases == NULL)
        abort();
    each_cell(matrix, &gathering, gather_cell);
    describe(matrix, &gathering.run, count.cells);
    json_t *results = make_results(matrix, &gathering);
    enum err failed = write_results(matrix, results, error);
    gathering.run.wall_ms = json_integer_value(json_object_get(results, "wall_ms"));
    matrix_text_summary(matrix->progress.out, &gathering.run, matrix->noise,
                        matrix->progress.style);
    if (failed == ERR_NONE)
        fprintf(matrix->progress.out, "%s/index.html, %s/results.json\n", matrix->spec->folder,
                matrix->spec->folder);
    /* What ended the run comes first, and its own failure; then what the cells amount to. */
    struct run_ending ending = {.min_tests = matrix->spec->run.min_tests,
                                .files_failed = matrix->failure.text[0] != '\0'};
    if (*code != EXIT_SIGINT && *code != EXIT_SIGTERM && *code != EXIT_HARNESS)
        *code = run_exit_code(&gathering.run, &ending);
    json_decref(results);
    json_decref(gathering.cases);
    run_result_fini(&gathering.run);
    return failed;
}

/* ---- the whole ---- */

static enum err make_folder(const char *folder, struct err_text *error)
{
    struct stat about;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_set_errno(error, "cannot make the folder %s", folder);
    if (stat(folder, &about) != 0 || !S_ISDIR(about.st_mode))
        return err_set(error, ERR_USAGE, "--out: %s is no folder", folder);
    return ERR_NONE;
}

static enum err open_cells(struct matrix *matrix, struct err_text *error)
{
    char path[PATH_MAX];
    json_t *header = asked(matrix);
    (void)snprintf(path, sizeof path, "%s/cells.jsonl", matrix->spec->folder);
    enum err failed = cells_open(&matrix->cells, path, header, matrix->spec->fresh, error);
    json_decref(header);
    return failed;
}

/* Judges what is left; nothing is started when nothing is. */
static enum exit_code judge(struct matrix *matrix, const struct run_fixtures *fixtures,
                            size_t cells, size_t done)
{
    const struct matrix_spec *spec = matrix->spec;
    char evidence[PATH_MAX];
    struct run_options options = spec->run;
    (void)snprintf(evidence, sizeof evidence, "%s/evidence", spec->folder);
    options.evidence = evidence;
    options.on_case = on_case;
    options.on_result = on_result;
    options.context = matrix;
    options.min_tests = 0; /* over all cells, in the end */
    options.repeats = 1;
    options.shares_drivers = true;
    for (size_t i = 0; i < matrix->client_count; i++) {
        matrix->rows[i] = (struct row){matrix, &matrix->clients[i]};
        matrix->clients[i].wants = wants;
        matrix->clients[i].context = &matrix->rows[i];
    }
    if (done == cells)
        return EXIT_AS_EXPECTED;
    enum exit_code code = run_all(&options, fixtures, matrix->clients, matrix->client_count,
                                  matrix->scenarios, matrix->scenario_count, matrix->progress.out);
    matrix_progress_end(&matrix->progress);
    return code;
}

enum err matrix_run(const struct matrix_spec *spec, const struct run_fixtures *fixtures,
                    struct run_client *clients, size_t client_count,
                    const struct scenario *const *scenarios, size_t scenario_count, FILE *out,
                    enum exit_code *code, struct err_text *error)
{
    struct matrix matrix = {.spec = spec,
                            .clients = clients,
                            .client_count = client_count,
                            .scenarios = scenarios,
                            .scenario_count = scenario_count};
    struct count count = {0};
    enum err failed = make_folder(spec->folder, error);
    if (failed == ERR_NONE)
        failed = open_cells(&matrix, error);
    if (failed != ERR_NONE)
        return failed;
    expect_facts_now(&matrix.facts);
    matrix.rows = calloc(client_count + 1, sizeof *matrix.rows);
    if (matrix.rows == NULL)
        abort();
    each_cell(&matrix, NULL, forget_cell);
    each_cell(&matrix, &count, count_cell);
    if (count.cells == 0) /* only a shard can be empty: selectors that mean nothing are errors */
        shard_print_empty(&spec->shard, out);
    else if (count.done > 0)
        fprintf(out, "going on: %zu of %zu cells are judged\n", count.done, count.cells);
    matrix_progress_begin(&matrix.progress, out, spec->run.verbose, count.cells, count.done);
    *code = judge(&matrix, fixtures, count.cells, count.done);
    if (matrix.failure.text[0] != '\0')
        fprintf(stderr, "fakesshd matrix: %s\n", matrix.failure.text);
    failed = conclude(&matrix, code, error);
    if (count.cells == 0 && failed == ERR_NONE)
        *code = EXIT_AS_EXPECTED;
    free(matrix.incomplete_why);
    cells_close(&matrix.cells);
    free(matrix.rows);
    return failed;
}
