/* One line of a batch: a task as a JSON object, or "[user@]host[:port] command…". */
#ifndef SSHEXEC_BATCH_LINE_H
#define SSHEXEC_BATCH_LINE_H

#include "cli/options.h"
#include "lib/err.h"

#include <jansson.h>
#include <stddef.h>

/* What the options say of all tasks, as fields of a task. Owned by the caller; NULL with a sentence
 * when the password can't be read. */
json_t *batch_line_defaults(const struct options *options, struct err_text *error);

/* The task of a line, with the defaults for what it doesn't say; owned by the caller. NULL with ""
 * for a line that holds none (empty, or "# …"), else with a sentence. */
json_t *batch_line_read(const char *text, size_t length, json_t *defaults, struct err_text *error);

#endif
