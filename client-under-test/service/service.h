/* The service: tasks over HTTP. What a request may ask, and what it gets. */
#ifndef SSHEXEC_SERVICE_H
#define SSHEXEC_SERVICE_H

#include "lib/err.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct service;

struct service_options {
    const char *host;
    int port;
    bool allows_remote;
    const char *token_file;  /* its first line is the token; NULL: none is asked for */
    const char *credentials; /* a folder of private keys that requests may name; NULL: none */
    const char *known_hosts; /* for requests that name no host key; NULL: they must */
    unsigned long running, queued;
    unsigned long results, results_bytes; /* kept of tasks that nobody waited for, at most */
    unsigned long body_limit_bytes;
    unsigned connections;
    unsigned rate; /* tasks a second; 0: any */
    int64_t deadline_max_ms, drain_ms;
    int64_t reuse_ms; /* how long connections are kept for other tasks; 0: not at all */
    bool is_quiet;
};

/* Begins to listen on `loop`; *port says where. NULL with a sentence otherwise. */
struct service *service_new(struct ev_loop *loop, const struct service_options *options, int *port,
                            struct err_text *error);

/* Reads the token anew. False, with the old one kept, when that can't be. */
bool service_reload(struct service *service, struct err_text *error);

/* Takes no more tasks and calls `on_drained` from the loop when none is left: after drain_ms at the
 * latest, when what still runs is cancelled. */
void service_drain(struct service *service, void (*on_drained)(void *userdata), void *userdata);

void service_free(struct service **service);

#endif
