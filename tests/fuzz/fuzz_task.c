/* A task as somebody writes it: a line of a batch, JSON or words, up to the request that is made of
 * it. The driver's lines and the service's bodies take the same path. */
#include "cli/batch_line.h"
#include "cli/task_json.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static json_t *defaults;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    defaults = json_pack("{s:i, s:s, s:i, s:s}", "port", 22, "user", "probe", "deadline_ms", 3000,
                         "fingerprint", "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    return 0;
}

static void read_request(const json_t *task, int flags)
{
    struct err_text error = {""};
    sshexec_request *request = task_json_read(task, flags, &error);
    FUZZ_CHECK((request != NULL) == (error.text[0] == '\0'));
    sshexec_request_free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err_text error = {""};
    char *text = malloc(size + 1);
    FUZZ_CHECK(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    json_t *task = batch_line_read(text, size, defaults, &error);
    FUZZ_CHECK(task == NULL || error.text[0] == '\0');
    if (task != NULL) {
        read_request(task, TASK_JSON_STRICT);
        read_request(task, TASK_JSON_FILES);
    }
    json_decref(task);
    free(text);
    return 0;
}
