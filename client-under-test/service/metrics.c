#include "service/metrics.h"

#include <dirent.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Upper bounds in seconds; what is beyond the last counts in +Inf alone. */
static const double bounds[METRICS_BUCKETS] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                               0.1,   0.25,  0.5,   1,    5,    30};

/* ---- counting ---- */

static void observe(struct histogram *histogram, double seconds)
{
    histogram->count++;
    histogram->sum += seconds;
    for (int i = 0; i < METRICS_BUCKETS; i++) {
        if (seconds <= bounds[i]) {
            histogram->buckets[i]++;
            return;
        }
    }
}

void metrics_add_result(struct metrics *metrics, const sshexec_result *result)
{
    sshexec_outcome outcome = sshexec_result_outcome(result);
    int64_t overshoot_ns = sshexec_result_overshoot_ns(result);
    metrics->finished[outcome][sshexec_result_phase(result)]++;
    observe(&metrics->duration, (double)sshexec_result_elapsed_ns(result) / 1e9);
    if (outcome == SSHEXEC_TIMEOUT && overshoot_ns >= 0)
        observe(&metrics->overshoot, (double)overshoot_ns / 1e9);
    for (int i = 0; i < SSHEXEC_PHASE_COUNT; i++) {
        int64_t ns = sshexec_result_phase_ns(result, (sshexec_phase)i);
        if (ns >= 0)
            observe(&metrics->phases[i], (double)ns / 1e9);
    }
}

void metrics_add_http(struct metrics *metrics, int status)
{
    if (status > 0 && status < METRICS_HTTP_CODES)
        metrics->http[status]++;
}

/* ---- the process ---- */

static uint64_t count_entries(const char *path)
{
    uint64_t count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count >= 3 ? count - 3 : 0; /* ".", "..", and the folder's own */
}

/* In seconds since 1970: the clock's now, less the time since the process began. */
static double start_time(double start_ticks)
{
    struct timespec now, up;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)clock_gettime(CLOCK_BOOTTIME, &up);
    double booted = (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9;
    return booted + start_ticks / (double)sysconf(_SC_CLK_TCK);
}

/* proc(5), /proc/pid/stat: utime 14, stime 15, threads 20, start 22, vsize 23, rss 24. */
void metrics_read_process(struct metrics_process *process)
{
    char text[1024];
    unsigned long user = 0, system = 0, threads = 0, size = 0, pages = 0;
    unsigned long long start = 0;
    struct rlimit limit = {0};
    memset(process, 0, sizeof *process);
    FILE *file = fopen("/proc/self/stat", "re");
    size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    text[length] = '\0';
    const char *after = strrchr(text, ')'); /* the name may hold anything */
    if (after != NULL)
        (void)sscanf(after + 1,
                     " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %lu "
                     "%*d %llu %lu %lu",
                     &user, &system, &threads, &start, &size, &pages);
    process->cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    process->start_s = start_time((double)start);
    process->threads = threads;
    process->virtual_bytes = size;
    process->resident_bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
    process->fds = count_entries("/proc/self/fd");
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        process->fds_most = limit.rlim_cur;
}

/* ---- writing ---- */

static void head(FILE *to, const char *name, const char *type, const char *help)
{
    (void)fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void single(FILE *to, const char *name, const char *type, const char *help, double value)
{
    head(to, name, type, help);
    (void)fprintf(to, "%s %.17g\n", name, value);
}

/* `label` is "" or like phase="dns". */
static void write_histogram(FILE *to, const char *name, const char *label,
                            const struct histogram *histogram)
{
    const char *comma = label[0] != '\0' ? "," : "";
    uint64_t below = 0;
    for (int i = 0; i < METRICS_BUCKETS; i++) {
        below += histogram->buckets[i];
        (void)fprintf(to, "%s_bucket{%s%sle=\"%g\"} %llu\n", name, label, comma, bounds[i],
                      (unsigned long long)below);
    }
    (void)fprintf(to, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", name, label, comma,
                  (unsigned long long)histogram->count);
    const char *open = label[0] != '\0' ? "{" : "", *close = label[0] != '\0' ? "}" : "";
    (void)fprintf(to, "%s_sum%s%s%s %.9g\n", name, open, label, close, histogram->sum);
    (void)fprintf(to, "%s_count%s%s%s %llu\n", name, open, label, close,
                  (unsigned long long)histogram->count);
}

static void write_tasks(const struct metrics *metrics, const struct metrics_now *now, FILE *to)
{
    single(to, "sshexec_tasks_started_total", "counter", "Tasks that were taken.",
           (double)metrics->started);
    single(to, "sshexec_tasks_refused_total", "counter", "Tasks that were not: the queue was full.",
           (double)metrics->refused);
    single(to, "sshexec_tasks_in_flight", "gauge", "Tasks that run.", (double)now->in_flight);
    single(to, "sshexec_tasks_queued", "gauge", "Tasks that wait to run.", (double)now->queued);
    single(to, "sshexec_connections_idle", "gauge", "Connections that are kept for later.",
           (double)now->idle);
    head(to, "sshexec_tasks_finished_total", "counter", "Tasks that are over.");
    for (int i = 0; i <= SSHEXEC_COULD_NOT_TRY; i++) {
        for (int k = 0; k < SSHEXEC_PHASE_COUNT; k++) {
            if (metrics->finished[i][k] > 0 || (i == SSHEXEC_SUCCESS && k == SSHEXEC_PHASE_NONE))
                (void)fprintf(
                    to, "sshexec_tasks_finished_total{outcome=\"%s\",phase=\"%s\"} %llu\n",
                    sshexec_outcome_name((sshexec_outcome)i), sshexec_phase_name((sshexec_phase)k),
                    (unsigned long long)metrics->finished[i][k]);
        }
    }
    head(to, "sshexec_task_duration_seconds", "histogram", "From submission to the end.");
    write_histogram(to, "sshexec_task_duration_seconds", "", &metrics->duration);
    head(to, "sshexec_deadline_overshoot_seconds", "histogram",
         "How long after its deadline a task that timed out was over.");
    write_histogram(to, "sshexec_deadline_overshoot_seconds", "", &metrics->overshoot);
    head(to, "sshexec_phase_duration_seconds", "histogram", "How long tasks were in each phase.");
    for (int i = SSHEXEC_PHASE_QUEUE; i < SSHEXEC_PHASE_COUNT; i++) {
        char label[64];
        (void)snprintf(label, sizeof label, "phase=\"%s\"", sshexec_phase_name((sshexec_phase)i));
        if (metrics->phases[i].count > 0)
            write_histogram(to, "sshexec_phase_duration_seconds", label, &metrics->phases[i]);
    }
}

static void write_process(const struct metrics_process *process, FILE *to)
{
    single(to, "process_cpu_seconds_total", "counter", "User and system CPU time.", process->cpu_s);
    single(to, "process_open_fds", "gauge", "Open file descriptors.", (double)process->fds);
    single(to, "process_max_fds", "gauge", "The most file descriptors that may be open.",
           (double)process->fds_most);
    single(to, "process_threads", "gauge", "Threads.", (double)process->threads);
    single(to, "process_resident_memory_bytes", "gauge", "Resident memory.",
           (double)process->resident_bytes);
    single(to, "process_virtual_memory_bytes", "gauge", "Virtual memory.",
           (double)process->virtual_bytes);
    single(to, "process_start_time_seconds", "gauge", "When it began, in seconds since 1970.",
           process->start_s);
}

void metrics_write(const struct metrics *metrics, const struct metrics_now *now, FILE *to)
{
    head(to, "sshexec_build_info", "gauge", "1, with the version.");
    (void)fprintf(to, "sshexec_build_info{version=\"%s\"} 1\n", sshexec_version());
    write_tasks(metrics, now, to);
    head(to, "sshexec_http_requests_total", "counter", "Answers, by their status.");
    for (int i = 0; i < METRICS_HTTP_CODES; i++) {
        if (metrics->http[i] > 0)
            (void)fprintf(to, "sshexec_http_requests_total{code=\"%d\"} %llu\n", i,
                          (unsigned long long)metrics->http[i]);
    }
    write_process(&now->process, to);
}
