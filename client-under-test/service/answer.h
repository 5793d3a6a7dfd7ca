/* What the service answers with: JSON, and a sentence for what it can't do. */
#ifndef SSHEXEC_ANSWER_H
#define SSHEXEC_ANSWER_H

#include "service/http.h"

#include <jansson.h>

/* Takes the object. `more` is another header's name and value, or NULLs. */
void answer_json(struct http_request *request, int status, json_t *object, const char *more_name,
                 const char *more_value);

/* {"error": sentence}; for 429 and 503 with Retry-After. */
void answer_refusal(struct http_request *request, int status, const char *sentence);

/* The body as JSON, owned by the caller; NULL when it was refused. */
json_t *answer_read_body(struct http_request *request);

#endif
