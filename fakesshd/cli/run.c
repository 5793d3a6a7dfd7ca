/* `fakesshd run`: judges clients against scenarios. */
#include "cli/clients.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/fix.h"
#include "cli/number_option.h"
#include "cli/run_options.h"

#include "base/data_dir.h"
#include "base/duration.h"
#include "base/exit_code.h"
#include "judge/case.h"
#include "judge/growth.h"
#include "judge/growth_text.h"
#include "judge/process.h"
#include "judge/repeats.h"
#include "judge/report_json.h"
#include "judge/run.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option long_options[] = {
#define X(name, letter, value, sentence) \
    {name, value ? required_argument : no_argument, NULL, letter},
    RUN_OPTIONS(X)
#undef X
#define X(name, letter, value, sentence) \
    {#name, value ? required_argument : no_argument, NULL, letter},
        REPORT_FORMATS(X)
#undef X
            {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct request {
    struct run_options options;
    const char *client_words[CLIENTS_MAX];
    size_t client_count;
    const char *expect;
    char *const *command; /* after "--"; NULL: none */
    const char *const *words;
    size_t word_count;
    bool one_variant, fix, help;
};

static void print_help(void)
{
    printf("fakesshd run [OPTION...] [SELECTOR...] [--client NAME|FILE]... [-- COMMAND...]\n\n");
#define X(name, letter, value, sentence) printf("  -%c, --%-11s %s\n", letter, name, sentence);
    RUN_OPTIONS(X)
#undef X
#define X(name, letter, value, sentence) printf("  -%c, --%-11s %s\n", letter, #name, sentence);
    REPORT_FORMATS(X)
#undef X
    printf("\nIn COMMAND, these stand for themselves:\n");
#define X(word, sentence) printf("  {%s}%*s %s\n", #word, (int)(16 - strlen(#word)), "", sentence);
    PLACEHOLDERS(X)
#undef X
}

/* Options that take no value. */
static bool take_flag(int letter, struct request *request)
{
    bool *flag = letter == 'o'   ? &request->one_variant
                 : letter == 'v' ? &request->options.verbose
                 : letter == 'f' ? &request->options.fail_fast
                 : letter == 'n' ? &request->options.no_probe
                 : letter == 'S' ? &request->options.no_stacks
                 : letter == 'F' ? &request->options.until_fail
                 : letter == 'X' ? &request->fix
                 : letter == 'h' ? &request->help
                                 : NULL;
    if (flag != NULL)
        *flag = true;
    return flag != NULL;
}

/* Options whose value is kept as it stands; a format without one goes to standard output. */
static bool take_word(int letter, struct request *request)
{
    const char **word = letter == 'E'   ? &request->options.events
                        : letter == 'x' ? &request->expect
                        : letter == 'V' ? &request->options.evidence
                                        : NULL;
    if (word == NULL)
        word = report_path_of(&request->options.reports, letter);
    if (word != NULL)
        *word = optarg != NULL ? optarg : "-";
    return word != NULL;
}

static enum err parse_option(int letter, struct request *request, struct err_text *error)
{
    struct run_options *options = &request->options;
    int number = 0;
    enum err failed = ERR_NONE;
    if (take_flag(letter, request) || take_word(letter, request))
        return ERR_NONE;
    switch (letter) {
    case 'c':
        if (request->client_count == CLIENTS_MAX)
            return err_set(error, ERR_USAGE, "--client: at most %d clients", CLIENTS_MAX);
        request->client_words[request->client_count++] = optarg;
        return ERR_NONE;
    case 'd':
        return duration_parse_ms(optarg, "--deadline", &options->deadline_ms, error);
    case 'j':
        return number_option("jobs", 1, 64, &options->jobs, error);
    case 'r':
        return number_option("start-rate", 1, 100000, &options->starts_per_second, error);
    case 'p':
        options->profile = optarg;
        if (growth_profile_find(optarg) == NULL)
            return err_set(
                error, ERR_USAGE,
                "--profile: expected matrix, glance, quick, ci, thorough or soak, found '%s'",
                optarg);
        return ERR_NONE;
    case 'D':
        return duration_parse_ms(optarg, "--drain", &options->drain_ms, error);
    case 'R':
        return number_option("tasks-per-minute", 1, 1000000, &options->tasks_per_minute, error);
    case 'm':
        return number_option("min-tests", 0, 1000000, &options->min_tests, error);
    case 't':
        return number_option("tasks", 1, 64, &options->template_tasks, error);
    case 'i':
        return shard_parse(optarg, shard_variable, &request->options.shard, error);
    case 'N':
        return number_option("repeat", 1, REPEATS_MAX, &options->repeats, error);
    case 's':
        failed = number_option("seed", 0, INT_MAX, &number, error);
        options->seed = (uint64_t)number;
        return failed;
    default:
        return err_set(error, ERR_USAGE,
                       "there is no such option, or it lacks its value; `fakesshd run --help`");
    }
}

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    char letters[COMMAND_LINE_LETTERS_MAX];
    command_line_letters(long_options, letters);
    enum err failed = command_line_part(&argc, argv, &request->command, error);
    if (failed != ERR_NONE)
        return failed;
    int letter = 0;
    opterr = 0;
    while ((letter = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
        failed = parse_option(letter, request, error);
        if (failed != ERR_NONE)
            return failed;
    }
    request->words = (const char *const *)argv + optind;
    request->word_count = (size_t)(argc - optind);
    if (request->options.repeats == 0)
        request->options.repeats = request->options.until_fail ? REPEATS_UNTIL_FAIL : 1;
    if (request->client_count == 0 && request->command == NULL)
        request->client_words[request->client_count++] = "sshexec";
    return ERR_NONE;
}

/* ---- the whole ---- */

static enum err read_clients(const struct request *request, struct clients *clients,
                             struct err_text *error)
{
    enum err failed = ERR_NONE;
    for (size_t i = 0; i < request->client_count && failed == ERR_NONE; i++)
        failed = clients_add(clients, request->client_words[i], request->expect, error);
    if (failed == ERR_NONE && request->command != NULL)
        failed = clients_add_command(clients, request->command, request->expect, error);
    if (failed == ERR_NONE)
        clients_ask_versions(clients);
    return failed;
}

/* ---- --fix ---- */

struct fixing {
    const struct request *request;
    const struct clients *clients;
    const struct catalogue *catalogue;
    FILE *out;
    enum err failed;
    struct err_text error;
    bool all_well; /* by the new files everything is as expected, but for what was not decided */
    bool undecided;
};

/* Only a whole run knows which lines are no longer true. */
static enum err check_fix(const struct request *request, struct err_text *error)
{
    const char *why = request->word_count > 0            ? "selectors"
                      : request->one_variant             ? "--one-variant"
                      : request->options.shard.count > 0 ? "--shard"
                      : request->options.fail_fast       ? "--fail-fast"
                      : request->options.until_fail      ? "--until-fail"
                      : request->command != NULL         ? "a command without a manifest"
                      : request->expect != NULL && request->client_count > 1
                          ? "one --expect for several clients"
                          : NULL;
    if (!request->fix || why == NULL)
        return ERR_NONE;
    return err_set(error, ERR_USAGE,
                   "--fix rewrites a client's whole file, and cannot be used with %s", why);
}

/* Is all of this client as the file says that now stands there? */
static bool is_well_now(struct fixing *fixing, const struct run_result *result)
{
    struct clients now = {0};
    struct expect_facts facts;
    struct err_text error;
    bool well = true;
    expect_facts_now(&facts);
    for (size_t i = 0; i < fixing->request->client_count && well; i++)
        well = clients_add(&now, fixing->request->client_words[i], fixing->request->expect,
                           &error) == ERR_NONE;
    for (size_t i = 0; i < result->case_count && well; i++) {
        const struct case_result *item = &result->cases[i];
        const struct run_client *client = NULL;
        for (size_t j = 0; j < now.count; j++)
            client =
                strcmp(now.items[j].manifest->name, item->client) == 0 ? &now.items[j] : client;
        facts.version = item->client_version;
        facts.deadline_ms = item->deadline_ms;
        fixing->undecided |= item->verdict.state == CASE_INCONCLUSIVE;
        well =
            item->verdict.state == CASE_INCONCLUSIVE || item->verdict.state == CASE_ERROR ||
            expect_decide(client != NULL ? client->expect : NULL, item->id, item->verdict, &facts)
                .as_expected;
    }
    clients_fini(&now);
    return well;
}

static void on_result(void *context, const struct run_result *result)
{
    struct fixing *fixing = context;
    if (!result->complete) {
        fprintf(fixing->out, "nothing is rewritten: this run is not complete\n");
        return;
    }
    json_t *json = report_json_run(result);
    const json_t *runs[] = {json};
    for (size_t i = 0; i < fixing->clients->count && fixing->failed == ERR_NONE; i++) {
        struct fix_request fix = {.manifest = fixing->clients->items[i].manifest,
                                  .expect = fixing->request->expect,
                                  .runs = runs,
                                  .run_count = 1,
                                  .catalogue = fixing->catalogue,
                                  .out = fixing->out};
        fixing->failed = fix_write(&fix, &fixing->error);
    }
    fixing->all_well = fixing->failed == ERR_NONE && is_well_now(fixing, result);
    json_decref(json);
}

/* A file that was mended is what its reader wanted: what it now says decides. */
static enum exit_code code_after(const struct fixing *fixing, enum exit_code code)
{
    if (fixing->failed != ERR_NONE) {
        fprintf(stderr, "fakesshd run: %s\n", fixing->error.text);
        return fixing->failed == ERR_SYSTEM ? EXIT_HARNESS : EXIT_BAD_INPUT;
    }
    if (code != EXIT_UNEXPECTED || !fixing->all_well)
        return code;
    return fixing->undecided ? EXIT_INCONCLUSIVE : EXIT_AS_EXPECTED;
}

/* ---- the whole ---- */

static enum err run(const struct request *request, enum exit_code *code, struct err_text *error)
{
    struct catalogue catalogue = {0};
    struct run_fixtures fixtures = {0};
    struct clients clients = {0};
    const struct scenario **selected = NULL;
    size_t selected_count = 0;
    /* Results on stdout leave the lines for people to stderr. */
    FILE *out = report_uses_stdout(&request->options.reports) ? stderr : stdout;
    enum err failed = process_prepare(error);
    if (failed == ERR_NONE)
        failed = catalogue_read(&catalogue, NULL, error);
    if (failed == ERR_NONE)
        failed = catalogue_select(&catalogue, request->words, request->word_count, &selected,
                                  &selected_count, error);
    if (request->one_variant)
        selected_count = clients_first_variants(selected, selected_count);
    if (failed == ERR_NONE)
        failed = run_fixtures_find(&fixtures, &catalogue, error);
    if (failed == ERR_NONE)
        failed = read_clients(request, &clients, error);
    /* A line that means nothing is one of those that --fix drops. */
    if (failed == ERR_NONE && !request->fix)
        failed = clients_check_expectations(&clients, &catalogue, error);
    struct run_options options = request->options;
    struct fixing fixing = {
        .request = request, .clients = &clients, .catalogue = &catalogue, .out = out};
    if (request->fix) {
        options.on_result = on_result;
        options.context = &fixing;
    }
    bool is_empty = failed == ERR_NONE && clients_keep_shard(&clients, &request->options.shard,
                                                             selected, selected_count) == 0;
    if (is_empty) /* selectors that mean nothing are errors: so it is the shard's doing */
        shard_print_empty(&request->options.shard, out);
    else if (failed == ERR_NONE)
        *code = run_all(&options, &fixtures, clients.items, clients.count, selected, selected_count,
                        out);
    if (failed == ERR_NONE && request->fix && !is_empty)
        *code = code_after(&fixing, *code);
    clients_fini(&clients);
    free(selected);
    catalogue_fini(&catalogue);
    return failed;
}

int cli_run(int argc, char **argv)
{
    struct request request = {.options = {.deadline_ms = 500,
                                          .jobs = 24,
                                          .starts_per_second = 1000,
                                          .template_tasks = 3,
                                          .tasks_per_minute = GROWTH_TASKS_PER_MINUTE,
                                          .min_tests = 1,
                                          .seed = CASE_SEED_USUAL}};
    struct err_text error = {""};
    enum exit_code code = EXIT_AS_EXPECTED;
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    if (request.options.evidence == NULL)
        request.options.evidence = report_evidence_folder(&request.options.reports);
    if (failed == ERR_NONE)
        failed = check_fix(&request, &error);
    if (failed == ERR_NONE)
        failed = run(&request, &code, &error);
    if (failed == ERR_NONE)
        return (int)code;
    fprintf(stderr, "fakesshd run: %s\n", error.text);
    return failed == ERR_SYSTEM ? EXIT_HARNESS : EXIT_BAD_INPUT;
}
