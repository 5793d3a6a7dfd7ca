/* `fakesshd matrix`: many clients against the catalogue, into a folder. */
#include "judge/matrix.h"

#include "base/data_dir.h"
#include "base/duration.h"
#include "base/exit_code.h"
#include "cli/clients.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/matrix_options.h"
#include "cli/number_option.h"
#include "judge/growth.h"
#include "judge/growth_text.h"
#include "judge/process.h"

#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MAX = 64 };

static const struct option long_options[] = {
#define X(name, letter, value, sentence) \
    {name, value ? required_argument : no_argument, NULL, letter},
    MATRIX_OPTIONS(X)
#undef X
        {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct request {
    struct matrix_spec spec;
    char *client_words[CLIENTS_MAX]; /* owned */
    size_t client_count;
    const char *again[AGAIN_MAX];
    const char *const *words;
    size_t word_count;
    bool one_variant, help;
};

static void print_help(void)
{
    printf("fakesshd matrix --out FOLDER [OPTION...] [--clients A,B,...] [SELECTOR...]\n\n");
#define X(name, letter, value, sentence) printf("  -%c, --%-11s %s\n", letter, name, sentence);
    MATRIX_OPTIONS(X)
#undef X
}

/* ---- the command line ---- */

static enum err add_client(struct request *request, const char *word, size_t length,
                           struct err_text *error)
{
    for (size_t i = 0; i < request->client_count; i++) {
        if (strlen(request->client_words[i]) == length &&
            strncmp(request->client_words[i], word, length) == 0)
            return err_set(error, ERR_USAGE, "the client '%.*s' is named twice", (int)length, word);
    }
    if (length == 0)
        return err_set(error, ERR_USAGE, "--clients: expected names with commas between");
    if (request->client_count == CLIENTS_MAX)
        return err_set(error, ERR_USAGE, "--clients: at most %d clients", CLIENTS_MAX);
    request->client_words[request->client_count++] = strndup(word, length);
    return ERR_NONE;
}

static enum err add_clients(struct request *request, const char *words, struct err_text *error)
{
    enum err failed = ERR_NONE;
    while (failed == ERR_NONE) {
        size_t length = strcspn(words, ",");
        failed = add_client(request, words, length, error);
        if (words[length] == '\0')
            break;
        words += length + 1;
    }
    return failed;
}

static enum err add_again(struct request *request, struct err_text *error)
{
    if (request->spec.again_count == AGAIN_MAX)
        return err_set(error, ERR_USAGE, "--again: at most %d selectors", AGAIN_MAX);
    request->again[request->spec.again_count++] = optarg;
    return ERR_NONE;
}

/* Options that take no value. */
static bool take_flag(int letter, struct request *request)
{
    bool *flag = letter == 'o'   ? &request->one_variant
                 : letter == 'F' ? &request->spec.fresh
                 : letter == 'v' ? &request->spec.run.verbose
                 : letter == 'S' ? &request->spec.run.no_stacks
                 : letter == 'h' ? &request->help
                                 : NULL;
    if (flag != NULL)
        *flag = true;
    return flag != NULL;
}

static enum err parse_option(int letter, struct request *request, struct err_text *error)
{
    struct run_options *options = &request->spec.run;
    int number = 0;
    enum err failed = ERR_NONE;
    if (take_flag(letter, request))
        return ERR_NONE;
    switch (letter) {
    case 'O':
        request->spec.folder = optarg;
        return ERR_NONE;
    case 'C':
        return add_clients(request, optarg, error);
    case 'c':
        return add_client(request, optarg, strlen(optarg), error);
    case 'a':
        return add_again(request, error);
    case 'i':
        return shard_parse(optarg, shard_variable, &request->spec.shard, error);
    case 'd':
        return duration_parse_ms(optarg, "--deadline", &options->deadline_ms, error);
    case 'D':
        return duration_parse_ms(optarg, "--drain", &options->drain_ms, error);
    case 'j':
        return number_option("jobs", 1, 64, &options->jobs, error);
    case 'r':
        return number_option("start-rate", 1, 100000, &options->starts_per_second, error);
    case 't':
        return number_option("tasks", 1, 64, &options->template_tasks, error);
    case 'm':
        return number_option("min-tests", 0, 1000000, &options->min_tests, error);
    case 's':
        failed = number_option("seed", 0, INT_MAX, &number, error);
        options->seed = (uint64_t)number;
        return failed;
    default:
        return err_set(error, ERR_USAGE,
                       "there is no such option, or it lacks its value; `fakesshd matrix --help`");
    }
}

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    char letters[COMMAND_LINE_LETTERS_MAX];
    command_line_letters(long_options, letters);
    int letter = 0;
    opterr = 0;
    while ((letter = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
        enum err failed = parse_option(letter, request, error);
        if (failed != ERR_NONE)
            return failed;
    }
    request->words = (const char *const *)argv + optind;
    request->word_count = (size_t)(argc - optind);
    request->spec.again = request->again;
    if (request->spec.folder == NULL && !request->help)
        return err_set(error, ERR_USAGE, "--out FOLDER is missing: where the cells are kept");
    return ERR_NONE;
}

/* ---- clients ---- */

static int is_manifest(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".lua") == 0;
}

/* All that come with fakesshd but those that are wrong on purpose, which have a folder of their
 * own.
 */
static enum err add_all_clients(struct request *request, struct err_text *error)
{
    char folder[PATH_MAX];
    struct dirent **entries = NULL;
    enum err failed = ERR_NONE;
    (void)snprintf(folder, sizeof folder, "%s/client-under-test", data_dir());
    int count = scandir(folder, &entries, is_manifest, alphasort);
    if (count < 0)
        return err_set_errno(error, "cannot read %s", folder);
    for (int i = 0; i < count; i++) {
        if (failed == ERR_NONE)
            failed = add_client(request, entries[i]->d_name, strlen(entries[i]->d_name) - 4, error);
        free(entries[i]);
    }
    free(entries);
    return failed;
}

/* Results name a client by its manifest's name. */
static enum err check_names(const struct clients *clients, struct err_text *error)
{
    for (size_t i = 0; i < clients->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(clients->manifests[i]->name, clients->manifests[j]->name) == 0)
                return err_set(error, ERR_USAGE, "two manifests have the name '%s': %s and %s",
                               clients->manifests[i]->name, clients->manifests[j]->file,
                               clients->manifests[i]->file);
        }
    }
    return ERR_NONE;
}

static enum err read_clients(struct request *request, struct clients *clients,
                             struct err_text *error)
{
    enum err failed = request->client_count == 0 ? add_all_clients(request, error) : ERR_NONE;
    for (size_t i = 0; i < request->client_count && failed == ERR_NONE; i++)
        failed = clients_add(clients, request->client_words[i], NULL, error);
    if (failed == ERR_NONE)
        failed = check_names(clients, error);
    if (failed == ERR_NONE)
        clients_ask_versions(clients);
    return failed;
}

/* ---- the whole ---- */

static enum err judge(struct request *request, enum exit_code *code, struct err_text *error)
{
    struct catalogue catalogue = {0};
    struct run_fixtures fixtures = {0};
    struct clients clients = {0};
    const struct scenario **selected = NULL;
    size_t selected_count = 0;
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
    if (failed == ERR_NONE)
        failed = clients_check_expectations(&clients, &catalogue, error);
    if (failed == ERR_NONE)
        failed = matrix_run(&request->spec, &fixtures, clients.items, clients.count, selected,
                            selected_count, stdout, code, error);
    clients_fini(&clients);
    free(selected);
    catalogue_fini(&catalogue);
    return failed;
}

int cli_matrix(int argc, char **argv)
{
    struct request request = {.spec.run = {.deadline_ms = 1000,
                                           .jobs = 32,
                                           .spares_processors = true,
                                           .starts_per_second = 1000,
                                           .template_tasks = 3,
                                           .tasks_per_minute = GROWTH_TASKS_PER_MINUTE,
                                           .profile = GROWTH_MATRIX,
                                           .min_tests = 1,
                                           .seed = 1}};
    struct err_text error = {""};
    enum exit_code code = EXIT_AS_EXPECTED;
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help)
        print_help();
    else if (failed == ERR_NONE)
        failed = judge(&request, &code, &error);
    for (size_t i = 0; i < request.client_count; i++)
        free(request.client_words[i]);
    return failed == ERR_NONE ? (int)code : cli_error("matrix", failed, &error);
}
