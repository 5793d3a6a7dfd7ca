/* What is asked of the control, read out of a body or a query: plain values, or one sentence. */
#ifndef LEASE_LEASE_REQUEST_H
#define LEASE_LEASE_REQUEST_H

#include "base/err.h"
#include "lease/lease_witness.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LEASE_TTL_MS = 60 * 1000,
    LEASE_TTL_MIN_MS = 10,
    LEASE_TTL_MAX_MS = 24 * 60 * 60 * 1000,
    LEASE_DEADLINE_MS = 3000,
    LEASE_SOURCE_MAX_BYTES = 128 * 1024,
    LEASE_LABEL_MAX_BYTES = 200,
    LEASE_WAIT_MS = 900,
    LEASE_WAIT_MAX_MS = 60 * 1000
};

/* The fields of the body of POST /v1/leases: identifier, name, what it says */
#define LEASE_FIELDS(X)                                                              \
    X(FIELD_SCENARIO, "scenario", "an id of the catalogue")                          \
    X(FIELD_FILE, "file", "instead: the absolute path of a scenario's file")         \
    X(FIELD_SOURCE, "source", "instead: a scenario's text")                          \
    X(FIELD_VARIANT, "variant", "which variant of the file or of the text")          \
    X(FIELD_DEADLINE_MS, "deadline_ms", "what conn.deadline says; 3000")             \
    X(FIELD_TTL_MS, "ttl_ms", "when the lease ends by itself; 60000, at most a day") \
    X(FIELD_SEED, "seed", "of the scenario's random numbers; 1")                     \
    X(FIELD_LABEL, "label", "whose lease it is, for people: a test's name, say")

/* Texts are borrowed from `body`; NULL: not given. Of scenario, file and source there is one. */
struct lease_request {
    json_t *body; /* owned */
    const char *scenario, *file, *source, *variant, *label;
    int64_t deadline_ms, ttl_ms, seed;
};

/* Reads a body. ERR_INPUT with a sentence otherwise. */
enum err lease_request_parse(const char *text, size_t length, struct lease_request *request,
                             struct err_text *error);
void lease_request_fini(struct lease_request *request);

/* Reads ?event=…&count=…&timeout_ms=…; NULLs stand for what is not there. */
enum err lease_request_wait(const char *event, const char *count, const char *timeout_ms,
                            struct lease_wait *wait, int64_t *wait_ms, struct err_text *error);

#endif
