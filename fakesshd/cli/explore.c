/* `fakesshd explore`: scenarios composed by chance, until one shows a fault of the client's. */
#include "cli/command.h"

#include "base/duration.h"
#include "base/exit_code.h"
#include "explore/explore.h"
#include "explore/trial.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

enum { TIME_MS = 60000, FINDINGS_MAX = 10 };

static const struct option long_options[] = {
    {"client", required_argument, NULL, 'c'},   {"seed", required_argument, NULL, 's'},
    {"time", required_argument, NULL, 't'},     {"out", required_argument, NULL, 'o'},
    {"deadline", required_argument, NULL, 'd'}, {"findings", required_argument, NULL, 'f'},
    {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
};

static void print_help(void)
{
    printf("fakesshd explore --client NAME|FILE [OPTION...]\n\n"
           "  -s, --seed N        the first scenario is that of this seed; 1\n"
           "  -t, --time T        begin nothing new after that; 60s\n"
           "  -f, --findings N    stop after so many; %d\n"
           "  -o, --out FOLDER    where findings are written, as found-SEED.lua; here\n"
           "  -d, --deadline T    the client's deadline, 500ms unless said otherwise\n",
           FINDINGS_MAX);
}

static enum err parse_whole(const char *what, long long from, long long to, long long *number,
                            struct err_text *error)
{
    char *end = NULL;
    errno = 0;
    *number = strtoll(optarg, &end, 10);
    if (end == optarg || *end != '\0' || errno != 0 || *number < from || *number > to)
        return err_set(error, ERR_USAGE, "--%s: expected a number from %lld to %lld, found '%s'",
                       what, from, to, optarg);
    return ERR_NONE;
}

static enum err parse_option(int letter, struct explore_options *options, bool *help,
                             struct err_text *error)
{
    int64_t checked_ms = 0;
    long long number = 0;
    enum err failed = ERR_NONE;
    switch (letter) {
    case 'c':
        options->client = optarg;
        return ERR_NONE;
    case 's':
        failed = parse_whole("seed", 0, LLONG_MAX / 2, &number, error);
        options->seed = (uint64_t)number;
        return failed;
    case 't':
        return duration_parse_ms(optarg, "--time", &options->time_ms, error);
    case 'd':
        options->deadline = optarg;
        return duration_parse_ms(optarg, "--deadline", &checked_ms, error);
    case 'o':
        options->folder = optarg;
        return ERR_NONE;
    case 'f':
        failed = parse_whole("findings", 1, 1000, &number, error);
        options->findings_max = (int)number;
        return failed;
    case 'h':
        *help = true;
        return ERR_NONE;
    default:
        return err_set(error, ERR_USAGE,
                       "there is no such option, or it lacks its value; `fakesshd explore --help`");
    }
}

static enum err parse(int argc, char **argv, struct explore_options *options, bool *help,
                      struct err_text *error)
{
    int letter = 0;
    opterr = 0;
    while ((letter = getopt_long(argc, argv, "c:s:t:o:d:f:h", long_options, NULL)) != -1) {
        enum err failed = parse_option(letter, options, help, error);
        if (failed != ERR_NONE)
            return failed;
    }
    if (optind < argc)
        return err_set(error, ERR_USAGE, "expected options only, found '%s'", argv[optind]);
    if (options->client == NULL && !*help)
        return err_set(error, ERR_USAGE, "expected --client NAME|FILE");
    return ERR_NONE;
}

static void print_result(const struct explore_options *options, const struct explore_result *result)
{
    printf("%d scenarios from seed %" PRIu64 " on: %d found", result->tried, options->seed,
           result->found);
    if (result->alike > 0)
        printf(", %d more of the same kinds", result->alike);
    if (result->once > 0)
        printf(", %d seen only once", result->once);
    if (result->not_judged > 0)
        printf(", %d not judged", result->not_judged);
    printf("; to go on: --seed %" PRIu64 "\n", result->next_seed);
    if (result->interrupted)
        printf("INCOMPLETE: it was interrupted\n");
}

int cli_explore(int argc, char **argv)
{
    struct explore_options options = {
        .folder = ".", .seed = 1, .time_ms = TIME_MS, .findings_max = FINDINGS_MAX};
    struct explore_result result;
    struct err_text error;
    bool help = false;
    enum err failed = parse(argc, argv, &options, &help, &error);
    if (failed == ERR_NONE && help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    if (failed == ERR_NONE)
        failed = explore(&options, stdout, &result, &error);
    if (failed != ERR_NONE)
        return cli_error("explore", failed, &error);
    print_result(&options, &result);
    if (result.interrupted)
        return trial_signal() == SIGINT ? EXIT_SIGINT : EXIT_SIGTERM;
    return result.found > 0 ? EXIT_UNEXPECTED : EXIT_AS_EXPECTED;
}
