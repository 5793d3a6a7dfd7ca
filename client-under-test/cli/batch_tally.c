#include "cli/batch_tally.h"

#include "cli/exec.h"

#include <stdio.h>
#include <string.h>

void batch_tally_add(struct batch_tally *tally, const sshexec_result *result)
{
    tally->done++;
    switch (sshexec_result_outcome(result)) {
    case SSHEXEC_SUCCESS:
        *(sshexec_result_exit_status(result) == 0 ? &tally->good : &tally->nonzero) += 1;
        break;
    case SSHEXEC_TIMEOUT:
        tally->timeouts++;
        tally->timeouts_in[sshexec_result_phase(result)]++;
        break;
    case SSHEXEC_CANCELLED:
        tally->cancelled++;
        break;
    case SSHEXEC_FAILURE:
    case SSHEXEC_COULD_NOT_TRY:
        tally->failures++;
        break;
    }
}

static void add(char *text, size_t size, const char *before, unsigned long count, const char *words)
{
    size_t used = strlen(text);
    if (count > 0)
        (void)snprintf(text + used, size - used, "%s%lu %s", before, count, words);
}

void batch_tally_write(const struct batch_tally *tally, char *text, size_t size)
{
    const char *before = " (";
    (void)snprintf(text, size, "%lu tasks: %lu ok", tally->done, tally->good);
    add(text, size, ", ", tally->nonzero, "with another exit status");
    add(text, size, ", ", tally->timeouts, "timed out");
    for (int i = 0; i < SSHEXEC_PHASE_COUNT; i++) {
        add(text, size, before, tally->timeouts_in[i], sshexec_phase_name((sshexec_phase)i));
        if (tally->timeouts_in[i] > 0)
            before = ", ";
    }
    if (tally->timeouts > 0)
        (void)strncat(text, ")", size - strlen(text) - 1);
    add(text, size, ", ", tally->failures, "failed");
    add(text, size, ", ", tally->cancelled, "cancelled");
    add(text, size, ", ", tally->bad_lines, "lines that are no task");
}

int batch_tally_status(const struct batch_tally *tally)
{
    if (tally->failures > 0 || tally->cancelled > 0 || tally->bad_lines > 0)
        return EXEC_STATUS_FAILURE;
    if (tally->timeouts > 0)
        return EXEC_STATUS_TIMEOUT;
    return tally->nonzero > 0 ? 1 : 0;
}
