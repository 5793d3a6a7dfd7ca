/* Servers that misbehave, for tests in C: a lease over the socket of `fakesshd serve --control`. */
#ifndef LEASE_H
#define LEASE_H

#include <jansson.h>

struct lease {
    char id[64], host[64], user[64], password[64];
    int port;
};

/* Starts a control, from $FAKESSHD or the PATH; it ends with this process. With $FAKESSHD_CONTROL,
 * the path of a socket, one that runs already is asked. */
void lease_control_start(void);
void lease_control_stop(void);

/* These fail the test that calls them, with a sentence. */
struct lease lease_take(const char *scenario);
void lease_wait(const struct lease *lease,
                const char *event); /* "fault", "closed", "phase:auth" … */
/* Ends it. What its server saw: the object "witness", a new reference. */
json_t *lease_release(const struct lease *lease);

#endif
