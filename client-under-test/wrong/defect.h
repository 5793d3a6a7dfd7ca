/* The defects, one client each. Everything but the defect is done as it should be, so that a
 * verdict of the harness can only come from what the row says. */
#ifndef WRONG_DEFECT_H
#define WRONG_DEFECT_H

#include "task.h"

/* name, an id that shows it, the verdict there, sentence, function */
#define DEFECTS(X)                                                                                 \
    X("none", "ident/silent", "OK", "no defect: one deadline over everything, a thread per task",  \
      client_none)                                                                                 \
    X("dial-only", "ident/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",                 \
      "the timeout covers the TCP connect only", client_dial_only)                                 \
    X("rearmed", "ident/dribble/steady", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",           \
      "every byte that comes in starts the timer again", client_rearmed)                           \
    X("kex-fd", "kex/no-reply", "LEAK_CONN+LEAK_FD",                                               \
      "a copy of the descriptor is kept when anything before authentication fails", client_kex_fd) \
    X("false-success", "request/silent", "WRONG_OUTCOME",                                          \
      "once logged in, every task is called a success, even if its command never ran",             \
      client_false_success)                                                                        \
    X("early", "ident/silent", "EARLY", "gives up at half of the deadline", client_early)          \
    X("late", "ident/silent", "LATE", "comes back a second after the deadline", client_late)       \
    X("wrong-phase", "ident/silent", "WRONG_PHASE", "says of every timeout that TCP was at fault", \
      client_wrong_phase)                                                                          \
    X("crash", "kex/no-reply", "CRASH",                                                            \
      "aborts when the deadline strikes after the identification", client_crash)                   \
    X("lookup", "dns/silent", "HUNG+LEAK_FD+LEAK_TASK+LEAK_THREAD",                                \
      "waits for its host's name as long as it takes", client_lookup)                              \
    X("credulous", "dns/wrong-id", "WRONG_OUTCOME",                                                \
      "takes any answer for the one to its question", client_credulous)                            \
    X("spin", "ident/silent", "SPIN", "asks again and again instead of waiting", client_spin)      \
    X("thread", "ident/silent", "LEAK_THREAD", "leaves a thread behind at each timeout",           \
      client_thread)                                                                               \
    X("task", "ident/silent", "LEAK_TASK", "never takes a task that timed out off its list",       \
      client_task)                                                                                 \
    X("proxy", "ident/silent", "LEAK_CHILD",                                                       \
      "reaches its server through a command, and never takes leave of it after a timeout",         \
      client_proxy)                                                                                \
    X("child", "ident/silent", "LEAK_CHILD", "leaves a helper process behind at each timeout",     \
      client_child)                                                                                \
    X("no-contact", "ident/silent", "NO_CONTACT",                                                  \
      "after one timeout a server is never asked again, and timeouts are made up",                 \
      client_no_contact)

struct defect {
    const char *name;
    const char *shown_by; /* a scenario or one of its variants */
    const char *verdict;  /* in the harness's words */
    const char *sentence;
    void (*run)(struct task *task); /* does the whole task and fills task->result; own thread */
};

extern const struct defect defects[];
extern const int defect_count;

/* NULL when there is none of this name. */
const struct defect *defect_find(const char *name);

#endif
