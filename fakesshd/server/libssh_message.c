#include "server/libssh_message.h"

#include <libssh/server.h>
#include <stdio.h>
#include <string.h>

static bool is_users_key(const struct hostkey *keys, ssh_key key)
{
    for (int i = 0; key != NULL && i < USER_KEY_COUNT; i++) {
        if (ssh_key_cmp(key, keys->users[i].key, SSH_KEY_CMP_PUBLIC) == 0)
            return true;
    }
    return false;
}

static void describe_auth(const struct hostkey *keys, ssh_message message,
                          struct session_request *request)
{
    const char *user = ssh_message_auth_user(message);
    bool user_right = user != NULL && strcmp(user, HOSTKEY_USER) == 0;
    const char *type = "unknown";
    request->detail = user != NULL ? strdup(user) : NULL;
    switch (ssh_message_subtype(message)) {
    case SSH_AUTH_METHOD_NONE:
        type = "none";
        break;
    case SSH_AUTH_METHOD_PASSWORD: {
        const char *password = ssh_message_auth_password(message);
        type = "password";
        request->right = user_right && password != NULL && strcmp(password, HOSTKEY_PASSWORD) == 0;
        break;
    }
    case SSH_AUTH_METHOD_PUBLICKEY: {
        enum ssh_publickey_state_e state = ssh_message_auth_publickey_state(message);
        ssh_key key = ssh_message_auth_pubkey(message);
        type = "publickey";
        request->is_probe = state == SSH_PUBLICKEY_STATE_NONE;
        request->right = user_right && is_users_key(keys, key) &&
                         (request->is_probe || state == SSH_PUBLICKEY_STATE_VALID);
        break;
    }
    case SSH_AUTH_METHOD_INTERACTIVE:
        type = "keyboard-interactive";
        break;
    default:
        break;
    }
    (void)snprintf(request->type, sizeof request->type, "%s", type);
}

static void describe_channel_request(ssh_message message, struct session_request *request)
{
    static const struct {
        int subtype;
        const char *type;
    } types[] = {
        {SSH_CHANNEL_REQUEST_EXEC, "exec"},
        {SSH_CHANNEL_REQUEST_SHELL, "shell"},
        {SSH_CHANNEL_REQUEST_PTY, "pty-req"},
        {SSH_CHANNEL_REQUEST_ENV, "env"},
        {SSH_CHANNEL_REQUEST_SUBSYSTEM, "subsystem"},
        {SSH_CHANNEL_REQUEST_X11, "x11-req"},
        {SSH_CHANNEL_REQUEST_WINDOW_CHANGE, "window-change"},
    };
    const char *type = "unknown";
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].subtype == ssh_message_subtype(message))
            type = types[i].type;
    }
    (void)snprintf(request->type, sizeof request->type, "%s", type);
    const char *detail = NULL;
    if (strcmp(type, "exec") == 0)
        detail = ssh_message_channel_request_command(message);
    else if (strcmp(type, "subsystem") == 0)
        detail = ssh_message_channel_request_subsystem(message);
    request->right = session_knows_channel_request(type, detail);
    request->detail = detail != NULL ? strdup(detail) : NULL;
}

void libssh_message_describe(ssh_message message, const struct hostkey *keys,
                             struct session_request *request)
{
    switch (ssh_message_type(message)) {
    case SSH_REQUEST_SERVICE:
        request->kind = REQUEST_SERVICE;
        request->right = strcmp(ssh_message_service_service(message), "ssh-userauth") == 0;
        (void)snprintf(request->type, sizeof request->type, "%s",
                       ssh_message_service_service(message));
        break;
    case SSH_REQUEST_AUTH:
        request->kind = REQUEST_AUTH;
        describe_auth(keys, message, request);
        break;
    case SSH_REQUEST_CHANNEL_OPEN:
        request->kind = REQUEST_CHANNEL_OPEN;
        request->right = ssh_message_subtype(message) == SSH_CHANNEL_SESSION;
        (void)snprintf(request->type, sizeof request->type, "%s",
                       request->right ? "session" : "other");
        break;
    case SSH_REQUEST_CHANNEL:
        request->kind = REQUEST_CHANNEL;
        describe_channel_request(message, request);
        break;
    default:
        request->kind = REQUEST_GLOBAL;
        (void)snprintf(request->type, sizeof request->type, "global");
        break;
    }
}
