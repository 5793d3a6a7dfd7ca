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

/* A single command waits in no queue worth telling of. */
static void add_phases(char *text, size_t size, const sshexec_result *result)
{
    const char *separator = " (";
    for (int i = SSHEXEC_PHASE_QUEUE + 1; i < SSHEXEC_PHASE_COUNT; i++) {
        sshexec_phase phase = (sshexec_phase)i;
        int64_t ns = sshexec_result_phase_ns(result, phase);
        if (ns < 0)
            continue;
        add(text, size, "%s%s %.1f ms", separator, sshexec_phase_name(phase),
            (double)ns / (double)NS_PER_MS);
        separator = ", ";
    }
    if (separator[0] == ',')
        add(text, size, ")");
}

void report_write(char *text, size_t size, const sshexec_result *result)
{
    sshexec_outcome outcome = sshexec_result_outcome(result);
    text[0] = '\0';
    if (outcome == SSHEXEC_COULD_NOT_TRY) {
        add(text, size, "could not try: %s", sshexec_result_error(result));
    } else {
        add(text, size, "%s after %lld ms", sshexec_outcome_name(outcome),
            (long long)(sshexec_result_elapsed_ns(result) / NS_PER_MS));
        if (outcome != SSHEXEC_SUCCESS)
            add(text, size, " in phase %s", sshexec_phase_name(sshexec_result_phase(result)));
        if (outcome == SSHEXEC_FAILURE)
            add(text, size, ": %s", sshexec_result_error(result));
        add_phases(text, size, result);
    }
    make_printable(text);
}
