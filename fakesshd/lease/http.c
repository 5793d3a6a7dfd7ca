#include "lease/http.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Request line and headers have to fit. */
#define CONNECTION_MEMORY_BYTES ((size_t)16 * 1024)

struct exchange {
    struct http_request request; /* first: pointers are cast between the two */
    struct http *http;
    struct MHD_Connection *connection;
    char *body; /* owned */
    size_t room;
    struct MHD_Response *response; /* owned, until it is queued */
    unsigned status;
    bool too_large, asked, suspended;
};

struct http {
    struct ev_loop *loop; /* borrowed */
    struct http_setup setup;
    struct MHD_Daemon *daemon; /* owned */
    ev_io ready;
    ev_timer due;
};

/* ---- the daemon's turns ---- */

static void run_daemon(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    (void)MHD_run(http->daemon);
    ev_timer_stop(http->loop, &http->due);
    if (MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES) {
        ev_timer_set(&http->due, (double)wait_ms / 1000., 0.);
        ev_timer_start(http->loop, &http->due);
    }
}

static void on_ready(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    run_daemon(io->data);
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    run_daemon(timer->data);
}

/* ---- a request's life ---- */

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static struct exchange *exchange_new(struct http *http, struct MHD_Connection *connection,
                                     const char *path, const char *method)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    exchange->http = http;
    exchange->connection = connection;
    exchange->request = (struct http_request){.method = method,
                                              .path = path,
                                              .host = header(connection, "Host"),
                                              .origin = header(connection, "Origin"),
                                              .body = ""};
    return exchange;
}

/* What is too much is read to its end, and dropped. */
static void take_body(struct exchange *exchange, const char *bytes, size_t length)
{
    size_t have = exchange->request.body_length;
    if (exchange->too_large || length > exchange->http->setup.body_limit_bytes - have) {
        exchange->too_large = true;
        return;
    }
    if (have + length + 1 > exchange->room) {
        size_t room = 2 * (have + length) + 256;
        char *body = realloc(exchange->body, room);
        if (body == NULL) {
            exchange->too_large = true;
            return;
        }
        exchange->body = body;
        exchange->room = room;
    }
    memcpy(exchange->body + have, bytes, length);
    exchange->body[have + length] = '\0';
    exchange->request.body = exchange->body;
    exchange->request.body_length = have + length;
}

const char *http_query(const struct http_request *request, const char *name)
{
    const struct exchange *exchange = (const struct exchange *)request;
    return MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name);
}

void http_reply(struct http_request *request, int status, const char *json)
{
    struct exchange *exchange = (struct exchange *)request;
    exchange->status = (unsigned)status;
    exchange->response = MHD_create_response_from_buffer(strlen(json), (void *)(uintptr_t)json,
                                                         MHD_RESPMEM_MUST_COPY);
    (void)MHD_add_response_header(exchange->response, "Content-Type", "application/json");
    (void)MHD_add_response_header(exchange->response, "Cache-Control", "no-store");
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
        (void)MHD_add_response_header(exchange->response, "Retry-After", "1");
    if (!exchange->suspended)
        return; /* on_access() goes on with it */
    exchange->suspended = false;
    MHD_resume_connection(exchange->connection);
    ev_feed_event(exchange->http->loop, &exchange->http->ready, EV_READ);
}

static enum MHD_Result send_response(struct exchange *exchange)
{
    enum MHD_Result queued =
        MHD_queue_response(exchange->connection, exchange->status, exchange->response);
    MHD_destroy_response(exchange->response);
    exchange->response = NULL;
    return queued;
}

static void hand_on(struct exchange *exchange)
{
    struct http_setup *setup = &exchange->http->setup;
    exchange->asked = true;
    if (exchange->too_large)
        http_reply(&exchange->request, MHD_HTTP_CONTENT_TOO_LARGE,
                   "{\"error\":\"the body is larger than 256 KiB\"}\n");
    else
        setup->on_request(&exchange->request, setup->userdata);
}

/* Called with the headers, with each part of the body, at its end, and when it was resumed. */
static enum MHD_Result on_access(void *userdata, struct MHD_Connection *connection,
                                 const char *path, const char *method, const char *version,
                                 const char *bytes, size_t *length, void **state)
{
    (void)version;
    if (*state == NULL) {
        *state = exchange_new(userdata, connection, path, method);
        return *state != NULL ? MHD_YES : MHD_NO;
    }
    struct exchange *exchange = *state;
    if (*length > 0) {
        take_body(exchange, bytes, *length);
        *length = 0;
        return MHD_YES;
    }
    if (!exchange->asked)
        hand_on(exchange);
    if (exchange->response != NULL)
        return send_response(exchange);
    exchange->suspended = true;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

static void on_completed(void *userdata, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)userdata, (void)connection, (void)code;
    struct exchange *exchange = *state;
    if (exchange == NULL)
        return;
    if (exchange->response != NULL)
        MHD_destroy_response(exchange->response);
    free(exchange->body);
    free(exchange);
    *state = NULL;
}

/* ---- beginning and end ---- */

struct http *http_new(struct ev_loop *loop, int listener, const struct http_setup *setup,
                      struct err_text *error)
{
    struct http *http = calloc(1, sizeof *http);
    if (http != NULL)
        http->daemon = MHD_start_daemon(
            MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access, http,
            MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
            MHD_OPTION_CONNECTION_LIMIT, setup->connections_most, MHD_OPTION_CONNECTION_TIMEOUT,
            setup->idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES,
            MHD_OPTION_END);
    if (http == NULL || http->daemon == NULL) {
        (void)close(listener);
        free(http);
        (void)err_set(error, ERR_SYSTEM, "--control: libmicrohttpd cannot begin to serve");
        return NULL;
    }
    http->loop = loop;
    http->setup = *setup;
    ev_timer_init(&http->due, on_due, 0., 0.);
    ev_io_init(&http->ready, on_ready,
               MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, EV_READ);
    http->ready.data = http->due.data = http;
    ev_io_start(loop, &http->ready);
    return http;
}

void http_free(struct http **http)
{
    struct http *old = *http;
    if (old == NULL)
        return;
    ev_io_stop(old->loop, &old->ready);
    ev_timer_stop(old->loop, &old->due);
    (void)MHD_run(old->daemon); /* lets go of what was just answered */
    MHD_stop_daemon(old->daemon);
    free(old);
    *http = NULL;
}
