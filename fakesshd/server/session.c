/* What all engines share: the queue of requests, the list of channels, the book of what was sent.
 */
#include "server/session.h"

#include "base/fnv1a.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void session_add_request(struct session *session, struct session_request *request)
{
    struct session_request **end = &session->requests;
    while (*end != NULL)
        end = &(*end)->next;
    *end = request;
    session->events->on_change(session->owner);
}

void session_set_ended(struct session *session, const char *why)
{
    if (session->ended)
        return;
    session->ended = true;
    (void)snprintf(session->ended_why, sizeof session->ended_why, "%s", why);
    session->events->on_change(session->owner);
}

void session_pump(struct session *session)
{
    if (!session->ended)
        session->ops->pump(session);
}

bool session_wants_pump(struct session *session)
{
    return !session->ended && session->ops->wants_pump(session);
}

struct session_request *session_oldest(const struct session *session,
                                       enum session_request_kind kind)
{
    struct session_request *request = session->requests;
    while (request != NULL && request->kind != kind)
        request = request->next;
    return request;
}

struct session_request *session_oldest_of(const struct session_channel *channel)
{
    struct session_request *request = channel->session->requests;
    while (request != NULL && (request->kind != REQUEST_CHANNEL || request->channel != channel))
        request = request->next;
    return request;
}

static void request_free(struct session *session, struct session_request *request)
{
    if (request->message != NULL)
        session->ops->release_message(request);
    free(request->detail);
    free(request);
}

void session_forget(struct session *session, struct session_request *request)
{
    struct session_request **link = &session->requests;
    while (*link != request)
        link = &(*link)->next;
    *link = request->next;
    request_free(session, request);
}

static void channel_begin(struct session_request *request)
{
    struct session_channel *channel = request->channel;
    if (strcmp(request->type, "exec") == 0 && channel->command == NULL) {
        channel->command = request->detail;
        request->detail = NULL;
    }
    if (strcmp(request->type, "exec") == 0 || strcmp(request->type, "shell") == 0 ||
        strcmp(request->type, "subsystem") == 0)
        channel->started = true;
}

bool session_answer(struct session *session, struct session_request *request, bool accept)
{
    bool done = !session->ended && session->ops->answer(session, request, accept);
    if (done)
        session->events->on_answered(session->owner, request, accept);
    if (done && accept && request->kind == REQUEST_CHANNEL)
        channel_begin(request);
    session_forget(session, request);
    return done;
}

long session_write(struct session_channel *channel, const char *bytes, size_t length,
                   bool is_stderr)
{
    struct session *session = channel->session;
    if (session->ended || channel->eof_sent || channel->close_sent)
        return -1;
    long taken = session->ops->write(channel, bytes, length, is_stderr);
    if (taken > 0 && is_stderr)
        channel->stderr_bytes += (uint64_t)taken;
    if (taken > 0 && !is_stderr) {
        channel->stdout_bytes += (uint64_t)taken;
        channel->stdout_fnv1a = fnv1a_add(channel->stdout_fnv1a, bytes, (size_t)taken);
    }
    return taken;
}

static bool sent(struct session_channel *channel, bool done, bool *mark, const char *what)
{
    if (done) {
        if (mark != NULL)
            *mark = true;
        channel->session->events->on_channel_sent(channel->session->owner, channel, what);
    }
    return done;
}

bool session_eof(struct session_channel *channel)
{
    bool done = !channel->session->ended && channel->session->ops->eof(channel);
    return sent(channel, done, &channel->eof_sent, "eof");
}

bool session_exit_status(struct session_channel *channel, int status)
{
    bool done = !channel->session->ended && channel->session->ops->exit_status(channel, status);
    char what[32];
    (void)snprintf(what, sizeof what, "exit-status %d", status);
    return sent(channel, done, &channel->status_sent, what);
}

bool session_exit_signal(struct session_channel *channel, const char *name)
{
    bool done = !channel->session->ended && channel->session->ops->exit_signal(channel, name);
    return sent(channel, done, NULL, "exit-signal");
}

bool session_close(struct session_channel *channel)
{
    bool done = !channel->session->ended && channel->session->ops->close(channel);
    return sent(channel, done, &channel->close_sent, "close");
}

struct session_channel *session_channel_find(const struct session *session, unsigned number)
{
    struct session_channel *channel = session->channels;
    while (channel != NULL && channel->number != number)
        channel = channel->next;
    return channel;
}

void session_free(struct session **session)
{
    if (*session == NULL)
        return;
    while ((*session)->requests != NULL)
        session_forget(*session, (*session)->requests);
    (*session)->ops->free(*session);
    *session = NULL;
}
