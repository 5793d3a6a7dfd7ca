#include "lib/limits.h"

#include "lib/deadline.h"

#include <stdio.h>

static void consider(enum limit limit, int64_t since_ns, int64_t ms, enum limit *first,
                     int64_t *due_ns)
{
    int64_t at_ns = deadline_after(since_ns, ms);
    if (ms == 0 || at_ns >= *due_ns)
        return;
    *first = limit;
    *due_ns = at_ns;
}

enum limit limits_next(const struct limits *limits, const struct limits_position *at,
                       int64_t *due_ns)
{
    enum limit first = LIMIT_DEADLINE;
    *due_ns = limits->deadline_ns;
    if (at->phase <= PHASE_NEWKEYS)
        consider(LIMIT_CONNECT, at->start_ns, limits->connect_ms, &first, due_ns);
    consider(LIMIT_PHASE, at->entered_ns, limits->phase_ms[at->phase], &first, due_ns);
    if (at->heard_ns != 0)
        consider(LIMIT_IDLE, at->heard_ns, limits->idle_ms, &first, due_ns);
    if (at->is_reused && at->phase <= PHASE_CHANNEL)
        consider(LIMIT_REUSE, at->entered_ns, limits->reuse_ms, &first, due_ns);
    return first;
}

void limits_sentence(char *text, size_t size, const struct limits *limits, enum limit passed,
                     enum phase phase)
{
    const char *name = phase_name(phase), *due = phase_sentence(phase);
    switch (passed) {
    case LIMIT_DEADLINE:
        (void)snprintf(text, size, "deadline passed in phase %s: %s", name, due);
        break;
    case LIMIT_CONNECT:
        (void)snprintf(text, size, "not connected within %d ms, in phase %s: %s",
                       (int)limits->connect_ms, name, due);
        break;
    case LIMIT_PHASE:
        (void)snprintf(text, size, "phase %s took longer than %d ms: %s", name,
                       (int)limits->phase_ms[phase], due);
        break;
    case LIMIT_REUSE:
        (void)snprintf(text, size, "the connection that was at rest is silent");
        break;
    case LIMIT_IDLE:
        (void)snprintf(text, size, "nothing came from the server for %d ms, in phase %s: %s",
                       (int)limits->idle_ms, name, due);
        break;
    }
}
