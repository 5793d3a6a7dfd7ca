#include "cli/options.h"

#include "cli/destination.h"
#include "cli/option_table.h"
#include "lib/deadline.h"
#include "lib/file.h"
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

void options_print(FILE *to)
{
    for (size_t i = 0; i < option_count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%s%s%s%s", option_table[i].letter,
                       option_table[i].letter[0] != '\0' ? ", " : "", option_table[i].name,
                       option_table[i].value != NULL ? " " : "",
                       option_table[i].value != NULL ? option_table[i].value : "");
        (void)fprintf(to, "  %-28s %s\n", name, option_table[i].sentence);
    }
}

/* Finds the option of a word "--name", "--name=value" or "-x"; *value points behind "=", or is
 * NULL. */
static const struct option *find_option(const char *word, const char **value)
{
    size_t length = strcspn(word, "=");
    *value = word[length] == '=' ? word + length + 1 : NULL;
    for (size_t i = 0; i < option_count; i++) {
        if (strlen(option_table[i].name) == length &&
            strncmp(word, option_table[i].name, length) == 0)
            return &option_table[i];
        if (option_table[i].letter[0] == '\0' || strncmp(word, option_table[i].letter, 2) != 0)
            continue;
        if (word[2] != '\0' && option_table[i].value == NULL)
            continue;
        *value = word[2] != '\0' ? word + 2 : NULL; /* -p2222 */
        return &option_table[i];
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

/* What the user has set for all commands. */
static bool take_environment(struct options *options, struct err_text *error)
{
    const char *deadline = getenv("SSHEXEC_DEADLINE");
    if (options->deadline_ms != 0 || deadline == NULL || deadline[0] == '\0')
        return true;
    struct err_text why = {""};
    return (deadline_parse_ms(deadline, &options->deadline_ms, &why) &&
            sshexec_request_set_deadline_ms(options->request, options->deadline_ms)) ||
           err_set(error, "SSHEXEC_DEADLINE: %.400s", why.text);
}

static bool check(const struct options *options, struct err_text *error)
{
    if (options->deadline_ms == 0)
        return err_set(
            error,
            "--deadline is missing, and SSHEXEC_DEADLINE, too; there is no default, for only you know it");
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
    return take_environment(options, error);
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
