#include "judge/run_line.h"

#include "base/base64.h"

#include <stdio.h>
#include <stdlib.h>

/* Any keys but the server's, for the probe: 32 bytes of 'A', the curve's base point (SEC 2, 2.4.2),
 * and 256 bytes of 0xC1. */
#define OTHER_HOSTKEY \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
#define OTHER_HOSTKEY_ECDSA                                                                \
    "ecdsa-sha2-nistp256 "                                                                 \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLesz" \
    "oPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU="
#define OTHER_HOSTKEY_RSA                                                                  \
    "ssh-rsa "                                                                             \
    "AAAAB3NzaC1yc2EAAAADAQABAAABAQDBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHB" \
    "wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHB" \
    "wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHB" \
    "wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHB" \
    "wcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHB"

static json_t *zeros_b64(size_t bytes)
{
    unsigned char *zeros = calloc(1, bytes + 1);
    char *encoded = zeros != NULL ? base64_encode(zeros, bytes) : NULL;
    json_t *text = encoded != NULL ? json_string(encoded) : NULL;
    free(zeros);
    free(encoded);
    return text;
}

struct login run_line_login(const struct server_process *server, const struct task *task)
{
    struct login login = server->login;
    if (!task->wrong_hostkey)
        return login;
    login.hostkey = OTHER_HOSTKEY;
    if (login.hostkey_ecdsa[0] != '\0')
        login.hostkey_ecdsa = OTHER_HOSTKEY_ECDSA;
    if (login.hostkey_rsa[0] != '\0')
        login.hostkey_rsa = OTHER_HOSTKEY_RSA;
    login.known_hosts = "/dev/null";
    return login;
}

json_t *run_line(const struct server_process *server, const struct task *task,
                 const struct asked *asked)
{
    const struct login login = run_line_login(server, task);
    json_t *request =
        json_pack("{s:s, s:i, s:s, s:i, s:s, s:I}", "op", "run", "id", task->id, "host",
                  asked->host, "port", server->services[task->service].port, "command",
                  asked->command, "deadline_ms", (json_int_t)task->deadline_ms);
    /* A host key that is not shown is not told of. */
#define X(word)                \
    if (login.word[0] != '\0') \
        (void)json_object_set_new(request, #word, json_string(login.word));
    LOGIN_WORDS(X)
#undef X
    if (asked->dns[0] != '\0')
        (void)json_object_set_new(request, "dns", json_string(asked->dns));
    if (task->stdin_bytes > 0)
        (void)json_object_set_new(request, "stdin_b64", zeros_b64(task->stdin_bytes));
    return request;
}

char *run_line_external(const struct server_process *server, const struct task *task,
                        const struct asked *asked)
{
    static int last_id;
    json_t *request = run_line(server, task, asked);
    (void)json_object_set_new(request, "id", json_integer(++last_id));
    char *text = json_dumps(request, JSON_COMPACT), *line = NULL;
    if (text == NULL || asprintf(&line, "%s\n", text) < 0)
        abort();
    free(text);
    json_decref(request);
    return line;
}
