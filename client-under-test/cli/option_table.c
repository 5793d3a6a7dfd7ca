#include "cli/option_table.h"

#include "cli/destination.h"
#include "lib/deadline.h"
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a setter of the request says. */
static bool note(const struct options *options, bool good, struct err_text *error)
{
    return good || err_set(error, "%s", sshexec_request_error(options->request));
}

static bool set_deadline(struct options *options, const char *value, struct err_text *error)
{
    return deadline_parse_ms(value, &options->deadline_ms, error) &&
           note(options, sshexec_request_set_deadline_ms(options->request, options->deadline_ms),
                error);
}

static bool set_port(struct options *options, const char *value, struct err_text *error)
{
    int port = 0;
    return destination_read_port(value, &port, error) &&
           sshexec_request_set_destination(options->request, NULL, port, NULL);
}

static bool set_user(struct options *options, const char *value, struct err_text *error)
{
    if (value[0] == '\0')
        return err_set(error, "expected a user's name; found nothing");
    options->has_user = true;
    return sshexec_request_set_destination(options->request, NULL, 0, value);
}

static bool set_key(struct options *options, const char *value, struct err_text *error)
{
    return note(options, sshexec_request_set_key_file(options->request, value), error);
}

static bool set_password_file(struct options *options, const char *value, struct err_text *error)
{
    (void)error;
    options->password_file = value;
    return true;
}

static bool set_hostkey(struct options *options, const char *value, struct err_text *error)
{
    options->has_hostkey = true;
    return note(options, sshexec_request_add_hostkey(options->request, value), error);
}

static bool set_fingerprint(struct options *options, const char *value, struct err_text *error)
{
    options->has_hostkey = true;
    return note(options, sshexec_request_set_fingerprint(options->request, value), error);
}

static bool set_known_hosts(struct options *options, const char *value, struct err_text *error)
{
    options->has_hostkey = true;
    return note(options, sshexec_request_set_known_hosts(options->request, value), error);
}

/* Nothing means what it means not to give it: so a script, or a command template, has one line. */
static bool set_dns(struct options *options, const char *value, struct err_text *error)
{
    const char *server = value[0] != '\0' ? value : NULL;
    return note(options, sshexec_request_set_dns(options->request, server), error);
}

static bool set_output_limit(struct options *options, const char *value, struct err_text *error)
{
    uint64_t limit_bytes = 0;
    return options_read_size(value, &limit_bytes, error) &&
           note(options, sshexec_request_set_output_limit(options->request, limit_bytes), error);
}

/* "SSH_AUTH_SOCK" and "none" as IdentityAgent of ssh_config(5) has them. */
static bool set_agent(struct options *options, const char *value, struct err_text *error)
{
    const char *path = strcmp(value, "none") == 0 ? NULL : value;
    if (strcmp(value, "SSH_AUTH_SOCK") == 0) {
        path = getenv("SSH_AUTH_SOCK");
        if (path == NULL || path[0] == '\0')
            return err_set(error, "there is no agent: SSH_AUTH_SOCK is not set");
    }
    return note(options, sshexec_request_set_agent(options->request, path), error);
}

static bool use_agent(struct options *options, const char *value, struct err_text *error)
{
    (void)value;
    return set_agent(options, "SSH_AUTH_SOCK", error);
}

/* NAME=VALUE */
static bool set_variable(struct options *options, const char *value, struct err_text *error)
{
    size_t length = strcspn(value, "=");
    if (value[length] == '\0')
        return err_set(error, "expected NAME=VALUE; found '%.60s'", value);
    char *name = memory_text(value);
    name[length] = '\0';
    bool good = sshexec_request_set_variable(options->request, name, value + length + 1);
    free(name);
    return note(options, good, error);
}

/* PHASE=DURATION */
static bool set_limit(struct options *options, const char *value, struct err_text *error)
{
    size_t length = strcspn(value, "=");
    int64_t ms = 0;
    for (int i = SSHEXEC_PHASE_QUEUE; i < SSHEXEC_PHASE_COUNT; i++) {
        const char *name = sshexec_phase_name((sshexec_phase)i);
        if (value[length] == '=' && strlen(name) == length && strncmp(name, value, length) == 0)
            return deadline_parse_ms(value + length + 1, &ms, error) &&
                   note(options,
                        sshexec_request_set_phase_limit_ms(options->request, (sshexec_phase)i, ms),
                        error);
    }
    return err_set(error, "expected a phase, '=' and a duration, as in ident=500ms; found '%.60s'",
                   value);
}

typedef bool set_ms(sshexec_request *request, int64_t ms);

static bool set_duration(struct options *options, const char *value, set_ms *set,
                         struct err_text *error)
{
    int64_t ms = 0;
    return deadline_parse_ms(value, &ms, error) && note(options, set(options->request, ms), error);
}

static bool set_connect_limit(struct options *options, const char *value, struct err_text *error)
{
    return set_duration(options, value, sshexec_request_set_connect_limit_ms, error);
}

static bool set_idle_limit(struct options *options, const char *value, struct err_text *error)
{
    return set_duration(options, value, sshexec_request_set_idle_limit_ms, error);
}

static bool set_keepalive(struct options *options, const char *value, struct err_text *error)
{
    return set_duration(options, value, sshexec_request_set_keepalive_ms, error);
}

static bool set_no_stdin(struct options *options, const char *value, struct err_text *error)
{
    (void)value;
    (void)error;
    options->has_no_stdin = true;
    return true;
}

static bool set_verbose(struct options *options, const char *value, struct err_text *error)
{
    (void)value;
    (void)error;
    options->is_verbose = true;
    return true;
}

static bool set_jobs(struct options *options, const char *value, struct err_text *error)
{
    char *end = NULL;
    options->jobs = strtol(value, &end, 10);
    return (value[0] >= '0' && value[0] <= '9' && *end == '\0' && options->jobs >= 1 &&
            options->jobs <= JOBS_MOST) ||
           err_set(error, "expected 1 to %d; found '%.40s'", JOBS_MOST, value);
}

static bool set_reuse(struct options *options, const char *value, struct err_text *error)
{
    return deadline_parse_ms(value, &options->reuse_ms, error);
}

static bool set_json(struct options *options, const char *value, struct err_text *error)
{
    (void)value;
    (void)error;
    options->is_json = true;
    return true;
}

/* ---- the options of ssh that matter ---- */

/* What this client does in any case: another value can't be had. */
static bool want_yes(struct options *options, const char *value, struct err_text *error)
{
    (void)options;
    return strcasecmp(value, "yes") == 0 || err_set(error, "here it is always yes");
}

/* ssh_config(5) has seconds, without a unit; one with a unit will do. */
static bool set_seconds(struct options *options, const char *value, set_ms *set,
                        struct err_text *error)
{
    char text[40];
    bool has_unit = value[strspn(value, "0123456789")] != '\0';
    (void)snprintf(text, sizeof text, "%.30s%s", value, has_unit ? "" : "s");
    return set_duration(options, text, set, error);
}

static bool set_connect_timeout(struct options *options, const char *value, struct err_text *error)
{
    return set_seconds(options, value, sshexec_request_set_connect_limit_ms, error);
}

static bool set_alive_interval(struct options *options, const char *value, struct err_text *error)
{
    return strcmp(value, "0") == 0 ||
           set_seconds(options, value, sshexec_request_set_keepalive_ms, error);
}

static const struct ssh_option {
    const char *name;
    option_set *set;
} ssh_options[] = {
    {"BatchMode", want_yes},
    {"ConnectTimeout", set_connect_timeout},
    {"IdentitiesOnly", want_yes},
    {"IdentityAgent", set_agent},
    {"IdentityFile", set_key},
    {"Port", set_port},
    {"ServerAliveInterval", set_alive_interval},
    {"SetEnv", set_variable},
    {"StrictHostKeyChecking", want_yes},
    {"User", set_user},
    {"UserKnownHostsFile", set_known_hosts},
};

#define SSH_OPTION_COUNT (sizeof ssh_options / sizeof ssh_options[0])

const char *option_ssh_name(size_t index)
{
    return index < SSH_OPTION_COUNT ? ssh_options[index].name : NULL;
}

/* "Name=value" or "Name value", as ssh(1) takes it. */
static bool set_ssh_option(struct options *options, const char *value, struct err_text *error)
{
    size_t length = strcspn(value, "= ");
    for (size_t i = 0; i < SSH_OPTION_COUNT && value[length] != '\0'; i++) {
        if (strlen(ssh_options[i].name) == length &&
            strncasecmp(ssh_options[i].name, value, length) == 0)
            return ssh_options[i].set(options, value + length + 1, error);
    }
    char names[300] = "";
    for (size_t i = 0; i < SSH_OPTION_COUNT; i++) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                       ssh_options[i].name);
    }
    return err_set(error, "expected '=' and a value behind one of %s; found '%.60s'", names, value);
}

/* long name, letter ("" for none), what the value is (NULL: takes none), function, sentence */
#define OPTIONS(X)                                                                             \
    X("--deadline", "", "DURATION", set_deadline,                                              \
      "by when all of it is over: 500ms, 3s, 2m ($SSHEXEC_DEADLINE)")                          \
    X("--port", "-p", "PORT", set_port, "the server's port (22)")                              \
    X("--user", "-l", "USER", set_user, "who to log in as ($USER)")                            \
    X("--identity", "-i", "FILE", set_key, "private key, without passphrase")                  \
    X("--password-file", "", "FILE", set_password_file,                                        \
      "its first line is the password ($SSHEXEC_PASSWORD)")                                    \
    X("--agent", "", NULL, use_agent, "use the keys of the agent at $SSH_AUTH_SOCK")           \
    X("--hostkey", "", "LINE", set_hostkey,                                                    \
      "accept this host key: 'ssh-ed25519 AAAA…' (may be given again)")                        \
    X("--fingerprint", "", "HASH", set_fingerprint,                                            \
      "accept the host key with this SHA256:… fingerprint")                                    \
    X("--known-hosts", "", "FILE", set_known_hosts, "accept what this known_hosts file says")  \
    X("--dns", "", "ADDRESS:PORT", set_dns,                                                    \
      "ask this DNS server for the host's name (as /etc/resolv.conf says)")                    \
    X("--limit", "", "PHASE=DURATION", set_limit,                                              \
      "how long one phase may take (may be given again)")                                      \
    X("--connect-limit", "", "DURATION", set_connect_limit,                                    \
      "how long it may take until the key exchange is done")                                   \
    X("--idle-limit", "", "DURATION", set_idle_limit, "how long the server may send nothing")  \
    X("--keepalive", "", "DURATION", set_keepalive,                                            \
      "ask a server that has sent nothing for so long whether it is there")                    \
    X("--env", "", "NAME=VALUE", set_variable,                                                 \
      "for the command's environment (may be given again)")                                    \
    X("--output-limit", "", "BYTES", set_output_limit, "fail when more than this comes (64M)") \
    X("--no-stdin", "-n", NULL, set_no_stdin, "the command's standard input is empty")         \
    X("--ssh-option", "-o", "NAME=VALUE", set_ssh_option,                                      \
      "as ssh's -o, where it has a meaning here")                                              \
    X("--jobs", "-j", "N", set_jobs, "batch: how many tasks at once (64)")                     \
    X("--reuse", "", "DURATION", set_reuse,                                                    \
      "batch: keep connections for so long, for tasks with the same login")                    \
    X("--json", "", NULL, set_json, "batch: results as JSON, an object a line")                \
    X("--verbose", "-v", NULL, set_verbose, "tell on stderr of each phase, and how long it took")

const struct option option_table[] = {
#define X(name, letter, value, set, sentence) {name, letter, value, set, sentence},
    OPTIONS(X)
#undef X
};

const size_t option_count = sizeof option_table / sizeof option_table[0];
