#include "lib/lookup.h"

#include "lib/candidates.h"
#include "lib/deadline.h"
#include "lib/memory.h"

#include <ares.h>
#include <ares_nameser.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Over UDP the first question is repeated after this; the interval doubles each time. */
#define RESEND_MS 400
/* RFC 8305 3: how long addresses wait for those of the other family. */
#define OTHER_FAMILY_S 0.05

enum family { FAMILY_V4, FAMILY_V6, FAMILY_COUNT };

struct question {
    struct lookup *lookup; /* borrowed */
    enum family family;
    bool is_over_tcp;
    bool is_over;
    int status; /* of c-ares, when it is over */
    struct addresses found;
};

/* UDP and TCP have a channel each: c-ares has one interval for both, but over TCP nothing is lost
 * and there is nothing to repeat, only to be waited for (c-ares 1.18 drops a question at the first
 * interval there). */
struct transport {
    struct lookup *lookup; /* borrowed */
    ares_channel channel;  /* owned; NULL while there is none */
};

/* One of c-ares's sockets, for as long as it wants to hear of it. */
struct watch {
    struct watch *next;
    struct transport *transport; /* borrowed */
    ev_io io;
};

struct lookup {
    struct ev_loop *loop; /* borrowed */
    struct transport udp, tcp;
    struct candidates names;
    size_t at;           /* which of the names is asked for */
    char *name, *server; /* owned, as the caller said; server may be NULL */
    int port;
    int64_t deadline_ns;
    lookup_done *on_done;
    void *userdata;
    struct question questions[FAMILY_COUNT];
    struct watch *watches; /* owned list */
    ev_timer resend;       /* when c-ares wants to look at its clock */
    ev_timer other_family;
    bool is_deaf; /* c-ares is being told to let go of questions: what it says does not count */
};

static void ask(struct question *question, struct transport *transport);
static bool open_tcp(struct lookup *lookup);

/* ---- answers ---- */

static int read_v4(struct question *question, const unsigned char *bytes, int length)
{
    struct ares_addrttl records[ADDRESSES_MAX];
    int count = ADDRESSES_MAX;
    int status = ares_parse_a_reply(bytes, length, NULL, records, &count);
    for (int i = 0; status == ARES_SUCCESS && i < count; i++) {
        struct address address = address_of_v4(&records[i].ipaddr, question->lookup->port);
        (void)addresses_add(&question->found, &address);
    }
    return status;
}

static int read_v6(struct question *question, const unsigned char *bytes, int length)
{
    struct ares_addr6ttl records[ADDRESSES_MAX];
    int count = ADDRESSES_MAX;
    int status = ares_parse_aaaa_reply(bytes, length, NULL, records, &count);
    for (int i = 0; status == ARES_SUCCESS && i < count; i++) {
        struct in6_addr ip;
        memcpy(&ip, &records[i].ip6addr, sizeof ip);
        struct address address = address_of_v6(&ip, 0, question->lookup->port);
        (void)addresses_add(&question->found, &address);
    }
    return status;
}

static int read_addresses(struct question *question, const unsigned char *bytes, int length)
{
    int status = question->family == FAMILY_V4 ? read_v4(question, bytes, length)
                                               : read_v6(question, bytes, length);
    return status == ARES_SUCCESS && question->found.count == 0 ? ARES_ENODATA : status;
}

/* RFC 1035 4.1.1: the bit TC of the header. */
static bool is_truncated(const unsigned char *bytes, int length)
{
    return bytes != NULL && length > 2 && (bytes[2] & 0x02) != 0;
}

static void on_answer(void *argument, int status, int timeouts, unsigned char *bytes, int length)
{
    struct question *question = argument;
    struct lookup *lookup = question->lookup;
    (void)timeouts;
    if (lookup->is_deaf)
        return;
    if (is_truncated(bytes, length) && !question->is_over_tcp && open_tcp(lookup)) {
        question->is_over_tcp = true;
        ask(question, &lookup->tcp);
        return;
    }
    question->is_over = true;
    question->status = status == ARES_SUCCESS ? read_addresses(question, bytes, length) : status;
}

/* ---- the end ---- */

static void close_channel(struct transport *transport)
{
    if (transport->channel != NULL)
        ares_destroy(transport->channel); /* takes its sockets out of our list */
    transport->channel = NULL;
}

/* Everything that is open is closed, so that who is told sees no descriptor of ours. */
static void let_go(struct lookup *lookup)
{
    lookup->is_deaf = true;
    ev_timer_stop(lookup->loop, &lookup->resend);
    ev_timer_stop(lookup->loop, &lookup->other_family);
    close_channel(&lookup->udp);
    close_channel(&lookup->tcp);
}

void lookup_free(struct lookup **lookup)
{
    struct lookup *gone = *lookup;
    if (gone == NULL)
        return;
    let_go(gone);
    candidates_fini(&gone->names);
    free(gone->server);
    free(gone->name);
    free(gone);
    *lookup = NULL;
}

/* What is told lies here: the caller may free us before it looks at it. A failure is told in the
 * words of the question for IPv4, which every name server understands. */
static void end_lookup(struct lookup *lookup)
{
    struct err_text why = {""};
    struct addresses found = lookup->questions[FAMILY_V6].found;
    const struct question *v4 = &lookup->questions[FAMILY_V4];
    let_go(lookup);
    for (size_t i = 0; i < v4->found.count; i++) {
        if (found.count == ADDRESSES_MAX)
            found.count = ADDRESSES_MAX / 2; /* room for both families */
        (void)addresses_add(&found, &v4->found.list[i]);
    }
    addresses_sort(&found, address_has_route);
    if (found.count == 0)
        (void)err_set(&why, "can't resolve '%.200s': %s", lookup->name, ares_strerror(v4->status));
    lookup->on_done(lookup->userdata, found.count > 0 ? &found : NULL, why.text);
}

static void ask_for_name(struct lookup *lookup)
{
    for (int i = 0; i < FAMILY_COUNT; i++) {
        lookup->questions[i] = (struct question){.lookup = lookup, .family = (enum family)i};
        ask(&lookup->questions[i], &lookup->udp);
    }
}

/* This name has no address: is there another to be asked for? */
static bool try_next_name(struct lookup *lookup)
{
    if (lookup->at + 1 >= lookup->names.count)
        return false;
    lookup->at++;
    lookup->is_deaf = true;
    ares_cancel(lookup->udp.channel);
    close_channel(&lookup->tcp);
    lookup->is_deaf = false;
    ev_timer_stop(lookup->loop, &lookup->other_family);
    ask_for_name(lookup);
    return true;
}

static bool is_no_name(const struct question *question)
{
    return question->is_over &&
           (question->status == ARES_ENOTFOUND || question->status == ARES_ENODATA);
}

/* What has come so far, weighed; true when that was the end, and `lookup` may be gone. Addresses of
 * one family wait a moment for those of the other. That there is no such name counts for IPv6 as
 * well (RFC 8020 2), but not the other way: some servers say so of AAAA alone (RFC 4074 4.2), or
 * say nothing (4.1). */
static bool weigh(struct lookup *lookup)
{
    const struct question *v4 = &lookup->questions[FAMILY_V4];
    const struct question *v6 = &lookup->questions[FAMILY_V6];
    bool none =
        v6->found.count == 0 && is_no_name(v4) && (is_no_name(v6) || v4->status == ARES_ENOTFOUND);
    if (none && try_next_name(lookup))
        return weigh(lookup); /* it may be over already; there are not many names */
    if (none || (v4->is_over && v6->is_over)) {
        end_lookup(lookup);
        return true;
    }
    if (v4->found.count + v6->found.count > 0 && !ev_is_active(&lookup->other_family)) {
        ev_timer_set(&lookup->other_family, OTHER_FAMILY_S, 0);
        ev_timer_start(lookup->loop, &lookup->other_family);
    }
    return false;
}

static void on_other_family(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    end_lookup(timer->data);
}

/* ---- c-ares and the loop ---- */

static void add_wait(const struct transport *transport, double *seconds)
{
    struct timeval wait;
    if (transport->channel == NULL || ares_timeout(transport->channel, NULL, &wait) == NULL)
        return;
    /* A millisecond more: c-ares's clock is read after the loop's, and may be just short of it. */
    double due = (double)wait.tv_sec + (double)wait.tv_usec / 1e6 + 0.001;
    if (*seconds < 0 || due < *seconds)
        *seconds = due;
}

static void arm_resend(struct lookup *lookup)
{
    double seconds = -1;
    ev_timer_stop(lookup->loop, &lookup->resend);
    add_wait(&lookup->udp, &seconds);
    add_wait(&lookup->tcp, &seconds);
    if (seconds < 0)
        return;
    ev_now_update(lookup->loop);
    ev_timer_set(&lookup->resend, seconds, 0);
    ev_timer_start(lookup->loop, &lookup->resend);
}

/* The answers of a call into c-ares are looked at when it has returned: the end frees it. */
static void go_on(struct lookup *lookup)
{
    if (!weigh(lookup))
        arm_resend(lookup);
}

static void on_resend(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct lookup *lookup = timer->data;
    (void)loop, (void)events;
    ares_process_fd(lookup->udp.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (lookup->tcp.channel != NULL)
        ares_process_fd(lookup->tcp.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    go_on(lookup);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int events)
{
    const struct watch *watch = io->data;
    const struct transport *transport = watch->transport;
    (void)loop;
    ares_process_fd(transport->channel, events & EV_READ ? io->fd : ARES_SOCKET_BAD,
                    events & EV_WRITE ? io->fd : ARES_SOCKET_BAD);
    go_on(transport->lookup);
}

static struct watch **find_watch(struct lookup *lookup, int fd)
{
    struct watch **at = &lookup->watches;
    while (*at != NULL && (*at)->io.fd != fd)
        at = &(*at)->next;
    return at;
}

/* c-ares says which sockets it waits for; neither way means that it is about to close one. */
static void on_socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    struct transport *transport = data;
    struct lookup *lookup = transport->lookup;
    struct watch **at = find_watch(lookup, fd);
    struct watch *watch = *at;
    if (watch != NULL)
        ev_io_stop(lookup->loop, &watch->io);
    if (!readable && !writable) {
        if (watch != NULL)
            *at = watch->next;
        free(watch);
        return;
    }
    if (watch == NULL) {
        watch = memory_zeroed(sizeof *watch);
        watch->transport = transport;
        ev_init(&watch->io, on_socket);
        watch->io.data = watch;
        *at = watch;
    }
    ev_io_set(&watch->io, fd, (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
    ev_io_start(lookup->loop, &watch->io);
}

/* ---- asking ---- */

static void ask(struct question *question, struct transport *transport)
{
    struct lookup *lookup = question->lookup;
    ares_query(transport->channel, lookup->names.names[lookup->at], ns_c_in,
               question->family == FAMILY_V4 ? ns_t_a : ns_t_aaaa, on_answer, question);
}

/* NOCHECKRESP: a server that says that it failed is believed, and not asked again. */
static int open_channel(struct transport *transport, int flags, int interval_ms, int tries)
{
    struct ares_options options = {
        .flags = ARES_FLAG_NOCHECKRESP | flags,
        .timeout = interval_ms,
        .tries = tries,
        .sock_state_cb = on_socket_state,
        .sock_state_cb_data = transport,
    };
    const char *server = transport->lookup->server;
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    int status = ares_init_options(&transport->channel, &options, mask);
    if (status != ARES_SUCCESS)
        transport->channel = NULL;
    else if (server != NULL)
        status = ares_set_servers_ports_csv(transport->channel, server);
    return status;
}

static double left_ms(const struct lookup *lookup)
{
    return deadline_seconds_left(lookup->deadline_ns, clock_now_ns()) * 1000;
}

/* So many tries that the last begins beyond the deadline: who gives up is the deadline alone. */
static int open_udp(struct lookup *lookup)
{
    int tries = 2 + (int)ceil(log2(left_ms(lookup) / RESEND_MS + 1));
    return open_channel(&lookup->udp, ARES_FLAG_IGNTC, RESEND_MS, tries);
}

/* Each question once, and patience beyond the deadline. */
static bool open_tcp(struct lookup *lookup)
{
    if (lookup->tcp.channel != NULL)
        return true;
    int interval_ms = (int)left_ms(lookup) + 1000;
    bool good = open_channel(&lookup->tcp, ARES_FLAG_USEVC, interval_ms, 1) == ARES_SUCCESS;
    if (!good)
        close_channel(&lookup->tcp);
    return good;
}

/* A server of the caller's is asked for just this name; the system's have a search list. */
static void choose_names(struct lookup *lookup)
{
    struct ares_options system = {.ndots = 1};
    int mask = 0;
    if (lookup->server == NULL)
        (void)ares_save_options(lookup->udp.channel, &system, &mask);
    candidates_init(&lookup->names, lookup->name, (const char *const *)system.domains,
                    system.ndomains > 0 ? (size_t)system.ndomains : 0, system.ndots);
    if (lookup->server == NULL)
        ares_destroy_options(&system);
}

struct lookup *lookup_start(struct ev_loop *loop, const struct lookup_setup *setup,
                            struct err_text *error)
{
    struct lookup *lookup = memory_zeroed(sizeof *lookup);
    lookup->loop = loop;
    lookup->name = memory_text(setup->name);
    lookup->server = memory_text(setup->server);
    lookup->port = setup->port;
    lookup->deadline_ns = setup->deadline_ns;
    lookup->on_done = setup->on_done;
    lookup->userdata = setup->userdata;
    lookup->udp.lookup = lookup->tcp.lookup = lookup;
    ev_timer_init(&lookup->resend, on_resend, 0, 0);
    ev_timer_init(&lookup->other_family, on_other_family, 0, 0);
    lookup->resend.data = lookup->other_family.data = lookup;
    int status = open_udp(lookup);
    if (status != ARES_SUCCESS) {
        (void)err_set(error, "can't ask for names: %s", ares_strerror(status));
        lookup_free(&lookup);
        return NULL;
    }
    choose_names(lookup);
    ask_for_name(lookup);
    arm_resend(lookup);
    /* What is over already, for want of a server or of a good name, is told from the loop. */
    ev_feed_event(loop, &lookup->resend, EV_TIMER);
    return lookup;
}

bool lookup_warm_up(struct err_text *error)
{
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    return status == ARES_SUCCESS ||
           err_set(error, "can't begin to resolve names: %s", ares_strerror(status));
}
