#include "lib/request.h"

#include "lib/deadline.h"
#include "lib/hostname.h"
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT_LIMIT_DEFAULT ((uint64_t)64 * 1024 * 1024)
#define OUTPUT_KEPT_DEFAULT  ((uint64_t)1024 * 1024)

static void wipe(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

static void set_text(char **to, const char *text)
{
    wipe(*to);
    *to = memory_text(text);
}

static void *copy_bytes(const void *bytes, size_t length)
{
    unsigned char *copy = memory_resize(NULL, length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

/* The first mistake is the one that is told. */
static bool note(struct sshexec_request *request, bool good, const struct err_text *why)
{
    if (!good && request->error.text[0] == '\0')
        request->error = *why;
    return good;
}

sshexec_request *sshexec_request_new(const char *host, int port, const char *user,
                                     const char *command)
{
    struct sshexec_request *request = memory_zeroed(sizeof *request);
    request->host = memory_text(host);
    request->port = port;
    request->user = memory_text(user);
    request->command = memory_text(command);
    request->output_limit = OUTPUT_LIMIT_DEFAULT;
    request->output_kept = OUTPUT_KEPT_DEFAULT;
    return request;
}

void sshexec_request_free(sshexec_request *request)
{
    if (request == NULL)
        return;
    wipe(request->host);
    wipe(request->user);
    wipe(request->command);
    wipe(request->key);
    wipe(request->key_text);
    wipe(request->agent);
    wipe(request->password);
    wipe(request->known_hosts);
    wipe(request->dns);
    hostkey_fini(&request->hostkeys);
    environment_fini(&request->environment);
    if (request->stdin_bytes != NULL)
        explicit_bzero(request->stdin_bytes, request->stdin_length);
    free(request->stdin_bytes);
    free(request);
}

sshexec_request *sshexec_request_copy(const sshexec_request *request)
{
    struct sshexec_request *copy = memory_zeroed(sizeof *copy);
    *copy = *request;
    copy->host = memory_text(request->host);
    copy->user = memory_text(request->user);
    copy->command = memory_text(request->command);
    copy->key = memory_text(request->key);
    copy->key_text = memory_text(request->key_text);
    copy->agent = memory_text(request->agent);
    copy->password = memory_text(request->password);
    copy->known_hosts = memory_text(request->known_hosts);
    copy->dns = memory_text(request->dns);
    environment_copy(&copy->environment, &request->environment);
    copy->hostkeys = (struct hostkey_policy){0};
    hostkey_copy(&copy->hostkeys, &request->hostkeys);
    copy->stdin_bytes = request->stdin_bytes == NULL
                            ? NULL
                            : copy_bytes(request->stdin_bytes, request->stdin_length);
    return copy;
}

static void forget_hostkeys(struct sshexec_request *request)
{
    hostkey_fini(&request->hostkeys);
    request->hostkeys = (struct hostkey_policy){0};
}

void request_forget_secrets(struct sshexec_request *request)
{
    set_text(&request->password, NULL);
    set_text(&request->command, NULL);
    set_text(&request->key, NULL);
    set_text(&request->key_text, NULL);
    environment_fini(&request->environment);
    forget_hostkeys(request);
}

const char *sshexec_request_error(const sshexec_request *request)
{
    return request->error.text;
}

bool request_check(const struct sshexec_request *request, struct err_text *error)
{
    if (request->error.text[0] != '\0')
        return err_set(error, "%s", request->error.text);
    if (request->host == NULL || request->command == NULL)
        return err_set(error, "the %s is missing", request->host == NULL ? "host" : "command");
    if (request->port < 1 || request->port > 65535)
        return err_set(error, "the port: expected 1 to 65535; found %d", request->port);
    if (request->user == NULL || request->user[0] == '\0')
        return err_set(error, "the user is missing");
    if (request->deadline_ms == 0)
        return err_set(error, "the deadline is missing; there is no default, for only you know it");
    if (!hostkey_is_given(&request->hostkeys) && request->known_hosts == NULL)
        return err_set(error, "no host key to compare with was given");
    return true;
}

bool sshexec_request_set_destination(sshexec_request *request, const char *host, int port,
                                     const char *user)
{
    if (host != NULL)
        set_text(&request->host, host);
    if (port != 0)
        request->port = port;
    if (user != NULL)
        set_text(&request->user, user);
    return true;
}

bool sshexec_request_set_command(sshexec_request *request, const char *command)
{
    set_text(&request->command, command);
    return true;
}

void sshexec_request_forget_hostkeys(sshexec_request *request)
{
    set_text(&request->known_hosts, NULL);
    forget_hostkeys(request);
}

bool sshexec_request_add_hostkey(sshexec_request *request, const char *line)
{
    struct err_text why = {""};
    return note(request, hostkey_add_line(&request->hostkeys, line, &why), &why);
}

bool sshexec_request_set_fingerprint(sshexec_request *request, const char *fingerprint)
{
    struct err_text why = {""};
    return note(request, hostkey_set_fingerprint(&request->hostkeys, fingerprint, &why), &why);
}

bool sshexec_request_set_known_hosts(sshexec_request *request, const char *path)
{
    set_text(&request->known_hosts, path);
    return true;
}

bool sshexec_request_set_key_file(sshexec_request *request, const char *path)
{
    set_text(&request->key, path);
    return true;
}

bool sshexec_request_set_key(sshexec_request *request, const char *text)
{
    set_text(&request->key_text, text);
    return true;
}

bool sshexec_request_set_agent(sshexec_request *request, const char *path)
{
    set_text(&request->agent, path);
    return true;
}

bool sshexec_request_set_variable(sshexec_request *request, const char *name, const char *value)
{
    struct err_text why = {""};
    return note(request, environment_set(&request->environment, name, value, &why), &why);
}

bool sshexec_request_set_password(sshexec_request *request, const char *password)
{
    set_text(&request->password, password);
    return true;
}

bool sshexec_request_set_dns(sshexec_request *request, const char *server)
{
    struct err_text why = {""};
    if (!note(request, server == NULL || hostname_check_server(server, &why), &why))
        return false;
    set_text(&request->dns, server);
    return true;
}

bool sshexec_request_set_stdin(sshexec_request *request, const void *bytes, size_t length)
{
    free(request->stdin_bytes);
    request->stdin_bytes = copy_bytes(bytes, length);
    request->stdin_length = length;
    return true;
}

static bool set_ms(struct sshexec_request *request, const char *what, int64_t ms, int64_t *to)
{
    struct err_text why = {""};
    bool good = ms >= 1 && ms <= DEADLINE_MAX_MS;
    if (good)
        *to = ms;
    else
        (void)err_set(&why, "%s: expected 1 to %lld ms; found %lld", what,
                      (long long)DEADLINE_MAX_MS, (long long)ms);
    return note(request, good, &why);
}

bool sshexec_request_set_deadline_ms(sshexec_request *request, int64_t deadline_ms)
{
    return set_ms(request, "the deadline", deadline_ms, &request->deadline_ms);
}

bool sshexec_request_set_phase_limit_ms(sshexec_request *request, sshexec_phase phase,
                                        int64_t limit_ms)
{
    struct err_text why = {""};
    if (phase > SSHEXEC_PHASE_NONE && phase < SSHEXEC_PHASE_COUNT)
        return set_ms(request, "the phase's limit", limit_ms, &request->limit_ms[phase]);
    (void)err_set(&why, "the phase's limit: %d is no phase", (int)phase);
    return note(request, false, &why);
}

bool sshexec_request_set_connect_limit_ms(sshexec_request *request, int64_t limit_ms)
{
    return set_ms(request, "the limit to connect", limit_ms, &request->connect_limit_ms);
}

bool sshexec_request_set_idle_limit_ms(sshexec_request *request, int64_t limit_ms)
{
    return set_ms(request, "the limit of idleness", limit_ms, &request->idle_limit_ms);
}

bool sshexec_request_set_keepalive_ms(sshexec_request *request, int64_t interval_ms)
{
    return set_ms(request, "the keepalive interval", interval_ms, &request->keepalive_ms);
}

bool sshexec_request_set_begin_ns(sshexec_request *request, int64_t begin_ns)
{
    request->begin_ns = begin_ns;
    return true;
}

bool sshexec_request_set_output_limit(sshexec_request *request, uint64_t limit_bytes)
{
    request->output_limit = limit_bytes;
    return true;
}

bool sshexec_request_set_output_kept(sshexec_request *request, uint64_t kept_bytes)
{
    request->output_kept = kept_bytes;
    return true;
}
