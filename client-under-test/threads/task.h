/* One task as the driver protocol asks for it, and what came of it. */
#ifndef THREADS_TASK_H
#define THREADS_TASK_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_MS         INT64_C(1000000)
#define NS_PER_S          INT64_C(1000000000)

#define OUTPUT_KEPT_BYTES ((size_t)64 * 1024)

struct result {
    const char *outcome; /* a word of the protocol */
    const char *phase;   /* NULL: none */
    int exit_status;     /* of use with success */
    char error[256];
    bool stays_listed; /* defect `task`: counted as running for ever */
};

struct task {
    json_t *line; /* owned; the strings below are borrowed from it */
    int64_t id;
    const char *host, *user, *command;
    const char *dns;                      /* NULL: `host` is an address */
    const char *key, *password, *hostkey; /* NULL: not given */
    const char *hostkey_ecdsa, *hostkey_rsa;
    int port;
    int64_t t0_ns, deadline_ms;
    pthread_t thread;           /* that runs it */
    atomic_bool is_cancelled;   /* set from outside, with a SIGUSR1 to the thread */
    struct task *next;          /* of the driver's list */
    unsigned char *stdin_bytes; /* owned */
    size_t stdin_length;
    unsigned char *output; /* owned; the first OUTPUT_KEPT_BYTES of stdout */
    uint64_t output_bytes; /* all of stdout */
    struct result result;
};

int64_t now_ns(void);

/* Reads a `run` line; t0 is now. The task keeps a reference to `line`. NULL: `error` says why. */
struct task *task_new(json_t *line, char *error, size_t error_size);

/* Is this public key, in base64 as it stands in a line "ssh-ed25519 AAAA...", one of those that the
 * host may show? */
bool task_knows_hostkey(const struct task *task, const char *base64);

void task_add_output(struct task *task, const void *bytes, size_t length);

/* The `result` line; owned by the caller. */
json_t *task_result_line(const struct task *task);

void task_free(struct task *task);

#endif
