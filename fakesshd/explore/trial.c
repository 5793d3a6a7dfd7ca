#include "explore/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 128, PLANS_MAX = 64 };

static volatile sig_atomic_t got_signal;

static void on_signal(int number)
{
    got_signal = number;
}

bool trial_interrupted(void)
{
    return got_signal != 0;
}

int trial_signal(void)
{
    return got_signal;
}

/* Without SA_RESTART: waiting for the judge ends with EINTR. */
static void catch_signals(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static void path_of(const struct trial *trial, const char *name, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "%s/%s", trial->folder, name);
}

static void plan_path(const struct trial *trial, size_t index, char path[PATH_BYTES])
{
    char name[32];
    (void)snprintf(name, sizeof name, "plan-%02zu.lua", index);
    path_of(trial, name, path);
}

enum err trial_open(struct trial *trial, const char *client, const char *deadline,
                    struct err_text *error)
{
    *trial = (struct trial){.client = client, .deadline = deadline};
    const char *parent = getenv("TMPDIR");
    (void)snprintf(trial->folder, sizeof trial->folder, "%.40s/fakesshd-XXXXXX",
                   parent != NULL ? parent : "/tmp");
    if (mkdtemp(trial->folder) == NULL)
        return err_set_errno(error, "cannot make a folder for the scenarios: %s", trial->folder);
    got_signal = 0;
    catch_signals(on_signal);
    return ERR_NONE;
}

void trial_close(struct trial *trial)
{
    char path[PATH_BYTES];
    catch_signals(SIG_DFL);
    for (size_t i = 0; i < PLANS_MAX; i++) {
        plan_path(trial, i, path);
        (void)unlink(path);
    }
    path_of(trial, "results.json", path);
    (void)unlink(path);
    path_of(trial, "log", path);
    (void)unlink(path);
    (void)rmdir(trial->folder);
}

static enum err write_plan(const struct trial *trial, const struct plan *plan, size_t index,
                           struct err_text *error)
{
    char path[PATH_BYTES], text[PLAN_LUA_BYTES];
    plan_path(trial, index, path);
    plan_write_lua(plan, "", text);
    FILE *file = fopen(path, "we");
    bool done = file != NULL && fputs(text, file) >= 0;
    if (file != NULL && fclose(file) != 0)
        done = false;
    return done ? ERR_NONE : err_set_errno(error, "cannot write %s", path);
}

/* ---- running the judge ---- */

static void exec_judge(const struct trial *trial, size_t count)
{
    static char paths[PLANS_MAX][PATH_BYTES], results[PATH_BYTES], log[PATH_BYTES];
    const char *argv[PLANS_MAX + 16] = {"fakesshd",    "run",       "--client",
                                        trial->client, "--profile", "glance"};
    size_t used = 6;
    path_of(trial, "results.json", results);
    path_of(trial, "log", log);
    argv[used++] = "--json";
    argv[used++] = results;
    if (trial->deadline != NULL) {
        argv[used++] = "--deadline";
        argv[used++] = trial->deadline;
    }
    for (size_t i = 0; i < count; i++) {
        plan_path(trial, i, paths[i]);
        argv[used++] = paths[i];
    }
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* What it printed last: why it could not begin. */
static enum err judge_failed(const struct trial *trial, int status, struct err_text *error)
{
    char path[PATH_BYTES], line[512] = "", last[512] = "it said nothing";
    path_of(trial, "log", path);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0')
            memcpy(last, line, sizeof last);
    }
    if (file != NULL)
        (void)fclose(file);
    bool bad_input = WIFEXITED(status) && WEXITSTATUS(status) == 2;
    return err_set(error, bad_input ? ERR_USAGE : ERR_SYSTEM, "%s", last);
}

/* A judge that wrote its results did judge, whatever its status says of the client. */
static enum err run_judge(const struct trial *trial, size_t count, struct err_text *error)
{
    int status = 0;
    char results[PATH_BYTES];
    path_of(trial, "results.json", results);
    (void)unlink(results);
    pid_t pid = fork();
    if (pid < 0)
        return err_set_errno(error, "cannot start the judge");
    if (pid == 0)
        exec_judge(trial, count);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        if (got_signal != 0)
            (void)kill(pid, SIGTERM);
    }
    if (got_signal != 0)
        return ERR_NONE;
    return access(results, R_OK) == 0 ? ERR_NONE : judge_failed(trial, status, error);
}

/* ---- reading what it said ---- */

static void read_verdict(const json_t *item, struct trial_verdict *verdict)
{
    const json_t *said = json_object_get(item, "verdict");
    const char *deadline = json_string_value(json_object_get(said, "deadline"));
    const char *reason = json_string_value(json_object_get(item, "reason"));
    size_t used = 0, index;
    const json_t *word;
    if (deadline == NULL)
        return;
    if (strcmp(deadline, "OK") != 0)
        used = (size_t)snprintf(verdict->words, sizeof verdict->words, "%s", deadline);
    json_array_foreach(json_object_get(said, "cleanup"), index, word)
    {
        if (strcmp(json_string_value(word), "OK") != 0 && used < sizeof verdict->words)
            used += (size_t)snprintf(verdict->words + used, sizeof verdict->words - used, "%s%s",
                                     used > 0 ? "+" : "", json_string_value(word));
    }
    if (used == 0)
        (void)snprintf(verdict->words, sizeof verdict->words, "OK");
    (void)snprintf(verdict->reason, sizeof verdict->reason, "%s", reason != NULL ? reason : "");
}

/* The id of a plan's file is "file/plan-NN". */
static enum err read_results(const struct trial *trial, size_t count,
                             struct trial_verdict *verdicts, struct err_text *error)
{
    char path[PATH_BYTES];
    json_error_t why;
    path_of(trial, "results.json", path);
    json_t *results = json_load_file(path, 0, &why);
    if (results == NULL)
        return err_set(error, ERR_SYSTEM, "the judge's results are none: %s", why.text);
    size_t index;
    const json_t *item;
    json_array_foreach(json_object_get(results, "cases"), index, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        unsigned number = 0;
        if (id != NULL && sscanf(id, "file/plan-%u", &number) == 1 && number < count)
            read_verdict(item, &verdicts[number]);
    }
    json_decref(results);
    return ERR_NONE;
}

enum err trial_judge(const struct trial *trial, const struct plan *plans, size_t count,
                     struct trial_verdict *verdicts, struct err_text *error)
{
    memset(verdicts, 0, count * sizeof *verdicts);
    enum err failed = ERR_NONE;
    for (size_t i = 0; i < count && failed == ERR_NONE; i++)
        failed = write_plan(trial, &plans[i], i, error);
    if (failed == ERR_NONE)
        failed = run_judge(trial, count, error);
    if (failed == ERR_NONE && got_signal == 0)
        failed = read_results(trial, count, verdicts, error);
    return failed;
}

bool trial_is_ok(const struct trial_verdict *verdict)
{
    return strcmp(verdict->words, "OK") == 0;
}

bool trial_is_finding(const struct trial_verdict *verdict)
{
    static const char *const ours[] = {"", "OK", "INCONCLUSIVE", "ERROR", "SKIP", "MISCONFIGURED"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (strncmp(verdict->words, ours[i], strcspn(verdict->words, "+")) == 0 &&
            strlen(ours[i]) == strcspn(verdict->words, "+"))
            return false;
    }
    return true;
}

bool trial_is_same(const struct trial_verdict *a, const struct trial_verdict *b)
{
    size_t length = strcspn(a->words, "+");
    return length == strcspn(b->words, "+") && strncmp(a->words, b->words, length) == 0;
}
