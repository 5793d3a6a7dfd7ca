/* What the server tells about itself: one JSON object a line, the same at a desk
 * (`fakesshd serve --events -`) and up the pipe to the judge. The list is closed and written once;
 * each line is {"t_ns":…,"event":NAME,…}. "conn" counts a server's connections from 1, "slot" is
 * the third octet of the accepting address. */
#ifndef BASE_EVENT_H
#define BASE_EVENT_H

#include <stdbool.h>

/* identifier, name, fields and what it says */
#define EVENTS(X)                                                                                  \
    X(EVENT_LISTENING, "listening",                                                                \
      "schema id host port slots user password key key_rsa hostkey hostkey_ecdsa hostkey_rsa "     \
      "known_hosts pid, with a DNS server also name dns: ready for clients")                       \
    X(EVENT_DNS, "dns",                                                                            \
      "id slot transport name type answer after_ms: this name was asked for, and the answer will " \
      "be that")                                                                                   \
    X(EVENT_ACCEPT, "accept", "id conn slot peer: a client connected")                             \
    X(EVENT_PHASE, "phase", "conn slot from to: the connection went on to its next phase")         \
    X(EVENT_FAULT, "fault", "conn slot phase what: the server now misbehaves, deliberately, thus") \
    X(EVENT_EXEC, "exec", "conn slot command: a client asked for this command")                    \
    X(EVENT_STDIN, "stdin", "conn slot bytes eof: how much standard input came in all")            \
    X(EVENT_EXIT, "exit",                                                                          \
      "conn slot exit_status stdout_bytes stderr_bytes stdout_fnv1a: exit-status was sent, after " \
      "this much output; told once more when output followed it")                                  \
    X(EVENT_PEER, "peer", "conn slot how: the client left (fin, rst)")                             \
    X(EVENT_CLOSE, "close", "conn slot phase why bytes_in bytes_out: the connection is gone")      \
    X(EVENT_LOG, "log", "conn slot text: a line that the scenario wrote, or a harmless surprise")  \
    X(EVENT_ERROR, "error", "id conn slot text: the scenario failed, with file and line")          \
    X(EVENT_TASK, "task", "slot task t0_ns: the judge's word that a task starts now")              \
    X(EVENT_CONTROL, "control",                                                                    \
      "schema url or unix, pid: leases are to be had there, of a server with --control")           \
    X(EVENT_BYE, "bye", "conns: the server ends")

enum event {
#define X(id, name, sentence) id,
    EVENTS(X)
#undef X
};

#define X(id, name, sentence) +1
enum { EVENT_COUNT = 0 EVENTS(X) };
#undef X

const char *event_name(enum event event);
const char *event_sentence(enum event event);
bool event_from_name(const char *name, enum event *event);

#endif
