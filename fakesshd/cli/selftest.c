/* `fakesshd selftest`: does the judge find what is wrong with clients that are wrong on purpose? */
#include "cli/command.h"

#include "base/data_dir.h"
#include "base/duration.h"
#include "base/exit_code.h"
#include "judge/mutants.h"
#include "judge/process.h"
#include "judge/run.h"

#include <fnmatch.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MUTANTS_MAX = 128 };

struct request {
    bool all, help;
    int jobs;
    const char *json, *defects;
    const char *const *words;
    size_t word_count;
};

/* What the run leaves for the score. */
struct selftest {
    struct mutant mutants[MUTANTS_MAX];
    size_t count;
    bool is_good, is_undecided, is_complete;
};

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    static const struct option options[] = {{"mutants", no_argument, NULL, 'm'},
                                            {"all", no_argument, NULL, 'a'},
                                            {"json", required_argument, NULL, 'J'},
                                            {"defects", required_argument, NULL, 'd'},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option = 0;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "hj:", options, NULL)) != -1) {
        if (option == 'J')
            request->json = optarg;
        else if (option == 'd')
            request->defects = optarg;
        else if (option == 'j')
            request->jobs = atoi(optarg);
        else if (option == '?')
            return err_set(error, ERR_USAGE, "unknown option, or one without its value: '%s'",
                           argv[optind - 1]);
        request->all |= option == 'a';
        request->help |= option == 'h';
    }
    if (request->jobs < 1 || request->jobs > 64)
        return err_set(error, ERR_USAGE, "--jobs: expected a number from 1 to 64");
    request->words = (const char *const *)argv + optind;
    request->word_count = (size_t)(argc - optind);
    return ERR_NONE;
}

static void print_help(void)
{
    printf(
        "fakesshd selftest [--mutants] [--defects PATTERN] [--all] [--json FILE] [--jobs N] [SELECTOR...]\n\n"
        "Judges the clients that are wrong on purpose (`wrong --list`): each against the id that shows its\n"
        "defect, for as long as that takes, and against a healthy server. With SELECTORs, or --all, each\n"
        "against those ids too, with a glance; then comes the matrix of ids and defects, and the ids that kill\n"
        "nothing are named. --mutants says what is meant anyhow.\n\n"
        "Exit status: 0 every defect has its own verdict and nothing else is accused, 1 otherwise, 3 when all that\n"
        "is missing is undecided, on a machine that was too slow\n");
}

/* ---- the list ---- */

/* The sound one is always there: what accuses it is a false alarm. */
static enum err add_mutant(struct selftest *selftest, const char *line, const char *pattern,
                           struct err_text *error)
{
    if (selftest->count == MUTANTS_MAX)
        return err_set(error, ERR_SYSTEM, "wrong --verdicts: more than %d lines", MUTANTS_MAX);
    struct mutant *mutant = &selftest->mutants[selftest->count];
    enum err failed = mutant_read(line, mutant, error);
    if (failed == ERR_NONE &&
        (pattern == NULL || mutant_is_sound(mutant) || fnmatch(pattern, mutant->name, 0) == 0))
        selftest->count++;
    return failed;
}

static enum err read_mutants(struct selftest *selftest, const char *pattern, struct err_text *error)
{
    char path[PATH_MAX] = "", word[] = "--verdicts";
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "wrong");
    char *slash = length > 0 ? strrchr(path, '/') : NULL;
    if (slash == NULL)
        return err_set(error, ERR_SYSTEM, "cannot tell where this program is");
    strcpy(slash + 1, "wrong");
    char *argv[] = {path, word, NULL};
    int ours = -1, theirs = -1;
    pid_t pid = 0;
    enum err failed = process_pipe(PIPE_WE_READ, &ours, &theirs, error);
    if (failed != ERR_NONE)
        return failed;
    struct process_spec spec = {.argv = argv, .stdin_fd = -1, .stdout_fd = theirs, .stderr_fd = -1};
    failed = process_spawn(&spec, &pid, NULL, error);
    (void)close(theirs);
    if (failed == ERR_NONE)
        (void)waitpid(pid, NULL, 0); /* its list is shorter than a pipe */
    FILE *in = fdopen(ours, "r");
    char *line = NULL;
    size_t size = 0;
    while (failed == ERR_NONE && in != NULL && getline(&line, &size, in) > 0) {
        line[strcspn(line, "\n")] = '\0';
        failed = add_mutant(selftest, line, pattern, error);
    }
    free(line);
    if (in != NULL)
        (void)fclose(in);
    if (failed == ERR_NONE && selftest->count < 2)
        failed = err_set(error, ERR_USAGE, "no defect is called '%s'; `wrong --list` names them",
                         pattern != NULL ? pattern : "");
    return failed;
}

/* ---- the run ---- */

static void on_result(void *context, const struct run_result *run)
{
    struct selftest *selftest = context;
    struct mutant_score score = mutants_score(selftest->mutants, selftest->count, run);
    selftest->is_complete = run->complete;
    selftest->is_good = mutant_score_is_good(&score);
    selftest->is_undecided = mutant_score_is_undecided(&score);
    printf("\n");
    mutants_print(stdout, selftest->mutants, selftest->count, run);
}

/* Is this client to be judged by this id? Context: the run_client's own. */
struct wish {
    const struct mutant *mutant;
    const struct scenario *const *selected; /* of the matrix */
    size_t count;
};

static bool wants(const void *context, const struct scenario *scenario)
{
    const struct wish *wish = context;
    if (strcmp(scenario->id, wish->mutant->shown_by) == 0)
        return true;
    /* What is shown on a healthy server has no healthy control. */
    if (strcmp(scenario->id, "healthy/exec") == 0)
        return true;
    for (size_t i = 0; i < wish->count; i++) {
        if (wish->selected[i] == scenario)
            return true;
    }
    return false;
}

static const char *profile_for(const void *context, const struct scenario *scenario)
{
    const struct wish *wish = context;
    bool killer = strcmp(scenario->id, wish->mutant->shown_by) == 0;
    return killer ? wish->mutant->profile : GROWTH_GLANCE;
}

static enum err judge(const struct request *request, struct selftest *selftest,
                      enum exit_code *code, struct err_text *error)
{
    struct catalogue catalogue = {0};
    struct run_fixtures fixtures = {0};
    struct run_client clients[MUTANTS_MAX] = {0};
    struct manifest *manifests[MUTANTS_MAX] = {0};
    struct wish wishes[MUTANTS_MAX] = {0};
    const struct scenario **matrix = NULL, **all = NULL;
    size_t matrix_count = 0, all_count = 0;
    enum err failed = catalogue_read(&catalogue, NULL, error);
    if (failed == ERR_NONE)
        failed = catalogue_select(&catalogue, NULL, 0, &all, &all_count, error);
    if (failed == ERR_NONE && (request->all || request->word_count > 0))
        failed =
            catalogue_select(&catalogue, request->words, request->all ? 0 : request->word_count,
                             &matrix, &matrix_count, error);
    if (failed == ERR_NONE)
        failed = run_fixtures_find(&fixtures, &catalogue, error);
    for (size_t i = 0; i < selftest->count && failed == ERR_NONE; i++) {
        failed = manifest_read(selftest->mutants[i].client, &manifests[i], error);
        wishes[i] = (struct wish){&selftest->mutants[i], matrix, matrix_count};
        clients[i] = (struct run_client){.manifest = manifests[i],
                                         .wants = wants,
                                         .profile_for = profile_for,
                                         .context = &wishes[i]};
    }
    struct run_options options = {.deadline_ms = 500,
                                  .jobs = request->jobs,
                                  .starts_per_second = 1000,
                                  .template_tasks = 3,
                                  .min_tests = 1,
                                  .seed = 1,
                                  .repeats = 1,
                                  .no_stacks = true,
                                  .reports = {.json = request->json},
                                  .on_result = on_result,
                                  .context = selftest};
    if (failed == ERR_NONE)
        *code = run_all(&options, &fixtures, clients, selftest->count, all, all_count, stdout);
    for (size_t i = 0; i < selftest->count; i++)
        manifest_free(&manifests[i]);
    free(matrix);
    free(all);
    catalogue_fini(&catalogue);
    return failed;
}

/* What the cases amount to is the score's; what ended the run is the run's. */
static enum exit_code code_of(const struct selftest *selftest, enum exit_code run_code)
{
    if (!selftest->is_complete || run_code == EXIT_HARNESS || run_code == EXIT_SIGINT ||
        run_code == EXIT_SIGTERM)
        return run_code == EXIT_AS_EXPECTED ? EXIT_HARNESS : run_code;
    if (selftest->is_undecided)
        return EXIT_INCONCLUSIVE;
    return selftest->is_good ? EXIT_AS_EXPECTED : EXIT_UNEXPECTED;
}

int cli_selftest(int argc, char **argv)
{
    static struct selftest selftest;
    struct request request = {.jobs = 12};
    struct err_text error = {""};
    enum exit_code code = EXIT_AS_EXPECTED;
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    if (failed == ERR_NONE)
        failed = process_prepare(&error);
    if (failed == ERR_NONE)
        failed = read_mutants(&selftest, request.defects, &error);
    if (failed == ERR_NONE)
        failed = judge(&request, &selftest, &code, &error);
    if (failed != ERR_NONE)
        return cli_error("selftest", failed, &error);
    return (int)code_of(&selftest, code);
}
