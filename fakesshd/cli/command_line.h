/* What the command lines of the subcommands have in common, around getopt_long. */
#ifndef CLI_COMMAND_LINE_H
#define CLI_COMMAND_LINE_H

#include "base/err.h"

#include <getopt.h>

enum { COMMAND_LINE_LETTERS_MAX = 64 };

/* getopt's short options for a table of long ones: each option's `val` is its letter. */
void command_line_letters(const struct option *options, char letters[COMMAND_LINE_LETTERS_MAX]);

/* Parts off a command after "--", whose options are nobody's here: getopt would move words across
 * it. *command gets its words, or is left where there is no "--"; *argc becomes what comes before.
 * ERR_USAGE when nothing follows. */
enum err command_line_part(int *argc, char **argv, char *const **command, struct err_text *error);

#endif
