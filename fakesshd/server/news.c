#include "server/news.h"

#include "server/conn.h"
#include "server/honest.h"
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct news {
    struct news *next;
    enum { NEWS_PHASE, NEWS_EXEC, NEWS_EXIT } kind;
    enum phase leads_to; /* PHASE_TCP: nowhere */
    char *command;       /* owned; of NEWS_EXEC, NULL for a shell */
    int exit_status;
    uint64_t stdout_bytes, stderr_bytes, stdout_fnv1a; /* of NEWS_EXIT */
};

static void tell(struct conn *conn, const struct news *news)
{
    struct event_log *log = &conn->server->log;
    char fnv1a[17];
    switch (news->kind) {
    case NEWS_EXEC:
        event_log_write(log, EVENT_EXEC, "{s:i, s:i, s:o}", "conn", (int)conn->number, "slot",
                        conn->slot, "command", event_log_text(news->command));
        break;
    case NEWS_EXIT:
        (void)snprintf(fnv1a, sizeof fnv1a, "%016llx", (unsigned long long)news->stdout_fnv1a);
        event_log_write(log, EVENT_EXIT, "{s:i, s:i, s:i, s:I, s:I, s:s}", "conn",
                        (int)conn->number, "slot", conn->slot, "exit_status", news->exit_status,
                        "stdout_bytes", (json_int_t)news->stdout_bytes, "stderr_bytes",
                        (json_int_t)news->stderr_bytes, "stdout_fnv1a", fnv1a);
        break;
    case NEWS_PHASE:
        break;
    }
    if (news->leads_to != PHASE_TCP)
        (void)conn_enter(conn, news->leads_to);
}

/* Tells it now, later or never, as the client hears it; what was told before comes first. */
static void tell_when_heard(struct conn *conn, const struct news *news)
{
    if (conn->session->heard == SESSION_DROPPED)
        return;
    if (conn->session->heard == SESSION_HEARD && conn->unheard == NULL) {
        tell(conn, news);
        return;
    }
    struct news *copy = malloc(sizeof *copy);
    if (copy == NULL)
        return;
    *copy = *news;
    copy->next = NULL;
    copy->command = news->command != NULL ? strdup(news->command) : NULL;
    struct news **end = &conn->unheard;
    while (*end != NULL)
        end = &(*end)->next;
    *end = copy;
}

static struct news *unlink_oldest(struct conn *conn)
{
    struct news *oldest = conn->unheard;
    conn->unheard = oldest->next;
    return oldest;
}

static void news_free(struct news *news)
{
    free(news->command);
    free(news);
}

void news_pass(struct conn *conn)
{
    while (conn->unheard != NULL) {
        struct news *news = unlink_oldest(conn);
        tell(conn, news);
        news_free(news);
    }
}

void news_drop(struct conn *conn)
{
    while (conn->unheard != NULL)
        news_free(unlink_oldest(conn));
}

void news_of_answer(struct conn *conn, const struct session_request *request)
{
    struct news news = {.kind = NEWS_PHASE, .leads_to = honest_leads_to(request)};
    if (news.leads_to == PHASE_DATA) {
        news.kind = NEWS_EXEC;
        news.command = request->detail;
    }
    tell_when_heard(conn, &news);
}

/* The output so far, told with the status that was sent. */
static void tell_output(struct news *news, struct session_channel *channel)
{
    news->kind = NEWS_EXIT;
    news->exit_status = channel->exit_status;
    news->stdout_bytes = channel->stdout_bytes;
    news->stderr_bytes = channel->stderr_bytes;
    news->stdout_fnv1a = channel->stdout_fnv1a;
    channel->output_told = channel->stdout_bytes + channel->stderr_bytes;
}

/* The channel's last words lead to the next phase; the output that was sent is told with the
 * status, and again with EOF or CLOSE when there was more of it behind the status. */
void news_of_channel(struct conn *conn, struct session_channel *channel, const char *what)
{
    static const char status[] = "exit-status ";
    struct news news = {.kind = NEWS_PHASE, .leads_to = PHASE_TCP};
    if (strcmp(what, "eof") == 0) {
        news.leads_to = PHASE_EXIT;
    } else if (strcmp(what, "close") == 0) {
        news.leads_to = PHASE_DISCONNECT;
    } else if (strncmp(what, status, sizeof status - 1) == 0) {
        news.leads_to = PHASE_CLOSE;
        channel->exit_status = atoi(what + sizeof status - 1);
        tell_output(&news, channel);
    }
    if (news.kind == NEWS_PHASE && channel->status_sent &&
        channel->stdout_bytes + channel->stderr_bytes != channel->output_told)
        tell_output(&news, channel);
    tell_when_heard(conn, &news);
}
