/* Children: start, collect, end. */
#include "judge/process.h"

#include "base/clock.h"
#include "judge/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN_MAX = 65536, EARLIER_MAX = 64 };

static int64_t user_nofile = 1024;

/* Children that this process had before it became the judge (a shell's, by its exec): not ours. */
static pid_t earlier_children[EARLIER_MAX];
static size_t earlier_count;

struct watched_child {
    pid_t pid;
    process_on_exit *on_exit;
    void *context;
};

enum err process_prepare(struct err_text *error)
{
    int fd;
    while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0 && fd <= STDERR_FILENO)
        (void)fcntl(fd, F_SETFD, 0);
    if (fd > STDERR_FILENO)
        (void)close(fd);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        return err_set_errno(error, "cannot become a child subreaper");
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return err_set_errno(error, "cannot read RLIMIT_NOFILE");
    user_nofile = (int64_t)limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    earlier_count = procfs_children(getpid(), earlier_children, EARLIER_MAX);
    if (earlier_count > EARLIER_MAX)
        earlier_count = EARLIER_MAX;
    return ERR_NONE;
}

int64_t process_user_nofile(void)
{
    return user_nofile;
}

enum err process_pipe(enum process_pipe direction, int *ours, int *theirs, struct err_text *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(error, "cannot make a pipe");
    *ours = direction == PIPE_WE_READ ? ends[0] : ends[1];
    *theirs = direction == PIPE_WE_READ ? ends[1] : ends[0];
    (void)fcntl(*ours, F_SETFL, O_NONBLOCK);
    return ERR_NONE;
}

static void child_take_fd(int fd, int target)
{
    if (fd < 0)
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0 || dup2(fd, target) < 0)
        _exit(127);
}

/* What happens between fork and exec. PR_SET_PDEATHSIG is lost when the parent dies before it is
 * set, hence the look at the parent afterwards. */
static void child_become(const struct process_spec *spec, char *const *environment, pid_t judge,
                         int report_fd)
{
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != judge)
        _exit(127);
    child_take_fd(spec->stdin_fd, STDIN_FILENO);
    child_take_fd(spec->stdout_fd, STDOUT_FILENO);
    child_take_fd(spec->stderr_fd, STDERR_FILENO);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGCHLD, SIG_DFL);
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (spec->workdir == NULL || chdir(spec->workdir) == 0)
        (void)execvpe(spec->argv[0], spec->argv, environment);
    int number = errno;
    ssize_t unused = write(report_fd, &number, sizeof number);
    (void)unused;
    _exit(127);
}

/* Our environment with the mark added; the array is owned by the caller, mark_text is borrowed. */
static char **environment_with(char *mark_text)
{
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    char **result = calloc(count + 2, sizeof *result);
    if (result == NULL)
        abort();
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], PROCESS_MARK "=", sizeof PROCESS_MARK) != 0)
            result[used++] = environ[i];
    }
    if (mark_text[0] != '\0')
        result[used] = mark_text;
    return result;
}

/* Blocks until the child's exec closed the pipe, or wrote the number of its error. */
static int wait_for_exec(int fd)
{
    int number = 0;
    ssize_t got;
    do {
        got = read(fd, &number, sizeof number);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof number ? number : 0;
}

enum err process_spawn(const struct process_spec *spec, pid_t *pid, int64_t *took_ns,
                       struct err_text *error)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return err_set_errno(error, "cannot make a pipe");
    char mark_text[128] = "";
    if (spec->mark != NULL)
        (void)snprintf(mark_text, sizeof mark_text, PROCESS_MARK "=%s", spec->mark);
    char **environment = environment_with(mark_text);

    pid_t judge = getpid();
    int64_t begin_ns = clock_now_ns();
    pid_t child = fork();
    if (child == 0)
        child_become(spec, environment, judge, report[1]);
    int fork_errno = errno;
    free(environment);
    (void)close(report[1]);
    int number = child < 0 ? fork_errno : wait_for_exec(report[0]);
    (void)close(report[0]);
    if (took_ns != NULL)
        *took_ns = clock_now_ns() - begin_ns;
    if (number != 0) {
        if (child > 0)
            (void)waitpid(child, NULL, 0);
        errno = number;
        return err_set_errno(error, "cannot run '%s'", spec->argv[0]);
    }
    *pid = child;
    return ERR_NONE;
}

void process_describe_exit(int status, char *text, size_t size)
{
    if (WIFSIGNALED(status))
        (void)snprintf(text, size, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        (void)snprintf(text, size, "exit status %d", WEXITSTATUS(status));
}

static int64_t ns_from_timeval(struct timeval time)
{
    return (int64_t)time.tv_sec * CLOCK_NS_PER_S + (int64_t)time.tv_usec * 1000;
}

static void reaper_tell(struct reaper *reaper, const struct process_exit *end)
{
    for (size_t i = 0; i < reaper->count; i++) {
        struct watched_child child = reaper->children[i];
        if (child.pid != end->pid)
            continue;
        reaper->children[i] = reaper->children[--reaper->count];
        child.on_exit(child.context, end);
        return;
    }
}

static void on_sigchld(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)loop;
    (void)events;
    struct reaper *reaper = watcher->data;
    struct rusage usage;
    struct process_exit end;
    while ((end.pid = wait4(-1, &end.status, WNOHANG, &usage)) > 0) {
        end.at_ns = clock_now_ns();
        end.cpu_ns = ns_from_timeval(usage.ru_utime) + ns_from_timeval(usage.ru_stime);
        reaper_tell(reaper, &end);
    }
}

void reaper_init(struct reaper *reaper, struct ev_loop *loop)
{
    *reaper = (struct reaper){.loop = loop};
    ev_signal_init(&reaper->on_child, on_sigchld, SIGCHLD);
    reaper->on_child.data = reaper;
    ev_set_priority(&reaper->on_child, EV_MAXPRI);
    ev_signal_start(loop, &reaper->on_child);
}

void reaper_fini(struct reaper *reaper)
{
    ev_signal_stop(reaper->loop, &reaper->on_child);
    free(reaper->children);
    reaper->children = NULL;
    reaper->count = 0;
}

void reaper_watch(struct reaper *reaper, pid_t pid, process_on_exit *on_exit, void *context)
{
    if (reaper->count == reaper->size) {
        reaper->size = reaper->size * 2 + 16;
        reaper->children = realloc(reaper->children, reaper->size * sizeof *reaper->children);
        if (reaper->children == NULL)
            abort();
    }
    reaper->children[reaper->count++] = (struct watched_child){pid, on_exit, context};
}

static void ignore_exit(void *context, const struct process_exit *end)
{
    (void)context;
    (void)end;
}

/* It stays known, so that it is never taken for an orphan of a task. */
void reaper_forget(struct reaper *reaper, pid_t pid)
{
    for (size_t i = 0; i < reaper->count; i++) {
        if (reaper->children[i].pid == pid)
            reaper->children[i].on_exit = ignore_exit;
    }
}

bool reaper_knows(const struct reaper *reaper, pid_t pid)
{
    for (size_t i = 0; i < reaper->count; i++) {
        if (reaper->children[i].pid == pid)
            return true;
    }
    return false;
}

bool process_signal_group(pid_t group, int signal_number)
{
    return group > 1 && kill(-group, signal_number) == 0;
}

static bool is_earlier(pid_t pid)
{
    for (size_t i = 0; i < earlier_count; i++) {
        if (earlier_children[i] == pid)
            return true;
    }
    return false;
}

size_t process_find_orphans(const struct reaper *reaper, const char *mark, pid_t *pids, size_t size)
{
    static pid_t children[CHILDREN_MAX];
    size_t count = procfs_children(getpid(), children, CHILDREN_MAX), found = 0;
    for (size_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        if (reaper_knows(reaper, children[i]) || is_earlier(children[i]))
            continue;
        if (!procfs_is_alive(children[i]))
            continue;
        if (mark != NULL && !procfs_has_environment(children[i], PROCESS_MARK, mark))
            continue;
        if (found < size)
            pids[found] = children[i];
        found++;
    }
    return found;
}

void process_kill_all(const struct reaper *reaper, pid_t group, const char *mark)
{
    (void)process_signal_group(group, SIGKILL);
    pid_t orphans[ORPHANS_MAX];
    size_t count = process_find_orphans(reaper, mark, orphans, ORPHANS_MAX);
    for (size_t i = 0; i < count && i < ORPHANS_MAX; i++) {
        /* One that made a group of its own takes that group with it. */
        if (getpgid(orphans[i]) == orphans[i])
            (void)process_signal_group(orphans[i], SIGKILL);
        (void)kill(orphans[i], SIGKILL);
    }
}

void process_end_orphans(struct reaper *reaper, int64_t limit_ms)
{
    int64_t until_ns = clock_now_ns() + limit_ms * CLOCK_NS_PER_MS;
    while (process_find_orphans(reaper, NULL, NULL, 0) > 0 && clock_now_ns() < until_ns) {
        process_kill_all(reaper, 0, NULL);
        (void)ev_run(reaper->loop, EVRUN_NOWAIT);
        (void)usleep(1000);
    }
}
