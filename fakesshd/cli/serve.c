/* `fakesshd serve`: the fake server alone, for a desk or for somebody else's test suite. */
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/number_option.h"
#include "cli/scenarios_json.h"
#include "cli/serve_options.h"

#include "base/duration.h"
#include "base/exit_code.h"
#include "base/selector.h"
#include "lease/control.h"
#include "server/server.h"

#include <getopt.h>
#include <libssh/libssh.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct option long_options[] = {
#define X(name, letter, value, sentence) \
    {name, (value) ? required_argument : no_argument, NULL, letter},
    SERVE_OPTIONS(X)
#undef X
        {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static void print_help(void)
{
    printf("fakesshd serve [OPTION...] SCENARIO...\n"
           "fakesshd serve --control unix:PATH|ADDRESS:PORT\n\n");
#define X(name, letter, value, sentence) printf("  -%c, --%-17s %s\n", letter, name, sentence);
    SERVE_OPTIONS(X)
#undef X
}

/* "127.0.0.1", "127.0.0.1:2222", "::1", "[::1]:2222" */
static enum err parse_listen(const char *text, struct server_options *options,
                             struct err_text *error)
{
    const char *port = strrchr(text, ':');
    bool bracketed = text[0] == '[';
    if (port != NULL && !bracketed && strchr(text, ':') != port)
        port = NULL; /* an IPv6 address without a port */
    if (bracketed && port != NULL && port[-1] != ']')
        port = NULL;
    size_t length = port != NULL ? (size_t)(port - text) : strlen(text);
    if (bracketed && length >= 2 && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length >= sizeof options->host)
        return err_set(error, ERR_USAGE, "--listen: expected HOST[:PORT], found '%s'", text);
    memcpy(options->host, text, length);
    options->host[length] = '\0';
    return port != NULL ? number_parse(port + 1, "--listen: port", 0, 65535, &options->port, error)
                        : ERR_NONE;
}

static enum err parse_host_keys(const char *text, unsigned *set, struct err_text *error)
{
    struct err_text why;
    return host_keys_parse(text, set, &why) == ERR_NONE
               ? ERR_NONE
               : err_set(error, ERR_USAGE, "--host-keys: %s", why.text);
}

static enum err parse_option(int option, struct server_options *options, struct err_text *error)
{
    int number = 0;
    enum err failed = ERR_NONE;
    switch (option) {
    case 'l':
        return parse_listen(optarg, options, error);
    case 'd':
        return duration_parse_ms(optarg, "--deadline", &options->deadline_ms, error);
    case 'n':
        return number_option("slots", 1, SERVER_SLOTS_MAX, &options->slots, error);
    case '1':
        options->once = true;
        return ERR_NONE;
    case 'e':
        options->events = optarg;
        return ERR_NONE;
    case 'p':
        options->pcap = optarg;
        return ERR_NONE;
    case 'c': /* '-' is the judge's; see take_control() for the others */
        options->control = optarg;
        options->readable = false;
        return ERR_NONE;
    case 'O':
        options->other_hosts = true;
        return ERR_NONE;
    case 'k':
        return parse_host_keys(optarg, &options->host_keys, error);
    case 's':
        failed = number_option("seed", 0, INT_MAX, &number, error);
        options->seed = (uint64_t)number;
        return failed;
    default:
        return err_set(error, ERR_USAGE,
                       "there is no such option, or it lacks its value; `fakesshd serve --help`");
    }
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Files need no catalogue to be found in, and reading one takes longer than all the rest does. */
static bool are_files(const char *const *words, size_t count)
{
    size_t files = 0;
    while (files < count && selector_is_file(words[files]))
        files++;
    return files == count;
}

static enum err serve(struct catalogue *catalogue, const struct server_options *options,
                      const char *const *words, size_t word_count, struct err_text *error)
{
    const struct scenario **selected = NULL;
    size_t count = 0;
    struct server server;
    if (word_count == 0)
        return err_set(error, ERR_USAGE,
                       "expected at least one scenario; `fakesshd list` shows them");
    enum err failed = ERR_NONE;
    if (!are_files(words, word_count))
        failed = catalogue_read(catalogue, NULL, error);
    if (failed == ERR_NONE)
        failed = catalogue_select(catalogue, words, word_count, &selected, &count, error);
    if (failed == ERR_NONE) {
        failed = server_open(&server, options, selected, count, error);
        if (failed == ERR_NONE)
            failed = server_run(&server, error);
        server_close(&server);
    }
    free(selected);
    return failed;
}

/* ---- leases ---- */

/* True when the option was a door of a control. */
static bool take_control(int option, struct control_options *leases, enum err *failed,
                         struct err_text *error)
{
    if (option != 'c' || strcmp(optarg, "-") == 0)
        return false;
    if (leases->word_count == CONTROL_DOORS_MAX)
        *failed = err_set(error, ERR_USAGE, "--control: expected at most %d", CONTROL_DOORS_MAX);
    else
        leases->words[leases->word_count++] = optarg;
    return true;
}

static enum err serve_leases(struct catalogue *catalogue, struct control_options *leases,
                             const char *unwanted, struct err_text *error)
{
    const struct scenario **selected = NULL;
    size_t count = 0;
    if (unwanted != NULL)
        return err_set(error, ERR_USAGE,
                       "--control: each lease says itself what it wants; nothing goes with it, "
                       "found '%s'",
                       unwanted);
    enum err failed = catalogue_read(catalogue, NULL, error);
    if (failed == ERR_NONE)
        failed = catalogue_select(catalogue, NULL, 0, &selected, &count, error);
    if (failed == ERR_NONE) {
        leases->catalogue = catalogue;
        leases->scenarios = scenarios_json(selected, count);
        failed = control_run(leases, error);
        json_decref(leases->scenarios);
    }
    free(selected);
    return failed;
}

int cli_serve(int argc, char **argv)
{
    struct server_options options = {.host = "127.0.0.1",
                                     .slots = 1,
                                     .deadline_ms = 3000,
                                     .readable = true,
                                     .seed = 1,
                                     .host_keys = HOST_KEYS_USUAL};
    struct control_options leases = {.word_count = 0};
    struct catalogue catalogue = {0};
    struct err_text error = {""};
    enum err failed = ERR_NONE;
    const char *unwanted = NULL; /* beside leases */
    char letters[COMMAND_LINE_LETTERS_MAX];
    int option = 0;
    command_line_letters(long_options, letters);
    opterr = 0;
    while (failed == ERR_NONE &&
           (option = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
        if (option == 'h') {
            print_help();
            return EXIT_AS_EXPECTED;
        }
        if (take_control(option, &leases, &failed, &error))
            continue;
        failed = parse_option(option, &options, &error);
        unwanted = argv[optind - 1];
    }
    if (optind < argc)
        unwanted = argv[optind];
    raise_descriptor_limit();
    (void)ssh_init();
    if (failed == ERR_NONE && leases.word_count > 0)
        failed = serve_leases(&catalogue, &leases, unwanted, &error);
    else if (failed == ERR_NONE)
        failed = serve(&catalogue, &options, (const char *const *)argv + optind,
                       (size_t)(argc - optind), &error);
    catalogue_fini(&catalogue);
    (void)ssh_finalize();
    if (failed == ERR_NONE)
        return EXIT_AS_EXPECTED;
    fprintf(stderr, "fakesshd serve: %s\n", error.text);
    return failed == ERR_SYSTEM ? EXIT_HARNESS : EXIT_BAD_INPUT;
}
