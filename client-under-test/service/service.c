#include "service/service.h"

#include "cli/task_json.h"
#include "lib/deadline.h"
#include "lib/file.h"
#include "lib/memory.h"
#include "lib/sshexec.h"
#include "service/debug.h"
#include "service/http.h"
#include "service/metrics.h"
#include "service/page.h"

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
    unsigned long last_id;
    double allowance; /* of the rate: requests that may come now */
    int64_t allowed_ns;
    bool is_draining;
    void (*on_drained)(void *userdata);
    void *drain_userdata;
};

/* A task, and who waits for it. */
struct entry {
    struct service *service;
    struct http_request *request;
    sshexec_task *task;
    unsigned long id;
};

/* ---- answers ---- */

static void reply_json(struct http_request *request, int status, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    size_t length = strlen(text);
    bool is_later = status == MHD_HTTP_SERVICE_UNAVAILABLE || status == MHD_HTTP_TOO_MANY_REQUESTS;
    text[length] = '\n'; /* the NUL's place */
    http_reply(request, status, "application/json", text, length + 1,
               is_later ? "Retry-After" : NULL, "1");
    free(text);
    json_decref(object);
}

static void refuse(struct http_request *request, int status, const char *sentence)
{
    reply_json(request, status, json_pack("{s:o}", "error", task_json_text(sentence)));
}

static void reply_text(struct http_request *request, FILE *stream, char **text, size_t *length,
                       const char *type)
{
    (void)fclose(stream);
    http_reply(request, MHD_HTTP_OK, type, *text, *length, NULL, NULL);
    free(*text);
}

/* ---- tasks ---- */

static unsigned long id_of(void *userdata)
{
    const struct entry *entry = userdata;
    return entry->id;
}

static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct entry *entry = userdata;
    json_t *object = task_json_result(result);
    (void)task;
    (void)json_object_set_new(object, "id", json_integer((json_int_t)entry->id));
    metrics_add_result(&entry->service->metrics, result);
    entry->request->userdata = NULL;
    reply_json(entry->request, MHD_HTTP_OK, object);
    free(entry);
}

static void on_gone(struct http_request *request, void *userdata)
{
    struct entry *entry = request->userdata;
    (void)userdata;
    if (entry != NULL)
        sshexec_task_cancel(entry->task);
}

/* A bucket that holds a second's worth. */
static bool may_come(struct service *service)
{
    int64_t now_ns = clock_now_ns();
    double rate = service->options.rate;
    service->allowance += rate * (double)(now_ns - service->allowed_ns) / 1e9;
    service->allowed_ns = now_ns;
    if (service->allowance > rate)
        service->allowance = rate;
    if (rate > 0 && service->allowance < 1)
        return false;
    service->allowance -= rate > 0 ? 1 : 0;
    return true;
}

/* A name in the folder of credentials, and nothing that leads out of it. */
static bool set_identity(const struct service *service, json_t *object, sshexec_request *request,
                         const char *name, struct err_text *error)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";
    char path[4096];
    (void)object;
    if (service->options.credentials == NULL)
        return err_set(error, "'identity': this service has no credentials of its own");
    if (name[0] == '\0' || name[0] == '.' || name[strspn(name, letters)] != '\0')
        return err_set(error, "'identity' must be the name of one of the service's keys");
    (void)snprintf(path, sizeof path, "%s/%s", service->options.credentials, name);
    return sshexec_request_set_key_file(request, path);
}

static bool has(const json_t *object, const char *name)
{
    return !json_is_null(json_object_get(object, name)) && json_object_get(object, name) != NULL;
}

static sshexec_request *read_task(const struct service *service, json_t *object,
                                  struct err_text *error)
{
    json_t *identity = json_incref(json_object_get(object, "identity"));
    json_int_t deadline_ms = json_integer_value(json_object_get(object, "deadline_ms"));
    (void)json_object_del(object, "identity");
    sshexec_request *request = task_json_read(object, NULL, TASK_JSON_STRICT, error);
    bool good = request != NULL;
    if (good && deadline_ms > service->options.deadline_max_ms)
        good = err_set(error, "'deadline_ms': this service allows %lld at most",
                       (long long)service->options.deadline_max_ms);
    if (good && identity != NULL)
        good = (json_is_string(identity) || err_set(error, "'identity' must be a string")) &&
               set_identity(service, object, request, json_string_value(identity), error);
    if (good && service->options.known_hosts != NULL && !has(object, "hostkey") &&
        !has(object, "fingerprint"))
        (void)sshexec_request_set_known_hosts(request, service->options.known_hosts);
    json_decref(identity);
    if (!good)
        sshexec_request_free(request);
    return good ? request : NULL;
}

static void submit(struct service *service, struct http_request *request, sshexec_request *task)
{
    static const sshexec_events events = {.on_done = on_done};
    struct entry *entry = memory_zeroed(sizeof *entry);
    *entry = (struct entry){service, request, NULL, service->last_id + 1};
    sshexec_status status = sshexec_pool_submit(service->pool, task, &events, entry, &entry->task);
    if (status == SSHEXEC_OK) {
        service->last_id++;
        service->metrics.started++;
        request->userdata = entry;
        return;
    }
    free(entry);
    service->metrics.refused++;
    refuse(request, status == SSHEXEC_INVALID ? MHD_HTTP_BAD_REQUEST : MHD_HTTP_SERVICE_UNAVAILABLE,
           sshexec_pool_error(service->pool));
}

static void post_exec(struct service *service, struct http_request *request)
{
    json_error_t where;
    struct err_text error = {""};
    if (!may_come(service)) {
        refuse(request, MHD_HTTP_TOO_MANY_REQUESTS,
               "more requests a second than this service takes");
        return;
    }
    json_t *object =
        json_loadb(request->body, request->body_length, JSON_REJECT_DUPLICATES, &where);
    if (object == NULL) {
        (void)err_set(&error, "not JSON at line %d, column %d: %.200s", where.line, where.column,
                      where.text);
        refuse(request, MHD_HTTP_BAD_REQUEST, error.text);
        return;
    }
    sshexec_request *task = read_task(service, object, &error);
    json_decref(object);
    if (task == NULL)
        refuse(request, MHD_HTTP_BAD_REQUEST, error.text);
    else
        submit(service, request, task);
    sshexec_request_free(task);
}

static json_t *task_object(const sshexec_task *task, const struct entry *entry)
{
    sshexec_phase phase = sshexec_task_phase(task);
    return json_pack("{s:I, s:o, s:i, s:s, s:I, s:I, s:s}", "id", (json_int_t)entry->id, "host",
                     task_json_text(sshexec_task_host(task)), "port", sshexec_task_port(task),
                     "phase", sshexec_phase_name(phase), "age_ms",
                     (json_int_t)(sshexec_task_age_ns(task) / NS_PER_MS), "phase_age_ms",
                     (json_int_t)(sshexec_task_phase_age_ns(task) / NS_PER_MS), "waits_for",
                     sshexec_phase_sentence(phase));
}

static void list_visit(sshexec_task *task, void *userdata, void *argument)
{
    (void)json_array_append_new(argument, task_object(task, userdata));
}

static void get_tasks(struct service *service, struct http_request *request)
{
    json_t *tasks = json_array();
    sshexec_pool_each_task(service->pool, list_visit, tasks);
    reply_json(request, MHD_HTTP_OK, json_pack("{s:o}", "tasks", tasks));
}

struct find {
    unsigned long id;
    struct entry *entry;
};

static void find_visit(sshexec_task *task, void *userdata, void *argument)
{
    struct entry *entry = userdata;
    struct find *find = argument;
    (void)task;
    if (entry->id == find->id)
        find->entry = entry;
}

/* The task that the path names; answers with 404 when none is under way. */
static struct entry *find_entry(struct service *service, struct http_request *request)
{
    const char *text = strrchr(request->path, '/') + 1;
    char *end = NULL;
    struct find find = {strtoul(text, &end, 10), NULL};
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0')
        sshexec_pool_each_task(service->pool, find_visit, &find);
    if (find.entry == NULL)
        refuse(request, MHD_HTTP_NOT_FOUND, "no task with this id is under way");
    return find.entry;
}

static void get_task(struct service *service, struct http_request *request)
{
    struct entry *entry = find_entry(service, request);
    if (entry != NULL)
        reply_json(request, MHD_HTTP_OK, task_object(entry->task, entry));
}

static void delete_task(struct service *service, struct http_request *request)
{
    struct entry *entry = find_entry(service, request);
    if (entry == NULL)
        return;
    json_int_t id = (json_int_t)entry->id;
    sshexec_task_cancel(entry->task); /* whoever waits for it is told */
    reply_json(request, MHD_HTTP_OK, json_pack("{s:I, s:b}", "id", id, "cancelled", 1));
}

/* ---- looking ---- */

static void get_metrics(struct service *service, struct http_request *request)
{
    char *text = NULL;
    size_t length = 0;
    struct metrics_now now = {.in_flight = sshexec_pool_running(service->pool),
                              .queued = sshexec_pool_queued(service->pool)};
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
        debug_write_tasks(service->pool, id_of, stream);
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
        refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "draining");
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
        refuse(request, MHD_HTTP_NOT_FOUND, "there is no such path");
    else if (found == NULL)
        refuse_method(request, allowed);
    else if (!found->is_open && !may_enter(service, request))
        refuse(request, MHD_HTTP_UNAUTHORIZED, "expected the service's token, as a bearer token");
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
    if (old->http != NULL)
        sshexec_pool_each_task(old->pool, drop_visit, NULL);
    http_free(&old->http);
    sshexec_pool_free(old->pool);
    forget(&old->token);
    free(old);
    *service = NULL;
}
