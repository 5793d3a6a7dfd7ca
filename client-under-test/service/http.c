#include "service/http.h"

#include "lib/deadline.h"
#include "lib/memory.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How often is looked whether those who wait for an answer are still there. A waiting connection is
 * not polled: what a client sends meanwhile stays where it is. */
#define LOOK_S 0.25

/* Of a connection's own: request line and headers have to fit. */
#define CONNECTION_MEMORY_BYTES ((size_t)32 * 1024)

struct waiting {
    struct http_request request; /* first: pointers are cast between the two */
    struct http *http;
    struct waiting *next, *previous; /* those that wait for http_reply() */
    struct MHD_Connection *connection;
    char *body; /* owned */
    size_t room;
    int64_t begin_ns;
    struct MHD_Response *response; /* owned, until it is queued */
    int status;
    bool is_too_large, is_whole, is_waiting, is_gone;
};

struct http {
    struct ev_loop *loop; /* borrowed */
    struct http_setup setup;
    struct MHD_Daemon *daemon; /* owned */
    int listener;              /* ours once it was stopped; -1 otherwise */
    ev_io ready;
    ev_timer due, look;
    struct waiting anchor; /* of the ring */
    size_t count;
};

/* ---- the daemon's turns ---- */

static void set_timer(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    ev_timer_stop(http->loop, &http->due);
    if (MHD_get_timeout(http->daemon, &ms) != MHD_YES)
        return;
    ev_timer_set(&http->due, (double)ms / 1000, 0);
    ev_timer_start(http->loop, &http->due);
}

static void run(struct http *http)
{
    (void)MHD_run(http->daemon);
    set_timer(http);
}

static void on_ready(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop, (void)events;
    run(watcher->data);
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    run(timer->data);
}

/* ---- a request's life ---- */

static void unlink_waiting(struct waiting *waiting)
{
    waiting->previous->next = waiting->next;
    waiting->next->previous = waiting->previous;
    waiting->is_waiting = false;
    waiting->http->count--;
    if (waiting->http->count == 0)
        ev_timer_stop(waiting->http->loop, &waiting->http->look);
}

static void begin_waiting(struct waiting *waiting)
{
    struct http *http = waiting->http;
    waiting->is_waiting = true;
    waiting->next = &http->anchor;
    waiting->previous = http->anchor.previous;
    waiting->previous->next = waiting->next->previous = waiting;
    if (http->count++ == 0)
        ev_timer_again(http->loop, &http->look);
}

static bool has_left(struct waiting *waiting)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    const union MHD_ConnectionInfo *about =
        MHD_get_connection_info(waiting->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return about == NULL ||
           getsockopt(about->connect_fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 ||
           info.tcpi_state != TCP_ESTABLISHED;
}

static void on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct http *http = timer->data;
    (void)loop, (void)events;
    for (struct waiting *at = http->anchor.next, *next = NULL; at != &http->anchor; at = next) {
        next = at->next;
        if (at->is_gone || !has_left(at))
            continue;
        at->is_gone = true;
        http->setup.on_gone(&at->request, http->setup.userdata);
    }
}

const char *http_query(const struct http_request *request, const char *name)
{
    const struct waiting *waiting = (const struct waiting *)request;
    return MHD_lookup_connection_value(waiting->connection, MHD_GET_ARGUMENT_KIND, name);
}

void http_reply(struct http_request *request, int status, const char *content_type,
                const char *body, size_t length, const char *more_name, const char *more_value)
{
    struct waiting *waiting = (struct waiting *)request;
    struct http *http = waiting->http;
    waiting->status = status;
    waiting->response =
        MHD_create_response_from_buffer(length, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    (void)MHD_add_response_header(waiting->response, "Content-Type", content_type);
    (void)MHD_add_response_header(waiting->response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(waiting->response, "X-Content-Type-Options", "nosniff");
    if (more_name != NULL)
        (void)MHD_add_response_header(waiting->response, more_name, more_value);
    if (!waiting->is_waiting)
        return; /* on_access() goes on with it */
    unlink_waiting(waiting);
    MHD_resume_connection(waiting->connection);
    ev_feed_event(http->loop, &http->ready, EV_READ);
}

static const char *bearer_of(struct MHD_Connection *connection)
{
    static const char word[] = "Bearer ";
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
    return value != NULL && strncmp(value, word, sizeof word - 1) == 0 ? value + sizeof word - 1
                                                                       : NULL;
}

static struct waiting *waiting_new(struct http *http, struct MHD_Connection *connection,
                                   const char *path, const char *method)
{
    struct waiting *waiting = memory_zeroed(sizeof *waiting);
    waiting->http = http;
    waiting->connection = connection;
    waiting->begin_ns = clock_now_ns();
    waiting->request.method = method;
    waiting->request.path = path;
    waiting->request.token = bearer_of(connection);
    return waiting;
}

static void add_body(struct waiting *waiting, const char *bytes, size_t length)
{
    size_t have = waiting->request.body_length;
    if (waiting->is_too_large || length > waiting->http->setup.body_limit_bytes - have) {
        waiting->is_too_large = true; /* the rest is read, and dropped */
        return;
    }
    if (have + length + 1 > waiting->room) {
        waiting->room = 2 * (have + length) + 256;
        waiting->body = memory_resize(waiting->body, waiting->room);
    }
    memcpy(waiting->body + have, bytes, length);
    waiting->request.body_length = have + length;
    waiting->body[have + length] = '\0';
}

static enum MHD_Result send_response(struct waiting *waiting)
{
    enum MHD_Result queued =
        MHD_queue_response(waiting->connection, (unsigned)waiting->status, waiting->response);
    MHD_destroy_response(waiting->response);
    waiting->response = NULL;
    return queued;
}

static void refuse_size(struct waiting *waiting)
{
    static const char text[] = "{\"error\":\"the body is larger than this service takes\"}\n";
    http_reply(&waiting->request, MHD_HTTP_CONTENT_TOO_LARGE, "application/json", text,
               sizeof text - 1, NULL, NULL);
}

/* Called with the headers, with each part of the body, at its end, and when it was resumed. */
static enum MHD_Result on_access(void *userdata, struct MHD_Connection *connection,
                                 const char *path, const char *method, const char *version,
                                 const char *bytes, size_t *length, void **state)
{
    struct http *http = userdata;
    struct waiting *waiting = *state;
    (void)version;
    if (waiting == NULL) {
        *state = waiting_new(http, connection, path, method);
        return MHD_YES;
    }
    if (*length > 0) {
        add_body(waiting, bytes, *length);
        *length = 0;
        return MHD_YES;
    }
    if (waiting->response != NULL)
        return send_response(waiting);
    if (waiting->is_whole)
        return MHD_YES;
    waiting->is_whole = true;
    waiting->request.body = waiting->body != NULL ? waiting->body : "";
    if (waiting->is_too_large)
        refuse_size(waiting);
    else
        http->setup.on_request(&waiting->request, http->setup.userdata);
    if (waiting->response != NULL)
        return send_response(waiting);
    begin_waiting(waiting);
    MHD_suspend_connection(connection);
    return MHD_YES;
}

static void on_completed(void *userdata, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct http *http = userdata;
    struct waiting *waiting = *state;
    (void)connection, (void)code;
    if (waiting == NULL)
        return;
    double seconds = (double)(clock_now_ns() - waiting->begin_ns) / 1e9;
    if (waiting->status != 0)
        http->setup.on_answered(&waiting->request, waiting->status, seconds, http->setup.userdata);
    if (waiting->response != NULL)
        MHD_destroy_response(waiting->response);
    if (waiting->body != NULL)
        explicit_bzero(waiting->body, waiting->room); /* it may hold a password */
    free(waiting->body);
    free(waiting);
    *state = NULL;
}

/* ---- beginning and end ---- */

static bool read_address(const struct http_setup *setup, struct sockaddr_storage *address,
                         struct err_text *error)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, setup->host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)setup->port);
        return true;
    }
    if (inet_pton(AF_INET6, setup->host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)setup->port);
        return true;
    }
    return err_set(error, "--listen: expected ADDRESS:PORT; found '%.100s'", setup->host);
}

static bool start_daemon(struct http *http, const struct sockaddr_storage *address,
                         struct err_text *error)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
    if (address->ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    http->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_access, http, MHD_OPTION_SOCK_ADDR,
                                    address, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
                                    MHD_OPTION_CONNECTION_LIMIT, http->setup.connections_most,
                                    MHD_OPTION_CONNECTION_TIMEOUT, http->setup.idle_timeout_s,
                                    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES,
                                    MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_END);
    return http->daemon != NULL ||
           err_set_errno(error, "can't listen on %s:%d", http->setup.host, http->setup.port);
}

struct http *http_new(struct ev_loop *loop, const struct http_setup *setup, int *port,
                      struct err_text *error)
{
    struct sockaddr_storage address;
    if (!read_address(setup, &address, error))
        return NULL;
    struct http *http = memory_zeroed(sizeof *http);
    http->loop = loop;
    http->setup = *setup;
    http->listener = -1;
    http->anchor.next = http->anchor.previous = &http->anchor;
    ev_timer_init(&http->due, on_due, 0, 0);
    ev_timer_init(&http->look, on_look, LOOK_S, LOOK_S);
    http->due.data = http->look.data = http->ready.data = http;
    if (!start_daemon(http, &address, error)) {
        free(http);
        return NULL;
    }
    *port = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    ev_io_init(&http->ready, on_ready,
               MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, EV_READ);
    http->ready.data = http;
    ev_io_start(loop, &http->ready);
    set_timer(http);
    return http;
}

void http_stop_listening(struct http *http)
{
    if (http->listener >= 0)
        return;
    http->listener = MHD_quiesce_daemon(http->daemon);
    if (http->listener >= 0)
        (void)close(http->listener);
}

size_t http_waiting(const struct http *http)
{
    return http->count;
}

void http_free(struct http **http)
{
    struct http *old = *http;
    if (old == NULL)
        return;
    ev_io_stop(old->loop, &old->ready);
    ev_timer_stop(old->loop, &old->due);
    ev_timer_stop(old->loop, &old->look);
    (void)MHD_run(old->daemon); /* lets go of what was just answered */
    MHD_stop_daemon(old->daemon);
    free(old);
    *http = NULL;
}
