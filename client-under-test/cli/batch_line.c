#include "cli/batch_line.h"

#include "cli/destination.h"
#include "cli/task_json.h"
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

#define BLANK " \t\r"

static sshexec_request *read_words(const char *text, const sshexec_request *pattern,
                                   struct err_text *error)
{
    struct destination to;
    size_t length = strcspn(text, BLANK);
    const char *command = text + length + strspn(text + length, BLANK);
    sshexec_request *request = NULL;
    char *first = memory_text(text);
    first[length] = '\0';
    bool good = destination_read(&to, first, error);
    if (good && command[0] == '\0')
        good = err_set(error, "the command is missing: expected [user@]host[:port] command");
    if (good) {
        request = sshexec_request_copy(pattern);
        (void)sshexec_request_set_destination(request, to.host, to.port, to.user);
        (void)sshexec_request_set_command(request, command);
    }
    destination_fini(&to);
    free(first);
    return request;
}

static sshexec_request *read_object(const char *text, const sshexec_request *pattern,
                                    struct err_text *error)
{
    json_error_t where = {0};
    sshexec_request *request = NULL;
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (object == NULL)
        (void)err_set(error, "not JSON at column %d: %.200s", where.column, where.text);
    else
        request = task_json_read(object, pattern, TASK_JSON_FILES | TASK_JSON_STRICT, error);
    json_decref(object);
    return request;
}

sshexec_request *batch_line_read(const char *text, size_t length, const sshexec_request *pattern,
                                 struct err_text *error)
{
    error->text[0] = '\0';
    if (strlen(text) != length) {
        (void)err_set(error, "the line holds a NUL character");
        return NULL;
    }
    text += strspn(text, BLANK);
    if (text[0] == '\0' || text[0] == '#')
        return NULL;
    return text[0] == '{' ? read_object(text, pattern, error) : read_words(text, pattern, error);
}
