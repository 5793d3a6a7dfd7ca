/* `fakesshd probe`: why a client is not trusted, step by step; and whether a driver keeps to its
 * protocol, line by line. */
#include "cli/command.h"

#include "base/duration.h"
#include "base/exit_code.h"
#include "judge/probe_alone.h"
#include "judge/process.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

struct request {
    const char *client, *replay;
    const char *record;   /* of --transcript; NULL: none, or to standard output */
    char *const *command; /* after "--"; NULL: none */
    int64_t deadline_ms;
    bool transcript, json, help;
};

static const struct option long_options[] = {{"client", required_argument, NULL, 'c'},
                                             {"deadline", required_argument, NULL, 'd'},
                                             {"json", no_argument, NULL, 'J'},
                                             {"transcript", optional_argument, NULL, 'T'},
                                             {"replay", required_argument, NULL, 'R'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

static void print_help(void)
{
    printf(
        "fakesshd probe [--deadline T] [--json] [--transcript [FILE]] --client NAME|FILE\n"
        "fakesshd probe [OPTION...] -- COMMAND...\n"
        "fakesshd probe [--json] --replay FILE\n\n"
        "Asks a client what every verdict rests on, and a driver for all that fakesshd-driver(7)\n"
        "promises; prints for each step what was asked, expected, and came, and what to do.\n"
        "--transcript prints every line both ways, or records them in FILE; --replay holds a\n"
        "recording against the rules again. T is 500ms unless given. The status is 0 when the\n"
        "client is trusted and each line is as it should be, else 1.\n");
}

static enum err take_option(int letter, struct request *request, struct err_text *error)
{
    switch (letter) {
    case 'c':
        request->client = optarg;
        return ERR_NONE;
    case 'd':
        return duration_parse_ms(optarg, "--deadline", &request->deadline_ms, error);
    case 'J':
        request->json = true;
        return ERR_NONE;
    case 'T':
        request->transcript = true;
        request->record = optarg;
        return ERR_NONE;
    case 'R':
        request->replay = optarg;
        return ERR_NONE;
    case 'h':
        request->help = true;
        return ERR_NONE;
    default:
        return err_set(error, ERR_USAGE,
                       "there is no such option, or it lacks its value; `fakesshd probe --help`");
    }
}

static enum err check(const struct request *request, struct err_text *error)
{
    int given = (request->client != NULL) + (request->command != NULL) + (request->replay != NULL);
    if (request->help || given == 1)
        return ERR_NONE;
    return err_set(error, ERR_USAGE,
                   "expected one of --client NAME|FILE, -- COMMAND and --replay FILE, found %s",
                   given == 0 ? "none" : "several");
}

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    /* getopt would move words across "--": the command begins there, and is nobody's option. */
    int end = argc, letter = 0;
    for (int i = 1; i < argc && end == argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            end = i;
    }
    if (end < argc) {
        request->command = argv + end + 1;
        argv[end] = NULL;
        if (request->command[0] == NULL)
            return err_set(error, ERR_USAGE, "expected a command after --");
    }
    opterr = 0;
    while ((letter = getopt_long(end, argv, "c:d:h", long_options, NULL)) != -1) {
        enum err failed = take_option(letter, request, error);
        if (failed != ERR_NONE)
            return failed;
    }
    if (optind < end && request->transcript && request->record == NULL)
        request->record = argv[optind++];
    if (optind < end)
        return err_set(error, ERR_USAGE, "expected options only, found '%s'", argv[optind]);
    return check(request, error);
}

/* ---- a recording ---- */

static void print_mistakes(const struct request *request, const struct conformance *conformance)
{
    struct probe_findings none = {0};
    size_t count = conformance_count(conformance);
    struct probe_report report = {.client = request->replay,
                                  .trusted = count == 0,
                                  .findings = &none,
                                  .conformance = conformance};
    if (request->json) {
        json_t *object = probe_report_json(&report);
        (void)json_dumpf(object, stdout, JSON_INDENT(1));
        (void)putchar('\n');
        json_decref(object);
        return;
    }
    conformance_print(conformance, stdout);
    printf("%s%s: %zu line%s against the protocol\n", count > 0 ? "\n" : "", request->replay, count,
           count == 1 ? "" : "s");
}

static enum err replay(const struct request *request, bool *good, struct err_text *error)
{
    struct conformance *conformance = conformance_new();
    enum err failed = transcript_read(request->replay, conformance_take, conformance, error);
    conformance_finish(conformance);
    *good = conformance_count(conformance) == 0;
    if (failed == ERR_NONE)
        print_mistakes(request, conformance);
    conformance_free(&conformance);
    return failed;
}

/* ---- a client ---- */

static void print_report(const struct request *request, const struct probe_report *report)
{
    if (request->json) {
        json_t *object = probe_report_json(report);
        (void)json_dumpf(object, stdout, JSON_INDENT(1));
        (void)putchar('\n');
        json_decref(object);
    } else {
        if (request->transcript && request->record == NULL)
            (void)putchar('\n');
        probe_report_print(report, stdout);
    }
    if (request->record != NULL && !report->trusted)
        fprintf(stderr, "fakesshd probe: the lines are in %s\n", request->record);
}

static enum err probe(const struct request *request, const struct manifest *manifest,
                      const struct catalogue *catalogue, FILE *record, bool *good,
                      struct err_text *error)
{
    struct conformance *conformance = conformance_new();
    struct probe_alone_result result = {0};
    struct transcript transcript = {
        .record = record, .on_entry = conformance_take, .context = conformance};
    if (request->transcript && request->record == NULL)
        transcript.print = request->json ? stderr : stdout;
    enum err failed =
        probe_alone(manifest, catalogue, request->deadline_ms, &transcript, &result, error);
    conformance_finish(conformance);
    struct probe_report report = {.client = manifest->name,
                                  .version = result.version,
                                  .stderr_text = result.stderr_text,
                                  .trusted = result.trusted && conformance_count(conformance) == 0,
                                  .findings = &result.findings,
                                  .conformance = manifest->driver ? conformance : NULL};
    *good = report.trusted;
    if (failed == ERR_NONE)
        print_report(request, &report);
    conformance_free(&conformance);
    return failed;
}

static enum err probe_client(const struct request *request, bool *good, struct err_text *error)
{
    struct catalogue catalogue = {0};
    struct manifest *manifest = NULL;
    FILE *record = NULL;
    enum err failed = process_prepare(error);
    if (failed == ERR_NONE)
        failed = request->client != NULL
                     ? manifest_read(request->client, &manifest, error)
                     : manifest_from_command(request->command, &manifest, error);
    if (failed == ERR_NONE)
        failed = catalogue_read(&catalogue, NULL, error);
    if (failed == ERR_NONE && request->record != NULL &&
        (record = fopen(request->record, "we")) == NULL)
        failed = err_set(error, ERR_USAGE, "cannot write %s: %s", request->record, strerror(errno));
    if (failed == ERR_NONE)
        failed = probe(request, manifest, &catalogue, record, good, error);
    if (record != NULL && fclose(record) != 0 && failed == ERR_NONE)
        failed = err_set_errno(error, "cannot write %s", request->record);
    manifest_free(&manifest);
    catalogue_fini(&catalogue);
    return failed;
}

int cli_probe(int argc, char **argv)
{
    struct request request = {.deadline_ms = 500};
    struct err_text error = {""};
    bool good = false;
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        print_help();
        return EXIT_AS_EXPECTED;
    }
    if (failed == ERR_NONE)
        failed = request.replay != NULL ? replay(&request, &good, &error)
                                        : probe_client(&request, &good, &error);
    if (failed != ERR_NONE)
        return cli_error("probe", failed, &error);
    return good ? EXIT_AS_EXPECTED : EXIT_UNEXPECTED;
}
