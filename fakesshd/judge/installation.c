#include "judge/installation.h"

#include "base/clock.h"
#include "base/data_dir.h"
#include "judge/clean_text.h"
#include "judge/process.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ASK_MS = 20000, LINE_MAX_BYTES = 160 };

/* ---- what it means ---- */

static void append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s", more);
}

static void append_names(char *text, size_t size, char *const *names, const char *suffix)
{
    for (char *const *name = names; name != NULL && *name != NULL; name++) {
        append(text, size, " ");
        append(text, size, *name);
        append(text, size, suffix);
    }
}

void installation_decide(const struct manifest *manifest, const struct installation_end *end,
                         struct installation *found)
{
    memset(found, 0, sizeof *found);
    bool failed = end->in_time && end->status != 0;
    found->missing = end->start_error != NULL || failed;
    if (!found->missing) {
        (void)snprintf(found->version, sizeof found->version, "%s", end->line);
        return;
    }
    char *text = found->reason, how[64];
    size_t size = sizeof found->reason;
    bool names_any = manifest->packages != NULL || manifest->npm != NULL;
    (void)snprintf(text, size, "not installed:%s", names_any ? " it needs" : "");
    append_names(text, size, manifest->packages, "");
    append_names(text, size, manifest->npm, " (npm)");
    if (names_any && manifest->file != NULL && data_dir_holds(manifest->file))
        append(text, size, "; `make clients` installs it");
    append(text, size, names_any ? " (" : " ");
    append(text, size, manifest->version[0]);
    if (failed) {
        process_describe_exit(end->status, how, sizeof how);
        append(text, size, " ended with ");
        append(text, size, how);
    }
    /* A language's first words on a missing package say less than its name does. */
    if (end->start_error != NULL || !names_any) {
        append(text, size, ": ");
        append(text, size, failed ? end->line : end->start_error);
    }
    append(text, size, names_any ? ")" : "");
}

/* ---- asking ---- */

/* A version command under way. */
struct question {
    pid_t pid; /* 0: it is not running */
    int fd;
    char line[LINE_MAX_BYTES];
    struct err_text error;
};

static void start(const struct manifest *manifest, struct question *question)
{
    struct placeholder_values values = {.bin = data_dir_of_program(), .data = data_dir()};
    char **argv = argv_expand(manifest->version, &values);
    int theirs = -1;
    if (process_pipe(PIPE_WE_READ, &question->fd, &theirs, &question->error) == ERR_NONE) {
        /* Some print their version on stderr. */
        struct process_spec spec = {
            .argv = argv, .stdin_fd = -1, .stdout_fd = theirs, .stderr_fd = theirs};
        if (process_spawn(&spec, &question->pid, NULL, &question->error) != ERR_NONE) {
            (void)close(question->fd);
            question->pid = 0;
        }
        (void)close(theirs);
    }
    argv_free(argv);
}

/* Reads to the end, of which only the beginning is kept. False when the time is over. */
static bool read_to_end(struct question *question, int64_t until_ns)
{
    size_t used = 0;
    char surplus[512];
    for (;;) {
        int64_t left_ms = (until_ns - clock_now_ns()) / CLOCK_NS_PER_MS;
        struct pollfd ready = {.fd = question->fd, .events = POLLIN};
        if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) != 1)
            return false;
        size_t space = sizeof question->line - 1 - used;
        ssize_t got = read(question->fd, space > 0 ? question->line + used : surplus,
                           space > 0 ? space : sizeof surplus);
        if (got <= 0)
            return true;
        if (space > 0)
            used += (size_t)got;
    }
}

static bool wait_for_end(pid_t pid, int64_t until_ns)
{
    int64_t left_ms = (until_ns - clock_now_ns()) / CLOCK_NS_PER_MS;
    struct pollfd ended = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    bool in_time = ended.fd >= 0 && left_ms > 0 && poll(&ended, 1, (int)left_ms) == 1;
    if (ended.fd >= 0)
        (void)close(ended.fd);
    return in_time;
}

static void finish(const struct manifest *manifest, struct question *question, int64_t until_ns,
                   struct installation *found)
{
    struct installation_end end = {.line = question->line};
    if (question->pid == 0) {
        end.start_error = question->error.text;
    } else {
        end.in_time = read_to_end(question, until_ns) && wait_for_end(question->pid, until_ns);
        (void)close(question->fd);
        (void)process_signal_group(question->pid, SIGKILL);
        (void)waitpid(question->pid, &end.status, 0);
    }
    question->line[strcspn(question->line, "\r\n")] = '\0';
    char *line = clean_line(question->line);
    end.line = line;
    installation_decide(manifest, &end, found);
    free(line);
}

void installation_ask(const struct manifest *const *manifests, size_t count,
                      struct installation *found)
{
    struct question *questions = calloc(count + 1, sizeof *questions);
    if (questions == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        memset(&found[i], 0, sizeof found[i]);
        if (manifests[i]->version != NULL)
            start(manifests[i], &questions[i]);
    }
    int64_t until_ns = clock_now_ns() + ASK_MS * CLOCK_NS_PER_MS;
    for (size_t i = 0; i < count; i++) {
        if (manifests[i]->version != NULL)
            finish(manifests[i], &questions[i], until_ns, &found[i]);
    }
    free(questions);
}
