/* What a control is asked for: a body up to the request that is made of it, and the query of a
 * wait, whose fields are the input's lines. */
#include "fuzz.h"
#include "lease/door.h"
#include "lease/lease_request.h"

#include <stdlib.h>
#include <string.h>

static void read_body(const char *text, size_t size)
{
    struct err_text error = {""};
    struct lease_request request;
    enum err failed = lease_request_parse(text, size, &request, &error);
    FUZZ_CHECK((failed == ERR_NONE) == (error.text[0] == '\0'));
    FUZZ_CHECK(failed != ERR_NONE ||
               (request.scenario != NULL) + (request.file != NULL) + (request.source != NULL) == 1);
    FUZZ_CHECK(failed != ERR_NONE ||
               (request.ttl_ms >= LEASE_TTL_MIN_MS && request.deadline_ms >= 1));
    FUZZ_CHECK(strchr(error.text, '\n') == NULL);
    lease_request_fini(&request);
}

static void read_query(char *text)
{
    struct err_text error = {""};
    struct lease_wait wait;
    int64_t wait_ms = 0;
    char *rest = text;
    const char *event = strsep(&rest, "\n"), *count = strsep(&rest, "\n");
    enum err failed = lease_request_wait(event, count, rest, &wait, &wait_ms, &error);
    FUZZ_CHECK((failed == ERR_NONE) == (error.text[0] == '\0'));
    FUZZ_CHECK(failed != ERR_NONE ||
               (wait_ms >= 1 && wait_ms <= LEASE_WAIT_MAX_MS && wait.count >= 1));
}

static void read_door(const char *text)
{
    struct err_text error = {""};
    struct door door;
    FUZZ_CHECK((door_parse(text, &door, &error) == ERR_NONE) == (error.text[0] == '\0'));
    (void)door_lets_in(&door, text, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    FUZZ_CHECK(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    read_body(text, size);
    read_door(text);
    read_query(text);
    free(text);
    return 0;
}
