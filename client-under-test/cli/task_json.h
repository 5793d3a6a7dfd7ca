/* Tasks and their results as JSON: what the driver's `run`, the batch and the service read, and
 * what the latter two write. See TASKS in sshexec(1). */
#ifndef SSHEXEC_TASK_JSON_H
#define SSHEXEC_TASK_JSON_H

#include "lib/err.h"
#include "lib/sshexec.h"

#include <jansson.h>

enum {
    TASK_JSON_FILES = 1, /* key and known_hosts may name files of this machine */
    TASK_JSON_STRICT = 2 /* fields that nobody knows are mistakes */
};

/* From here on whatever jansson lets go of is wiped first: passwords and keys pass through it. For
 * the beginning of a program. */
void task_json_wipe_memory(void);

/* What the object says, as in `pattern` where it says nothing (NULL: there is none). An object that
 * names a host key of its own believes that one alone. NULL with a sentence when a field is
 * missing, has the wrong type or can't be. Owned by the caller. */
sshexec_request *task_json_read(const json_t *object, const sshexec_request *pattern, int flags,
                                struct err_text *error);

/* An object with all that a result has; owned by the caller. Output that isn't UTF-8 is base64, in
 * stdout_b64 and stderr_b64. */
json_t *task_json_result(const sshexec_result *result);

/* The same for a task that was refused: outcome could_not_try. */
json_t *task_json_refusal(const char *sentence);

/* A string, or null for "". Bytes that aren't UTF-8, which a peer may have sent, become '?'. */
json_t *task_json_text(const char *text);

/* The bytes in base64. */
json_t *task_json_base64(const char *bytes, size_t length);

#endif
