/* `fakesshd growth`: the growth rule alone, for anyone's counters. */
#include "cli/command.h"

#include "base/exit_code.h"
#include "judge/growth.h"
#include "judge/growth_input.h"
#include "judge/growth_text.h"

#include <ctype.h>
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

struct request {
    bool json, help;
    const struct growth_profile *profile;
    const char *path;
};

static int parse(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"profile", required_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option = 0;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'j')
            request->json = true;
        else if (option == 'h')
            request->help = true;
        else if (option == 'p')
            request->profile = growth_profile_find(optarg);
        else
            return cli_usage_error("growth", "unknown option, or one without its value: '%s'",
                                   argv[optind - 1]);
        if (request->profile == NULL)
            return cli_usage_error(
                "growth", "expected --profile glance, quick, ci, thorough or soak, found '%s'",
                optarg);
    }
    if (!request->help && optind + 1 != argc)
        return cli_usage_error("growth", "expected one FILE, or - for standard input; found %d",
                               argc - optind);
    request->path = argv[optind];
    return EXIT_AS_EXPECTED;
}

static void print_help(void)
{
    printf(
        "fakesshd growth [--json] [--profile glance|quick|ci|thorough|soak] FILE|-\n\n"
        "Says of each series of readings whether it grows without bound.\n"
        "CSV: tasks done, then one column a counter; a first line may name them, and names that\n"
        "end in \"bytes\" are memory. JSON: {\"id\", \"config\", \"tasks\": [], \"values\": []},"
        " an array of\nsuch, {\"vectors\": [such]}, or one after another.\n\n"
        "Exit status: 0 all BOUNDED, 1 one is GROWING, 3 one is INCONCLUSIVE and none GROWING,"
        " 2 bad input\n");
}

static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *result_json(const struct growth_series *series, const struct growth_result *result,
                           int64_t decided_at)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:s}", "id",
                     series->id, "verdict", growth_verdict_word(result->verdict), "decided_at",
                     (json_int_t)decided_at, "growth", (json_int_t)result->growth, "noise",
                     (json_int_t)result->noise, "tasks", (json_int_t)result->tasks, "rises",
                     (json_int_t)result->rises, "rate", number_or_null(result->rate), "rate_lo",
                     number_or_null(result->rate_low), "rate_hi", number_or_null(result->rate_high),
                     "bound", number_or_null(result->bound), "why", result->why);
}

/* Shows what was read up to the verdict. */
static void print_text(const struct growth_series *series, const struct growth_result *result,
                       int64_t decided_at)
{
    char name[48], line[GROWTH_LINE_MAX];
    size_t shown_to = 0;
    (void)snprintf(name, sizeof name, "%s", series->id);
    for (char *at = name; *at != '\0'; at++) {
        if (iscntrl((unsigned char)*at))
            *at = '?';
    }
    while (shown_to < series->n && series->t[shown_to] <= decided_at)
        shown_to++;
    struct growth_shown shown = {name, result, series->q, series->t, shown_to, 0, "", 0};
    growth_print_line(&shown, growth_speaks_utf8(), line);
    puts(line);
}

/* A table in the wrong order would lose most of its readings without a word. */
static void warn_of_ignored(const struct request *request, const struct growth_series *series)
{
    size_t ignored = 0;
    int64_t most = -1;
    for (size_t i = 0; i < series->n; i++) {
        ignored += series->t[i] <= most;
        most = series->t[i] > most ? series->t[i] : most;
    }
    if (ignored > 0)
        fprintf(stderr,
                "fakesshd growth: %s: %s: %zu of %zu readings are ignored, because the number of "
                "tasks had not advanced\n",
                request->path, series->id, ignored, series->n);
}

/* The worst of several: GROWING, then INCONCLUSIVE, then BOUNDED. */
static enum exit_code worse(enum exit_code so_far, enum growth_verdict verdict)
{
    if (verdict == GROWTH_GROWING || so_far == EXIT_UNEXPECTED)
        return EXIT_UNEXPECTED;
    return verdict == GROWTH_BOUNDED ? so_far : EXIT_INCONCLUSIVE;
}

static enum exit_code judge_all(const struct request *request, const struct growth_input *input)
{
    enum exit_code code = EXIT_AS_EXPECTED;
    json_t *list = json_array();
    for (size_t i = 0; i < input->count; i++) {
        const struct growth_series *series = &input->items[i];
        int64_t decided_at = 0;
        struct growth_result result =
            growth_judge_series(&series->config, series->q, series->t, series->n, &decided_at);
        code = worse(code, result.verdict);
        warn_of_ignored(request, series);
        if (request->json)
            (void)json_array_append_new(list, result_json(series, &result, decided_at));
        else
            print_text(series, &result, decided_at);
    }
    if (request->json) {
        (void)json_dumpf(list, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(list);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("fakesshd growth: cannot write to standard output");
        return EXIT_HARNESS;
    }
    return code;
}

static enum err read_input(const char *path, const struct growth_profile *profile,
                           struct growth_input *input, struct err_text *error)
{
    *input = (struct growth_input){0};
    if (strcmp(path, "-") == 0)
        return growth_input_read(stdin, "(standard input)", profile, input, error);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return err_set_errno(error, "%s: cannot be opened", path);
    enum err failed = growth_input_read(in, path, profile, input, error);
    (void)fclose(in);
    return failed;
}

int cli_growth(int argc, char **argv)
{
    struct request request = {.path = "", .profile = growth_profile_find("ci")};
    int code = parse(argc, argv, &request);
    if (code != EXIT_AS_EXPECTED)
        return code;
    if (request.help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    struct growth_input input;
    struct err_text error;
    /* A file that cannot be read is bad input here, not a failure of the harness. */
    if (read_input(request.path, request.profile, &input, &error) != ERR_NONE)
        return cli_usage_error("growth", "%s", error.text);
    code = (int)judge_all(&request, &input);
    growth_input_fini(&input);
    return code;
}
