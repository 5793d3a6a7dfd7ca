#include "cli/request.h"

#include "lib/base64.h"
#include "lib/deadline.h"
#include "lib/hostname.h"

#include <stdlib.h>
#include <string.h>

/* null counts as not given. */
static bool read_text(const json_t *line, const char *name, bool needed, const char **text,
                      struct err_text *error)
{
    const json_t *value = json_object_get(line, name);
    *text = NULL;
    if (value == NULL || json_is_null(value))
        return !needed || err_set(error, "run: '%s' is missing", name);
    *text = json_string_value(value);
    if (*text == NULL)
        return err_set(error, "run: '%s' must be a string", name);
    if (strlen(*text) != json_string_length(value))
        return err_set(error, "run: '%s' holds a NUL character", name);
    return true;
}

static bool read_number(const json_t *line, const char *name, int64_t low, int64_t high,
                        int64_t *number, struct err_text *error)
{
    const json_t *value = json_object_get(line, name);
    if (!json_is_integer(value) || json_integer_value(value) < low ||
        json_integer_value(value) > high)
        return err_set(error, "run: '%s' must be an integer from %lld to %lld", name,
                       (long long)low, (long long)high);
    *number = json_integer_value(value);
    return true;
}

bool request_read(struct request *request, const json_t *line, struct err_text *error)
{
    const char *hostkey = NULL;
    const char *stdin_b64 = NULL;
    int64_t port = 0;
    const struct {
        const char *name;
        bool needed;
        const char **text;
    } texts[] = {
        {"host", true, &request->host},          {"user", true, &request->user},
        {"command", true, &request->command},    {"key", false, &request->key},
        {"password", false, &request->password}, {"known_hosts", false, &request->known_hosts},
        {"dns", false, &request->dns},           {"hostkey", false, &hostkey},
        {"stdin_b64", false, &stdin_b64},
    };

    *request = (struct request){.id = json_integer_value(json_object_get(line, "id"))};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!read_text(line, texts[i].name, texts[i].needed, texts[i].text, error))
            return false;
    }
    if (!read_number(line, "port", 1, 65535, &port, error) ||
        !read_number(line, "deadline_ms", 1, DEADLINE_MAX_MS, &request->deadline_ms, error))
        return false;
    request->port = (int)port;
    if (request->dns != NULL && !hostname_check_server(request->dns, error))
        return false;
    if (hostkey != NULL && !hostkey_add_line(&request->hostkeys, hostkey, error))
        return false;
    if (stdin_b64 != NULL &&
        !base64_decode(stdin_b64, &request->stdin_bytes, &request->stdin_length))
        return err_set(error, "run: 'stdin_b64' is not base64");
    return true;
}

void request_fini(struct request *request)
{
    hostkey_fini(&request->hostkeys);
    free(request->stdin_bytes);
    request->stdin_bytes = NULL;
}
