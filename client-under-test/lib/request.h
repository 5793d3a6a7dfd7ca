/* What sshexec_request_new() and its setters gathered. */
#ifndef SSHEXEC_REQUEST_H
#define SSHEXEC_REQUEST_H

#include "lib/environment.h"
#include "lib/err.h"
#include "lib/hostkey.h"
#include "lib/sshexec.h"

struct sshexec_request {
    char *host, *user, *command;                                 /* owned, as all that follow */
    char *key, *key_text, *agent, *password, *known_hosts, *dns; /* NULL: not given */
    struct environment environment;
    int port;
    struct hostkey_policy hostkeys;
    unsigned char *stdin_bytes;
    size_t stdin_length;
    int64_t deadline_ms, begin_ns; /* 0: not given */
    int64_t limit_ms[SSHEXEC_PHASE_COUNT], connect_limit_ms, idle_limit_ms, keepalive_ms;
    uint64_t output_limit, output_kept;
    struct err_text error;
};

/* Wipes what the engine has a copy of by now; host, port and stdin stay. */
void request_forget_secrets(struct sshexec_request *request);

/* Can it be submitted? A sentence otherwise. */
bool request_check(const struct sshexec_request *request, struct err_text *error);

#endif
