/* Between conformance.c and conformance_line.c only. */
#ifndef JUDGE_CONFORMANCE_STATE_H
#define JUDGE_CONFORMANCE_STATE_H

#include "judge/conformance.h"

#include <jansson.h>

struct conformance_request {
    json_int_t id;
    char op[32];
    int line;
    int64_t at_ns;
    bool answered, cancelled;
};

struct conformance {
    struct conformance_mistake mistakes[CONFORMANCE_MISTAKES_MAX];
    size_t count;                         /* of all, kept or not */
    struct conformance_request *requests; /* owned */
    size_t request_count;
    json_t *hello; /* owned reference; NULL before */
    bool greeted, late, told_to_end;
    int64_t begun_ns, told_to_end_ns;
};

void conformance_add(struct conformance *conformance, enum conformance_rule rule, int line,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The last request with this id; NULL when there is none. Borrowed until the next one is made. */
struct conformance_request *conformance_find(struct conformance *conformance, json_int_t id);

/* What the driver said in one line. */
void conformance_check_line(struct conformance *conformance, const struct transcript_entry *entry);

#endif
