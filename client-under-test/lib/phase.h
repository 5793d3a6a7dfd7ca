/* The steps of the protocol that a task goes through. The words are those of
 * `fakesshd list --phases`, and a test of the harness compares the two lists. */
#ifndef SSHEXEC_PHASE_H
#define SSHEXEC_PHASE_H

/* identifier, word, what this client waits for */
#define PHASES(X)                                                                        \
    X(PHASE_DNS, "dns", "the host's name is being resolved")                             \
    X(PHASE_TCP, "tcp", "the TCP connection is being made")                              \
    X(PHASE_IDENT, "ident", "the server's identification string is due")                 \
    X(PHASE_KEXINIT, "kexinit", "the server's KEXINIT is due")                           \
    X(PHASE_KEX, "kex", "the server's key exchange reply is due")                        \
    X(PHASE_NEWKEYS, "newkeys", "the server's NEWKEYS is due")                           \
    X(PHASE_SERVICE, "service", "the service request is to be accepted")                 \
    X(PHASE_AUTH, "auth", "authentication is to be answered")                            \
    X(PHASE_CHANNEL, "channel", "the session channel is to be opened")                   \
    X(PHASE_REQUEST, "request", "the exec request is to be answered")                    \
    X(PHASE_DATA, "data", "the command runs")                                            \
    X(PHASE_EXIT, "exit", "the end of output came, the exit-status is due")              \
    X(PHASE_CLOSE, "close", "the exit-status came, the end of output is due")            \
    X(PHASE_REKEY, "rekey", "the server began to exchange keys again, and is to finish") \
    X(PHASE_KEEPALIVE, "keepalive", "a keepalive request is to be answered")             \
    X(PHASE_DISCONNECT, "disconnect", "the task is over, the connection is being closed")

enum phase {
#define X(id, word, sentence) id,
    PHASES(X)
#undef X
};

#define X(id, word, sentence) +1
enum { PHASE_COUNT = 0 PHASES(X) };
#undef X

const char *phase_name(enum phase phase);
const char *phase_sentence(enum phase phase);

/* The phase that comes after `now` on the way to `goal`: up to "data" a session goes through them
 * one after the other; those after it ("exit", "rekey") come in no order. */
enum phase phase_towards(enum phase now, enum phase goal);

#endif
