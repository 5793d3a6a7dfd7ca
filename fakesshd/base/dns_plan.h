/* What a scenario's DNS server does: its field `dns`, read and checked.
 *
 *     dns = { answer = "truncated", after_deadline = 0.2,   -- over UDP, and over TCP too, but for
 *             tcp = { answer = "nothing" },                 -- what this says, and
 *             aaaa = { answer = "nxdomain" } }              -- for questions for AAAA records, this
 */
#ifndef BASE_DNS_PLAN_H
#define BASE_DNS_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* identifier, word, sentence */
#define DNS_SAYS(X)                                                                              \
    X(DNS_SAYS_ADDRESS, "address", "the address of the fake SSH server")                         \
    X(DNS_SAYS_DEAD_FIRST, "dead-first", "one where nobody listens, then the address")           \
    X(DNS_SAYS_NOTHING, "nothing", "nothing at all; a TCP connection stays open")                \
    X(DNS_SAYS_EMPTY, "empty", "the name exists, and has no address")                            \
    X(DNS_SAYS_NXDOMAIN, "nxdomain", "there is no such name")                                    \
    X(DNS_SAYS_SERVFAIL, "servfail", "the server failed")                                        \
    X(DNS_SAYS_REFUSED, "refused", "the server will not answer")                                 \
    X(DNS_SAYS_TRUNCATED, "truncated", "cut short, ask over TCP; over TCP it is the address")    \
    X(DNS_SAYS_WRONG_ID, "wrong-id", "the address under another id: the answer to no question")  \
    X(DNS_SAYS_OTHER_QUESTION, "other-question", "the address as an answer to another question") \
    X(DNS_SAYS_OTHER_NAME, "other-name", "the address of a name that nobody asked for")          \
    X(DNS_SAYS_HALF, "half", "the first half of the answer")                                     \
    X(DNS_SAYS_CLOSED, "closed", "nobody listens (UDP: port unreachable; TCP: refused)")         \
    X(DNS_SAYS_FIN, "fin", "the end of the TCP connection (over UDP: nothing)")

enum dns_says {
#define X(id, word, sentence) id,
    DNS_SAYS(X)
#undef X
};

/* What happens to one question. Durations: seconds, and shares of the deadline, added up. */
struct dns_rule {
    enum dns_says says;
    double after_s, after_deadlines; /* between question and answer */
    double every_s, every_deadlines; /* TCP: single bytes, so far apart; both 0: all at once */
};

enum dns_transport { DNS_UDP, DNS_TCP, DNS_TRANSPORT_COUNT };

struct dns_plan {
    bool wanted; /* false: the scenario has no DNS server */
    struct dns_rule rules[DNS_TRANSPORT_COUNT];
    struct dns_rule aaaa[DNS_TRANSPORT_COUNT]; /* for AAAA questions */
};

/* Reads the field; NULL gives a plan that is not wanted. False with a sentence in `why` and the
 * name of the wrong field in `field` (borrowed from the table). */
bool dns_plan_read(const json_t *table, struct dns_plan *plan, const char **field, char why[200]);

int64_t dns_rule_after_ms(const struct dns_rule *rule, int64_t deadline_ms);
int64_t dns_rule_every_ms(const struct dns_rule *rule, int64_t deadline_ms);

const char *dns_says_name(enum dns_says says);
const char *dns_says_sentence(enum dns_says says);

#endif
