/* A pool to be tested: what its tasks ended with, in order, and a server that says nothing. */
#ifndef TESTS_CLIENT_POOL_LAB_H
#define TESTS_CLIENT_POOL_LAB_H

#include "lab.h"
#include "lib/sshexec.h"

#define ENDS_MOST 64
#define NO_KEY    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* What on_done saw, in order. */
struct end {
    sshexec_outcome outcome;
    sshexec_phase phase;
    int64_t exit_status, elapsed_ms, overshoot_ns;
    char error[200], output[64];
    bool is_truncated;
    uint64_t output_bytes;
    const void *userdata;
    int64_t queue_ns, ident_ns;
};

struct pool_here {
    sshexec_pool *pool;
    int listener, port; /* accepts and says nothing */
    struct end ends[ENDS_MOST];
    int count, drained;
    sshexec_task *other; /* for events that do something to another task */
};

extern struct pool_here here;

/* Writes into here.ends; pool_events has nothing else. */
void pool_on_done(sshexec_task *task, const sshexec_result *result, void *userdata);
extern const sshexec_events pool_events;

/* The fixture of every test: here.pool and here.listener. */
void pool_set_up(void);
void pool_tear_down(void);

/* Towards here.listener; the caller's. */
sshexec_request *pool_silent_request(int64_t deadline_ms);

/* Submits with pool_events, and frees the request. */
sshexec_status pool_submit(sshexec_request *request, const void *userdata, sshexec_task **task);

#endif
