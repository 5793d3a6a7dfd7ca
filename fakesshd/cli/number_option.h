/* Options whose value is a whole number. */
#ifndef CLI_NUMBER_OPTION_H
#define CLI_NUMBER_OPTION_H

#include "base/err.h"

/* `text`, which is what `what` names ("--slots"), as a number. ERR_USAGE with a sentence when it is
 * none, or not from `from` to `to`. */
enum err number_parse(const char *text, const char *what, long from, long to, int *number,
                      struct err_text *error);

/* getopt's optarg, likewise; `name` is the option's, without dashes. */
enum err number_option(const char *name, long from, long to, int *number, struct err_text *error);

#endif
