#include "cli/number_option.h"

#include <getopt.h>
#include <stdlib.h>

enum err number_option(const char *what, long from, long to, int *number, struct err_text *error)
{
    char *end = NULL;
    long value = strtol(optarg, &end, 10);
    if (end == optarg || *end != '\0' || value < from || value > to)
        return err_set(error, ERR_USAGE, "--%s: expected a number from %ld to %ld, found '%s'",
                       what, from, to, optarg);
    *number = (int)value;
    return ERR_NONE;
}
