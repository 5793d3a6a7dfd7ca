/* What the server of a lease saw: counts, the phase that was reached, the fault that struck, and
 * the events themselves as a timeline. Plain book-keeping over events; no process, no clock. */
#ifndef LEASE_LEASE_WITNESS_H
#define LEASE_LEASE_WITNESS_H

#include "base/err.h"
#include "base/event.h"
#include "base/phase.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lease_witness {
    unsigned accepted, closed; /* connections; closed: the client left, or the server closed */
    unsigned left_open;        /* of these, the ones that were cut off by the end of the lease */
    bool ending;
    unsigned faults, execs, exits, questions, errors;
    phase_set phases; /* every one that some connection was in */
    char fault_phase[16], fault_what[256];
    char command[256]; /* of the last exec */
    int exit_status;
    uint64_t stdout_bytes;
    uint64_t bytes_in, bytes_out; /* of connections that are closed */
    char error[1024];             /* the scenario's first failure, "" when none */
    bool *is_closed;              /* owned; index = conn - 1 */
    size_t is_closed_size;
    json_t *timeline; /* owned; events with "at_ms" */
    size_t timeline_bytes;
    unsigned timeline_dropped; /* events that did not fit; they count all the same */
};

void lease_witness_init(struct lease_witness *witness);
void lease_witness_fini(struct lease_witness *witness);

/* Takes one event; "at_ms" counts from `zero_ns`. */
void lease_witness_event(struct lease_witness *witness, enum event event, const json_t *line,
                         int64_t zero_ns);

/* The server is told to end: what it closes from now on was left open. */
void lease_witness_ending(struct lease_witness *witness);
/* It is gone, and with it what it did not tell the end of. */
void lease_witness_over(struct lease_witness *witness);

/* The furthest step of the protocol that a connection came to; false before the first. */
bool lease_witness_phase(const struct lease_witness *witness, enum phase *phase);

/* What can be waited for: identifier, word, when it holds */
#define LEASE_WAITS(X)                                                         \
    X(WAIT_ACCEPT, "accept", "that many connections were accepted")            \
    X(WAIT_FAULT, "fault", "the server has misbehaved that often")             \
    X(WAIT_EXEC, "exec", "a client has asked for a command that often")        \
    X(WAIT_EXIT, "exit", "that many exit-statuses were sent")                  \
    X(WAIT_CLOSED, "closed",                                                   \
      "that many connections are over: the client left, or the server closed") \
    X(WAIT_DNS, "dns", "that many names were asked for")                       \
    X(WAIT_ERROR, "error", "the scenario has failed that often")               \
    X(WAIT_PHASE, "phase:NAME", "a connection has come to this phase, or beyond it")

enum lease_wait_for {
#define X(id, word, sentence) id,
    LEASE_WAITS(X)
#undef X
};

struct lease_wait {
    enum lease_wait_for what;
    enum phase phase; /* of WAIT_PHASE */
    unsigned count;   /* of all others */
};

/* Reads "fault" or "phase:auth". ERR_INPUT with a sentence that lists the words. */
enum err lease_wait_parse(const char *word, struct lease_wait *wait, struct err_text *error);

bool lease_witness_has(const struct lease_witness *witness, const struct lease_wait *wait);

/* The counts and facts as an object; a new reference. */
json_t *lease_witness_json(const struct lease_witness *witness);

#endif
