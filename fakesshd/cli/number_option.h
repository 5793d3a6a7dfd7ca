/* Options whose value is a whole number. */
#ifndef CLI_NUMBER_OPTION_H
#define CLI_NUMBER_OPTION_H

#include "base/err.h"

/* getopt's optarg as a number. ERR_USAGE with a sentence that names the option when it is none, or
 * not from `from` to `to`. */
enum err number_option(const char *what, long from, long to, int *number, struct err_text *error);

#endif
