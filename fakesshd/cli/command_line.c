#include "cli/command_line.h"

#include <string.h>

void command_line_letters(const struct option *options, char letters[COMMAND_LINE_LETTERS_MAX])
{
    size_t used = 0;
    for (const struct option *option = options; option->name != NULL; option++) {
        letters[used++] = (char)option->val;
        if (option->has_arg == required_argument)
            letters[used++] = ':';
    }
    letters[used] = '\0';
}

enum err command_line_part(int *argc, char **argv, char *const **command, struct err_text *error)
{
    int end = *argc;
    for (int i = 1; i < *argc && end == *argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            end = i;
    }
    if (end == *argc)
        return ERR_NONE;
    *command = argv + end + 1;
    *argc = end;
    argv[end] = NULL;
    return (*command)[0] != NULL ? ERR_NONE
                                 : err_set(error, ERR_USAGE, "expected a command after --");
}
