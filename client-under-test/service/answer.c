#include "service/answer.h"

#include "cli/task_json.h"
#include "lib/err.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

void answer_json(struct http_request *request, int status, json_t *object, const char *more_name,
                 const char *more_value)
{
    char *text = json_dumps(object, JSON_COMPACT);
    size_t length = strlen(text);
    text[length] = '\n'; /* the NUL's place */
    http_reply(request, status, "application/json", text, length + 1, more_name, more_value);
    free(text);
    json_decref(object);
}

void answer_refusal(struct http_request *request, int status, const char *sentence)
{
    bool is_later = status == MHD_HTTP_SERVICE_UNAVAILABLE || status == MHD_HTTP_TOO_MANY_REQUESTS;
    answer_json(request, status, json_pack("{s:o}", "error", task_json_text(sentence)),
                is_later ? "Retry-After" : NULL, "1");
}

json_t *answer_read_body(struct http_request *request)
{
    json_error_t where;
    struct err_text error = {""};
    json_t *object =
        json_loadb(request->body, request->body_length, JSON_REJECT_DUPLICATES, &where);
    if (object != NULL)
        return object;
    (void)err_set(&error, "not JSON at line %d, column %d: %.200s", where.line, where.column,
                  where.text);
    answer_refusal(request, MHD_HTTP_BAD_REQUEST, error.text);
    return NULL;
}
