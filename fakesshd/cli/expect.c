/* `fakesshd expect`: a client's expectation file from results that are there already. */
#include "cli/command.h"

#include "base/exit_code.h"
#include "cli/fix.h"
#include "judge/results.h"

#include <getopt.h>
#include <stdlib.h>

enum { RESULTS_MAX = 100 };

struct request {
    const char *client, *expect;
    bool print_only, help;
};

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    static const struct option options[] = {{"client", required_argument, NULL, 'c'},
                                            {"expect", required_argument, NULL, 'x'},
                                            {"dry-run", no_argument, NULL, 'n'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int letter = 0;
    opterr = 0;
    while ((letter = getopt_long(argc, argv, "c:x:nh", options, NULL)) != -1) {
        if (letter == '?')
            return err_set(error, ERR_USAGE,
                           "there is no such option, or it lacks its value; `fakesshd expect "
                           "--help`");
        request->client = letter == 'c' ? optarg : request->client;
        request->expect = letter == 'x' ? optarg : request->expect;
        request->print_only |= letter == 'n';
        request->help |= letter == 'h';
    }
    if (request->help)
        return ERR_NONE;
    if (request->client == NULL)
        return err_set(error, ERR_USAGE, "expected --client NAME|FILE");
    if (optind == argc || argc - optind > RESULTS_MAX)
        return err_set(error, ERR_USAGE, "expected 1 to %d files of results, found %d", RESULTS_MAX,
                       argc - optind);
    return ERR_NONE;
}

/* What was never judged must not look as if it passed. */
static enum err read_results(char *const *paths, int count, json_t **results,
                             struct err_text *error)
{
    enum err failed = ERR_NONE;
    for (int i = 0; i < count && failed == ERR_NONE; i++) {
        failed = results_read(paths[i], &results[i], error) == ERR_NONE ? ERR_NONE : ERR_INPUT;
        if (failed == ERR_NONE && !json_is_true(json_object_get(results[i], "complete")))
            failed = err_set(error, ERR_INPUT, "%s: these results are not complete", paths[i]);
    }
    return failed;
}

static enum err expect(const struct request *request, char *const *paths, int count,
                       struct err_text *error)
{
    json_t *results[RESULTS_MAX] = {0};
    struct catalogue catalogue = {0};
    struct manifest *manifest = NULL;
    enum err failed = manifest_read(request->client, &manifest, error);
    if (failed == ERR_NONE)
        failed = catalogue_read(&catalogue, NULL, error);
    if (failed == ERR_NONE)
        failed = read_results(paths, count, results, error);
    struct fix_request fix = {.manifest = manifest,
                              .expect = request->expect,
                              .runs = (const json_t *const *)results,
                              .run_count = (size_t)count,
                              .catalogue = &catalogue,
                              .print_only = request->print_only,
                              .out = request->print_only ? stderr : stdout};
    if (failed == ERR_NONE)
        failed = fix_write(&fix, error);
    for (int i = 0; i < count; i++)
        json_decref(results[i]);
    manifest_free(&manifest);
    catalogue_fini(&catalogue);
    return failed;
}

int cli_expect(int argc, char **argv)
{
    struct request request = {0};
    struct err_text error = {""};
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        printf(
            "fakesshd expect [--dry-run] [--expect FILE] --client NAME|FILE RESULTS.json...\n\n"
            "Rewrites the client's expectation file by what one or several complete runs found:\n"
            "lines that pass go, verdicts that differ are changed, what is new is added; what\n"
            "differs between runs is listed as both. --dry-run prints it instead.\n");
        return EXIT_AS_EXPECTED;
    }
    if (failed == ERR_NONE)
        failed = expect(&request, argv + optind, argc - optind, &error);
    return failed == ERR_NONE ? EXIT_AS_EXPECTED : cli_error("expect", failed, &error);
}
