#include "lib/progress.h"

enum phase progress_phase(const struct progress *progress)
{
    if (!progress->connected)
        return PHASE_TCP;
    if (!progress->ident_received)
        return PHASE_IDENT;
    if (!progress->kexinit_received)
        return PHASE_KEXINIT;
    if (!progress->newkeys_sent)
        return PHASE_KEX;
    if (!progress->keys_in_use)
        return PHASE_NEWKEYS;
    if (progress->rekeying)
        return PHASE_REKEY;
    if (!progress->service_accepted)
        return PHASE_SERVICE;
    if (!progress->authenticated)
        return PHASE_AUTH;
    if (progress->keepalive_due)
        return PHASE_KEEPALIVE;
    if (!progress->channel_open)
        return PHASE_CHANNEL;
    if (progress->exit_status_received || progress->exit_signal_received)
        return PHASE_CLOSE;
    if (!progress->exec_accepted)
        return PHASE_REQUEST;
    if (progress->eof_received || progress->close_received)
        return PHASE_EXIT;
    return PHASE_DATA;
}

enum progress_end progress_end(const struct progress *progress, uint64_t output_limit)
{
    bool output_complete = progress->eof_received || progress->close_received;

    if (progress->output_bytes > output_limit)
        return PROGRESS_TOO_MUCH_OUTPUT;
    if (progress->data_after_eof)
        return PROGRESS_DATA_AFTER_EOF;
    if (progress->exec_refused)
        return PROGRESS_REFUSED;
    if (output_complete && progress->exit_status_received)
        return PROGRESS_COMPLETE;
    if (output_complete && progress->exit_signal_received)
        return PROGRESS_SIGNALLED;
    if (progress->close_received && !progress->exec_accepted)
        return PROGRESS_NOT_STARTED;
    if (progress->close_received)
        return PROGRESS_NO_EXIT_STATUS;
    return PROGRESS_GOES_ON;
}

enum phase progress_end_phase(const struct progress *progress, enum progress_end end)
{
    switch (end) {
    case PROGRESS_COMPLETE:
        return PHASE_DISCONNECT;
    case PROGRESS_SIGNALLED:
    case PROGRESS_NO_EXIT_STATUS:
        return PHASE_EXIT;
    case PROGRESS_REFUSED:
    case PROGRESS_NOT_STARTED:
        return PHASE_REQUEST;
    case PROGRESS_DATA_AFTER_EOF:
    case PROGRESS_TOO_MUCH_OUTPUT:
        return PHASE_DATA;
    case PROGRESS_GOES_ON:
        break;
    }
    return progress_phase(progress);
}

enum phase progress_failure_phase(enum phase phase)
{
    return phase == PHASE_KEXINIT || phase == PHASE_NEWKEYS ? PHASE_KEX : phase;
}

const char *progress_end_sentence(enum progress_end end)
{
    switch (end) {
    case PROGRESS_SIGNALLED:
        return "the command was ended by a signal";
    case PROGRESS_NO_EXIT_STATUS:
        return "the server closed the channel without an exit status";
    case PROGRESS_REFUSED:
        return "the server refused the exec request";
    case PROGRESS_NOT_STARTED:
        return "the server closed the channel before it accepted the command";
    case PROGRESS_DATA_AFTER_EOF:
        return "the server sent data after the end of its output";
    case PROGRESS_TOO_MUCH_OUTPUT:
        return "the output went over the limit";
    case PROGRESS_GOES_ON:
    case PROGRESS_COMPLETE:
        break;
    }
    return "";
}
