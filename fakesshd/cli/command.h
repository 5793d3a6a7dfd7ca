/* The subcommands of `fakesshd`, written once: dispatch, `fakesshd help` and the manual's table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/err.h"

/* Of those without options the usage says all that there is to say, and is their help. */
enum command_help { HELP_OF_ITS_OWN, HELP_IS_USAGE };

/* word, function, help, usage, sentence */
#define COMMANDS(X)                                                                                                               \
    X("run", cli_run, HELP_OF_ITS_OWN,                                                                                            \
      "run [OPTION...] [SELECTOR...] [--client NAME|FILE]... [-- COMMAND...]",                                                    \
      "judge SSH clients against scenarios")                                                                                      \
    X("soak", cli_soak, HELP_OF_ITS_OWN,                                                                                          \
      "soak [OPTION...] SELECTOR... [--client NAME|FILE] [-- COMMAND...]",                                                        \
      "leave a client running: what it holds for each hung call, and when it dies of it")                                         \
    X("matrix", cli_matrix, HELP_OF_ITS_OWN,                                                                                      \
      "matrix --out FOLDER [OPTION...] [--clients A,B,...] [SELECTOR...]",                                                        \
      "judge many clients against the catalogue, side by side, into a folder that can be gone on with")                           \
    X("probe", cli_probe, HELP_OF_ITS_OWN,                                                                                        \
      "probe [-d T] [--json] [--transcript [FILE]] --client NAME|FILE|-- COMMAND... | --replay FILE",                             \
      "why a client is not trusted, and where a driver breaks its protocol")                                                      \
    X("expect", cli_expect, HELP_OF_ITS_OWN,                                                                                      \
      "expect [--dry-run] [--expect FILE] --client NAME|FILE RESULTS.json...",                                                    \
      "rewrite a client's expectation file by what runs found")                                                                   \
    X("diff", cli_diff, HELP_OF_ITS_OWN,                                                                                          \
      "diff [--fail-on regression|change|none] [--json|--md] OLD.json NEW.json",                                                  \
      "what became worse and what better between two results")                                                                    \
    X("serve", cli_serve, HELP_OF_ITS_OWN,                                                                                        \
      "serve [-l HOST[:PORT]] [-d DEADLINE] [--slots N] [--once] [--events FILE|-] [--pcap FILE] [--host-keys LIST] SCENARIO...", \
      "the fake server alone; with --control unix:PATH|ADDRESS:PORT, for leases")                                                 \
    X("connect", cli_connect, HELP_OF_ITS_OWN, "connect [--allow-other-hosts] HOST:PORT",                                         \
      "a server on standard input and output, for ProxyCommand")                                                                  \
    X("explore", cli_explore, HELP_OF_ITS_OWN,                                                                                    \
      "explore --client NAME|FILE [--seed N] [--time T] [--findings N] [--out FOLDER] [--deadline T]",                            \
      "scenarios composed by chance, until a client fails")                                                                       \
    X("list", cli_list, HELP_IS_USAGE,                                                                                            \
      "list [--json|--markdown|--phases] [SELECTOR...] | list --clients [NAME|FILE...]",                                          \
      "what the catalogue holds, or which clients there are")                                                                     \
    X("explain", cli_explain, HELP_IS_USAGE, "explain SELECTOR...",                                                               \
      "what a scenario does, what a sound client does, where it was seen")                                                        \
    X("lint", cli_lint, HELP_IS_USAGE, "lint [FILE...]",                                                                          \
      "whether scenario files are as they should be")                                                                             \
    X("growth", cli_growth, HELP_OF_ITS_OWN,                                                                                      \
      "growth [--json] [--profile glance|quick|ci|thorough|soak] FILE|-",                                                         \
      "whether anyone's counters grow without bound")                                                                             \
    X("report", cli_report, HELP_OF_ITS_OWN,                                                                                      \
      "report RESULTS.json... [--merge] --html|--md|--junit|--tap|--json FILE|-",                                                 \
      "results in other formats, a page among them, or several results as one")                                                   \
    X("selftest", cli_selftest, HELP_OF_ITS_OWN,                                                                                  \
      "selftest [--mutants] [--defects PATTERN] [--all] [--json FILE] [--jobs N] [SELECTOR...]",                                  \
      "whether the judge finds what is wrong with clients that are wrong on purpose")                                             \
    X("stacks", cli_stacks, HELP_OF_ITS_OWN, "stacks [--json] [--no-stacks] [--timeout T] PID...",                                \
      "what a process waits for: threads, equal stacks together, and descriptors")

/* Each takes its own argv (argv[0] is its word) and returns an exit code of base/exit_code.h. */
#define X(word, function, help, usage, sentence) int function(int argc, char **argv);
COMMANDS(X)
#undef X

/* Prints "fakesshd WORD: sentence" on stderr and returns EXIT_BAD_INPUT. */
int cli_usage_error(const char *word, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a sentence that is there already; EXIT_HARNESS when the fault is the system's. */
int cli_error(const char *word, enum err failed, const struct err_text *error);

#endif
