#include "cli/options.h"

#include "cli/destination.h"
#include "lib/deadline.h"
#include "lib/file.h"
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef bool option_set(struct options *options, const char *value, struct err_text *error);

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
    char *name = memory_text(value), *equals = strchr(name, '=');
    bool good = equals != NULL || err_set(error, "expected NAME=VALUE; found '%.60s'", value);
    if (good) {
        *equals = '\0';
        good =
            note(options, sshexec_request_set_variable(options->request, name, equals + 1), error);
    }
    free(name);
    return good;
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

/* long name, letter ("" for none), what the value is (NULL: takes none), function, sentence */
static bool set_jobs(struct options *options, const char *value, struct err_text *error)
{
    char *end = NULL;
    options->jobs = strtol(value, &end, 10);
    return (value[0] >= '0' && value[0] <= '9' && *end == '\0' && options->jobs >= 1 &&
            options->jobs <= JOBS_MOST) ||
           err_set(error, "expected 1 to %d; found '%.40s'", JOBS_MOST, value);
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

#define OPTIONS(X)                                                                             \
    X("--deadline", "", "DURATION", set_deadline,                                              \
      "by when all of it is over: 500ms, 3s, 2m (required)")                                   \
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
    X("--json", "", NULL, set_json, "batch: results as JSON, an object a line")                \
    X("--verbose", "-v", NULL, set_verbose, "tell on stderr of each phase, and how long it took")

static const struct option {
    const char *name, *letter, *value;
    option_set *set;
    const char *sentence;
} table[] = {
#define X(name, letter, value, set, sentence) {name, letter, value, set, sentence},
    OPTIONS(X)
#undef X
};

#define OPTION_COUNT (sizeof table / sizeof table[0])

void options_print(FILE *to)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%s%s%s%s", table[i].letter,
                       table[i].letter[0] != '\0' ? ", " : "", table[i].name,
                       table[i].value != NULL ? " " : "",
                       table[i].value != NULL ? table[i].value : "");
        (void)fprintf(to, "  %-28s %s\n", name, table[i].sentence);
    }
}

/* Finds the option of a word "--name", "--name=value" or "-x"; *value points behind "=", or is
 * NULL. */
static const struct option *find_option(const char *word, const char **value)
{
    size_t length = strcspn(word, "=");
    *value = word[length] == '=' ? word + length + 1 : NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strlen(table[i].name) == length && strncmp(word, table[i].name, length) == 0)
            return &table[i];
        if (table[i].letter[0] == '\0' || strncmp(word, table[i].letter, 2) != 0)
            continue;
        if (word[2] != '\0' && table[i].value == NULL)
            continue;
        *value = word[2] != '\0' ? word + 2 : NULL; /* -p2222 */
        return &table[i];
    }
    return NULL;
}

/* Reads one option at *at, and steps over its words. */
static bool read_option(struct options *options, int count, char *const *words, int *at,
                        struct err_text *error)
{
    const char *word = words[(*at)++];
    const char *value = NULL;
    struct err_text why = {""};
    const struct option *option = find_option(word, &value);
    if (option == NULL)
        return err_set(error, "unknown option '%.60s'; see sshexec --help", word);
    if (option->value == NULL && value != NULL)
        return err_set(error, "%s takes no value", option->name);
    if (option->value != NULL && value == NULL) {
        if (*at >= count)
            return err_set(error, "%s needs a value: %s", option->name, option->value);
        value = words[(*at)++];
    }
    return option->set(options, value, &why) ||
           err_set(error, "%s: %.400s", option->name, why.text);
}

bool options_read_size(const char *text, uint64_t *bytes, struct err_text *error)
{
    static const struct {
        const char *unit;
        int shift;
    } units[] = {{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}};
    char *end = NULL;
    unsigned long long number = strtoull(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (text[0] >= '0' && text[0] <= '9' && strcmp(end, units[i].unit) == 0 &&
            number <= (1ULL << 40) >> units[i].shift) {
            *bytes = (uint64_t)number << units[i].shift;
            return true;
        }
    }
    return err_set(error, "expected a size up to 1024G, as in 65536, 64K or 16M; found '%.40s'",
                   text);
}

/* As ssh does: the words with a space between them. */
static char *join_words(int count, char *const *words)
{
    size_t size = 1;
    for (int i = 0; i < count; i++)
        size += strlen(words[i]) + 1;
    char *text = memory_zeroed(size);
    for (int i = 0; i < count; i++) {
        if (i > 0)
            (void)strcat(text, " ");
        (void)strcat(text, words[i]);
    }
    return text;
}

static bool check(const struct options *options, struct err_text *error)
{
    if (options->deadline_ms == 0)
        return err_set(error, "--deadline is missing; there is no default, for only you know it");
    if (!options->has_user)
        return err_set(error, "no user: name one in user@host or with --user");
    return options->has_hostkey ||
           err_set(error, "no host key to compare with: give --hostkey, --fingerprint or "
                          "--known-hosts");
}

/* The options before the first other word; *at is where that is. */
static bool read_options(struct options *options, int count, char *const *words,
                         const char *default_user, int *at, struct err_text *error)
{
    *options = (struct options){.jobs = JOBS_DEFAULT, .has_user = default_user != NULL};
    options->request = sshexec_request_new(NULL, 22, default_user, NULL);
    while (*at < count && words[*at][0] == '-' && words[*at][1] != '\0' &&
           strcmp(words[*at], "--") != 0) {
        if (!read_option(options, count, words, at, error))
            return false;
    }
    return true;
}

static bool read_destination(struct options *options, const char *text, struct err_text *error)
{
    struct destination to;
    bool good = destination_read(&to, text, error);
    options->has_user = options->has_user || to.user != NULL;
    (void)sshexec_request_set_destination(options->request, to.host, to.port, to.user);
    destination_fini(&to);
    return good;
}

bool options_read(struct options *options, int count, char *const *words, const char *default_user,
                  struct err_text *error)
{
    int at = 0;
    if (!read_options(options, count, words, default_user, &at, error))
        return false;
    if (at < count && strcmp(words[at], "--") == 0)
        at++;
    if (at >= count)
        return err_set(error, "the destination is missing: [user@]host[:port]");
    if (!read_destination(options, words[at++], error))
        return false;
    if (at < count && strcmp(words[at], "--") == 0)
        at++;
    if (at >= count)
        return err_set(error, "the command is missing");
    char *command = join_words(count - at, words + at);
    (void)sshexec_request_set_command(options->request, command);
    free(command);
    return check(options, error);
}

bool options_read_batch(struct options *options, int count, char *const *words,
                        const char *default_user, struct err_text *error)
{
    int at = 0;
    if (!read_options(options, count, words, default_user, &at, error))
        return false;
    options->file = at < count ? words[at++] : "-";
    return at >= count ||
           err_set(error, "batch: expected one file; found '%.100s' besides", words[at]);
}

bool options_read_password(const struct options *options, struct err_text *error)
{
    char *text = NULL;
    const char *given = getenv("SSHEXEC_PASSWORD");
    if (options->password_file == NULL)
        return given == NULL || sshexec_request_set_password(options->request, given);
    if (!file_read(options->password_file, 4096, &text, error))
        return false;
    size_t length = strlen(text);
    text[strcspn(text, "\r\n")] = '\0';
    (void)sshexec_request_set_password(options->request, text);
    explicit_bzero(text, length);
    free(text);
    return true;
}

void options_fini(struct options *options)
{
    sshexec_request_free(options->request);
}
