/* Gives out leases: a process of the fake server for each, started, timed and ended. Whoever asks
 * is told through on_change what became of a lease, never made to wait.
 *
 * Why a process and not one more port of one server: a scenario may do to its server whatever it
 * likes (a pattern that Lua's string library never finishes with, memory to the last byte, a crash
 * in libssh), and the other leases and the control go on as if nothing had been. It costs 7 ms. */
#ifndef LEASE_LESSOR_H
#define LEASE_LESSOR_H

#include "base/err.h"
#include "base/scenario.h"
#include "judge/process.h"
#include "judge/workdir.h"
#include "lease/lease.h"

#include <ev.h>

struct lessor {
    struct ev_loop *loop; /* borrowed */
    struct reaper reaper;
    const struct catalogue *catalogue; /* borrowed */
    struct lease_table table;
    struct workdir workdir; /* for scenarios that came as text */
    ev_timer due;
    ev_prepare turn; /* once a turn: starts what is queued, tidies up */
    /* Something happened to a lease, or was seen by its server. */
    void (*on_change)(struct lease *lease, void *userdata);
    /* A line for people. */
    void (*on_news)(const struct lease *lease, const char *text, void *userdata);
    void *userdata;
};

void lessor_init(struct lessor *lessor, struct ev_loop *loop, const struct catalogue *catalogue);

/* A new lease, which will be ready or over within LEASE_READY_WITHIN_MS. NULL with a sentence
 * otherwise: ERR_INPUT where it is the request's fault, ERR_SYSTEM where it is ours. */
struct lease *lessor_grant(struct lessor *lessor, const struct lease_request *request,
                           enum err *failed, struct err_text *error);

/* Ends a lease; it is over within LEASE_END_WITHIN_MS. */
void lessor_release(struct lessor *lessor, struct lease *lease);

/* Ends all at once; no on_change follows. */
void lessor_fini(struct lessor *lessor);

#endif
