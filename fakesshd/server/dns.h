/* The DNS server of one scenario: UDP and TCP on one port of each slot's address, one name. Asked
 * on a slot's address it gives that address, so that who asked is known by where the SSH connection
 * comes in. Its only faults are those of the scenario's plan (base/dns_plan.h). */
#ifndef SERVER_DNS_H
#define SERVER_DNS_H

#include "base/dns_plan.h"
#include "base/err.h"
#include "server/dns_message.h"
#include "server/listener.h"

#include <ev.h>

/* RFC 6761 6.2: names in .test are nobody's, so that a question that escapes finds nothing. */
#define DNS_HOST_NAME "fakesshd.test"

struct dns_server;

/* Opens it on `slots` addresses; the kernel chooses the port. Nothing is answered yet. */
enum err dns_server_open(struct dns_server **result, struct service *service, int slots,
                         struct err_text *error);
void dns_server_start(struct dns_server *dns);
int dns_server_port(const struct dns_server *dns);
/* Drops what is not answered yet. NULL is fine. */
void dns_server_close(struct dns_server **dns);

/* ---- shared by the two transports ---- */

struct dns_slot {
    struct dns_server *dns; /* borrowed */
    int slot;
    union address address;
    int udp_fd, tcp_fd; /* owned */
    ev_io udp_readable, tcp_readable;
    ev_timer resume; /* after the descriptors ran out */
};

/* The answer to one question. */
struct dns_reply {
    struct dns_rule rule;
    uint8_t bytes[DNS_ANSWER_MAX_BYTES];
    size_t length;     /* of the whole answer; 0: none is given */
    size_t sent_bytes; /* how much of it goes out */
    int64_t after_ms;
};

/* What the plan says to these bytes of a client's; told as an event. False when they are no
 * question: they are passed over. */
bool dns_slot_reply(const struct dns_slot *slot, enum dns_transport transport, const void *bytes,
                    size_t length, struct dns_reply *reply);

struct ev_loop *dns_slot_loop(const struct dns_slot *slot);
int64_t dns_slot_deadline_ms(const struct dns_slot *slot);

/* ---- a TCP connection (dns_conn.c) ---- */

struct dns_conn;

/* Takes over the accepted descriptor and puts the connection into `list`. */
void dns_conn_new(struct dns_slot *slot, int fd, struct dns_conn **list);
/* Ends all of them. */
void dns_conn_close_all(struct dns_conn **list);

#endif
