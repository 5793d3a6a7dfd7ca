#include "server/server.h"

#include "base/clock.h"
#include "server/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCHEMA = 1, PORT_TRIES = 32, CONTROL_MAX_BYTES = 64 * 1024 };

/* ---- ending ---- */

static void end_loop(struct server *server)
{
    ev_break(server->loop, EVBREAK_ALL);
}

void server_fail(struct server *server, const struct err_text *why)
{
    server->failed = ERR_SYSTEM;
    server->failure = *why;
    end_loop(server);
}

void server_conn_ended(struct server *server)
{
    for (size_t i = 0; i < server->service_count; i++) {
        if (server->services[i].conn_count == 0)
            return;
    }
    end_loop(server);
}

static void on_signal(struct ev_loop *loop, ev_signal *signal_watcher, int revents)
{
    (void)loop, (void)revents;
    end_loop(signal_watcher->data);
}

/* Once a turn: what is to be told goes out; who told us to tell and is gone ends us. */
static void on_turn_end(struct turn *turn)
{
    struct server *server = turn->owner;
    event_log_flush(&server->log);
    if (server->log.broken)
        end_loop(server);
}

/* ---- the control pipe ---- */

/* {"op":"task","slot":n,"task":n,"t0_ns":n}: a client is started now. */
static void take_control_line(struct server *server, const char *line, size_t length)
{
    json_t *message = json_loadb(line, length, 0, NULL);
    json_int_t slot = json_integer_value(json_object_get(message, "slot"));
    json_int_t t0_ns = json_integer_value(json_object_get(message, "t0_ns"));
    if (slot >= 0 && slot < server->options.slots && t0_ns > 0) {
        server->task_t0_ns[slot] = t0_ns;
        event_log_write(&server->log, EVENT_TASK, "{s:i, s:I, s:I}", "slot", (int)slot, "task",
                        json_integer_value(json_object_get(message, "task")), "t0_ns", t0_ns);
    }
    json_decref(message);
}

static void on_control(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    struct server *server = io->data;
    char *room = buffer_room(&server->control, 4096);
    ssize_t got = room == NULL ? -1 : read(STDIN_FILENO, room, 4096);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0 || buffer_length(&server->control) > CONTROL_MAX_BYTES) {
        end_loop(server);
        return;
    }
    buffer_added(&server->control, (size_t)got);
    while (buffer_length(&server->control) > 0) {
        const char *front = buffer_front(&server->control);
        const char *end = memchr(front, '\n', buffer_length(&server->control));
        if (end == NULL)
            break;
        take_control_line(server, front, (size_t)(end - front));
        buffer_take(&server->control, (size_t)(end - front) + 1);
    }
}

/* ---- opening ---- */

static enum err check_address(const struct server_options *options, struct err_text *error)
{
    union address address;
    enum err failed = address_of_slot(options->host, 0, options->port, &address, error);
    if (failed == ERR_NONE && !address_is_loopback(&address) && !options->other_hosts)
        failed = err_set(error, ERR_USAGE,
                         "--listen: %s is not a loopback address; a server that misbehaves is not "
                         "for others to find. If it is meant, add --allow-other-hosts",
                         options->host);
    return failed;
}

static void close_listeners(struct service *service)
{
    for (int i = 0; i < service->listener_count; i++)
        listener_close(&service->listeners[i]);
    service->listener_count = 0;
}

/* All slots share one port. The kernel chooses it for the first; where another process has it on a
 * later address, the next choice is tried. */
static enum err open_listeners(struct service *service, int wanted_port, struct err_text *error)
{
    const struct server_options *options = &service->server->options;
    service->listeners = calloc((size_t)options->slots, sizeof *service->listeners);
    if (service->listeners == NULL)
        return err_set(error, ERR_SYSTEM, "out of memory");
    enum err failed = ERR_NONE;
    for (int tries = 0; tries < PORT_TRIES; tries++) {
        service->port = wanted_port;
        failed = ERR_NONE;
        for (int slot = 0; slot < options->slots && failed == ERR_NONE; slot++) {
            struct listener *listener = &service->listeners[service->listener_count++];
            failed = listener_open(listener, service, slot, service->port, error);
            service->port = address_port(&listener->address);
        }
        if (failed == ERR_NONE || wanted_port != 0 || errno != EADDRINUSE)
            return failed;
        close_listeners(service);
    }
    return failed;
}

static void print_dns_address(const struct service *service, const char *host, char text[80])
{
    (void)snprintf(text, 80, strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host,
                   dns_server_port(service->dns));
}

/* Where the scenario has a DNS server, clients are told a name, and whom to ask for it. */
static enum err add_dns(struct service *service, const char *host, json_t *line,
                        struct err_text *error)
{
    char text[80];
    print_dns_address(service, host, text);
    (void)json_object_set_new(line, "name", json_string(DNS_HOST_NAME));
    (void)json_object_set_new(line, "dns", json_string(text));
    return hostkey_add_known_host(&service->server->keys, DNS_HOST_NAME, service->port, error);
}

/* With a line to be pasted. ssh cannot be told whom to ask for a name. */
static void announce_to_people(const struct service *service, const char *host)
{
    const struct hostkey *keys = &service->server->keys;
    char dns[80];
    fprintf(stderr, "%s: %s\n", service->scenario->id, service->scenario->about);
    if (service->dns != NULL) {
        print_dns_address(service, host, dns);
        fprintf(stderr,
                "  sshexec --deadline 3s --dns %s -p %d -i %s --known-hosts %s %s@%s nonce 1234\n",
                dns, service->port, keys->users[USER_KEY_ED25519].path, keys->known_hosts_path,
                HOSTKEY_USER, DNS_HOST_NAME);
        return;
    }
    fprintf(stderr,
            "  ssh -F none -p %d -i %s -o IdentitiesOnly=yes -o IdentityAgent=none "
            "-o UserKnownHostsFile=%s %s@%s nonce 1234\n",
            service->port, keys->users[USER_KEY_ED25519].path, keys->known_hosts_path, HOSTKEY_USER,
            host);
}

static void add_keys(const struct hostkey *keys, json_t *line)
{
#define X(id, field) (void)json_object_set_new(line, field, json_string(keys->users[id].path));
    USER_KEYS(X)
#undef X
#define X(id, type, field, word, algorithms)   \
    if ((keys->shown & HOST_KEY_BIT(id)) != 0) \
        (void)json_object_set_new(line, field, json_string(keys->hosts[id].line));
    HOST_KEYS(X)
#undef X
}

static enum err announce(struct service *service, struct err_text *error)
{
    struct server *server = service->server;
    char host[64];
    for (int i = 0; i < service->listener_count; i++) {
        address_print(&service->listeners[i].address, host);
        enum err failed = hostkey_add_known_host(&server->keys, host, service->port, error);
        if (failed != ERR_NONE)
            return failed;
    }
    address_print(&service->listeners[0].address, host);
    json_t *line = json_pack(
        "{s:s, s:i, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:i}", "event", event_name(EVENT_LISTENING),
        "schema", SCHEMA, "id", service->scenario->id, "host", host, "port", service->port, "slots",
        service->listener_count, "user", HOSTKEY_USER, "password", HOSTKEY_PASSWORD, "known_hosts",
        server->keys.known_hosts_path, "pid", (int)getpid());
    add_keys(&server->keys, line);
    if (service->dns != NULL) {
        enum err failed = add_dns(service, host, line, error);
        if (failed != ERR_NONE) {
            json_decref(line);
            return failed;
        }
    }
    char *text = json_dumps(line, JSON_COMPACT);
    printf("%s\n", text);
    bool told = fflush(stdout) == 0;
    free(text);
    json_decref(line);
    if (!told)
        return err_set_errno(error, "cannot write to stdout");
    if (server->options.readable)
        announce_to_people(service, host);
    return ERR_NONE;
}

static enum err open_services(struct server *server, const struct scenario *const *scenarios,
                              size_t count, struct err_text *error)
{
    server->services = calloc(count, sizeof *server->services);
    if (server->services == NULL)
        return err_set(error, ERR_SYSTEM, "out of memory");
    server->service_count = count;
    enum err failed = ERR_NONE;
    for (size_t i = 0; i < count && failed == ERR_NONE; i++) {
        struct service *service = &server->services[i];
        service->server = server;
        service->scenario = scenarios[i];
        failed = script_load(server->script, scenarios[i], &service->behaviour, error);
        if (failed == ERR_NONE)
            failed = open_listeners(service, i == 0 ? server->options.port : 0, error);
        if (failed == ERR_NONE && scenarios[i]->dns.wanted)
            failed = dns_server_open(&service->dns, service, server->options.slots, error);
    }
    return failed;
}

static void watch_signals_and_control(struct server *server)
{
    ev_signal_init(&server->interrupted, on_signal, SIGINT);
    ev_signal_init(&server->terminated, on_signal, SIGTERM);
    server->interrupted.data = server->terminated.data = server;
    ev_signal_start(server->loop, &server->interrupted);
    ev_signal_start(server->loop, &server->terminated);
    ev_io_init(&server->control_readable, on_control, STDIN_FILENO, EV_READ);
    server->control_readable.data = server;
    if (server->options.control != NULL)
        ev_io_start(server->loop, &server->control_readable);
}

enum err server_open(struct server *server, const struct server_options *options,
                     const struct scenario *const *scenarios, size_t count, struct err_text *error)
{
    memset(server, 0, sizeof *server);
    server->options = *options;
    server->log.fd = -1;
    enum err failed = check_address(options, error);
    if (failed != ERR_NONE)
        return failed;
    server->loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    if (server->loop == NULL || !hangup_watch_init(&server->hangup, server->loop))
        return err_set_errno(error, "cannot make an event loop");
    turn_init(&server->turn, server->loop, on_turn_end, server);
    watch_signals_and_control(server);
    failed = options->pcap != NULL ? pcap_open(&server->pcap, options->pcap, error) : ERR_NONE;
    if (failed == ERR_NONE)
        failed = hostkey_init(&server->keys, server->options.host_keys, error);
    if (failed == ERR_NONE)
        failed = script_new(&server->script, options->seed, error);
    if (failed == ERR_NONE)
        failed = open_services(server, scenarios, count, error);
    /* Before the addresses are told: who reads one may look into the file at once. */
    if (failed == ERR_NONE)
        failed =
            event_log_init(&server->log, server->loop, options->events, options->readable, error);
    for (size_t i = 0; i < count && failed == ERR_NONE; i++)
        failed = announce(&server->services[i], error);
    return failed;
}

enum err server_run(struct server *server, struct err_text *error)
{
    event_log_start(&server->log);
    for (size_t i = 0; i < server->service_count; i++) {
        for (int slot = 0; slot < server->services[i].listener_count; slot++)
            listener_start(&server->services[i].listeners[slot]);
        if (server->services[i].dns != NULL)
            dns_server_start(server->services[i].dns);
    }
    (void)ev_run(server->loop, 0);
    if (server->failed != ERR_NONE)
        *error = server->failure;
    return server->failed;
}

void server_close(struct server *server)
{
    if (server->loop == NULL)
        return;
    /* All are closed before the first is freed: they stand in each other's queues. */
    for (struct conn *conn = server->conns; conn != NULL; conn = conn->next)
        conn_close(conn, "the server ends");
    while (server->conns != NULL)
        conn_free(server->conns);
    for (size_t i = 0; i < server->service_count; i++) {
        dns_server_close(&server->services[i].dns);
        close_listeners(&server->services[i]);
        free(server->services[i].listeners);
    }
    free(server->services);
    script_free(&server->script);
    event_log_write(&server->log, EVENT_BYE, "{s:i}", "conns", (int)server->conn_count);
    pcap_close(&server->pcap);
    event_log_fini(&server->log);
    hostkey_fini(&server->keys);
    ev_io_stop(server->loop, &server->control_readable);
    buffer_fini(&server->control);
    ev_signal_stop(server->loop, &server->interrupted);
    ev_signal_stop(server->loop, &server->terminated);
    turn_fini(&server->turn);
    hangup_watch_fini(&server->hangup);
    ev_loop_destroy(server->loop);
    server->loop = NULL;
}
