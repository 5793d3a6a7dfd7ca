/* The service's tasks, from the object that asks for one to the object that it ends with. Those
 * that nobody waits for leave their result here, for as long as there is room. */
#ifndef SSHEXEC_TICKETS_H
#define SSHEXEC_TICKETS_H

#include "lib/err.h"
#include "lib/sshexec.h"
#include "service/metrics.h"

#include <jansson.h>

struct tickets;
struct ticket; /* a task under way */

struct tickets_setup {
    sshexec_pool *pool;      /* borrowed, as all of it */
    struct metrics *metrics; /* kept up to date */
    const char *credentials; /* a folder of private keys that tasks may name; NULL: none */
    const char *known_hosts; /* for tasks that name no host key; NULL: they must */
    int64_t deadline_max_ms;
    size_t kept_most, kept_bytes_most; /* results that nobody waited for */
};

struct tickets *tickets_new(const struct tickets_setup *setup);

/* No task may be under way. */
void tickets_free(struct tickets **tickets);

enum tickets_answer { TICKETS_TAKEN, TICKETS_INVALID, TICKETS_FULL };

/* The task is over, and is no more; the result belongs to the callee. */
typedef void ticket_done(json_t *result, void *userdata);

/* Begins what the object asks for. `on_end` NULL: the result is kept. `on_end` isn't called from
 * within, and not at all when this says anything but TICKETS_TAKEN; then there is a sentence. */
enum tickets_answer tickets_begin(struct tickets *tickets, json_t *object, ticket_done *on_end,
                                  void *userdata, struct ticket **ticket, struct err_text *error);

unsigned long ticket_id(const struct ticket *ticket);

/* For sshexec_pool_each_task(): the number of a task, given its userdata. */
unsigned long ticket_id_of(void *userdata);

/* on_end is called before this returns. */
void ticket_cancel(struct ticket *ticket);

/* The task with this number; NULL when none is under way. */
struct ticket *tickets_find(struct tickets *tickets, unsigned long id);

/* The same as an object, owned by the caller. */
json_t *ticket_describe(const struct ticket *ticket);

/* A kept result as JSON, valid until the next task ends; NULL: none. */
const char *tickets_result(const struct tickets *tickets, unsigned long id, size_t *length);

/* The tasks under way, oldest first; owned by the caller. */
json_t *tickets_list(struct tickets *tickets);

#endif
