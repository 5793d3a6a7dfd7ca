/* What all engines share: the queue of requests, the list of channels, the book of what was sent.
 */
#include "server/session.h"

#include "base/fnv1a.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void request_free(struct session *session, struct session_request *request);

void session_add_request(struct session *session, struct session_request *request)
{
    if (session->request_count >= SESSION_REQUESTS_MAX) {
        request_free(session, request);
        session_set_ended(session, "the client has too many requests unanswered");
        return;
    }
    session->request_count++;
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
    session->ended_why = strdup(why);
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

bool session_has_postponed(struct session *session)
{
    return !session->ended && session->ops->has_postponed(session);
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
    session->request_count--;
    request_free(session, request);
}

static bool is_among(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

bool session_knows_channel_request(const char *type, const char *detail)
{
    static const char *const types[] = {"exec",          "shell",  "pty-req", "env",
                                        "window-change", "signal", NULL};
    static const char *const subsystems[] = {"sftp", "netconf", NULL}; /* prelude/ serves them */
    if (strcmp(type, "subsystem") == 0)
        return detail != NULL && is_among(detail, subsystems);
    return is_among(type, types);
}

static void channel_begin(struct session_request *request)
{
    struct session_channel *channel = request->channel;
    if (strcmp(request->type, "exec") == 0 && channel->command == NULL) {
        channel->command = request->detail;
        request->detail = NULL;
    }
    if (strcmp(request->type, "subsystem") == 0 && channel->subsystem == NULL) {
        channel->subsystem = request->detail;
        request->detail = NULL;
    }
    if (strcmp(request->type, "exec") == 0 || strcmp(request->type, "shell") == 0 ||
        strcmp(request->type, "subsystem") == 0)
        channel->started = true;
}

void session_answered(struct session *session, struct session_request *request, bool accepted)
{
    session->events->on_answered(session->owner, request, accepted);
    if (accepted && request->kind == REQUEST_CHANNEL)
        channel_begin(request);
    session_forget(session, request);
}

bool session_answer(struct session *session, struct session_request *request, bool accept)
{
    session->heard = SESSION_HEARD;
    if (request->kind == REQUEST_CHANNEL_OPEN && session->channel_count >= SESSION_CHANNELS_MAX)
        accept = false;
    if (!session->ended && session->ops->answer(session, request, accept)) {
        session_answered(session, request, accept);
        return true;
    }
    session_forget(session, request);
    return false;
}

long session_write(struct session_channel *channel, const char *bytes, size_t length,
                   bool is_stderr)
{
    struct session *session = channel->session;
    if (session->ended || channel->eof_sent || channel->close_sent)
        return -1;
    long taken = session->ops->write(channel, bytes, length, is_stderr);
    if (taken > 0)
        session_channel_wrote(channel, bytes, (size_t)taken, is_stderr);
    return taken;
}

void session_channel_wrote(struct session_channel *channel, const char *bytes, size_t length,
                           bool is_stderr)
{
    if (channel->output_is_told)
        return;
    if (is_stderr) {
        channel->stderr_bytes += length;
        return;
    }
    channel->stdout_bytes += length;
    channel->stdout_fnv1a = fnv1a_add(channel->stdout_fnv1a, bytes, length);
}

void session_channel_told(struct session_channel *channel, const char *bytes, size_t length)
{
    channel->output_is_told = false;
    session_channel_wrote(channel, bytes, length, false);
    channel->output_is_told = true;
}

void session_channel_read(struct session_channel *channel, const void *bytes, size_t length)
{
    size_t kept = buffer_length(&channel->stdin_kept);
    size_t most =
        channel->subsystem != NULL ? SESSION_SUBSYSTEM_KEPT_BYTES : SESSION_STDIN_KEPT_BYTES;
    size_t room = kept < most ? most - kept : 0;
    channel->stdin_bytes += length;
    if (length > 0 && room > 0)
        (void)buffer_add(&channel->stdin_kept, bytes, length < room ? length : room);
}

void session_channel_free(struct session_channel *channel)
{
    free(channel->command);
    free(channel->subsystem);
    buffer_fini(&channel->stdin_kept);
    free(channel);
}

bool session_channel_said(struct session_channel *channel, const char *what)
{
    if (strcmp(what, "eof") == 0)
        channel->eof_sent = true;
    else if (strcmp(what, "close") == 0)
        channel->close_sent = true;
    else if (strncmp(what, "exit-status ", 12) == 0)
        channel->status_sent = true;
    channel->session->events->on_channel_sent(channel->session->owner, channel, what);
    return true;
}

/* May something be said on it? */
static bool is_alive(struct session_channel *channel)
{
    channel->session->heard = SESSION_HEARD;
    return !channel->session->ended;
}

bool session_eof(struct session_channel *channel)
{
    return is_alive(channel) && channel->session->ops->eof(channel) &&
           session_channel_said(channel, "eof");
}

bool session_exit_status(struct session_channel *channel, int status)
{
    char what[32];
    (void)snprintf(what, sizeof what, "exit-status %d", status);
    return is_alive(channel) && channel->session->ops->exit_status(channel, status) &&
           session_channel_said(channel, what);
}

bool session_exit_signal(struct session_channel *channel, const char *name)
{
    return is_alive(channel) && channel->session->ops->exit_signal(channel, name) &&
           session_channel_said(channel, "exit-signal");
}

bool session_close(struct session_channel *channel)
{
    return is_alive(channel) && channel->session->ops->close(channel) &&
           session_channel_said(channel, "close");
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
    free((*session)->ended_why);
    (*session)->ops->free(*session);
    *session = NULL;
}
