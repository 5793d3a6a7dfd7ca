/* `fakesshd diff`: what became better and what worse between two results. */
#include "cli/command.h"

#include "base/exit_code.h"
#include "judge/results_diff.h"

#include <getopt.h>

struct request {
    enum diff_fail fail;
    bool json, markdown, help;
};

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    static const struct option options[] = {{"fail-on", required_argument, NULL, 'f'},
                                            {"json", no_argument, NULL, 'J'},
                                            {"md", no_argument, NULL, 'M'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int letter = 0;
    opterr = 0;
    while ((letter = getopt_long(argc, argv, "f:h", options, NULL)) != -1) {
        if (letter == '?')
            return err_set(error, ERR_USAGE,
                           "there is no such option, or it lacks its value; `fakesshd diff "
                           "--help`");
        if (letter == 'f' && !diff_fail_parse(optarg, &request->fail))
            return err_set(error, ERR_USAGE,
                           "--fail-on: expected regression, change or none, found '%s'", optarg);
        request->json |= letter == 'J';
        request->markdown |= letter == 'M';
        request->help |= letter == 'h';
    }
    if (request->help)
        return ERR_NONE;
    if (request->json && request->markdown)
        return err_set(error, ERR_USAGE, "expected --json or --md, found both");
    if (argc - optind != 2)
        return err_set(error, ERR_USAGE, "expected OLD.json and NEW.json, found %d files",
                       argc - optind);
    return ERR_NONE;
}

static void show(const struct request *request, const struct results_diff *diff)
{
    if (request->json) {
        json_t *object = results_diff_json(diff);
        (void)json_dumpf(object, stdout, JSON_INDENT(1));
        (void)putchar('\n');
        json_decref(object);
    } else if (request->markdown) {
        results_diff_markdown(diff, stdout);
    } else {
        results_diff_print(diff, stdout);
    }
}

static enum err compare(const struct request *request, const char *before, const char *after,
                        bool *fails, struct err_text *error)
{
    json_t *old_results = NULL, *new_results = NULL;
    struct results_diff diff = {0};
    enum err failed = results_read(before, &old_results, error);
    if (failed == ERR_NONE)
        failed = results_read(after, &new_results, error);
    if (failed == ERR_NONE) {
        results_diff_make(&diff, old_results, new_results);
        show(request, &diff);
        *fails = results_diff_fails(&diff, request->fail);
    }
    results_diff_fini(&diff);
    json_decref(old_results);
    json_decref(new_results);
    return failed;
}

int cli_diff(int argc, char **argv)
{
    struct request request = {.fail = DIFF_FAIL_REGRESSION};
    struct err_text error = {""};
    bool fails = false;
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        printf(
            "fakesshd diff [--fail-on regression|change|none] [--json|--md] OLD.json NEW.json\n\n"
            "Holds the verdicts of each client on each id against those of before. The status is 1\n"
            "when something is worse; with --fail-on change when any verdict differs.\n");
        return EXIT_AS_EXPECTED;
    }
    if (failed == ERR_NONE)
        failed = compare(&request, argv[optind], argv[optind + 1], &fails, &error);
    /* A file that cannot be read is bad input here, and nothing of the harness. */
    if (failed != ERR_NONE)
        return cli_usage_error("diff", "%s", error.text);
    return fails ? EXIT_UNEXPECTED : EXIT_AS_EXPECTED;
}
