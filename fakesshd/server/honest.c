#include "server/honest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool starts_command(const struct session_request *request)
{
    return strcmp(request->type, "exec") == 0 || strcmp(request->type, "shell") == 0 ||
           strcmp(request->type, "subsystem") == 0;
}

enum phase honest_leads_to(const struct session_request *request)
{
    switch (request->kind) {
    case REQUEST_SERVICE:
        return PHASE_AUTH;
    case REQUEST_AUTH:
        return request->is_probe ? PHASE_TCP : PHASE_CHANNEL;
    case REQUEST_CHANNEL_OPEN:
        return PHASE_REQUEST;
    case REQUEST_CHANNEL:
        return starts_command(request) ? PHASE_DATA : PHASE_TCP;
    case REQUEST_GLOBAL:
        break;
    }
    return PHASE_TCP;
}

bool honest_may_answer(const struct session_request *request, enum phase until)
{
    switch (request->kind) {
    case REQUEST_SERVICE:
        return until >= PHASE_AUTH;
    case REQUEST_AUTH:
        return until >= PHASE_CHANNEL;
    case REQUEST_CHANNEL_OPEN:
        return until >= PHASE_REQUEST;
    case REQUEST_CHANNEL:
        return until >= (starts_command(request) ? PHASE_DATA : PHASE_REQUEST);
    case REQUEST_GLOBAL:
        return until >= PHASE_AUTH;
    }
    return false;
}

char *honest_output(const char *command)
{
    const char *text = command == NULL ? "This is fakesshd: it runs no shell." : command;
    size_t end = strlen(text);
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\n'))
        end--;
    size_t start = command == NULL ? 0 : end;
    while (start > 0 && text[start - 1] != ' ')
        start--;
    char *output = NULL;
    if (asprintf(&output, "%.*s\n", (int)(end - start), text + start) < 0)
        return NULL;
    return output;
}

static void run_command(struct session_channel *channel, enum phase until)
{
    if (channel->subsystem != NULL && !channel->subsystem_over)
        return; /* prelude/ serves it */
    if (until >= PHASE_EXIT && !channel->eof_sent && !channel->close_sent) {
        bool prints = channel->subsystem == NULL && channel->stdout_bytes == 0;
        char *output = prints ? honest_output(channel->command) : NULL;
        long taken = output != NULL ? session_write(channel, output, strlen(output), false) : -1;
        free(output);
        if (taken == 0)
            return; /* no room yet: the next step tries again */
        (void)session_eof(channel);
    }
    if (until >= PHASE_CLOSE && !channel->status_sent && !channel->close_sent)
        (void)session_exit_status(channel, 0);
    if (until >= PHASE_DISCONNECT && !channel->close_sent)
        (void)session_close(channel);
}

void honest_step(struct session *session, enum phase until)
{
    struct session_request *request = session->requests;
    while (request != NULL && !session->ended) {
        struct session_request *next = request->next;
        if (honest_may_answer(request, until))
            (void)session_answer(session, request, request->right);
        request = next;
    }
    for (struct session_channel *channel = session->channels; channel != NULL && !session->ended;
         channel = channel->next) {
        if (channel->started)
            run_command(channel, until);
    }
}
