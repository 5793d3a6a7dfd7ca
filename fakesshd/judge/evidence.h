/* Evidence of a hang or a leak: what the client was doing when it was declared, before anything is
 * ended. Taken by `fakesshd stacks` in a process of its own, so that the judge's loop waits for
 * nothing; the runtime's own dump is added where there is one. */
#ifndef JUDGE_EVIDENCE_H
#define JUDGE_EVIDENCE_H

#include "judge/process.h"
#include "judge/result.h"

#include <ev.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { EVIDENCE_MAX_MS = 6000 };

struct evidence {
    struct ev_loop *loop; /* borrowed; NULL: not begun */
    struct reaper *reaper;
    void (*on_end)(void *owner);
    void *owner;
    pid_t pid; /* of `fakesshd stacks`; 0 once it has ended */
    int fd;    /* owned; its standard output */
    ev_io ready;
    ev_timer bound;
    char *text; /* owned; what it has printed so far */
    size_t used, size;
    bool is_over;
};

/* Begins to look at these processes; `user_stacks` asks a debugger. Ends with one call of on_end,
 * within EVIDENCE_MAX_MS. When `fakesshd stacks` cannot be started it is over at once, without a
 * call. */
void evidence_begin(struct evidence *evidence, const pid_t *pids, size_t count, bool user_stacks,
                    struct ev_loop *loop, struct reaper *reaper, void (*on_end)(void *owner),
                    void *owner);

/* Ends the process that looks, if it still does, and gives all back. */
void evidence_fini(struct evidence *evidence);

/* What is told with the case. */
struct evidence_case {
    const char *folder;  /* NULL: no file is written */
    const char *dump;    /* the runtime's own; NULL: none */
    const char *verdict; /* words */
};

/* Puts what was found into the result: a summary, groups, and a text file in the folder. */
void evidence_report(const struct evidence *evidence, const struct evidence_case *of,
                     struct case_result *result);

#endif
