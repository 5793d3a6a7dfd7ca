#include "cli/report.h"

#include "lib/deadline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

/* What a server sent must not move the terminal's cursor. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = ' ';
    }
}

void report_write(char *text, size_t size, const struct task_result *result)
{
    const char *separator = " (";
    text[0] = '\0';
    add(text, size, "%s after %lld ms", task_outcome_name(result->outcome),
        (long long)(result->elapsed_ns / NS_PER_MS));
    if (result->outcome != TASK_SUCCESS)
        add(text, size, " in phase %s", phase_name(result->phase));
    if (result->outcome == TASK_FAILURE)
        add(text, size, ": %s", result->error);
    for (int i = 0; i < PHASE_COUNT; i++) {
        if (!result->phase_entered[i])
            continue;
        add(text, size, "%s%s %.1f ms", separator, phase_name((enum phase)i),
            (double)result->phase_ns[i] / (double)NS_PER_MS);
        separator = ", ";
    }
    add(text, size, ")");
    make_printable(text);
}
