/* The fake server of one stage: a process of its own, spoken to over two pipes. */
#ifndef JUDGE_SERVER_PROCESS_H
#define JUDGE_SERVER_PROCESS_H

#include "base/err.h"
#include "base/event.h"
#include "judge/lines.h"
#include "judge/process.h"
#include "judge/task.h"

#include <ev.h>
#include <jansson.h>

enum { SERVER_SERVICES_MAX = 48 };

/* What a listening line says; text is owned. */
struct service_address {
    char *id;
    char host[64]; /* of slot 0 */
    int port;
    char name[64]; /* "": the scenario answers no names */
    int dns_port;
};

/* What clients are told of users and keys: the fields of the listening line, of a driver's `run`,
 * and placeholders. */
#define LOGIN_WORDS(X) \
    X(user)            \
    X(password)        \
    X(key)             \
    X(key_rsa)         \
    X(hostkey)         \
    X(hostkey_ecdsa)   \
    X(hostkey_rsa)     \
    X(known_hosts)

struct login {
#define X(word) char *word;
    LOGIN_WORDS(X)
#undef X
};

struct server_process;

struct server_process_events {
    void (*on_ready)(void *owner);
    /* `service` is the index of the scenario, -1 where the event is not tied to one. */
    void (*on_event)(void *owner, enum event event, const json_t *line, int service);
    void (*on_end)(void *owner, const char *why); /* it ended although nobody asked it to */
};

struct server_process {
    struct ev_loop *loop; /* borrowed, as the reaper */
    struct reaper *reaper;
    const struct server_process_events *events; /* borrowed, static */
    void *owner;
    pid_t pid; /* 0 when it does not run */
    int lane, services_wanted, services_ready;
    struct service_address services[SERVER_SERVICES_MAX];
    struct login login;               /* owned */
    int out_fd, control_fd, error_fd; /* owned */
    struct line_reader out;
    struct line_writer control;
    ev_io out_ready, error_ready;
    char last_words[1024]; /* of its stderr */
    char ending[64];       /* how the process ended */
    bool closing;
};

struct server_process_spec {
    const char *const *scenarios; /* selector words: scenario_file_word() */
    int scenario_count;
    int lane, slots;  /* addresses 127.lane.slot.1 */
    const char *host; /* instead: the only address; NULL: as above */
    int64_t deadline_ms;
    uint64_t seed;
    const char
        *host_keys; /* those that it shows, as `serve --host-keys` takes them; NULL: the usual */
};

/* Starts it; on_ready follows. */
enum err server_process_start(struct server_process *server, const struct server_process_spec *spec,
                              struct ev_loop *loop, struct reaper *reaper,
                              const struct server_process_events *events, void *owner,
                              struct err_text *error);

/* "127.lane.slot.1" */
void server_process_host(const struct server_process *server, int slot, char host[64]);

/* What a client is told for a task: the name of the host where the service answers names, else its
 * address; and whom to ask for it, "" where there is nobody. */
void server_process_destination(const struct server_process *server, int service, int slot,
                                char host[64], char dns[80]);

/* Announces a task, so that the scenario knows its t0. */
void server_process_announce(struct server_process *server, const struct task *task);

/* Tells it to end by itself, with its last events; on_end follows. */
void server_process_finish(struct server_process *server);

/* Ends it: closes its control pipe and kills its group. No event follows. */
void server_process_close(struct server_process *server);

#endif
