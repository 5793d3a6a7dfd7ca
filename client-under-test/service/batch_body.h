/* The body of POST /v1/batch: {"tasks": [{…}, …], "defaults": {…}}. */
#ifndef SSHEXEC_BATCH_BODY_H
#define SSHEXEC_BATCH_BODY_H

#include "lib/err.h"

#include <jansson.h>

/* The tasks, each with the defaults for what it doesn't say; owned by the caller. A task that names
 * a host key of its own believes that one alone. Unless told otherwise 64 KiB of each stream are
 * kept. NULL with a sentence when the body is none. */
json_t *batch_body_read(const json_t *body, struct err_text *error);

#endif
