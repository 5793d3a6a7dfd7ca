/* One line of a batch: a task as a JSON object, or "[user@]host[:port] command…". */
#ifndef SSHEXEC_BATCH_LINE_H
#define SSHEXEC_BATCH_LINE_H

#include "lib/err.h"
#include "lib/sshexec.h"

#include <stddef.h>

/* The task of a line, as in `pattern` where the line says nothing; owned by the caller. NULL with
 * "" for a line that holds none (empty, or "# …"), else with a sentence. */
sshexec_request *batch_line_read(const char *text, size_t length, const sshexec_request *pattern,
                                 struct err_text *error);

#endif
