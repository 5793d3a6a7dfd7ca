/* HTTP on the service's loop: the only file that drives libmicrohttpd. It has no thread; a request
 * that can't be answered at once waits without being polled.
 *
 * What others may do to it is bounded: connections in number and in memory, how long one may stand
 * idle, and the size of a body. */
#ifndef SSHEXEC_HTTP_H
#define SSHEXEC_HTTP_H

#include "lib/err.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct http;

struct http_request {
    const char *method, *path; /* "/v1/exec", without the query; borrowed, as all texts */
    const char *token;         /* of "Authorization: Bearer …"; NULL: none */
    const char *body;          /* ends with a NUL that isn't counted */
    size_t body_length;
    void *userdata; /* of whoever answers it */
};

struct http_setup {
    const char *host; /* an address */
    int port;         /* 0: any */
    size_t body_limit_bytes;
    unsigned connections_most;
    unsigned idle_timeout_s;
    /* A whole request: http_reply() now or later, once. */
    void (*on_request)(struct http_request *request, void *userdata);
    /* Whoever asked left before http_reply(), which must be called all the same. */
    void (*on_gone)(struct http_request *request, void *userdata);
    /* A reply is out, or there is nobody to hear it; for the log. `request` is freed after it. */
    void (*on_answered)(const struct http_request *request, int status, double seconds,
                        void *userdata);
    void *userdata;
};

/* Begins to listen; *port says where. NULL with a sentence otherwise. */
struct http *http_new(struct ev_loop *loop, const struct http_setup *setup, int *port,
                      struct err_text *error);

/* The value of ?name=… in the request's query; NULL when it isn't there. */
const char *http_query(const struct http_request *request, const char *name);

/* Answers. The body is copied. `more` is another header's name and value, or NULLs. */
void http_reply(struct http_request *request, int status, const char *content_type,
                const char *body, size_t length, const char *more_name, const char *more_value);

/* Takes no more connections; those that are open go on. */
void http_stop_listening(struct http *http);

/* How many requests are not answered. */
size_t http_waiting(const struct http *http);

/* Every request must have been answered. */
void http_free(struct http **http);

#endif
