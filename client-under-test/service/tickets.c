#include "service/tickets.h"

#include "cli/task_json.h"
#include "lib/deadline.h"
#include "lib/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ticket {
    struct tickets *tickets; /* borrowed */
    sshexec_task *task;
    unsigned long id;
    ticket_done *on_done; /* NULL: the result is kept */
    void *userdata;
};

struct kept {
    struct kept *next; /* the next younger one */
    unsigned long id;
    char *text; /* owned */
    size_t length;
};

struct tickets {
    struct tickets_setup setup;
    unsigned long last_id;
    struct kept *oldest, *youngest; /* owned list */
    size_t kept_count, kept_bytes;
};

struct tickets *tickets_new(const struct tickets_setup *setup)
{
    struct tickets *tickets = memory_zeroed(sizeof *tickets);
    tickets->setup = *setup;
    return tickets;
}

/* ---- results that nobody waited for ---- */

static void drop_oldest(struct tickets *tickets)
{
    struct kept *gone = tickets->oldest;
    tickets->oldest = gone->next;
    if (tickets->oldest == NULL)
        tickets->youngest = NULL;
    tickets->kept_count--;
    tickets->kept_bytes -= gone->length;
    free(gone->text);
    free(gone);
}

static void keep(struct tickets *tickets, unsigned long id, const json_t *result)
{
    struct kept *kept = memory_zeroed(sizeof *kept);
    kept->id = id;
    kept->text = json_dumps(result, JSON_COMPACT);
    kept->length = strlen(kept->text);
    *(tickets->youngest != NULL ? &tickets->youngest->next : &tickets->oldest) = kept;
    tickets->youngest = kept;
    tickets->kept_count++;
    tickets->kept_bytes += kept->length;
    while (tickets->kept_count > 0 && (tickets->kept_count > tickets->setup.kept_most ||
                                       tickets->kept_bytes > tickets->setup.kept_bytes_most))
        drop_oldest(tickets);
}

const char *tickets_result(const struct tickets *tickets, unsigned long id, size_t *length)
{
    for (const struct kept *at = tickets->oldest; at != NULL; at = at->next) {
        if (at->id == id) {
            *length = at->length;
            return at->text;
        }
    }
    return NULL;
}

void tickets_free(struct tickets **tickets)
{
    if (*tickets == NULL)
        return;
    while ((*tickets)->oldest != NULL)
        drop_oldest(*tickets);
    free(*tickets);
    *tickets = NULL;
}

/* ---- beginning ---- */

/* A name in the folder of credentials, and nothing that leads out of it. */
static bool set_identity(const struct tickets *tickets, sshexec_request *request, const char *name,
                         struct err_text *error)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";
    char path[4096];
    if (tickets->setup.credentials == NULL)
        return err_set(error, "'identity': this service has no credentials of its own");
    if (name[0] == '\0' || name[0] == '.' || name[strspn(name, letters)] != '\0')
        return err_set(error, "'identity' must be the name of one of the service's keys");
    (void)snprintf(path, sizeof path, "%s/%s", tickets->setup.credentials, name);
    return sshexec_request_set_key_file(request, path);
}

static bool has(const json_t *object, const char *name)
{
    return !json_is_null(json_object_get(object, name)) && json_object_get(object, name) != NULL;
}

static bool complete(const struct tickets *tickets, const json_t *object, const json_t *identity,
                     sshexec_request *request, struct err_text *error)
{
    if (json_integer_value(json_object_get(object, "deadline_ms")) > tickets->setup.deadline_max_ms)
        return err_set(error, "'deadline_ms': this service allows %lld at most",
                       (long long)tickets->setup.deadline_max_ms);
    if (tickets->setup.known_hosts != NULL && !has(object, "hostkey") &&
        !has(object, "fingerprint"))
        (void)sshexec_request_set_known_hosts(request, tickets->setup.known_hosts);
    if (identity == NULL)
        return true;
    if (!json_is_string(identity))
        return err_set(error, "'identity' must be a string");
    return set_identity(tickets, request, json_string_value(identity), error);
}

static sshexec_request *read_request(const struct tickets *tickets, json_t *object,
                                     struct err_text *error)
{
    json_t *identity = json_incref(json_object_get(object, "identity"));
    (void)json_object_del(object, "identity"); /* nobody but the service knows it */
    sshexec_request *request = task_json_read(object, NULL, TASK_JSON_STRICT, error);
    if (request != NULL && !complete(tickets, object, identity, request, error)) {
        sshexec_request_free(request);
        request = NULL;
    }
    json_decref(identity);
    return request;
}

static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct ticket *ticket = userdata;
    struct tickets *tickets = ticket->tickets;
    json_t *object = task_json_result(result);
    (void)task;
    (void)json_object_set_new(object, "id", json_integer((json_int_t)ticket->id));
    metrics_add_result(tickets->setup.metrics, result);
    if (ticket->on_done != NULL) {
        ticket->on_done(object, ticket->userdata);
    } else {
        (void)json_object_set_new(object, "state", json_string("over"));
        keep(tickets, ticket->id, object);
        json_decref(object);
    }
    free(ticket);
}

static enum tickets_answer submit(struct tickets *tickets, const sshexec_request *request,
                                  struct ticket *ticket, struct err_text *error)
{
    static const sshexec_events events = {.on_done = on_done};
    sshexec_status status =
        sshexec_pool_submit(tickets->setup.pool, request, &events, ticket, &ticket->task);
    if (status == SSHEXEC_OK) {
        tickets->last_id = ticket->id;
        tickets->setup.metrics->started++;
        return TICKETS_TAKEN;
    }
    tickets->setup.metrics->refused++;
    (void)err_set(error, "%s", sshexec_pool_error(tickets->setup.pool));
    return status == SSHEXEC_INVALID ? TICKETS_INVALID : TICKETS_FULL;
}

enum tickets_answer tickets_begin(struct tickets *tickets, json_t *object, ticket_done *on_end,
                                  void *userdata, struct ticket **ticket, struct err_text *error)
{
    sshexec_request *request = read_request(tickets, object, error);
    if (request == NULL)
        return TICKETS_INVALID;
    struct ticket *begun = memory_zeroed(sizeof *begun);
    *begun = (struct ticket){tickets, NULL, tickets->last_id + 1, on_end, userdata};
    enum tickets_answer answer = submit(tickets, request, begun, error);
    sshexec_request_free(request);
    if (answer == TICKETS_TAKEN)
        *ticket = begun;
    else
        free(begun);
    return answer;
}

/* ---- tasks under way ---- */

unsigned long ticket_id(const struct ticket *ticket)
{
    return ticket->id;
}

unsigned long ticket_id_of(void *userdata)
{
    return ticket_id(userdata);
}

void ticket_cancel(struct ticket *ticket)
{
    sshexec_task_cancel(ticket->task);
}

json_t *ticket_describe(const struct ticket *ticket)
{
    const sshexec_task *task = ticket->task;
    sshexec_phase phase = sshexec_task_phase(task);
    return json_pack("{s:I, s:s, s:o, s:i, s:s, s:I, s:I, s:s}", "id", (json_int_t)ticket->id,
                     "state", phase == SSHEXEC_PHASE_QUEUE ? "queued" : "running", "host",
                     task_json_text(sshexec_task_host(task)), "port", sshexec_task_port(task),
                     "phase", sshexec_phase_name(phase), "age_ms",
                     (json_int_t)(sshexec_task_age_ns(task) / NS_PER_MS), "phase_age_ms",
                     (json_int_t)(sshexec_task_phase_age_ns(task) / NS_PER_MS), "waits_for",
                     sshexec_phase_sentence(phase));
}

static void list_visit(sshexec_task *task, void *userdata, void *argument)
{
    (void)task;
    (void)json_array_append_new(argument, ticket_describe(userdata));
}

json_t *tickets_list(struct tickets *tickets)
{
    json_t *list = json_array();
    sshexec_pool_each_task(tickets->setup.pool, list_visit, list);
    return list;
}

struct find {
    unsigned long id;
    struct ticket *ticket;
};

static void find_visit(sshexec_task *task, void *userdata, void *argument)
{
    struct find *find = argument;
    (void)task;
    if (ticket_id_of(userdata) == find->id)
        find->ticket = userdata;
}

struct ticket *tickets_find(struct tickets *tickets, unsigned long id)
{
    struct find find = {id, NULL};
    sshexec_pool_each_task(tickets->setup.pool, find_visit, &find);
    return find.ticket;
}
