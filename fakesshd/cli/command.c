#include "cli/command.h"

#include "base/exit_code.h"

#include <stdarg.h>
#include <stdio.h>

int cli_usage_error(const char *word, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "fakesshd %s: ", word);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return EXIT_BAD_INPUT;
}

int cli_error(const char *word, enum err failed, const struct err_text *error)
{
    (void)cli_usage_error(word, "%s", error->text);
    return failed == ERR_SYSTEM ? EXIT_HARNESS : EXIT_BAD_INPUT;
}
