#include "cli/task_json.h"

#include "lib/base64.h"
#include "lib/deadline.h"
#include "lib/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

static void wipe_and_free(void *memory)
{
    if (memory != NULL)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

void task_json_wipe_memory(void)
{
    json_set_alloc_funcs(malloc, wipe_and_free);
}

/* ---- reading ---- */

typedef bool set_text(sshexec_request *request, const char *text);
typedef bool set_number(sshexec_request *request, int64_t number);

static bool set_stdin(sshexec_request *request, const char *text)
{
    return sshexec_request_set_stdin(request, text, strlen(text));
}

static bool set_output_limit(sshexec_request *request, int64_t bytes)
{
    return sshexec_request_set_output_limit(request, (uint64_t)bytes);
}

static bool set_output_kept(sshexec_request *request, int64_t bytes)
{
    return sshexec_request_set_output_kept(request, (uint64_t)bytes);
}

/* Fields that the request is made with are read apart. */
static const struct text_field {
    const char *name;
    bool names_file;
    set_text *set;
} text_fields[] = {
    {"password", false, sshexec_request_set_password},
    {"key", true, sshexec_request_set_key_file},
    {"key_text", false, sshexec_request_set_key},
    {"agent", true, sshexec_request_set_agent},
    {"known_hosts", true, sshexec_request_set_known_hosts},
    {"hostkey", false, sshexec_request_add_hostkey},
    {"fingerprint", false, sshexec_request_set_fingerprint},
    {"dns", false, sshexec_request_set_dns},
    {"stdin", false, set_stdin},
};

static const struct number_field {
    const char *name;
    int64_t least, most;
    set_number *set;
} number_fields[] = {
    {"deadline_ms", 1, DEADLINE_MAX_MS, sshexec_request_set_deadline_ms},
    {"connect_limit_ms", 1, DEADLINE_MAX_MS, sshexec_request_set_connect_limit_ms},
    {"idle_limit_ms", 1, DEADLINE_MAX_MS, sshexec_request_set_idle_limit_ms},
    {"keepalive_ms", 1, DEADLINE_MAX_MS, sshexec_request_set_keepalive_ms},
    {"output_limit", 0, INT64_C(1) << 40, set_output_limit},
    {"output_kept", 0, INT64_C(1) << 30, set_output_kept},
};

static const char *const other_fields[] = {"host",      "port", "user",     "command",
                                           "stdin_b64", "env",  "limits_ms"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* null counts as not given. */
static bool is_given(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return value != NULL && !json_is_null(value);
}

static bool read_text(const json_t *object, const char *name, bool needed, const char **text,
                      struct err_text *error)
{
    const json_t *value = json_object_get(object, name);
    *text = NULL;
    if (!is_given(object, name))
        return !needed || err_set(error, "'%s' is missing", name);
    *text = json_string_value(value);
    if (*text == NULL)
        return err_set(error, "'%s' must be a string", name);
    return strlen(*text) == json_string_length(value) ||
           err_set(error, "'%s' holds a NUL character", name);
}

static bool read_number(const json_t *object, const char *name, int64_t least, int64_t most,
                        int64_t *number, struct err_text *error)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < least ||
        json_integer_value(value) > most)
        return err_set(error, "'%s' must be an integer from %lld to %lld", name, (long long)least,
                       (long long)most);
    *number = json_integer_value(value);
    return true;
}

static bool read_port(const json_t *object, int *port, struct err_text *error)
{
    int64_t number = 0;
    if (json_object_get(object, "port") != NULL &&
        !read_number(object, "port", 1, 65535, &number, error))
        return false;
    *port = (int)number;
    return true;
}

static bool read_stdin_b64(const json_t *object, sshexec_request *request, struct err_text *error)
{
    const char *text = NULL;
    unsigned char *bytes = NULL;
    size_t length = 0;
    if (!read_text(object, "stdin_b64", false, &text, error))
        return false;
    if (text == NULL)
        return true;
    if (!base64_decode(text, &bytes, &length))
        return err_set(error, "'stdin_b64' is not base64");
    (void)sshexec_request_set_stdin(request, bytes, length);
    free(bytes);
    return true;
}

/* "env": {"NAME": "value"} */
static bool read_env(const json_t *object, sshexec_request *request, struct err_text *error)
{
    const char *name = NULL, *text = NULL;
    json_t *value = NULL, *env = json_object_get(object, "env");
    if (!is_given(object, "env"))
        return true;
    if (!json_is_object(env))
        return err_set(error, "'env' must be an object of names and strings");
    json_object_foreach(env, name, value)
    {
        if (!read_text(env, name, true, &text, error))
            return false;
        if (!sshexec_request_set_variable(request, name, text))
            return err_set(error, "'env': %.400s", sshexec_request_error(request));
    }
    return true;
}

static sshexec_phase phase_named(const char *name)
{
    for (int i = SSHEXEC_PHASE_QUEUE; i < SSHEXEC_PHASE_COUNT; i++) {
        if (strcmp(sshexec_phase_name((sshexec_phase)i), name) == 0)
            return (sshexec_phase)i;
    }
    return SSHEXEC_PHASE_NONE;
}

/* "limits_ms": {"ident": 500} */
static bool read_limits(const json_t *object, sshexec_request *request, struct err_text *error)
{
    const char *name = NULL;
    json_t *value = NULL, *limits = json_object_get(object, "limits_ms");
    if (!is_given(object, "limits_ms"))
        return true;
    if (!json_is_object(limits))
        return err_set(error, "'limits_ms' must be an object of phases and numbers");
    json_object_foreach(limits, name, value)
    {
        int64_t ms = 0;
        sshexec_phase phase = phase_named(name);
        if (phase == SSHEXEC_PHASE_NONE)
            return err_set(error, "'limits_ms': there is no phase '%.40s'", name);
        if (!read_number(limits, name, 1, DEADLINE_MAX_MS, &ms, error))
            return false;
        (void)sshexec_request_set_phase_limit_ms(request, phase, ms);
    }
    return true;
}

static bool read_texts(const json_t *object, int flags, sshexec_request *request,
                       struct err_text *error)
{
    for (size_t i = 0; i < COUNT(text_fields); i++) {
        const struct text_field *field = &text_fields[i];
        const char *text = NULL;
        if (!read_text(object, field->name, false, &text, error))
            return false;
        if (text != NULL && field->names_file && (flags & TASK_JSON_FILES) == 0)
            return err_set(error, "'%s' would name a file of this machine, which it may not",
                           field->name);
        if (text != NULL && !field->set(request, text))
            return err_set(error, "%s", sshexec_request_error(request));
    }
    return true;
}

static bool read_numbers(const json_t *object, sshexec_request *request, struct err_text *error)
{
    for (size_t i = 0; i < COUNT(number_fields); i++) {
        const struct number_field *field = &number_fields[i];
        int64_t number = 0;
        if (json_object_get(object, field->name) == NULL)
            continue;
        if (!read_number(object, field->name, field->least, field->most, &number, error))
            return false;
        if (!field->set(request, number))
            return err_set(error, "%s", sshexec_request_error(request));
    }
    return true;
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < COUNT(text_fields); i++) {
        if (strcmp(text_fields[i].name, name) == 0)
            return true;
    }
    for (size_t i = 0; i < COUNT(number_fields); i++) {
        if (strcmp(number_fields[i].name, name) == 0)
            return true;
    }
    for (size_t i = 0; i < COUNT(other_fields); i++) {
        if (strcmp(other_fields[i], name) == 0)
            return true;
    }
    return false;
}

static bool check_names(const json_t *object, struct err_text *error)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!is_known(name))
            return err_set(error, "there is no field '%.60s'", name);
    }
    return true;
}

static bool read_all(const json_t *object, int flags, sshexec_request *request,
                     struct err_text *error)
{
    static const char *const trust[] = {"hostkey", "fingerprint", "known_hosts"};
    for (size_t i = 0; i < COUNT(trust); i++) {
        if (is_given(object, trust[i]))
            sshexec_request_forget_hostkeys(request);
    }
    return read_texts(object, flags, request, error) && read_numbers(object, request, error) &&
           read_stdin_b64(object, request, error) && read_env(object, request, error) &&
           read_limits(object, request, error);
}

sshexec_request *task_json_read(const json_t *object, const sshexec_request *pattern, int flags,
                                struct err_text *error)
{
    const char *host = NULL, *user = NULL, *command = NULL;
    bool has_pattern = pattern != NULL;
    int port = 0;
    if (!json_is_object(object)) {
        (void)err_set(error, "expected an object");
        return NULL;
    }
    if (!read_text(object, "host", true, &host, error) ||
        !read_text(object, "user", !has_pattern, &user, error) ||
        !read_text(object, "command", true, &command, error) || !read_port(object, &port, error) ||
        ((flags & TASK_JSON_STRICT) != 0 && !check_names(object, error)))
        return NULL;
    sshexec_request *request =
        has_pattern ? sshexec_request_copy(pattern) : sshexec_request_new(NULL, 22, NULL, NULL);
    (void)sshexec_request_set_destination(request, host, port, user);
    (void)sshexec_request_set_command(request, command);
    if (read_all(object, flags, request, error))
        return request;
    sshexec_request_free(request);
    return NULL;
}

/* ---- writing ---- */

json_t *task_json_text(const char *text)
{
    json_t *value = text[0] == '\0' ? json_null() : json_string(text);
    if (value != NULL)
        return value;
    char *ascii = memory_text(text);
    for (char *at = ascii; *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    value = json_string(ascii);
    free(ascii);
    return value;
}

json_t *task_json_base64(const char *bytes, size_t length)
{
    char *text = base64_encode(bytes, length);
    json_t *value = json_string(text);
    free(text);
    return value;
}

static void put_output(json_t *object, const sshexec_result *result, sshexec_stream stream,
                       const char *name)
{
    char key[32];
    size_t length = 0;
    const char *bytes = sshexec_result_output(result, stream, &length);
    json_t *text = json_stringn(bytes, length);
    if (text == NULL) {
        (void)snprintf(key, sizeof key, "%s_b64", name);
        text = task_json_base64(bytes, length);
        (void)json_object_set_new(object, key, text);
    } else {
        (void)json_object_set_new(object, name, text);
    }
    (void)snprintf(key, sizeof key, "%s_bytes", name);
    (void)json_object_set_new(
        object, key, json_integer((json_int_t)sshexec_result_output_bytes(result, stream)));
    (void)snprintf(key, sizeof key, "%s_truncated", name);
    (void)json_object_set_new(object, key,
                              json_boolean(sshexec_result_is_truncated(result, stream)));
}

static double ms_of(int64_t ns)
{
    return (double)ns / 1e6;
}

static json_t *phases_of(const sshexec_result *result)
{
    json_t *phases = json_object();
    for (int i = SSHEXEC_PHASE_QUEUE; i < SSHEXEC_PHASE_COUNT; i++) {
        int64_t ns = sshexec_result_phase_ns(result, (sshexec_phase)i);
        if (ns >= 0)
            (void)json_object_set_new(phases, sshexec_phase_name((sshexec_phase)i),
                                      json_real(ms_of(ns)));
    }
    return phases;
}

json_t *task_json_result(const sshexec_result *result)
{
    int64_t status = sshexec_result_exit_status(result);
    sshexec_phase phase = sshexec_result_phase(result);
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:o}", "outcome", sshexec_outcome_name(sshexec_result_outcome(result)),
        "phase", task_json_text(phase == SSHEXEC_PHASE_NONE ? "" : sshexec_phase_name(phase)),
        "exit_status", status < 0 ? json_null() : json_integer(status), "signal",
        task_json_text(sshexec_result_signal(result)));
    put_output(object, result, SSHEXEC_STDOUT, "stdout");
    put_output(object, result, SSHEXEC_STDERR, "stderr");
    (void)json_object_set_new(object, "elapsed_ms",
                              json_real(ms_of(sshexec_result_elapsed_ns(result))));
    (void)json_object_set_new(object, "phases_ms", phases_of(result));
    (void)json_object_set_new(object, "error", task_json_text(sshexec_result_error(result)));
    return object;
}

json_t *task_json_refusal(const char *sentence)
{
    return json_pack("{s:s, s:n, s:n, s:o}", "outcome", sshexec_outcome_name(SSHEXEC_COULD_NOT_TRY),
                     "phase", "exit_status", "error", task_json_text(sentence));
}
