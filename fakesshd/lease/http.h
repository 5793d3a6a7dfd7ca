/* HTTP on the control's loop: the only file of the tool that drives libmicrohttpd. It has no
 * thread; a request that can't be answered at once waits without being polled.
 *
 * What others may do to it is bounded: connections in number and in memory, how long one may stand
 * idle, and the size of a body. */
#ifndef LEASE_HTTP_H
#define LEASE_HTTP_H

#include "base/err.h"

#include <ev.h>
#include <stddef.h>

struct http;

/* A whole request; all texts are borrowed and live until it is answered. */
struct http_request {
    const char *method, *path; /* "/v1/leases", without the query */
    const char *host, *origin; /* of the headers; NULL: not there */
    const char *body;          /* ends with a NUL that isn't counted */
    size_t body_length;
};

struct http_setup {
    size_t body_limit_bytes;
    unsigned connections_most;
    unsigned idle_timeout_s;
    /* http_reply() follows now or later, once. */
    void (*on_request)(struct http_request *request, void *userdata);
    void *userdata;
};

/* Takes requests from a socket that listens already and is from now on its own. NULL with a
 * sentence otherwise. */
struct http *http_new(struct ev_loop *loop, int listener, const struct http_setup *setup,
                      struct err_text *error);

/* The value of ?name=… in the request's query; NULL when it isn't there. */
const char *http_query(const struct http_request *request, const char *name);

/* Answers with a text in JSON, which is copied. Whoever is told 503 is also told to come again in
 * a second. */
void http_reply(struct http_request *request, int status, const char *json);

/* Every request must have been answered. */
void http_free(struct http **http);

#endif
