/* The defects, one client each. Everything but the defect is done as it should be, so that a
 * verdict of the harness can only come from what the row says. */
#ifndef WRONG_DEFECT_H
#define WRONG_DEFECT_H

#include "threads/task.h"

/* name, an id that shows it, the verdict there, the growth profile that it takes, sentence,
 * function. Most are taken from public reports: the name of what they got wrong is the sentence's.
 */

/* How long it waits: defects_deadline.c. */
#define DEFECTS_OF_DEADLINES(X)                                                                    \
    X("none", "ident/silent", "OK", "quick",                                                       \
      "no defect: one deadline over everything, a thread per task", client_none)                   \
    X("dial-only", "ident/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",        \
      "the timeout covers the TCP connect only", client_dial_only)                                 \
    X("handshake-only", "request/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick", \
      "the deadline is taken back when the login is done", client_handshake_only)                  \
    X("rearmed", "ident/lines/tenth-of-deadline", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",  \
      "quick", "every byte that comes in starts the timer again", client_rearmed)                  \
    X("rearmed-by-packets", "data/dribble", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",        \
      "quick", "every packet of output starts the timer again", client_rearmed_by_packets)         \
    X("rearmed-by-keepalives", "keepalive/dribble",                                                \
      "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",                                     \
      "every keepalive of the server's starts the timer again", client_rearmed_by_keepalives)      \
    X("lookup", "dns/silent", "HUNG+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",                       \
      "waits for its host's name as long as it takes", client_lookup)                              \
    X("no-deadline-kex", "kex/no-reply", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",  \
      "waits for the key exchange as long as it takes", client_no_deadline_kex)                    \
    X("no-deadline-auth", "auth/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",  \
      "waits for the answer to its login as long as it takes", client_no_deadline_auth)            \
    X("no-deadline-channel", "channel/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",     \
      "quick", "waits for its channel as long as it takes", client_no_deadline_channel)            \
    X("no-deadline-request", "request/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",     \
      "quick", "waits for the answer to its request as long as it takes",                          \
      client_no_deadline_request)                                                                  \
    X("no-deadline-data", "data/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",  \
      "waits for the command's output as long as it takes", client_no_deadline_data)               \
    X("no-deadline-exit", "exit/no-status", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",        \
      "quick", "waits for the exit status as long as it takes", client_no_deadline_exit)           \
    X("no-deadline-close", "close/no-close", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",       \
      "quick", "waits for the server to close its side as long as it takes",                       \
      client_no_deadline_close)                                                                    \
    X("no-deadline-tcp", "tcp/backlog-full", "HUNG+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",        \
      "waits for the TCP connection as long as it takes", client_no_deadline_tcp)                  \
    X("no-deadline-service", "service/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",     \
      "quick", "waits for the answer to its service request as long as it takes",                  \
      client_no_deadline_service)                                                                  \
    X("no-deadline-rekey", "rekey/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD",         \
      "quick", "waits for new keys in the middle of a session as long as it takes",                \
      client_no_deadline_rekey)                                                                    \
    X("deaf", "ident/cancelled/silent", "WRONG_OUTCOME", "quick",                                  \
      "goes on when it is cancelled, until its deadline", client_deaf)                             \
    X("polite", "data/cancelled", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "quick",         \
      "waits, when it is cancelled, for the server to agree", client_polite)                       \
    X("blocking-write", "data/stdin-window/never", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", \
      "quick", "writes the command's input as long as it takes", client_blocking_write)            \
    X("join", "ident/silent", "HUNG+LEAK_TASK+LEAK_THREAD", "quick",                               \
      "waits, after the timeout, for a thread that never ends", client_join)                       \
    X("hang-1-in-100", "ident/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_TASK+LEAK_THREAD", "ci",       \
      "one task in a hundred has no deadline", client_hang_1_in_100)                               \
    X("late", "ident/silent", "LATE", "quick", "comes back a second after the deadline",           \
      client_late)                                                                                 \
    X("late-at-times", "ident/silent", "LATE", "quick",                                            \
      "one task in ten comes back half a second late", client_late_at_times)                       \
    X("wall-clock", "ident/silent", "LATE", "quick",                                               \
      "keeps its deadline by the time of day, which is set back by a second meanwhile",            \
      client_wall_clock)                                                                           \
    X("early", "ident/silent", "EARLY", "quick", "gives up at half of the deadline", client_early) \
    X("impatient", "ident/slow-but-legal", "EARLY", "quick",                                       \
      "gives a server a quarter of the deadline to identify itself", client_impatient)

/* What it leaves behind: defects_leak.c. */
#define DEFECTS_OF_LEAKS(X)                                                                        \
    X("kex-fd", "kex/no-reply", "LEAK_CONN+LEAK_FD", "quick",                                      \
      "a copy of the descriptor is kept when anything before authentication fails", client_kex_fd) \
    X("fd-on-success", "healthy/exec", "LEAK_FD", "quick",                                         \
      "a descriptor is kept after each success", client_fd_on_success)                             \
    X("fd-on-refusal", "tcp/refused", "LEAK_FD", "quick",                                          \
      "the socket is kept when the connection is refused", client_fd_on_refusal)                   \
    X("fd-on-denied", "auth/refused", "LEAK_CONN+LEAK_FD", "quick",                                \
      "the connection is kept when the login is denied", client_fd_on_denied)                      \
    X("fd-1-in-10", "ident/silent", "LEAK_FD", "ci", "one timeout in ten keeps a descriptor",      \
      client_fd_1_in_10)                                                                           \
    X("fd-1-in-100", "ident/silent", "LEAK_FD", "ci",                                              \
      "one timeout in a hundred keeps a descriptor", client_fd_1_in_100)                           \
    X("fd-on-cancel", "ident/cancelled/silent", "LEAK_CONN+LEAK_FD", "quick",                      \
      "the connection is kept when the task is cancelled", client_fd_on_cancel)                    \
    X("late-success", "tcp/after-deadline", "LEAK_CONN+LEAK_FD", "quick",                          \
      "a connection that is made after the timeout belongs to nobody, and is kept",                \
      client_late_success)                                                                         \
    X("fd-on-cut", "ident/cut-short/fin", "LEAK_CONN+LEAK_FD", "quick",                            \
      "the socket is kept when the server leaves before it has said who it is", client_fd_on_cut)  \
    X("fd-on-hostkey", "kex/host-key/empty", "LEAK_CONN+LEAK_FD", "quick",                         \
      "the connection is kept when the host key is none", client_fd_on_hostkey)                    \
    X("fd-on-no-channel", "channel/refused", "LEAK_CONN+LEAK_FD", "quick",                         \
      "the connection is kept when no channel is to be had", client_fd_on_no_channel)              \
    X("fd-on-no-command", "request/refused", "LEAK_CONN+LEAK_FD", "quick",                         \
      "the connection is kept when the command is refused", client_fd_on_no_command)               \
    X("fd-on-lost-command", "data/fin/fin", "LEAK_CONN+LEAK_FD", "quick",                          \
      "the socket is kept when the server leaves in the middle of the output",                     \
      client_fd_on_lost_command)                                                                   \
    X("timer-on-success", "healthy/exec", "LEAK_FD", "quick",                                      \
      "the timer of a task that succeeded is never closed", client_timer_on_success)               \
    X("child-on-success", "healthy/exec", "LEAK_CHILD", "quick",                                   \
      "leaves a helper process behind at each success", client_child_on_success)                   \
    X("memory-on-success", "healthy/exec", "GROWING", "ci",                                        \
      "16 KiB are never freed after a success", client_memory_on_success)                          \
    X("output-kept", "exit/no-status", "GROWING", "ci",                                            \
      "the buffer for output of what timed out is kept for ever", client_output_kept)              \
    X("timer", "ident/silent", "LEAK_FD", "quick",                                                 \
      "the timer of a timeout that struck is never closed", client_timer)                          \
    X("thread", "ident/silent", "LEAK_THREAD", "quick", "leaves a thread behind at each timeout",  \
      client_thread)                                                                               \
    X("thread-on-success", "healthy/exec", "LEAK_THREAD", "quick",                                 \
      "a thread is left behind at each success", client_thread_on_success)                         \
    X("abandoned", "ident/silent", "LEAK_CONN+LEAK_FD+LEAK_THREAD", "quick",                       \
      "what timed out goes on in the background, and would keep its connection when it succeeds",  \
      client_abandoned)                                                                            \
    X("task", "ident/silent", "LEAK_TASK", "quick",                                                \
      "never takes a task that timed out off its list", client_task)                               \
    X("proxy", "ident/silent", "LEAK_CHILD", "quick",                                              \
      "reaches its server through a command, and never takes leave of it after a timeout",         \
      client_proxy)                                                                                \
    X("child", "ident/silent", "LEAK_CHILD", "quick",                                              \
      "leaves a helper process behind at each timeout", client_child)                              \
    X("zombie", "ident/silent", "LEAK_CHILD", "quick",                                             \
      "ends its helper process at a timeout, and never collects it", client_zombie)                \
    X("memory", "ident/silent", "GROWING", "ci", "16 KiB are never freed after a timeout",         \
      client_memory)

/* What it says, and what becomes of it: defects_answer.c. */
#define DEFECTS_OF_ANSWERS(X)                                                              \
    X("false-success", "request/silent", "WRONG_OUTCOME", "quick",                         \
      "once logged in, every task is called a success, even if its command never ran",     \
      client_false_success)                                                                \
    X("no-status", "exit/closed-without-status", "WRONG_OUTCOME", "quick",                 \
      "a command that ended without an exit status counts as a success", client_no_status) \
    X("status-lost", "healthy/exit-status", "WRONG_OUTCOME", "quick",                      \
      "the exit status is always told as 0", client_status_lost)                           \
    X("never-no", "auth/refused", "WRONG_OUTCOME", "quick",                                \
      "asks to log in until the deadline, however often it is refused", client_never_no)   \
    X("wrong-phase", "ident/silent", "WRONG_PHASE", "quick",                               \
      "says of every timeout that TCP was at fault", client_wrong_phase)                   \
    X("credulous", "dns/wrong-id", "WRONG_OUTCOME", "quick",                               \
      "takes any answer for the one to its question", client_credulous)                    \
    X("no-contact", "ident/silent", "NO_CONTACT", "quick",                                 \
      "after one timeout a server is never asked again, and timeouts are made up",         \
      client_no_contact)                                                                   \
    X("crash", "kex/no-reply", "CRASH", "quick",                                           \
      "aborts when the deadline strikes after the identification", client_crash)           \
    X("sigpipe", "tcp/reset-at-once", "CRASH", "quick",                                    \
      "writes to a server that has gone, and dies of SIGPIPE", client_sigpipe)             \
    X("double-close", "ident/dribble/steady", "SPIN", "quick",                             \
      "closes its descriptor once more when its number is another task's already",         \
      client_double_close)                                                                 \
    X("spin", "ident/silent", "SPIN", "quick", "asks again and again instead of waiting",  \
      client_spin)                                                                         \
    X("spin-on-fin", "tcp/fin-at-once", "WRONG_OUTCOME+SPIN", "quick",                     \
      "asks again and again a server that has closed, and calls it a timeout", client_spin_on_fin)

#define DEFECTS(X)                                         DEFECTS_OF_DEADLINES(X) DEFECTS_OF_LEAKS(X) DEFECTS_OF_ANSWERS(X)

#define X(name, shown_by, verdict, profile, sentence, run) void run(struct task *task);
DEFECTS(X)
#undef X

struct defect {
    const char *name;
    const char *shown_by; /* a scenario or one of its variants */
    const char *verdict;  /* in the harness's words */
    const char *profile;  /* the growth profile that is long enough to see it */
    const char *sentence;
    void (*run)(struct task *task); /* does the whole task and fills task->result; own thread */
};

extern const struct defect defects[];
extern const int defect_count;

/* NULL when there is none of this name. */
const struct defect *defect_find(const char *name);

#endif
