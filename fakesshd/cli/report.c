/* `fakesshd report`: makes every format from results that are there already. */
#include "cli/command.h"
#include "cli/command_line.h"

#include "base/exit_code.h"
#include "judge/report.h"
#include "judge/report_merge.h"
#include "judge/results.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

struct request {
    struct report_outputs outputs;
    bool merge, help;
    char *const *paths;
    size_t path_count;
};

static const struct option long_options[] = {
#define X(name, letter, value, sentence) \
    {#name, value ? required_argument : no_argument, NULL, letter},
    REPORT_FORMATS(X)
#undef X
        {"merge", no_argument, NULL, 'm'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static void print_help(void)
{
    printf("fakesshd report RESULTS.json... [--merge] --FORMAT FILE|-...\n\n");
#define X(name, letter, value, sentence) printf("  -%c, --%-11s %s\n", letter, #name, sentence);
    REPORT_FORMATS(X)
#undef X
    printf("  -m, --%-11s %s\n", "merge",
           "several results, of shards or machines, become one; what they disagree on is FLAKY");
    printf("\nRESULTS.json is what `fakesshd run --json` writes; - is standard input.\n");
}

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    char letters[COMMAND_LINE_LETTERS_MAX];
    command_line_letters(long_options, letters);
    int letter = 0;
    opterr = 0;
    while ((letter = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
        const char **path = report_path_of(&request->outputs, letter);
        if (letter == 'm')
            request->merge = true;
        else if (letter == 'h')
            request->help = true;
        else if (path != NULL)
            *path = optarg != NULL ? optarg : "-";
        else
            return err_set(error, ERR_USAGE,
                           "there is no option '%s', or it lacks its value; `fakesshd report "
                           "--help`",
                           argv[optind - 1]);
    }
    request->paths = argv + optind;
    request->path_count = (size_t)(argc - optind);
    if (request->help)
        return ERR_NONE;
    if (request->path_count == 0)
        return err_set(error, ERR_USAGE, "expected a file of results");
    if (request->path_count > 1 && !request->merge)
        return err_set(error, ERR_USAGE,
                       "expected one file of results, found %zu; --merge makes one of several",
                       request->path_count);
    if (report_count(&request->outputs) == 0)
        return err_set(error, ERR_USAGE, "expected a format, as --html FILE or --md -");
    return ERR_NONE;
}

static enum err report(const struct request *request, struct err_text *error)
{
    json_t **all = calloc(request->path_count, sizeof *all), *results = NULL;
    enum err failed = ERR_NONE;
    if (all == NULL)
        abort();
    for (size_t i = 0; i < request->path_count && failed == ERR_NONE; i++)
        failed = results_read(request->paths[i], &all[i], error);
    if (failed == ERR_NONE && request->merge)
        failed = report_merge(all, request->paths, request->path_count, &results, error);
    else if (failed == ERR_NONE)
        results = json_incref(all[0]);
    if (failed == ERR_NONE)
        failed = report_write_all(&request->outputs, results, error);
    for (size_t i = 0; i < request->path_count; i++)
        json_decref(all[i]);
    json_decref(results);
    free(all);
    return failed;
}

int cli_report(int argc, char **argv)
{
    struct request request = {.merge = false};
    struct err_text error = {""};
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    if (failed == ERR_NONE)
        failed = report(&request, &error);
    return failed == ERR_NONE ? EXIT_AS_EXPECTED : cli_error("report", failed, &error);
}
