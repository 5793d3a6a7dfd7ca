/* What became of a batch's tasks, counted. */
#ifndef SSHEXEC_BATCH_TALLY_H
#define SSHEXEC_BATCH_TALLY_H

#include "lib/sshexec.h"

#include <stddef.h>

struct batch_tally {
    unsigned long begun, done;
    unsigned long good;    /* status 0 */
    unsigned long nonzero; /* another status */
    unsigned long timeouts, failures, cancelled;
    unsigned long bad_lines;
    unsigned long timeouts_in[SSHEXEC_PHASE_COUNT];
};

void batch_tally_add(struct batch_tally *tally, const sshexec_result *result);

/* One line without its end: "12 tasks: 9 ok, 1 with another exit status, 2 timeouts (ident 2), …".
 */
void batch_tally_write(const struct batch_tally *tally, char *text, size_t size);

/* See batch_run(). */
int batch_tally_status(const struct batch_tally *tally);

#endif
