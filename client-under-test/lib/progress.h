/* How far a task has come: plain facts, and what follows from them. No socket, no clock. */
#ifndef SSHEXEC_PROGRESS_H
#define SSHEXEC_PROGRESS_H

#include "lib/phase.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool connected;        /* TCP */
    bool ident_received;   /* the server's identification string is complete */
    bool kexinit_received; /* the server's KEXINIT is here, our half of the exchange is sent */
    bool newkeys_sent;     /* the server's key exchange reply was good */
    bool keys_in_use;      /* the server's NEWKEYS is here, and its host key is the right one */
    bool service_accepted;
    bool authenticated;
    bool channel_open;
    bool exec_accepted;
    bool exec_refused;  /* whatever is said after that */
    bool keepalive_due; /* a keepalive request was sent, and nothing has come since */
    bool rekeying;      /* the server sent another KEXINIT, and the new keys are not in use yet */
    bool exit_status_received;
    bool exit_signal_received;
    bool eof_received;
    bool close_received;
    bool data_after_eof;
    uint32_t exit_status;
    uint64_t output_bytes; /* stdout and stderr */
};

/* What the facts mean for the task as a whole. */
enum progress_end {
    PROGRESS_GOES_ON,
    PROGRESS_COMPLETE,       /* exit status known and output complete: the only success */
    PROGRESS_SIGNALLED,      /* the command was ended by a signal */
    PROGRESS_NO_EXIT_STATUS, /* the channel was closed without one */
    PROGRESS_REFUSED,        /* the command was refused */
    PROGRESS_NOT_STARTED,    /* the channel was closed before the command was accepted */
    PROGRESS_DATA_AFTER_EOF,
    PROGRESS_TOO_MUCH_OUTPUT,
};

/* The phase that the task is in: the first thing that is still missing. */
enum phase progress_phase(const struct progress *progress);

/* Is the task over? `output_limit` bytes of stdout and stderr together are allowed. An exit status
 * alone is not the end: without EOF or CLOSE the output may be cut, so the task waits on. */
enum progress_end progress_end(const struct progress *progress, uint64_t output_limit);

/* The phase to name when the task failed in this way. */
enum phase progress_end_phase(const struct progress *progress, enum progress_end end);

/* The phase to name when the connection failed in `phase`. A bad key exchange reply, and a wrong
 * host key in it, are found out only when NEWKEYS has come (libssh 0.10.6), so that all of a failed
 * key exchange is "kex". A timeout is precise: what is due is known. */
enum phase progress_failure_phase(enum phase phase);

/* A sentence for each end; "" for PROGRESS_GOES_ON and PROGRESS_COMPLETE. */
const char *progress_end_sentence(enum progress_end end);

#endif
