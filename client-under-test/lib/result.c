#include "lib/result.h"

#include "lib/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)SSHEXEC_PHASE_DNS == (int)PHASE_DNS + 2, "phases in the same order");
static_assert((int)SSHEXEC_PHASE_DISCONNECT == (int)PHASE_DISCONNECT + 2, "none is missing");
static_assert((int)SSHEXEC_PHASE_COUNT == (int)PHASE_COUNT + 2, "all are there");
static_assert((int)SSHEXEC_COULD_NOT_TRY == (int)TASK_COULD_NOT_TRY, "outcomes in the same order");

/* ---- names ---- */

const char *sshexec_outcome_name(sshexec_outcome outcome)
{
    return task_outcome_name((enum task_outcome)outcome);
}

sshexec_phase result_phase(enum phase phase)
{
    return (sshexec_phase)((int)phase + SSHEXEC_PHASE_DNS);
}

const char *sshexec_phase_name(sshexec_phase phase)
{
    if (phase == SSHEXEC_PHASE_NONE)
        return "none";
    if (phase == SSHEXEC_PHASE_QUEUE)
        return "queue";
    return phase_name((enum phase)((int)phase - SSHEXEC_PHASE_DNS));
}

const char *sshexec_phase_sentence(sshexec_phase phase)
{
    if (phase == SSHEXEC_PHASE_NONE)
        return "nothing is due";
    if (phase == SSHEXEC_PHASE_QUEUE)
        return "as many tasks run as may";
    return phase_sentence((enum phase)((int)phase - SSHEXEC_PHASE_DNS));
}

/* ---- making one ---- */

void result_init(struct sshexec_result *result)
{
    *result = (struct sshexec_result){.exit_status = -1};
    for (int i = 0; i < SSHEXEC_PHASE_COUNT; i++)
        result->phase_ns[i] = -1;
}

void result_fini(struct sshexec_result *result)
{
    for (int i = 0; i < RESULT_STREAMS; i++)
        free(result->streams[i].bytes);
}

void result_add_output(struct sshexec_result *result, sshexec_stream stream, const void *bytes,
                       size_t length, uint64_t kept_most)
{
    struct result_stream *to = &result->streams[stream - SSHEXEC_STDOUT];
    size_t kept = kept_most - to->kept < length ? (size_t)(kept_most - to->kept) : length;
    to->total += length;
    if (kept == 0)
        return;
    if (to->kept + kept + 1 > to->room) {
        to->room = 2 * (to->kept + kept) + 64;
        to->bytes = memory_resize(to->bytes, to->room);
    }
    memcpy(to->bytes + to->kept, bytes, kept);
    to->kept += kept;
    to->bytes[to->kept] = '\0';
}

void result_set(struct sshexec_result *result, const struct task_result *from)
{
    bool success = from->outcome == TASK_SUCCESS;
    result->outcome = (sshexec_outcome)from->outcome;
    result->phase = success ? SSHEXEC_PHASE_NONE : result_phase(from->phase);
    result->exit_status = success ? (int64_t)from->exit_status : -1;
    (void)snprintf(result->signal, sizeof result->signal, "%s", from->signal);
    (void)snprintf(result->error, sizeof result->error, "%s", from->error);
    for (int i = 0; i < PHASE_COUNT; i++) {
        if (from->phase_entered[i])
            result->phase_ns[result_phase((enum phase)i)] = from->phase_ns[i];
    }
}

/* ---- looking at one ---- */

sshexec_outcome sshexec_result_outcome(const sshexec_result *result)
{
    return result->outcome;
}

sshexec_phase sshexec_result_phase(const sshexec_result *result)
{
    return result->phase;
}

int64_t sshexec_result_exit_status(const sshexec_result *result)
{
    return result->exit_status;
}

const char *sshexec_result_signal(const sshexec_result *result)
{
    return result->signal;
}

const char *sshexec_result_error(const sshexec_result *result)
{
    return result->error;
}

static const struct result_stream *stream_of(const sshexec_result *result, sshexec_stream stream)
{
    return &result->streams[stream == SSHEXEC_STDERR ? 1 : 0];
}

const char *sshexec_result_output(const sshexec_result *result, sshexec_stream stream,
                                  size_t *length)
{
    const struct result_stream *of = stream_of(result, stream);
    *length = of->kept;
    return of->bytes != NULL ? of->bytes : "";
}

uint64_t sshexec_result_output_bytes(const sshexec_result *result, sshexec_stream stream)
{
    return stream_of(result, stream)->total;
}

bool sshexec_result_is_truncated(const sshexec_result *result, sshexec_stream stream)
{
    const struct result_stream *of = stream_of(result, stream);
    return !result->is_streamed && of->total > of->kept;
}

int64_t sshexec_result_elapsed_ns(const sshexec_result *result)
{
    return result->elapsed_ns;
}

int64_t sshexec_result_phase_ns(const sshexec_result *result, sshexec_phase phase)
{
    return phase > SSHEXEC_PHASE_NONE && phase < SSHEXEC_PHASE_COUNT ? result->phase_ns[phase] : -1;
}

int64_t sshexec_result_overshoot_ns(const sshexec_result *result)
{
    return result->overshoot_ns;
}
