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
    const char *usage, *sentence;
} commands[] = {
#define X(word, function, usage, sentence) {word, function, usage, sentence},
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

/* Of those whose usage says all there is to say. */
static bool is_answered_by_usage(int argc, char **argv)
{
    static const char *const words[] = {"list", "explain", "lint"};
    bool is_asked = argc == 3 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);
    for (size_t i = 0; i < sizeof words / sizeof *words && is_asked; i++) {
        if (strcmp(argv[1], words[i]) == 0)
            return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_BAD_INPUT;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
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
        if (is_answered_by_usage(argc, argv)) {
            printf("fakesshd %s\n\n%s\n", commands[i].usage, commands[i].sentence);
            return EXIT_AS_EXPECTED;
        }
        return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "fakesshd: there is no subcommand '%s'; `fakesshd --help` lists them\n", word);
    return EXIT_BAD_INPUT;
}
