/* `fakesshd serve --control`: leases of scenarios over HTTP, for other people's test suites. The
 * routes are one table here; the manual's page is made from it.
 *
 * Every request is answered within a second, or within the time that it says itself (wait). No
 * handler waits: what is not to be answered at once stands in a list with the time when it must be.
 */
#ifndef LEASE_CONTROL_H
#define LEASE_CONTROL_H

#include "base/err.h"
#include "base/scenario.h"
#include "lease/door.h"

#include <jansson.h>

/* function, method, path (ID stands for a lease's), what it answers */
#define CONTROL_ROUTES(X)                                                                          \
    X(route_lease, "POST", "/v1/leases",                                                           \
      "201 and a lease, whose server listens by then; 400 for what cannot be served, 503 where "   \
      "it was not ready in time or too many are out")                                              \
    X(route_list, "GET", "/v1/leases", "the leases that are alive")                                \
    X(route_show, "GET", "/v1/leases/ID", "the lease, what its server saw, and its timeline")      \
    X(route_wait, "GET", "/v1/leases/ID/wait",                                                     \
      "the same as soon as ?event= has come to pass, with ?count= so often; 504 after "            \
      "?timeout_ms=, 410 when the lease ends before")                                              \
    X(route_release, "DELETE", "/v1/leases/ID",                                                    \
      "ends the lease; the final word of its server, and its timeline; once more, the same again") \
    X(route_scenarios, "GET", "/v1/scenarios", "the catalogue, as `fakesshd list --json`")         \
    X(route_health, "GET", "/healthz", "how many leases are out")

enum { CONTROL_DOORS_MAX = 4 };

struct control_options {
    const char *words[CONTROL_DOORS_MAX]; /* of --control */
    int word_count;
    const struct catalogue *catalogue; /* borrowed */
    json_t *scenarios;                 /* borrowed; what GET /v1/scenarios answers */
};

/* Opens its doors, prints where they are on stdout, and gives out leases until SIGINT or SIGTERM.
 */
enum err control_run(const struct control_options *options, struct err_text *error);

#endif
