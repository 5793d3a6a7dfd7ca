#include "lease/lease.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_PER_NET = 250, FIRST_NET = 64, NETS = 128 };

const char *lease_state_name(enum lease_state state)
{
    static const char *const names[] = {
#define X(id, word, sentence) word,
        LEASE_STATES(X)
#undef X
    };
    return names[state];
}

bool lease_is_over(const struct lease *lease)
{
    return lease->state >= LEASE_RELEASED;
}

/* ---- one lease ---- */

void lease_started(struct lease *lease)
{
    lease->state = LEASE_STARTING;
}

void lease_is_ready(struct lease *lease, json_t *address, int64_t now_ns)
{
    lease->address = address;
    lease->state = LEASE_READY;
    lease->ready_ns = now_ns;
    lease->due_ns = now_ns + lease->ttl_ms * CLOCK_NS_PER_MS;
}

void lease_begin_end(struct lease *lease, enum lease_state end_state, int64_t now_ns,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(lease->why, sizeof lease->why, format, args);
    va_end(args);
    lease->state = LEASE_ENDING;
    lease_witness_ending(&lease->witness);
    lease->end_state = end_state;
    lease->due_ns = now_ns + LEASE_END_WITHIN_MS * CLOCK_NS_PER_MS;
}

void lease_over(struct lease *lease, int64_t now_ns)
{
    lease->state = lease->end_state;
    lease_witness_over(&lease->witness);
    lease->ended_ns = now_ns;
    lease->due_ns = INT64_MAX;
}

enum lease_action lease_due(const struct lease *lease, int64_t now_ns)
{
    if (now_ns < lease->due_ns)
        return LEASE_NOTHING;
    switch (lease->state) {
    case LEASE_QUEUED:
    case LEASE_STARTING:
        return LEASE_GIVE_UP;
    case LEASE_READY:
        return LEASE_EXPIRE;
    case LEASE_ENDING:
        return LEASE_KILL;
    case LEASE_RELEASED:
    case LEASE_EXPIRED:
    case LEASE_FAILED:
        break;
    }
    return LEASE_NOTHING;
}

static void lease_free(struct lease *lease)
{
    lease_witness_fini(&lease->witness);
    json_decref(lease->address);
    free(lease->word);
    free(lease->source_path);
    free(lease);
}

/* ---- all of them ---- */

void lease_table_init(struct lease_table *table, uint32_t salt)
{
    *table = (struct lease_table){.next_number = 1, .salt = salt, .last_place = -1};
}

void lease_table_fini(struct lease_table *table)
{
    while (table->first != NULL) {
        struct lease *lease = table->first;
        table->first = lease->next;
        lease_free(lease);
    }
}

/* The one that was given back longest ago: a client that comes late to an ended lease meets nobody,
 * rather than the next test's server. */
static int take_place(struct lease_table *table)
{
    for (int i = 1; i <= LEASES_MAX; i++) {
        int place = (table->last_place + i) % LEASES_MAX;
        if (!table->taken[place]) {
            table->taken[place] = true;
            table->last_place = place;
            return place;
        }
    }
    return -1;
}

struct lease *lease_table_add(struct lease_table *table, const struct lease_request *request,
                              int64_t now_ns, struct err_text *error)
{
    int place = take_place(table);
    if (place < 0) {
        (void)err_set(error, ERR_SYSTEM, "%d leases are out already, which is all there are",
                      LEASES_MAX);
        return NULL;
    }
    struct lease *lease = calloc(1, sizeof *lease);
    if (lease == NULL)
        abort();
    lease->number = table->next_number++;
    lease->place = place;
    (void)snprintf(lease->id, sizeof lease->id, "%u-%06x", lease->number,
                   (unsigned)(table->salt & 0xffffff));
    (void)snprintf(lease->host, sizeof lease->host, "127.%u.%d.%d",
                   FIRST_NET + (unsigned)(table->salt >> 24) % NETS, 1 + place / PLACES_PER_NET,
                   2 + place % PLACES_PER_NET);
    if (request->label != NULL)
        (void)snprintf(lease->label, sizeof lease->label, "%s", request->label);
    lease->deadline_ms = request->deadline_ms;
    lease->ttl_ms = request->ttl_ms;
    lease->seed = request->seed;
    lease->asked_ns = now_ns;
    lease->due_ns = now_ns + LEASE_READY_WITHIN_MS * CLOCK_NS_PER_MS;
    lease_witness_init(&lease->witness);
    struct lease **last = &table->first;
    while (*last != NULL)
        last = &(*last)->next;
    *last = lease;
    return lease;
}

void lease_table_drop(struct lease_table *table, struct lease *lease)
{
    struct lease **at = &table->first;
    while (*at != lease)
        at = &(*at)->next;
    *at = lease->next;
    table->taken[lease->place] = false;
    lease_free(lease);
}

struct lease *lease_table_find(const struct lease_table *table, const char *id)
{
    struct lease *lease = table->first;
    while (lease != NULL && strcmp(lease->id, id) != 0)
        lease = lease->next;
    return lease;
}

size_t lease_table_count(const struct lease_table *table, enum lease_state state)
{
    size_t count = 0;
    for (const struct lease *lease = table->first; lease != NULL; lease = lease->next)
        count += lease->state == state;
    return count;
}

size_t lease_table_alive(const struct lease_table *table)
{
    size_t count = 0;
    for (const struct lease *lease = table->first; lease != NULL; lease = lease->next)
        count += !lease_is_over(lease);
    return count;
}

struct lease *lease_table_next_start(const struct lease_table *table)
{
    if (lease_table_count(table, LEASE_STARTING) >= LEASE_STARTS_MAX)
        return NULL;
    struct lease *lease = table->first;
    while (lease != NULL && lease->state != LEASE_QUEUED)
        lease = lease->next;
    return lease;
}

int64_t lease_table_next_due_ns(const struct lease_table *table)
{
    int64_t due_ns = INT64_MAX;
    for (const struct lease *lease = table->first; lease != NULL; lease = lease->next)
        due_ns = lease->due_ns < due_ns ? lease->due_ns : due_ns;
    return due_ns;
}

static struct lease **oldest_ended(struct lease_table *table)
{
    struct lease **oldest = NULL;
    for (struct lease **at = &table->first; *at != NULL; at = &(*at)->next) {
        if (lease_is_over(*at) && (oldest == NULL || (*at)->ended_ns < (*oldest)->ended_ns))
            oldest = at;
    }
    return oldest;
}

void lease_table_tidy(struct lease_table *table)
{
    size_t ended = 0;
    for (struct lease *lease = table->first; lease != NULL; lease = lease->next) {
        ended += lease_is_over(lease);
        if (lease_is_over(lease) && lease->place >= 0) {
            table->taken[lease->place] = false;
            lease->place = -1;
        }
    }
    for (; ended > LEASES_REMEMBERED; ended--) {
        struct lease **at = oldest_ended(table);
        struct lease *old = *at;
        *at = old->next;
        lease_free(old);
    }
}
