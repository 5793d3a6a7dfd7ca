/* What a probe found out, step by step: what was asked, what was expected, what came, and what to
 * do about it. Filled by the probe, printed for people or as JSON. */
#ifndef JUDGE_PROBE_FINDINGS_H
#define JUDGE_PROBE_FINDINGS_H

#include "judge/conformance.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* identifier, word, what is asked, what is expected, what to do about anything else.
 * The first ones are asked of every client, and by `run`, too; those after "unknown operation" only
 * of drivers, and only by `probe`. */
#define PROBE_ITEMS(X)                                                                             \
    X(PROBE_START, "start", "server and client start", "a driver says hello within 30 s",          \
      "start it by hand: it must print its hello line on standard output, flush it, and wait for " \
      "lines on standard input")                                                                   \
    X(PROBE_HEALTHY_SERVER, "healthy server", "a task against a server that does nothing wrong",   \
      "success",                                                                                   \
      "see what it wrote on standard error; `fakesshd serve healthy/exec` is the same "            \
      "server, for a try by hand")                                                                 \
    X(PROBE_REFUSED_PORT, "refused port", "a task for a port that refuses connections",            \
      "anything but success", "success is said only where an exit status came from the server")    \
    X(PROBE_SILENT_HOST, "silent host",                                                            \
      "two tasks for a host that never says a word, one with twice the deadline",                  \
      "no success, and two durations",                                                             \
      "pass deadline_ms, {deadline_ms} or {deadline_s} on to the client's own timeout, one that "  \
      "covers more than the connection; a client without any is judged all the same, and hangs")   \
    X(PROBE_OTHER_HOSTKEY, "another host key",                                                     \
      "a task whose hostkey and known_hosts are not those of the server", "anything but success",  \
      "have the client check the key: that in hostkey, or the file known_hosts, and nothing of "   \
      "the user's own files")                                                                      \
    X(PROBE_UNKNOWN_OP, "unknown operation", "a line with an op that does not exist",              \
      "unsupported, with the id of the line",                                                      \
      "end the chain of comparisons of op with a reply {\"op\":\"unsupported\",\"id\":N}")         \
    X(PROBE_MANY, "eight at once", "eight tasks at the same time, against a healthy server",       \
      "success for each, with the output of its own command",                                      \
      "give each task state of its own, and each result the id of its task; write each line in "   \
      "one piece, under a lock where there are threads")                                           \
    X(PROBE_STATUS, "exit status", "a command that ends with status 7",                            \
      "success with exit_status 7 and all of its output",                                          \
      "exit_status is the command's own: a status that is not 0 is no failure of the task")        \
    X(PROBE_OUTPUT, "large output", "a command that prints a quarter of a megabyte",               \
      "success, the first 64 KiB in stdout_b64, all of it in stdout_bytes",                        \
      "read the output to its end before the task is over, count it all, and keep 65,536 bytes")   \
    X(PROBE_STDIN, "standard input", "a command that reads 128 KiB of standard input", "success",  \
      "decode stdin_b64, write all of it to the command, then send end of file")                   \
    X(PROBE_CANCEL, "cancel", "a task for a silent host, cancelled as soon as it has connected",   \
      "its result, cancelled, at once",                                                            \
      "close the task's socket and answer with its own result, or leave cancel out of ops")        \
    X(PROBE_SETTLE, "settle", "settle, after all tasks", "settled, within 5 s",                    \
      "close what is idle, collect garbage, then answer with the id of the line")                  \
    X(PROBE_COUNTERS, "counters", "counters, after settle",                                        \
      "the counters of hello, and no task left",                                                   \
      "count a task when its line is read, and take it off when its result is written")            \
    X(PROBE_STACKS, "stacks", "stacks", "a text, within 2 s",                                      \
      "answer from a thread that no task can block, or leave stacks out of ops")                   \
    X(PROBE_BYE, "bye", "bye, while a task waits for a silent host", "the end within one second",  \
      "exit at once, without waiting for tasks: os._exit, _exit, os.Exit")                         \
    X(PROBE_EOF, "end of input", "the end of standard input, in a process of its own",             \
      "the end within one second", "take the end of standard input as bye")

enum probe_item {
#define X(id, word, asked, expected, advice) id,
    PROBE_ITEMS(X)
#undef X
        PROBE_ITEM_COUNT
};

/* identifier, word */
#define PROBE_MARKS(X)              \
    X(PROBE_NOT_ASKED, "not asked") \
    X(PROBE_PASSED, "ok")           \
    X(PROBE_FAILED, "FAILED")

enum probe_mark {
#define X(id, word) id,
    PROBE_MARKS(X)
#undef X
};

struct probe_findings {
    struct probe_finding {
        enum probe_mark mark;
        char came[600]; /* or why it was not asked */
    } items[PROBE_ITEM_COUNT];
};

void probe_findings_set(struct probe_findings *findings, enum probe_item item, bool passed,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Why an item was not asked. */
void probe_findings_leave(struct probe_findings *findings, enum probe_item item, const char *why);

const char *probe_item_word(enum probe_item item);

/* What is printed at the end: the steps that were asked or left, then the mistakes. */
struct probe_report {
    const char *client, *version; /* borrowed; version may be NULL */
    const char *stderr_text;      /* the client's last words; "" or NULL: none */
    bool trusted;
    const struct probe_findings *findings;
    const struct conformance *conformance; /* NULL: a template */
};

void probe_report_print(const struct probe_report *report, FILE *out);
/* A new reference. */
json_t *probe_report_json(const struct probe_report *report);

#endif
