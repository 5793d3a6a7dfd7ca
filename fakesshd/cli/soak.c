/* `fakesshd soak`: leaves one client running against faults. */
#include "cli/clients.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/number_option.h"
#include "cli/soak_options.h"

#include "base/data_dir.h"
#include "base/duration.h"
#include "base/exit_code.h"
#include "judge/growth_text.h"
#include "judge/process.h"
#include "judge/soak.h"

#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option long_options[] = {
#define X(name, letter, value, sentence) \
    {name, value ? required_argument : no_argument, NULL, letter},
    SOAK_OPTIONS(X)
#undef X
#define X(name, letter, value, sentence) \
    {#name, value ? required_argument : no_argument, NULL, letter},
        REPORT_FORMATS(X)
#undef X
            {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct request {
    struct soak_options options;
    const char *client, *expect;
    char *const *command; /* after "--"; NULL: none */
    const char *const *words;
    size_t word_count;
    bool endure, isolate, help;
};

static void print_help(void)
{
    printf("fakesshd soak [OPTION...] SELECTOR... [--client NAME|FILE] [-- COMMAND...]\n\n");
#define X(name, letter, value, sentence) printf("  -%c, --%-16s %s\n", letter, name, sentence);
    SOAK_OPTIONS(X)
#undef X
#define X(name, letter, value, sentence) printf("  -%c, --%-16s %s\n", letter, #name, sentence);
    REPORT_FORMATS(X)
#undef X
}

/* "50", "50/s", "100/min", "30/h" */
static enum err parse_rate(const char *text, double *per_second, struct err_text *error)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1}, {"/s", 1}, {"/min", 60}, {"/h", 3600}};
    char *end = NULL;
    double number = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (end == text || strcmp(end, units[i].unit) != 0)
            continue;
        *per_second = number / units[i].seconds;
        if (isfinite(number) && *per_second >= 1.0 / 3600 && *per_second <= 10000)
            return ERR_NONE;
    }
    return err_set(error, ERR_USAGE,
                   "--rate: expected a number of tasks, 1/h to 10000/s, as 50/s or 100/min, found "
                   "'%s'",
                   text);
}

/* Options that take no value. */
static bool take_flag(int letter, struct request *request)
{
    bool *flag = letter == 'e'   ? &request->endure
                 : letter == 'i' ? &request->isolate
                 : letter == 'v' ? &request->options.verbose
                 : letter == 'n' ? &request->options.no_probe
                 : letter == 'S' ? &request->options.no_stacks
                 : letter == 'h' ? &request->help
                                 : NULL;
    if (flag != NULL)
        *flag = true;
    return flag != NULL;
}

/* Options whose value is kept as it stands. */
static bool take_word(int letter, struct request *request)
{
    const char **word = letter == 'c'   ? &request->client
                        : letter == 'E' ? &request->options.events
                        : letter == 'V' ? &request->options.evidence
                        : letter == 'x' ? &request->expect
                                        : NULL;
    if (word == NULL)
        word = report_path_of(&request->options.reports, letter);
    if (word != NULL)
        *word = optarg != NULL ? optarg : "-";
    return word != NULL;
}

static enum err parse_option(int letter, struct request *request, struct err_text *error)
{
    struct soak_options *options = &request->options;
    int number = 0;
    enum err failed = ERR_NONE;
    if (take_flag(letter, request) || take_word(letter, request))
        return ERR_NONE;
    switch (letter) {
    case 't':
        return number_option("tasks", 1, 10000000, &options->tasks, error);
    case 'r':
        return parse_rate(optarg, &options->tasks_per_second, error);
    case 'd':
        return duration_parse_ms(optarg, "--deadline", &options->deadline_ms, error);
    case 'D':
        return duration_parse_ms(optarg, "--drain", &options->drain_ms, error);
    case 'R':
        return number_option("tasks-per-minute", 1, 1000000, &options->tasks_per_minute, error);
    case 's':
        failed = number_option("seed", 0, INT_MAX, &number, error);
        options->seed = (uint64_t)number;
        return failed;
    default:
        return err_set(error, ERR_USAGE,
                       "there is no such option, or it lacks its value; `fakesshd soak --help`");
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
    return ERR_NONE;
}

/* What must fit together, and what follows from the rest. */
static enum err complete(struct request *request, struct err_text *error)
{
    struct soak_options *options = &request->options;
    if (request->endure && request->isolate)
        return err_set(error, ERR_USAGE, "expected --endure or --isolate, found both");
    if (request->client != NULL && request->command != NULL)
        return err_set(error, ERR_USAGE, "expected one client, found --client and a command");
    if (request->word_count == 0)
        return err_set(error, ERR_USAGE, "expected a scenario; `fakesshd list` names them");
    if (request->client == NULL && request->command == NULL)
        request->client = "sshexec";
    options->mode = request->isolate ? SOAK_ISOLATE : SOAK_ENDURE;
    if (options->tasks_per_minute == 0)
        options->tasks_per_minute = options->tasks_per_second > 0
                                        ? (int)ceil(60 * options->tasks_per_second)
                                        : GROWTH_TASKS_PER_MINUTE;
    if (options->evidence == NULL)
        options->evidence = report_evidence_folder(&options->reports);
    return ERR_NONE;
}

/* Why this scenario cannot be asked of this client in a soak; NULL when it can. */
static const char *why_not(const struct manifest *manifest, const struct scenario *scenario)
{
    if (scenario->dns.wanted && !manifest_is_told_dns(manifest))
        return "the client cannot be told which DNS server to ask";
    if (scenario->cancel_share > 0)
        return "its tasks are cancelled, and a soak cancels none";
    if (data_dir_holds(scenario->file) && !manifest_is_for(manifest, scenario->id))
        return "the client's manifest is not for this scenario";
    return NULL;
}

/* Leaves out those that cannot be asked, and says so. */
static enum err keep_askable(const struct manifest *manifest, const struct scenario **scenarios,
                             size_t *count, struct err_text *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        const char *why = why_not(manifest, scenarios[i]);
        if (why == NULL)
            scenarios[kept++] = scenarios[i];
        else
            fprintf(stderr, "fakesshd soak: %s is left out: %s\n", scenarios[i]->id, why);
    }
    *count = kept;
    if (kept == 0)
        return err_set(error, ERR_USAGE, "no scenario is left that %s can be asked",
                       manifest->name);
    if (kept > SOAK_IDS_MAX)
        return err_set(error, ERR_USAGE, "expected at most %d scenarios for a soak, found %zu",
                       SOAK_IDS_MAX, kept);
    return ERR_NONE;
}

static enum err read_client(const struct request *request, struct clients *clients,
                            struct err_text *error)
{
    enum err failed = request->command != NULL
                          ? clients_add_command(clients, request->command, request->expect, error)
                          : clients_add(clients, request->client, request->expect, error);
    if (failed != ERR_NONE)
        return failed;
    clients_ask_versions(clients);
    if (clients->items[0].missing != NULL)
        return err_set(error, ERR_USAGE, "%s: %s", clients->items[0].manifest->name,
                       clients->items[0].missing);
    return ERR_NONE;
}

static enum err soak(struct request *request, enum exit_code *code, struct err_text *error)
{
    struct catalogue catalogue = {0};
    struct run_fixtures fixtures = {0};
    struct clients *clients = calloc(1, sizeof *clients);
    const struct scenario **selected = NULL;
    size_t count = 0;
    if (clients == NULL)
        abort();
    enum err failed = process_prepare(error);
    if (failed == ERR_NONE)
        failed = catalogue_read(&catalogue, NULL, error);
    if (failed == ERR_NONE)
        failed = catalogue_select(&catalogue, request->words, request->word_count, &selected,
                                  &count, error);
    if (failed == ERR_NONE)
        failed = run_fixtures_find(&fixtures, &catalogue, error);
    if (failed == ERR_NONE)
        failed = read_client(request, clients, error);
    if (failed == ERR_NONE)
        failed = clients_check_expectations(clients, &catalogue, error);
    if (failed == ERR_NONE)
        failed = keep_askable(clients->items[0].manifest, selected, &count, error);
    if (failed == ERR_NONE) {
        if (request->options.tasks_per_second <= 0)
            request->options.tasks_per_second = clients->items[0].manifest->driver ? 50 : 10;
        *code = soak_all(&request->options, &fixtures, &clients->items[0], selected, count,
                         report_uses_stdout(&request->options.reports) ? stderr : stdout);
    }
    clients_fini(clients);
    free(clients);
    free(selected);
    catalogue_fini(&catalogue);
    return failed;
}

int cli_soak(int argc, char **argv)
{
    struct request request = {
        .options = {.deadline_ms = 500, .tasks = 1000, .drain_ms = 3000, .seed = 1}};
    struct err_text error = {""};
    enum exit_code code = EXIT_AS_EXPECTED;
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    if (failed == ERR_NONE)
        failed = complete(&request, &error);
    if (failed == ERR_NONE)
        failed = soak(&request, &code, &error);
    return failed == ERR_NONE ? (int)code : cli_error("soak", failed, &error);
}
