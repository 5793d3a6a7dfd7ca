/* One `run` line of the driver protocol, checked and taken apart. */
#ifndef SSHEXEC_REQUEST_H
#define SSHEXEC_REQUEST_H

#include "lib/err.h"
#include "lib/hostkey.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct request {
    json_int_t id;
    const char *host, *user, *command;              /* borrowed from the JSON object */
    const char *key, *password, *known_hosts, *dns; /* the same; NULL when not given */
    int port;
    int64_t deadline_ms;
    struct hostkey_policy hostkeys;
    unsigned char *stdin_bytes; /* owned; NULL when there are none */
    size_t stdin_length;
};

/* False with a sentence when a field is missing or has the wrong type. request_fini() afterwards in
 * any case. */
bool request_read(struct request *request, const json_t *line, struct err_text *error);

void request_fini(struct request *request);

#endif
