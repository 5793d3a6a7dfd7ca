#include "service/service.h"

#include "lib/deadline.h"
#include "lib/file.h"
#include "lib/memory.h"
#include "lib/sshexec.h"
#include "service/answer.h"
#include "service/batch_body.h"
#include "service/debug.h"
#include "service/group.h"
#include "service/http.h"
#include "service/metrics.h"
#include "service/page.h"
#include "service/tickets.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_TIMEOUT_S 10
#define TOKEN_MOST     4096

struct service {
    struct service_options options;
    struct ev_loop *loop;
    sshexec_pool *pool;
    struct http *http;
    struct metrics metrics;
    char *token; /* owned; NULL: none is asked for */
    struct tickets *tickets;
    double allowance; /* of the rate: tasks that may come now */
    int64_t allowed_ns;
    bool is_draining;
    void (*on_drained)(void *userdata);
    void *drain_userdata;
};

/* ---- answers ---- */

static void reply_text(struct http_request *request, FILE *stream, char **text, size_t *length,
                       const char *type)
{
    (void)fclose(stream);
    http_reply(request, MHD_HTTP_OK, type, *text, *length, NULL, NULL);
    free(*text);
}

/* ---- tasks ---- */

static void on_gone(struct http_request *request, void *userdata)
{
    (void)userdata;
    if (request->userdata != NULL)
        group_leave(request->userdata);
}

/* A bucket that holds a second's worth; several tasks at once may leave a debt in it. */
static bool may_come(struct service *service, struct http_request *request, size_t count)
{
    int64_t now_ns = clock_now_ns();
    double rate = service->options.rate;
    if (rate <= 0)
        return true;
    service->allowance += rate * (double)(now_ns - service->allowed_ns) / 1e9;
    service->allowed_ns = now_ns;
    if (service->allowance > rate)
        service->allowance = rate;
    if (service->allowance < 1) {
        answer_refusal(request, MHD_HTTP_TOO_MANY_REQUESTS,
                       "more tasks a second than this service takes");
        return false;
    }
    service->allowance -= (double)count;
    return true;
}

static void post_exec(struct service *service, struct http_request *request)
{
    json_t *object = may_come(service, request, 1) ? answer_read_body(request) : NULL;
    if (object != NULL)
        group_begin_one(service->tickets, request, object);
    json_decref(object);
}

/* The result is asked for later. */
static void post_task(struct service *service, struct http_request *request)
{
    struct err_text error = {""};
    struct ticket *ticket = NULL;
    char place[64];
    json_t *object = may_come(service, request, 1) ? answer_read_body(request) : NULL;
    if (object == NULL)
        return;
    enum tickets_answer answer =
        tickets_begin(service->tickets, object, NULL, NULL, &ticket, &error);
    json_decref(object);
    if (answer != TICKETS_TAKEN) {
        answer_refusal(request,
                       answer == TICKETS_FULL ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_BAD_REQUEST,
                       error.text);
        return;
    }
    (void)snprintf(place, sizeof place, "/v1/tasks/%lu", ticket_id(ticket));
    answer_json(request, MHD_HTTP_ACCEPTED, ticket_describe(ticket), "Location", place);
}

static void post_batch(struct service *service, struct http_request *request)
{
    struct err_text error = {""};
    json_t *object = answer_read_body(request);
    if (object == NULL)
        return;
    json_t *tasks = batch_body_read(object, &error);
    if (tasks == NULL)
        answer_refusal(request, MHD_HTTP_BAD_REQUEST, error.text);
    else if (may_come(service, request, json_array_size(tasks)))
        group_begin_all(service->tickets, request, tasks);
    json_decref(tasks);
    json_decref(object);
}

static void get_tasks(struct service *service, struct http_request *request)
{
    answer_json(request, MHD_HTTP_OK, json_pack("{s:o}", "tasks", tickets_list(service->tickets)),
                NULL, NULL);
}

/* 0, which is no task's number, for what is none. */
static unsigned long id_in(const struct http_request *request)
{
    const char *text = strrchr(request->path, '/') + 1;
    char *end = NULL;
    unsigned long id = strtoul(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' ? id : 0;
}

static void get_task(struct service *service, struct http_request *request)
{
    unsigned long id = id_in(request);
    size_t length = 0;
    const struct ticket *ticket = tickets_find(service->tickets, id);
    const char *result = tickets_result(service->tickets, id, &length);
    if (ticket != NULL)
        answer_json(request, MHD_HTTP_OK, ticket_describe(ticket), NULL, NULL);
    else if (result != NULL)
        http_reply(request, MHD_HTTP_OK, "application/json", result, length, NULL, NULL);
    else
        answer_refusal(request, MHD_HTTP_NOT_FOUND,
                       "no task with this id is under way, and no result of one is kept");
}

/* Whoever waits for the task is told. */
static void delete_task(struct service *service, struct http_request *request)
{
    unsigned long id = id_in(request);
    struct ticket *ticket = tickets_find(service->tickets, id);
    if (ticket == NULL) {
        answer_refusal(request, MHD_HTTP_NOT_FOUND, "no task with this id is under way");
        return;
    }
    ticket_cancel(ticket);
    answer_json(request, MHD_HTTP_OK, json_pack("{s:I, s:b}", "id", (json_int_t)id, "cancelled", 1),
                NULL, NULL);
}

/* ---- looking ---- */

static void get_metrics(struct service *service, struct http_request *request)
{
    char *text = NULL;
    size_t length = 0;
    struct metrics_now now = {.in_flight = sshexec_pool_running(service->pool),
                              .queued = sshexec_pool_queued(service->pool),
                              .idle = sshexec_pool_idle(service->pool)};
    FILE *stream = open_memstream(&text, &length);
    metrics_read_process(&now.process);
    metrics_write(&service->metrics, &now, stream);
    reply_text(request, stream, &text, &length, "text/plain; version=0.0.4; charset=utf-8");
}

static void get_debug_tasks(struct service *service, struct http_request *request)
{
    char *text = NULL;
    size_t length = 0;
    const char *level = http_query(request, "debug");
    FILE *stream = open_memstream(&text, &length);
    if (level != NULL && strcmp(level, "2") == 0)
        debug_write_tasks(service->pool, ticket_id_of, stream);
    else
        debug_write_groups(service->pool, stream);
    reply_text(request, stream, &text, &length, "text/plain; charset=utf-8");
}

static void get_debug_threads(struct service *service, struct http_request *request)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    (void)service;
    debug_write_threads(stream);
    reply_text(request, stream, &text, &length, "text/plain; charset=utf-8");
}

static void get_healthz(struct service *service, struct http_request *request)
{
    if (service->is_draining)
        answer_refusal(request, MHD_HTTP_SERVICE_UNAVAILABLE, "draining");
    else
        http_reply(request, MHD_HTTP_OK, "text/plain", "ok\n", 3, NULL, NULL);
}

static void get_page(struct service *service, struct http_request *request)
{
    (void)service;
    http_reply(request, MHD_HTTP_OK, "text/html; charset=utf-8", page_html, strlen(page_html),
               "Content-Security-Policy",
               "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
               "connect-src 'self'; frame-ancestors 'none'");
}

/* ---- routes ---- */

/* A path that ends in '/' is followed by one more word. */
static const struct route {
    const char *method, *path;
    bool is_open; /* without the token */
    void (*answer)(struct service *service, struct http_request *request);
} routes[] = {
    {"POST", "/v1/exec", false, post_exec},
    {"POST", "/v1/batch", false, post_batch},
    {"POST", "/v1/tasks", false, post_task},
    {"GET", "/v1/tasks", false, get_tasks},
    {"GET", "/v1/tasks/", false, get_task},
    {"DELETE", "/v1/tasks/", false, delete_task},
    {"GET", "/metrics", false, get_metrics},
    {"GET", "/debug/tasks", false, get_debug_tasks},
    {"GET", "/debug/threads", false, get_debug_threads},
    {"GET", "/healthz", true, get_healthz},
    {"GET", "/", true, get_page},
};

static bool fits(const struct route *route, const char *path)
{
    size_t length = strlen(route->path);
    if (length == 1 || route->path[length - 1] != '/')
        return strcmp(route->path, path) == 0;
    return strncmp(route->path, path, length) == 0 && path[length] != '\0' &&
           strchr(path + length, '/') == NULL;
}

static bool may_enter(const struct service *service, const struct http_request *request)
{
    if (service->token == NULL)
        return true;
    size_t length = strlen(service->token);
    return request->token != NULL && strlen(request->token) == length &&
           CRYPTO_memcmp(request->token, service->token, length) == 0;
}

static void refuse_method(struct http_request *request, const char *allowed)
{
    static const char text[] = "{\"error\":\"this path has no such method\"}\n";
    http_reply(request, MHD_HTTP_METHOD_NOT_ALLOWED, "application/json", text, sizeof text - 1,
               "Allow", allowed);
}

static void on_request(struct http_request *request, void *userdata)
{
    struct service *service = userdata;
    const struct route *found = NULL;
    char allowed[64] = "";
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (!fits(&routes[i], request->path))
            continue;
        (void)strcat(strcat(allowed, allowed[0] != '\0' ? ", " : ""), routes[i].method);
        if (strcmp(routes[i].method, request->method) == 0)
            found = &routes[i];
    }
    if (allowed[0] == '\0')
        answer_refusal(request, MHD_HTTP_NOT_FOUND, "there is no such path");
    else if (found == NULL)
        refuse_method(request, allowed);
    else if (!found->is_open && !may_enter(service, request))
        answer_refusal(request, MHD_HTTP_UNAUTHORIZED,
                       "expected the service's token, as a bearer token");
    else
        found->answer(service, request);
}

static void on_answered(const struct http_request *request, int status, double seconds,
                        void *userdata)
{
    struct service *service = userdata;
    metrics_add_http(&service->metrics, status);
    if (!service->options.is_quiet)
        (void)fprintf(stderr, "%s %.200s %d %.1f ms\n", request->method, request->path, status,
                      seconds * 1e3);
}

/* ---- beginning and end ---- */

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    return strcmp(host, "::1") == 0 ||
           (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

static bool read_token(const char *path, char **token, struct err_text *error)
{
    if (!file_read(path, TOKEN_MOST, token, error))
        return false;
    (*token)[strcspn(*token, "\r\n")] = '\0';
    return (*token)[0] != '\0' || err_set(error, "%s: expected a token in the first line", path);
}

static void forget(char **secret)
{
    if (*secret != NULL)
        explicit_bzero(*secret, strlen(*secret));
    free(*secret);
    *secret = NULL;
}

bool service_reload(struct service *service, struct err_text *error)
{
    char *token = NULL;
    if (service->options.token_file == NULL)
        return true;
    if (!read_token(service->options.token_file, &token, error)) {
        forget(&token);
        return false;
    }
    forget(&service->token);
    service->token = token;
    return true;
}

static bool begin(struct service *service, int *port, struct err_text *error)
{
    const struct service_options *options = &service->options;
    struct http_setup setup = {
        .host = options->host,
        .port = options->port,
        .body_limit_bytes = options->body_limit_bytes,
        .connections_most = options->connections,
        .idle_timeout_s = IDLE_TIMEOUT_S,
        .on_request = on_request,
        .on_gone = on_gone,
        .on_answered = on_answered,
        .userdata = service,
    };
    if (!is_loopback(options->host) && (!options->allows_remote || options->token_file == NULL))
        return err_set(error,
                       "--listen: %s can be reached by others: that needs --allow-remote and "
                       "--token-file",
                       options->host);
    if (!service_reload(service, error))
        return false;
    service->http = http_new(service->loop, &setup, port, error);
    return service->http != NULL;
}

struct service *service_new(struct ev_loop *loop, const struct service_options *options, int *port,
                            struct err_text *error)
{
    struct service *service = memory_zeroed(sizeof *service);
    service->options = *options;
    service->loop = loop;
    service->allowed_ns = clock_now_ns();
    service->allowance = options->rate;
    service->pool = sshexec_pool_new(loop);
    sshexec_pool_set_limits(service->pool, options->running, options->queued);
    if (options->reuse_ms > 0)
        sshexec_pool_set_reuse(service->pool, options->running, options->reuse_ms);
    struct tickets_setup tickets = {
        .pool = service->pool,
        .metrics = &service->metrics,
        .credentials = options->credentials,
        .known_hosts = options->known_hosts,
        .deadline_max_ms = options->deadline_max_ms,
        .kept_most = options->results,
        .kept_bytes_most = options->results_bytes,
    };
    service->tickets = tickets_new(&tickets);
    if (!begin(service, port, error))
        service_free(&service);
    return service;
}

static void on_pool_drained(sshexec_pool *pool, void *userdata)
{
    struct service *service = userdata;
    (void)pool;
    service->on_drained(service->drain_userdata);
}

void service_drain(struct service *service, void (*on_drained)(void *userdata), void *userdata)
{
    service->on_drained = on_drained;
    service->drain_userdata = userdata;
    service->is_draining = true;
    sshexec_pool_drain(service->pool, service->options.drain_ms, on_pool_drained, service);
}

static void drop_visit(sshexec_task *task, void *userdata, void *argument)
{
    (void)userdata, (void)argument;
    sshexec_task_cancel(task);
}

void service_free(struct service **service)
{
    struct service *old = *service;
    if (old == NULL)
        return;
    if (old->pool != NULL)
        sshexec_pool_each_task(old->pool, drop_visit, NULL);
    http_free(&old->http);
    tickets_free(&old->tickets);
    sshexec_pool_free(old->pool);
    forget(&old->token);
    free(old);
    *service = NULL;
}
