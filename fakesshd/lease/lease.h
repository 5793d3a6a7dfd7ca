/* A lease: one scenario for one test, on an address of its own, for a bounded time. And the table
 * of all of them. Values and decisions only, with the time as a number: whoever has a clock, a loop
 * and processes (lessor.c) asks what is due and does it.
 *
 *     queued -> starting -> ready -> ending -> released | expired | failed
 *
 * An ended lease can still be read, until that many others have ended after it. */
#ifndef LEASE_LEASE_H
#define LEASE_LEASE_H

#include "base/err.h"
#include "lease/lease_request.h"
#include "lease/lease_witness.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* identifier, word, what it means */
#define LEASE_STATES(X)                                           \
    X(LEASE_QUEUED, "queued", "waits for others to have begun")   \
    X(LEASE_STARTING, "starting", "its server is on its way")     \
    X(LEASE_READY, "ready", "can be connected to")                \
    X(LEASE_ENDING, "ending", "its connections are being closed") \
    X(LEASE_RELEASED, "released", "over, as was asked")           \
    X(LEASE_EXPIRED, "expired", "over, because its ttl was")      \
    X(LEASE_FAILED, "failed", "over, because its server could not begin or did not go on")

enum lease_state {
#define X(id, word, sentence) id,
    LEASE_STATES(X)
#undef X
};

enum {
    LEASES_MAX = 256,        /* alive */
    LEASES_REMEMBERED = 256, /* ended */
    LEASE_STARTS_MAX = 8,    /* on their way side by side; more only disturb each other */
    LEASE_READY_WITHIN_MS = 900,
    LEASE_END_WITHIN_MS = 400 /* then its server is killed */
};

struct server_process;

struct lease {
    char id[32];
    unsigned number;
    int place;     /* which of the addresses; -1 when it was given back */
    char host[16]; /* 127.x.y.z */
    enum lease_state state, end_state;
    char scenario[256], label[LEASE_LABEL_MAX_BYTES + 1];
    char *word;        /* owned; the scenario's file, as a selector */
    char *source_path; /* owned; the file that was made for a text, else NULL */
    int64_t deadline_ms, ttl_ms, seed;
    int64_t asked_ns, ready_ns, ended_ns;
    int64_t due_ns;      /* when something must be done about it; INT64_MAX: nothing */
    bool killed;         /* its server did not end when it was told to */
    bool scenario_fault; /* of LEASE_FAILED: what was asked for cannot be served */
    char why[1024];      /* of what is over */
    json_t *address;     /* owned; what a client needs to know; NULL before it is ready */
    struct lease_witness witness;
    struct server_process *server; /* owned by lessor.c; NULL when there is none */
    struct lease *next;
};

const char *lease_state_name(enum lease_state state);
bool lease_is_over(const struct lease *lease);

/* ---- one lease ---- */

void lease_started(struct lease *lease);
void lease_is_ready(struct lease *lease, json_t *address, int64_t now_ns); /* takes the address */
/* Its server is told to end; `end_state` is what it comes to. */
void lease_begin_end(struct lease *lease, enum lease_state end_state, int64_t now_ns,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Its server is gone, or there never was one. */
void lease_over(struct lease *lease, int64_t now_ns);

/* What is to be done about a lease whose time has come. */
enum lease_action { LEASE_NOTHING, LEASE_GIVE_UP, LEASE_EXPIRE, LEASE_KILL };
enum lease_action lease_due(const struct lease *lease, int64_t now_ns);

/* ---- all of them ---- */

struct lease_table {
    struct lease *first; /* owned list, in the order of asking */
    unsigned next_number;
    uint32_t salt; /* part of ids, so that those of an earlier server mean nothing here */
    bool taken[LEASES_MAX];
    int last_place;
};

void lease_table_init(struct lease_table *table, uint32_t salt);
void lease_table_fini(struct lease_table *table);

/* A new lease, queued. NULL when there are too many, with a sentence. */
struct lease *lease_table_add(struct lease_table *table, const struct lease_request *request,
                              int64_t now_ns, struct err_text *error);
/* Takes back the newest, which came to nothing. */
void lease_table_drop(struct lease_table *table, struct lease *lease);
struct lease *lease_table_find(const struct lease_table *table, const char *id);

size_t lease_table_count(const struct lease_table *table, enum lease_state state);
size_t lease_table_alive(const struct lease_table *table);

/* The next one that may be started now; NULL: none, or enough are on their way. */
struct lease *lease_table_next_start(const struct lease_table *table);
/* The earliest time at which something is due; INT64_MAX: never. */
int64_t lease_table_next_due_ns(const struct lease_table *table);
/* Gives back the addresses of those that are over, and forgets the ones that ended so long ago that
 * nobody asks any more. */
void lease_table_tidy(struct lease_table *table);

#endif
