/* How a task of a pool ended. */
#ifndef SSHEXEC_RESULT_H
#define SSHEXEC_RESULT_H

#include "lib/sshexec.h"
#include "lib/task.h"

#define RESULT_STREAMS 2

struct result_stream {
    char *bytes; /* owned; NULL until something is kept */
    size_t kept, room;
    uint64_t total;
};

struct sshexec_result {
    sshexec_outcome outcome;
    sshexec_phase phase;
    int64_t exit_status;
    char signal[32];
    char error[512];
    int64_t elapsed_ns, overshoot_ns;
    int64_t phase_ns[SSHEXEC_PHASE_COUNT]; /* -1: never entered */
    struct result_stream streams[RESULT_STREAMS];
    bool is_streamed; /* the bytes went elsewhere: nothing is cut */
};

void result_init(struct sshexec_result *result);
void result_fini(struct sshexec_result *result);

/* Counts bytes of a stream and keeps up to `kept_most` of it. */
void result_add_output(struct sshexec_result *result, sshexec_stream stream, const void *bytes,
                       size_t length, uint64_t kept_most);

/* Takes over what the engine says; the output and the queue's time stay as they are. */
void result_set(struct sshexec_result *result, const struct task_result *from);

/* A phase of the engine's in the library's numbers. */
sshexec_phase result_phase(enum phase phase);

#endif
