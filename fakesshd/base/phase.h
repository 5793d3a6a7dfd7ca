/* The steps of the protocol that a connection goes through, written once. The enum, the names, the
 * Lua constants, `fakesshd list --phases` and the manual's table come from this list. */
#ifndef BASE_PHASE_H
#define BASE_PHASE_H

#include <stdbool.h>

/* identifier, word, where it is defined, what is being waited for */
#define PHASES(X)                                                                               \
    X(PHASE_DNS, "dns", "RFC 1035", "the host's name is being resolved")                        \
    X(PHASE_TCP, "tcp", "RFC 9293", "the TCP connection is being made")                         \
    X(PHASE_IDENT, "ident", "RFC 4253 4.2", "identification strings are exchanged")             \
    X(PHASE_KEXINIT, "kexinit", "RFC 4253 7.1", "the server's KEXINIT is due")                  \
    X(PHASE_KEX, "kex", "RFC 4253 8, RFC 8731", "the server's key exchange reply is due")       \
    X(PHASE_NEWKEYS, "newkeys", "RFC 4253 7.3", "the server's NEWKEYS is due")                  \
    X(PHASE_SERVICE, "service", "RFC 4253 10", "the service request is to be accepted")         \
    X(PHASE_AUTH, "auth", "RFC 4252", "authentication is under way")                            \
    X(PHASE_CHANNEL, "channel", "RFC 4254 5.1", "a session channel is to be opened")            \
    X(PHASE_REQUEST, "request", "RFC 4254 6.5", "the exec request is to be answered")           \
    X(PHASE_DATA, "data", "RFC 4254 5.2", "the command runs and data flows")                    \
    X(PHASE_EXIT, "exit", "RFC 4254 6.10",                                                      \
      "the command's end of output came, its exit-status is due")                               \
    X(PHASE_CLOSE, "close", "RFC 4254 5.3", "the exit-status came, the channel's CLOSE is due") \
    X(PHASE_REKEY, "rekey", "RFC 4253 9", "keys are exchanged again")                           \
    X(PHASE_KEEPALIVE, "keepalive", "RFC 4254 4", "a keepalive request is to be answered")      \
    X(PHASE_DISCONNECT, "disconnect", "RFC 4253 11.1",                                          \
      "the channel is closed, the connection is to end")

enum phase {
#define X(id, word, rfc, sentence) id,
    PHASES(X)
#undef X
};

#define X(id, word, rfc, sentence) +1
enum { PHASE_COUNT = 0 PHASES(X) };
#undef X

/* A set of phases, one bit each. */
typedef unsigned phase_set;
#define PHASE_BIT(phase) (1u << (unsigned)(phase))

/* The phase's word, for all text that people or programs read. Static memory. */
const char *phase_name(enum phase phase);
const char *phase_rfc(enum phase phase);
const char *phase_sentence(enum phase phase);

/* Finds a phase by its word; false when there is none. */
bool phase_from_name(const char *word, enum phase *phase);

/* May a connection step from one phase to the other? Forwards always; backwards only out of the
 * phases that interrupt an established session (rekey, keepalive). */
bool phase_step_is_legal(enum phase from, enum phase to);

/* The phases that a client which reports `reported` may mean: a client that cannot tell the steps
 * of a key exchange apart says "kex" for all of them. */
phase_set phase_meaning(enum phase reported);

#endif
