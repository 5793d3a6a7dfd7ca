#include "cli/number_option.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_BYTES = 64 };

enum err number_parse(const char *text, const char *what, long from, long to, int *number,
                      struct err_text *error)
{
    char *end = NULL;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < from || value > to)
        return err_set(error, ERR_USAGE, "%s: expected a number from %ld to %ld, found '%s'", what,
                       from, to, text);
    *number = (int)value;
    return ERR_NONE;
}

enum err number_option(const char *name, long from, long to, int *number, struct err_text *error)
{
    char what[NAME_MAX_BYTES];
    (void)snprintf(what, sizeof what, "--%s", name);
    return number_parse(optarg, what, from, to, number, error);
}
