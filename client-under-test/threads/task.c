#include "threads/task.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Out of memory, a client that is wrong on purpose may die. */
static void *memory(size_t size)
{
    void *bytes = calloc(1, size);
    if (bytes == NULL)
        abort();
    return bytes;
}

static const char *text_of(const json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static bool decode_stdin(struct task *task)
{
    const char *text = text_of(task->line, "stdin_b64");
    size_t length = text == NULL ? 0 : strlen(text);
    if (length == 0)
        return true;
    task->stdin_bytes = memory(length);
    int decoded = EVP_DecodeBlock(task->stdin_bytes, (const unsigned char *)text, (int)length);
    if (decoded < 0 || length % 4 != 0)
        return false;
    size_t padding = (size_t)(text[length - 1] == '=') + (size_t)(text[length - 2] == '=');
    task->stdin_length = (size_t)decoded - padding;
    return true;
}

struct task *task_new(json_t *line, char *error, size_t error_size)
{
    struct task *task = memory(sizeof *task);
    task->line = json_incref(line);
    task->id = json_integer_value(json_object_get(line, "id"));
    task->t0_ns = now_ns();
    task->host = text_of(line, "host");
    task->dns = text_of(line, "dns");
    task->user = text_of(line, "user");
    task->command = text_of(line, "command");
    task->key = text_of(line, "key");
    task->password = text_of(line, "password");
    task->hostkey = text_of(line, "hostkey");
    task->hostkey_ecdsa = text_of(line, "hostkey_ecdsa");
    task->hostkey_rsa = text_of(line, "hostkey_rsa");
    task->port = (int)json_integer_value(json_object_get(line, "port"));
    task->deadline_ms = json_integer_value(json_object_get(line, "deadline_ms"));
    task->output = memory(1);
    if (task->host == NULL || task->user == NULL || task->command == NULL || task->port < 1 ||
        task->port > 65535 || task->deadline_ms < 1 || !decode_stdin(task)) {
        (void)snprintf(error, error_size,
                       "run: expected host, port, user, command, deadline_ms; stdin_b64 as base64");
        task_free(task);
        return NULL;
    }
    return task;
}

static bool line_shows(const char *line, const char *base64)
{
    const char *shown = line != NULL ? strchr(line, ' ') : NULL;
    return shown != NULL && strcspn(shown + 1, " \n") == strlen(base64) &&
           strncmp(shown + 1, base64, strlen(base64)) == 0;
}

bool task_knows_hostkey(const struct task *task, const char *base64)
{
    return line_shows(task->hostkey, base64) || line_shows(task->hostkey_ecdsa, base64) ||
           line_shows(task->hostkey_rsa, base64);
}

void task_add_output(struct task *task, const void *bytes, size_t length)
{
    size_t kept =
        task->output_bytes < OUTPUT_KEPT_BYTES ? (size_t)task->output_bytes : OUTPUT_KEPT_BYTES;
    size_t room = OUTPUT_KEPT_BYTES - kept;
    size_t taken = length < room ? length : room;
    if (taken > 0) {
        task->output = realloc(task->output, kept + taken);
        if (task->output == NULL)
            abort();
        memcpy(task->output + kept, bytes, taken);
    }
    task->output_bytes += length;
}

static json_t *output_b64(const struct task *task)
{
    size_t kept =
        task->output_bytes < OUTPUT_KEPT_BYTES ? (size_t)task->output_bytes : OUTPUT_KEPT_BYTES;
    unsigned char *text = memory(kept / 3 * 4 + 5);
    (void)EVP_EncodeBlock(text, task->output, (int)kept);
    json_t *value = json_string((const char *)text);
    free(text);
    return value;
}

static json_t *error_or_null(const char *error)
{
    /* What a server wrote may stand in here, and need not be UTF-8: json_string() refuses it. */
    json_t *value = error[0] == '\0' ? NULL : json_string(error);
    if (value == NULL && error[0] != '\0')
        value = json_string("the server sent an error text that is not UTF-8");
    return value != NULL ? value : json_null();
}

json_t *task_result_line(const struct task *task)
{
    const struct result *result = &task->result;
    bool success = strcmp(result->outcome, "success") == 0;
    return json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:I, s:I, s:o}", "op", "result", "id",
                     (json_int_t)task->id, "outcome", result->outcome, "phase",
                     result->phase != NULL ? json_string(result->phase) : json_null(),
                     "exit_status", success ? json_integer(result->exit_status) : json_null(),
                     "stdout_b64", output_b64(task), "stdout_bytes", (json_int_t)task->output_bytes,
                     "elapsed_ms", (json_int_t)((now_ns() - task->t0_ns) / NS_PER_MS), "error",
                     error_or_null(result->error));
}

void task_free(struct task *task)
{
    free(task->stdin_bytes);
    free(task->output);
    json_decref(task->line);
    free(task);
}
