/* fakesshd: a fake SSH server that misbehaves on purpose, and a judge of SSH clients. This file
 * only finds the subcommand; each has a file of its own beside this one. */
#include "cli/command.h"

#include "base/exit_code.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    int (*run)(int argc, char **argv);
    enum command_help help;
    const char *usage, *sentence;
} commands[] = {
#define X(word, function, help, usage, sentence) {word, function, help, usage, sentence},
    COMMANDS(X)
#undef X
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(FILE *out)
{
    fprintf(
        out,
        "fakesshd: a fake SSH server that misbehaves on purpose, and a judge of SSH clients\n\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  fakesshd %s\n        %s\n", commands[i].usage, commands[i].sentence);
    fprintf(out, "  fakesshd --version\n  fakesshd --help\n\nExit status:\n");
#define X(id, number, sentence) fprintf(out, "  %3d  %s\n", number, sentence);
    EXIT_CODES(X)
#undef X
    fprintf(out, "\nManual: fakesshd(1), fakesshd-scenario(5), fakesshd-driver(7)\n");
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_BAD_INPUT;
    }
    const char *word = argv[1];
    if (asks_for_help(word) || strcmp(word, "help") == 0) {
        print_help(stdout);
        return EXIT_AS_EXPECTED;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
        printf("fakesshd %s\n", FAKESSHD_VERSION);
        return EXIT_AS_EXPECTED;
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(word, commands[i].word) != 0)
            continue;
        if (commands[i].help == HELP_IS_USAGE && argc == 3 && asks_for_help(argv[2])) {
            printf("fakesshd %s\n\n%s\n", commands[i].usage, commands[i].sentence);
            return EXIT_AS_EXPECTED;
        }
        return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "fakesshd: there is no subcommand '%s'; `fakesshd --help` lists them\n", word);
    return EXIT_BAD_INPUT;
}
