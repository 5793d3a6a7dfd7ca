/* How long they wait: read the first function, then any other; each differs from it by its defect
 * alone. */
#include "defect.h"

#include "link.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* The sound client: one absolute deadline from before the first system call to the last. */
void client_none(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* The client of the story, as with Go's ssh.Dial and `Timeout: 3s`: the deadline is kept up to the
 * TCP connection. A server that accepts and then says nothing holds a thread and a descriptor for
 * ever, and nobody hears of it. */
void client_dial_only(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool connected = link_connect(&link);
    link_block(&link);
    bool success = connected && link_handshake(&link) && link_log_in(&link) && link_execute(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

static bool wait_for_ever(struct link *link, short events)
{
    struct pollfd item = {link->fd, events, 0};
    return poll(&item, 1, -1) > 0;
}

/* getaddrinfo() before the clock starts: it asks as often, and waits as long, as it likes. */
void client_lookup(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.wait = wait_for_ever;
    bool resolved = link_resolve(&link);
    link.wait = link_wait_until_deadline;
    bool success = resolved && link_connect(&link) && link_handshake(&link) && link_log_in(&link) &&
                   link_execute(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* An idle timer: each wait may take all of the deadline, however many there were. */
static bool wait_while_not_idle(struct link *link, short events)
{
    struct pollfd item = {link->fd, events, 0};
    return poll(&item, 1, (int)link->task->deadline_ms) > 0;
}

void client_rearmed(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.wait = wait_while_not_idle;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_early(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.deadline_ns -= task->deadline_ms * NS_PER_MS / 2;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_late(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.deadline_ns += NS_PER_S;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* ---- one phase without a deadline ---- */

/* Each names the phase that has none; link_do_all() reaches it with the deadline kept. */
static bool wait_but_in(struct link *link, short events, const char *phase)
{
    return strcmp(link->phase, phase) == 0 ? wait_for_ever(link, events)
                                           : link_wait_until_deadline(link, events);
}

static void run_with(struct task *task, bool (*wait)(struct link *link, short events))
{
    struct link link;
    link_init(&link, task);
    link.wait = wait;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

#define NO_DEADLINE(word)                                           \
    static bool wait_but_in_##word(struct link *link, short events) \
    {                                                               \
        return wait_but_in(link, events, #word);                    \
    }                                                               \
    void client_no_deadline_##word(struct task *task)               \
    {                                                               \
        run_with(task, wait_but_in_##word);                         \
    }
NO_DEADLINE(tcp)
NO_DEADLINE(kex)
NO_DEADLINE(service)
NO_DEADLINE(auth)
NO_DEADLINE(channel)
NO_DEADLINE(request)
NO_DEADLINE(data)
NO_DEADLINE(exit)
NO_DEADLINE(rekey)

/* All went well, and its result is known; it is told when the server has closed as well. */
void client_no_deadline_close(struct task *task)
{
    struct link link;
    link_init(&link, task);
    bool success = link_do_all(&link);
    while (success && !link.got_close && wait_for_ever(&link, POLLIN)) {
        if (ssh_event_dopoll(link.event, 0) == SSH_ERROR)
            break;
    }
    link_conclude(&link, success);
    link_close(&link, success);
}

/* SetDeadline(time.Time{}) after the handshake, https://github.com/golang/go/issues/51926. */
static bool wait_until_logged_in(struct link *link, short events)
{
    return link->authenticated ? wait_for_ever(link, events)
                               : link_wait_until_deadline(link, events);
}

void client_handshake_only(struct task *task)
{
    run_with(task, wait_until_logged_in);
}

/* An idle timer over the packets of the session, where rearmed has one over bytes. */
static bool wait_while_packets_come(struct link *link, short events)
{
    return link->authenticated ? wait_while_not_idle(link, events)
                               : link_wait_until_deadline(link, events);
}

void client_rearmed_by_packets(struct task *task)
{
    run_with(task, wait_while_packets_come);
}

/* "The server is alive, so all is well": keepalives, and nothing else, start the timer again.
 * Output cannot be told from them here, so it is only in the phase in which none has come yet. */
static bool wait_while_alive(struct link *link, short events)
{
    bool no_output = strcmp(link->phase, "data") == 0 && link->task->output_bytes == 0;
    return no_output ? wait_while_not_idle(link, events) : link_wait_until_deadline(link, events);
}

void client_rearmed_by_keepalives(struct task *task)
{
    run_with(task, wait_while_alive);
}

/* Reads have a deadline, writes have none. */
static bool wait_to_write_for_ever(struct link *link, short events)
{
    bool writes = link->authenticated && link->stdin_sent < link->task->stdin_length;
    return writes ? wait_for_ever(link, events) : link_wait_until_deadline(link, events);
}

void client_blocking_write(struct task *task)
{
    run_with(task, wait_to_write_for_ever);
}

/* ---- cancelled ---- */

void client_deaf(struct task *task)
{
    struct link link;
    link_init(&link, task);
    link.is_deaf = true;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

/* It says that it wants to leave, and waits for the server to say the same. */
static bool wait_politely(struct link *link, short events)
{
    if (link_wait_until_deadline(link, events))
        return true;
    return link->cancelled && wait_for_ever(link, POLLIN);
}

void client_polite(struct task *task)
{
    run_with(task, wait_politely);
}

/* ---- the deadline is kept, but not the right one ---- */

/* gettimeofday() instead of CLOCK_MONOTONIC, and somebody sets the clock: here by a second, when
 * the task has begun. */
void client_wall_clock(struct task *task)
{
    int64_t set_back_ns = NS_PER_S;
    struct link link;
    link_init(&link, task);
    link.deadline_ns += set_back_ns;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

static bool is_one_in(int many)
{
    static atomic_int tasks;
    return atomic_fetch_add(&tasks, 1) % many == many - 1;
}

void client_late_at_times(struct task *task)
{
    struct link link;
    link_init(&link, task);
    if (is_one_in(10))
        link.deadline_ns += NS_PER_S / 2;
    bool success = link_do_all(&link);
    link_conclude(&link, success);
    link_close(&link, success);
}

void client_hang_1_in_100(struct task *task)
{
    if (is_one_in(100))
        run_with(task, wait_for_ever);
    else
        client_none(task);
}

/* A reader thread that nobody tells to end, joined before the result is told. */
static void *read_for_ever(void *unused)
{
    for (;;)
        (void)pause();
    return unused;
}

void client_join(struct task *task)
{
    struct link link;
    pthread_t reader;
    link_init(&link, task);
    bool success = link_do_all(&link), timed_out = link.timed_out;
    link_conclude(&link, success);
    link_close(&link, success);
    if (timed_out && pthread_create(&reader, NULL, read_for_ever, NULL) == 0)
        (void)pthread_join(reader, NULL);
}

/* A limit of its own for the identification string, shorter than the deadline that was asked for:
 * https://github.com/libssh2/libssh2/issues/576. */
static bool wait_impatiently(struct link *link, short events)
{
    if (strcmp(link->phase, "ident") != 0)
        return link_wait_until_deadline(link, events);
    struct pollfd item = {link->fd, events, 0};
    return poll(&item, 1, (int)(link->task->deadline_ms / 4)) > 0;
}

void client_impatient(struct task *task)
{
    run_with(task, wait_impatiently);
}
