#include "server/dns.h"

#include "server/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PORT_TRIES = 32,
    PENDING_MAX = 4096, /* late answers; what is asked beyond is not answered */
    READS_PER_CALL = 64,
    QUERY_MAX_BYTES = 1024
};

#define RESUME_S 0.2

struct pending {
    struct pending *next, *previous;
    struct dns_slot *slot; /* borrowed */
    union address peer;
    socklen_t peer_size;
    struct dns_reply reply;
    ev_timer due;
};

struct dns_server {
    struct service *service; /* borrowed */
    struct dns_slot *slots;  /* owned */
    int slot_count;
    int port;
    struct pending *pending; /* owned list */
    unsigned pending_count;
    struct dns_conn *conns; /* owned list */
};

struct ev_loop *dns_slot_loop(const struct dns_slot *slot)
{
    return slot->dns->service->server->loop;
}

int64_t dns_slot_deadline_ms(const struct dns_slot *slot)
{
    return slot->dns->service->server->options.deadline_ms;
}

/* ---- what is answered ---- */

static const struct dns_rule *rule_for(const struct dns_slot *slot, enum dns_transport transport,
                                       uint16_t type)
{
    const struct dns_plan *plan = &slot->dns->service->scenario->dns;
    return type == DNS_TYPE_AAAA ? &plan->aaaa[transport] : &plan->rules[transport];
}

/* Loopback, and nobody's: IPv6 has no such address. */
static const uint8_t dead_v4[4] = {127, 255, 255, 254};

/* The record that was asked for, if this name has it: the address of the slot. */
static void add_address(const struct dns_slot *slot, const struct dns_question *question,
                        struct dns_answer *answer)
{
    const union address *address = &slot->address;
    if (!dns_name_equal(question->name, DNS_HOST_NAME) || question->class != DNS_CLASS_IN) {
        answer->rcode = DNS_NAME_ERROR;
    } else if (question->type == DNS_TYPE_A && address->any.sa_family == AF_INET) {
        answer->address = (const uint8_t *)&address->v4.sin_addr;
        answer->address_length = 4;
    } else if (question->type == DNS_TYPE_AAAA && address->any.sa_family == AF_INET6) {
        answer->address = (const uint8_t *)&address->v6.sin6_addr;
        answer->address_length = 16;
    }
}

/* False when nothing is said. */
static bool compose(const struct dns_slot *slot, enum dns_says says,
                    const struct dns_question *question, struct dns_answer *answer)
{
    *answer = (struct dns_answer){.id = question->id};
    switch (says) {
    case DNS_SAYS_NOTHING:
    case DNS_SAYS_CLOSED:
    case DNS_SAYS_FIN:
        return false;
    case DNS_SAYS_EMPTY:
        return true;
    case DNS_SAYS_NXDOMAIN:
        answer->rcode = DNS_NAME_ERROR;
        return true;
    case DNS_SAYS_SERVFAIL:
        answer->rcode = DNS_SERVER_FAILURE;
        return true;
    case DNS_SAYS_REFUSED:
        answer->rcode = DNS_REFUSED;
        return true;
    case DNS_SAYS_TRUNCATED:
        answer->truncated = true;
        return true;
    case DNS_SAYS_WRONG_ID:
        answer->id = (uint16_t)~question->id;
        break;
    case DNS_SAYS_OTHER_QUESTION:
        answer->question_name = "other." DNS_HOST_NAME;
        break;
    case DNS_SAYS_OTHER_NAME:
        answer->record_name = "other." DNS_HOST_NAME;
        break;
    case DNS_SAYS_DEAD_FIRST:
        answer->first = dead_v4;
        break;
    case DNS_SAYS_ADDRESS:
    case DNS_SAYS_HALF:
        break;
    }
    add_address(slot, question, answer);
    if (answer->address_length != sizeof dead_v4)
        answer->first = NULL;
    return true;
}

static void tell(const struct dns_slot *slot, enum dns_transport transport,
                 const struct dns_question *question, const struct dns_reply *reply)
{
    char type[16];
    const struct service *service = slot->dns->service;
    event_log_write(&service->server->log, EVENT_DNS, "{s:s, s:i, s:s, s:s, s:s, s:s, s:I}", "id",
                    service->scenario->id, "slot", slot->slot, "transport",
                    transport == DNS_UDP ? "udp" : "tcp", "name", question->name, "type",
                    dns_type_name(question->type, type), "answer", dns_says_name(reply->rule.says),
                    "after_ms", (json_int_t)reply->after_ms);
}

bool dns_slot_reply(const struct dns_slot *slot, enum dns_transport transport, const void *bytes,
                    size_t length, struct dns_reply *reply)
{
    struct dns_question question;
    struct dns_answer answer;
    if (!dns_question_read(bytes, length, &question))
        return false;
    reply->rule = *rule_for(slot, transport, question.type);
    if (transport == DNS_TCP && reply->rule.says == DNS_SAYS_TRUNCATED)
        reply->rule.says = DNS_SAYS_ADDRESS; /* over TCP there is room */
    reply->after_ms = dns_rule_after_ms(&reply->rule, dns_slot_deadline_ms(slot));
    reply->length = 0;
    if (compose(slot, reply->rule.says, &question, &answer))
        reply->length = dns_answer_write(&question, &answer, reply->bytes);
    bool half = reply->rule.says == DNS_SAYS_HALF;
    reply->sent_bytes = half ? reply->length / 2 : reply->length;
    tell(slot, transport, &question, reply);
    return true;
}

/* ---- UDP ---- */

static void send_now(const struct dns_slot *slot, const struct dns_reply *reply,
                     const union address *peer, socklen_t peer_size)
{
    /* A datagram that cannot be sent is lost, as any datagram may be. */
    (void)sendto(slot->udp_fd, reply->bytes, reply->sent_bytes, MSG_DONTWAIT | MSG_NOSIGNAL,
                 &peer->any, peer_size);
}

static void pending_free(struct pending *pending)
{
    struct dns_server *dns = pending->slot->dns;
    ev_timer_stop(dns_slot_loop(pending->slot), &pending->due);
    if (pending->previous != NULL)
        pending->previous->next = pending->next;
    else
        dns->pending = pending->next;
    if (pending->next != NULL)
        pending->next->previous = pending->previous;
    dns->pending_count--;
    free(pending);
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct pending *pending = timer->data;
    send_now(pending->slot, &pending->reply, &pending->peer, pending->peer_size);
    pending_free(pending);
}

static void send_later(struct dns_slot *slot, const struct dns_reply *reply,
                       const union address *peer, socklen_t peer_size)
{
    struct dns_server *dns = slot->dns;
    struct pending *pending = dns->pending_count < PENDING_MAX ? calloc(1, sizeof *pending) : NULL;
    if (pending == NULL)
        return;
    pending->slot = slot;
    pending->reply = *reply;
    pending->peer = *peer;
    pending->peer_size = peer_size;
    pending->next = dns->pending;
    if (dns->pending != NULL)
        dns->pending->previous = pending;
    dns->pending = pending;
    dns->pending_count++;
    ev_timer_init(&pending->due, on_due, (double)reply->after_ms / 1000., 0.);
    pending->due.data = pending;
    ev_timer_start(dns_slot_loop(slot), &pending->due);
}

static void on_datagram(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    struct dns_slot *slot = io->data;
    for (int i = 0; i < READS_PER_CALL; i++) {
        uint8_t bytes[QUERY_MAX_BYTES];
        union address peer = {.any = {0}};
        socklen_t size = sizeof peer;
        struct dns_reply reply;
        ssize_t got = recvfrom(slot->udp_fd, bytes, sizeof bytes, MSG_DONTWAIT, &peer.any, &size);
        if (got < 0)
            return; /* no more; or the news that a client did not wait for its answer */
        if (!dns_slot_reply(slot, DNS_UDP, bytes, (size_t)got, &reply) || reply.length == 0)
            continue;
        if (reply.after_ms > 0)
            send_later(slot, &reply, &peer, size);
        else
            send_now(slot, &reply, &peer, size);
    }
}

/* ---- TCP: accepting; dns_conn.c does the rest ---- */

static void on_resume(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)revents;
    ev_io_start(loop, &((struct dns_slot *)timer->data)->tcp_readable);
}

/* Out of descriptors: the listening socket stays readable, and would be looked at without end. */
static void pause_accepting(struct dns_slot *slot)
{
    struct ev_loop *loop = dns_slot_loop(slot);
    ev_io_stop(loop, &slot->tcp_readable);
    ev_timer_set(&slot->resume, RESUME_S, 0.);
    ev_timer_start(loop, &slot->resume);
}

static void on_accept(struct ev_loop *loop, ev_io *io, int revents)
{
    (void)loop, (void)revents;
    struct dns_slot *slot = io->data;
    for (int i = 0; i < READS_PER_CALL; i++) {
        int fd = accept4(slot->tcp_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                pause_accepting(slot);
            return;
        }
        dns_conn_new(slot, fd, &slot->dns->conns);
    }
}

/* ---- opening and closing ---- */

static enum err open_socket(const struct dns_slot *slot, int type, int *fd, struct err_text *error)
{
    socklen_t size =
        slot->address.any.sa_family == AF_INET6 ? sizeof slot->address.v6 : sizeof slot->address.v4;
    bool udp = type == SOCK_DGRAM;
    const struct dns_plan *plan = &slot->dns->service->scenario->dns;
    bool closed = plan->rules[udp ? DNS_UDP : DNS_TCP].says == DNS_SAYS_CLOSED;
    *fd = socket(slot->address.any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return err_set_errno(error, "cannot make a socket");
    if (bind(*fd, &slot->address.any, size) != 0)
        return err_set_errno(error, "cannot answer names on port %d", address_port(&slot->address));
    union address bound;
    (void)getsockname(*fd, &bound.any, &size);
    /* A port that is ours and where nobody listens: a datagram socket that is connected to itself
     * takes nothing from others, and they are told that the port is unreachable. */
    if (closed && udp && connect(*fd, &bound.any, size) != 0)
        return err_set_errno(error, "cannot connect a socket to itself");
    if (!closed && !udp && listen(*fd, SOMAXCONN) != 0)
        return err_set_errno(error, "cannot answer names on port %d", address_port(&bound));
    return ERR_NONE;
}

static enum err open_slot(struct dns_server *dns, struct dns_slot *slot, int number,
                          struct err_text *error)
{
    const struct server_options *options = &dns->service->server->options;
    *slot = (struct dns_slot){.dns = dns, .slot = number, .udp_fd = -1, .tcp_fd = -1};
    ev_io_init(&slot->udp_readable, on_datagram, -1, EV_READ);
    ev_io_init(&slot->tcp_readable, on_accept, -1, EV_READ);
    ev_timer_init(&slot->resume, on_resume, 0., 0.);
    slot->udp_readable.data = slot->tcp_readable.data = slot->resume.data = slot;
    enum err failed = address_of_slot(options->host, number, dns->port, &slot->address, error);
    if (failed == ERR_NONE)
        failed = open_socket(slot, SOCK_DGRAM, &slot->udp_fd, error);
    if (failed != ERR_NONE)
        return failed;
    socklen_t size = sizeof slot->address;
    (void)getsockname(slot->udp_fd, &slot->address.any, &size);
    dns->port = address_port(&slot->address);
    return open_socket(slot, SOCK_STREAM, &slot->tcp_fd, error);
}

static void close_slots(struct dns_server *dns)
{
    for (int i = 0; i < dns->slot_count; i++) {
        struct dns_slot *slot = &dns->slots[i];
        ev_io_stop(dns_slot_loop(slot), &slot->udp_readable);
        ev_io_stop(dns_slot_loop(slot), &slot->tcp_readable);
        ev_timer_stop(dns_slot_loop(slot), &slot->resume);
        if (slot->udp_fd >= 0)
            (void)close(slot->udp_fd);
        if (slot->tcp_fd >= 0)
            (void)close(slot->tcp_fd);
    }
    dns->slot_count = 0;
}

/* One port for both transports and all slots: where somebody has it, the kernel's next is tried. */
enum err dns_server_open(struct dns_server **result, struct service *service, int slots,
                         struct err_text *error)
{
    struct dns_server *dns = calloc(1, sizeof *dns);
    *result = dns;
    if (dns != NULL)
        dns->slots = calloc((size_t)slots, sizeof *dns->slots);
    if (dns == NULL || dns->slots == NULL)
        return err_set(error, ERR_SYSTEM, "out of memory");
    dns->service = service;
    enum err failed = ERR_NONE;
    for (int tries = 0; tries < PORT_TRIES; tries++) {
        dns->port = 0;
        failed = ERR_NONE;
        while (dns->slot_count < slots && failed == ERR_NONE) {
            int number = dns->slot_count++;
            failed = open_slot(dns, &dns->slots[number], number, error);
        }
        if (failed == ERR_NONE || errno != EADDRINUSE)
            return failed;
        close_slots(dns);
    }
    return failed;
}

void dns_server_start(struct dns_server *dns)
{
    const struct dns_plan *plan = &dns->service->scenario->dns;
    for (int i = 0; i < dns->slot_count; i++) {
        struct dns_slot *slot = &dns->slots[i];
        ev_io_set(&slot->udp_readable, slot->udp_fd, EV_READ);
        ev_io_set(&slot->tcp_readable, slot->tcp_fd, EV_READ);
        ev_io_start(dns_slot_loop(slot), &slot->udp_readable);
        if (plan->rules[DNS_TCP].says != DNS_SAYS_CLOSED)
            ev_io_start(dns_slot_loop(slot), &slot->tcp_readable);
    }
}

int dns_server_port(const struct dns_server *dns)
{
    return dns->port;
}

void dns_server_close(struct dns_server **dns)
{
    struct dns_server *gone = *dns;
    if (gone == NULL)
        return;
    dns_conn_close_all(&gone->conns);
    struct pending *next = NULL;
    for (struct pending *pending = gone->pending; pending != NULL; pending = next) {
        next = pending->next;
        pending_free(pending);
    }
    close_slots(gone);
    free(gone->slots);
    free(gone);
    *dns = NULL;
}
