#include "lease/lessor.h"

#include "base/clock.h"
#include "base/selector.h"
#include "judge/server_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the time ---- */

static void set_timer(struct lessor *lessor)
{
    int64_t due_ns = lease_table_next_due_ns(&lessor->table);
    ev_timer_stop(lessor->loop, &lessor->due);
    if (due_ns == INT64_MAX)
        return;
    int64_t left_ns = due_ns - clock_now_ns();
    ev_now_update(lessor->loop);
    ev_timer_set(&lessor->due, left_ns > 0 ? clock_seconds_from_ns(left_ns) : 0., 0.);
    ev_timer_start(lessor->loop, &lessor->due);
}

static void tell_news(const struct lessor *lessor, const struct lease *lease)
{
    char text[1200];
    (void)snprintf(text, sizeof text, "%s: %s%s; connections: %u seen, %u left open",
                   lease_state_name(lease->state), lease->why,
                   lease->killed ? "; its server did not end by itself and was killed" : "",
                   lease->witness.accepted, lease->witness.left_open);
    lessor->on_news(lease, text, lessor->userdata);
}

/* ---- the end of a lease ---- */

static void close_server(struct lease *lease)
{
    if (lease->server != NULL)
        server_process_close(lease->server);
    free(lease->server);
    lease->server = NULL;
    if (lease->source_path != NULL)
        (void)unlink(lease->source_path);
}

static void end_now(struct lessor *lessor, struct lease *lease)
{
    close_server(lease);
    lease_over(lease, clock_now_ns());
    tell_news(lessor, lease);
    lessor->on_change(lease, lessor->userdata);
}

static void begin_end(struct lessor *lessor, struct lease *lease, enum lease_state end_state,
                      const char *why)
{
    bool has_begun = lease->state == LEASE_READY;
    lease_begin_end(lease, end_state, clock_now_ns(), "%s", why);
    if (has_begun)
        server_process_finish(lease->server);
    else
        end_now(lessor, lease); /* nobody was ever there: there are no last words */
}

void lessor_release(struct lessor *lessor, struct lease *lease)
{
    if (!lease_is_over(lease) && lease->state != LEASE_ENDING)
        begin_end(lessor, lease, LEASE_RELEASED, "as was asked");
    set_timer(lessor);
}

static void do_what_is_due(struct lessor *lessor, struct lease *lease)
{
    char why[160];
    switch (lease_due(lease, clock_now_ns())) {
    case LEASE_NOTHING:
        return;
    case LEASE_GIVE_UP:
        (void)snprintf(why, sizeof why,
                       "its server was to be ready within %d ms and was still %s: this machine is "
                       "too busy",
                       LEASE_READY_WITHIN_MS, lease_state_name(lease->state));
        begin_end(lessor, lease, LEASE_FAILED, why);
        return;
    case LEASE_EXPIRE:
        (void)snprintf(why, sizeof why, "its ttl of %lld ms is over", (long long)lease->ttl_ms);
        begin_end(lessor, lease, LEASE_EXPIRED, why);
        return;
    case LEASE_KILL:
        lease->killed = true;
        end_now(lessor, lease);
        return;
    }
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct lessor *lessor = timer->data;
    for (struct lease *lease = lessor->table.first; lease != NULL; lease = lease->next)
        do_what_is_due(lessor, lease);
    set_timer(lessor);
}

/* ---- what a lease's server says ---- */

struct tenant { /* first in memory of what a lease's server is */
    struct server_process process;
    struct lessor *lessor; /* borrowed, as the lease */
    struct lease *lease;
};

/* For clients that cannot see our files: in a container, say. It is a file in memory. */
static json_t *private_key_json(const char *path)
{
    char text[4096];
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(text, 1, sizeof text, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    json_t *key = json_stringn(text, length);
    return key != NULL ? key : json_null();
}

static json_t *address_json(const struct server_process *process)
{
    const struct service_address *at = &process->services[0];
    const struct login *login = &process->login;
    char dns[80];
    json_t *ssh = json_sprintf("ssh -F none -p %d -i %s -o IdentitiesOnly=yes "
                               "-o IdentityAgent=none -o UserKnownHostsFile=%s %s@%s",
                               at->port, login->key, login->known_hosts, login->user, at->host);
    json_t *address =
        json_pack("{s:s, s:i, s:i, s:o, s:o}", "host", at->host, "port", at->port, "pid",
                  (int)process->pid, "ssh", ssh, "private_key", private_key_json(login->key));
#define X(word) (void)json_object_set_new(address, #word, json_string(login->word));
    LOGIN_WORDS(X)
#undef X
    if (at->name[0] != '\0') {
        (void)snprintf(dns, sizeof dns, "%s:%d", at->host, at->dns_port);
        (void)json_object_set_new(address, "name", json_string(at->name));
        (void)json_object_set_new(address, "dns", json_string(dns));
    }
    return address;
}

static void on_ready(void *owner)
{
    struct tenant *tenant = owner;
    struct lease *lease = tenant->lease;
    struct lessor *lessor = tenant->lessor;
    char text[700];
    (void)snprintf(lease->scenario, sizeof lease->scenario, "%s", tenant->process.services[0].id);
    lease_is_ready(lease, address_json(&tenant->process), clock_now_ns());
    (void)snprintf(text, sizeof text, "%s on %s port %d for %lld ms%s%s", lease->scenario,
                   tenant->process.services[0].host, tenant->process.services[0].port,
                   (long long)lease->ttl_ms, lease->label[0] != '\0' ? ", for " : "", lease->label);
    lessor->on_news(lease, text, lessor->userdata);
    lessor->on_change(lease, lessor->userdata);
    set_timer(lessor);
}

static void on_event(void *owner, enum event event, const json_t *line, int service)
{
    (void)service;
    struct tenant *tenant = owner;
    lease_witness_event(&tenant->lease->witness, event, line, tenant->lease->ready_ns);
    tenant->lessor->on_change(tenant->lease, tenant->lessor->userdata);
}

/* `fakesshd serve` says what is wrong with a scenario in one sentence, which begins with the file;
 * where that is one of our making, its name says nothing to anybody. */
static void set_words(struct lease *lease, const struct server_process *process, const char *why)
{
    static const char prefix[] = "fakesshd serve: ";
    size_t path = lease->source_path != NULL ? strlen(lease->source_path) : 0;
    if (strncmp(process->last_words, prefix, sizeof prefix - 1) == 0)
        why = process->last_words + sizeof prefix - 1;
    bool is_source = path > 0 && strncmp(why, lease->source_path, path) == 0;
    lease_begin_end(lease, LEASE_FAILED, clock_now_ns(), "%s%s", is_source ? "source" : "",
                    is_source ? why + path : why);
    lease->why[strcspn(lease->why, "\n")] =
        '\0'; /* a traceback is for whoever serves it at a desk */
}

static void on_end(void *owner, const char *why)
{
    struct tenant *tenant = owner;
    struct lease *lease = tenant->lease;
    struct lessor *lessor = tenant->lessor; /* the tenant is gone when its lease is over */
    if (lease->state != LEASE_ENDING) {
        lease->scenario_fault =
            lease->state == LEASE_STARTING && strcmp(tenant->process.ending, "exit status 2") == 0;
        set_words(lease, &tenant->process, why);
    }
    end_now(lessor, lease);
    set_timer(lessor);
}

static const struct server_process_events events = {on_ready, on_event, on_end};

/* ---- the beginning of a lease ---- */

static void start_server(struct lessor *lessor, struct lease *lease)
{
    struct err_text error = {""};
    const char *scenarios[] = {lease->word};
    struct server_process_spec spec = {.scenarios = scenarios,
                                       .scenario_count = 1,
                                       .slots = 1,
                                       .host = lease->host,
                                       .deadline_ms = lease->deadline_ms,
                                       .seed = (uint64_t)lease->seed};
    struct tenant *tenant = calloc(1, sizeof *tenant);
    if (tenant == NULL)
        abort();
    tenant->lessor = lessor;
    tenant->lease = lease;
    lease->server = &tenant->process;
    lease_started(lease);
    if (server_process_start(&tenant->process, &spec, lessor->loop, &lessor->reaper, &events,
                             tenant, &error) != ERR_NONE)
        begin_end(lessor, lease, LEASE_FAILED, error.text);
}

static void on_turn(struct ev_loop *loop, ev_prepare *prepare, int revents)
{
    (void)loop, (void)revents;
    struct lessor *lessor = prepare->data;
    struct lease *lease;
    while ((lease = lease_table_next_start(&lessor->table)) != NULL)
        start_server(lessor, lease);
    lease_table_tidy(&lessor->table);
}

void lessor_init(struct lessor *lessor, struct ev_loop *loop, const struct catalogue *catalogue)
{
    *lessor = (struct lessor){.loop = loop, .catalogue = catalogue};
    int64_t now_ns = clock_now_ns();
    lease_table_init(&lessor->table,
                     (uint32_t)(now_ns ^ (now_ns >> 32)) * 2654435761u + (uint32_t)getpid());
    reaper_init(&lessor->reaper, loop);
    ev_timer_init(&lessor->due, on_due, 0., 0.);
    ev_prepare_init(&lessor->turn, on_turn);
    lessor->due.data = lessor->turn.data = lessor;
    ev_prepare_start(loop, &lessor->turn);
}

static enum err write_source(struct lessor *lessor, struct lease *lease, const char *source,
                             struct err_text *error)
{
    if (lessor->workdir.path[0] == '\0' && !workdir_make(&lessor->workdir, true)) {
        lessor->workdir.path[0] = '\0'; /* the next one tries again */
        return err_set_errno(error, "cannot make a folder for scenarios");
    }
    if (asprintf(&lease->source_path, "%s/source-%u.lua", lessor->workdir.path, lease->number) < 0)
        abort();
    FILE *file = fopen(lease->source_path, "we");
    bool done = file != NULL && fputs(source, file) >= 0;
    if (file != NULL && fclose(file) != 0)
        done = false;
    return done ? ERR_NONE : err_set_errno(error, "cannot write %s", lease->source_path);
}

/* A scenario's name without its variant is no id, but nearly one. */
static enum err refuse_id(const struct lessor *lessor, const char *word, struct err_text *error)
{
    const char *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < lessor->catalogue->count; i++) {
        const char *id = lessor->catalogue->items[i].id;
        if (!selector_word_matches(word, id))
            continue;
        first = first == NULL ? id : first;
        count++;
    }
    if (count == 0)
        return err_set(error, ERR_INPUT,
                       "scenario: there is no id '%.100s'; GET /v1/scenarios lists them", word);
    return err_set(error, ERR_INPUT,
                   "scenario: a lease has one id, and '%.100s' means %zu, such as '%.150s'", word,
                   count, first);
}

/* The selector word of one scenario, wherever it comes from. */
static enum err find_word(struct lessor *lessor, struct lease *lease,
                          const struct lease_request *request, struct err_text *error)
{
    char word[2048];
    if (request->scenario != NULL) {
        const struct scenario *item = catalogue_find(lessor->catalogue, request->scenario);
        if (item == NULL)
            return refuse_id(lessor, request->scenario, error);
        scenario_file_word(item, word, sizeof word);
        (void)snprintf(lease->scenario, sizeof lease->scenario, "%s", item->id);
    } else {
        enum err failed = request->source != NULL
                              ? write_source(lessor, lease, request->source, error)
                              : ERR_NONE;
        if (failed != ERR_NONE)
            return failed;
        (void)snprintf(word, sizeof word, "%s%s%s",
                       request->source != NULL ? lease->source_path : request->file,
                       request->variant != NULL ? "/" : "",
                       request->variant != NULL ? request->variant : "");
    }
    lease->word = strdup(word);
    if (lease->word == NULL)
        abort();
    return ERR_NONE;
}

struct lease *lessor_grant(struct lessor *lessor, const struct lease_request *request,
                           enum err *failed, struct err_text *error)
{
    struct lease *lease = lease_table_add(&lessor->table, request, clock_now_ns(), error);
    *failed = ERR_SYSTEM;
    if (lease == NULL)
        return NULL;
    *failed = find_word(lessor, lease, request, error);
    if (*failed != ERR_NONE) {
        lease_table_drop(&lessor->table, lease);
        return NULL;
    }
    set_timer(lessor);
    return lease;
}

void lessor_fini(struct lessor *lessor)
{
    ev_timer_stop(lessor->loop, &lessor->due);
    ev_prepare_stop(lessor->loop, &lessor->turn);
    for (struct lease *lease = lessor->table.first; lease != NULL; lease = lease->next)
        close_server(lease);
    lease_table_fini(&lessor->table);
    reaper_fini(&lessor->reaper);
    workdir_remove(&lessor->workdir);
}
