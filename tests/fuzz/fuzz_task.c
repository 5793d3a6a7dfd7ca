/* A task as somebody writes it: a line of a batch, JSON or words, up to the request that is made of
 * it. The driver's lines and the service's bodies take the same path. */
#include "cli/batch_line.h"
#include "cli/task_json.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static sshexec_request *pattern;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    pattern = sshexec_request_new(NULL, 22, "probe", NULL);
    (void)sshexec_request_set_deadline_ms(pattern, 3000);
    (void)sshexec_request_set_fingerprint(pattern,
                                          "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    return 0;
}

static void read_request(const json_t *task, int flags)
{
    struct err_text error = {""};
    sshexec_request *request = task_json_read(task, NULL, flags, &error);
    FUZZ_CHECK((request != NULL) == (error.text[0] == '\0'));
    sshexec_request_free(request);
}

static void read_object(const char *text, size_t size)
{
    json_t *task = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    if (task != NULL) {
        read_request(task, TASK_JSON_STRICT);
        read_request(task, TASK_JSON_FILES);
    }
    json_decref(task);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err_text error = {""};
    char *text = malloc(size + 1);
    FUZZ_CHECK(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    sshexec_request *request = batch_line_read(text, size, pattern, &error);
    FUZZ_CHECK(request == NULL || error.text[0] == '\0');
    sshexec_request_free(request);
    read_object(text, size);
    free(text);
    return 0;
}
