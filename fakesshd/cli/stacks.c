/* `fakesshd stacks`: what a process waits for. At a desk for any process; the judge runs it for a
 * client that hangs, because asking a debugger takes longer than its loop may wait. */
#include "cli/command.h"

#include "base/duration.h"
#include "base/exit_code.h"
#include "judge/inspection.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct request {
    bool json, no_stacks, help;
    int64_t timeout_ms;
};

static enum err parse(int argc, char **argv, struct request *request, struct err_text *error)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"no-stacks", no_argument, NULL, 'n'},
                                            {"timeout", required_argument, NULL, 't'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option = 0;
    enum err failed = ERR_NONE;
    opterr = 0;
    optind = 1;
    while (failed == ERR_NONE && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 't')
            failed = duration_parse_ms(optarg, "--timeout", &request->timeout_ms, error);
        else if (option == '?')
            failed = err_set(error, ERR_USAGE, "unknown option, or one without its value: '%s'",
                             argv[optind - 1]);
        request->json |= option == 'j';
        request->no_stacks |= option == 'n';
        request->help |= option == 'h';
    }
    if (failed == ERR_NONE && !request->help && optind == argc)
        failed = err_set(error, ERR_USAGE, "expected one PID or more, found none");
    return failed;
}

static enum err show(const struct request *request, const char *word, struct err_text *error)
{
    char *end = NULL;
    long pid = strtol(word, &end, 10);
    if (end == word || *end != '\0' || pid < 1 || pid > INT32_MAX)
        return err_set(error, ERR_USAGE, "expected the number of a process, found '%s'", word);
    struct inspection inspection;
    enum err failed = inspection_take(&inspection, (pid_t)pid, !request->no_stacks,
                                      (int)request->timeout_ms, error);
    if (failed == ERR_NONE && request->json) {
        json_t *line = inspection_json(&inspection);
        (void)json_dumpf(line, stdout, JSON_COMPACT);
        (void)putchar('\n');
        json_decref(line);
    } else if (failed == ERR_NONE) {
        inspection_print(&inspection, stdout);
    }
    inspection_fini(&inspection);
    return failed;
}

int cli_stacks(int argc, char **argv)
{
    struct request request = {.timeout_ms = 5000};
    struct err_text error = {""};
    enum err failed = parse(argc, argv, &request, &error);
    if (failed == ERR_NONE && request.help) {
        printf(
            "fakesshd stacks [--json] [--no-stacks] [--timeout T] PID...\n\n"
            "Prints what each process waits for: its threads, equal stacks together, and its open\n"
            "descriptors. Stacks in user space come from eu-stack (elfutils), which stops the process\n"
            "for a moment; --no-stacks tells only what the kernel says. T is 5s unless given.\n");
        return EXIT_AS_EXPECTED;
    }
    for (int i = optind; i < argc && failed == ERR_NONE; i++)
        failed = show(&request, argv[i], &error);
    return failed == ERR_NONE ? EXIT_AS_EXPECTED : cli_error("stacks", failed, &error);
}
