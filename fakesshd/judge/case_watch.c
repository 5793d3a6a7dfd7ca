#include "judge/case_watch.h"

#include "base/clock.h"

#define MS CLOCK_NS_PER_MS
enum { SPIN_MS = 100, SOMEWHAT_MORE = 2 };

/* Of a command's case: when all processors are busy for so much of the time, and somebody waits for
 * one for so much of it, its process has waited as well. */
#define STARVED_BUSY     0.95
#define STARVED_PRESSURE 0.8

static int64_t cpu_now_ns(const struct judged_case *judged)
{
    int64_t cpu_ns = 0;
    procfs_use_without(&judged->compilers, &cpu_ns, NULL);
    return cpu_ns;
}

void case_watch_begin(struct judged_case *judged)
{
    pid_t pid = stage_client_pid(&judged->stage);
    judged->spin = (struct spin_watch){0};
    judged->delay_ns = pid > 0 ? procfs_run_delay_ns(pid) : 0;
    judged->compilers = procfs_compilers_of(pid);
    judged->cpu_ns = pid > 0 ? cpu_now_ns(judged) : 0;
}

static bool all_have_ended(const struct judged_case *judged, int before)
{
    for (int i = 0; i < before; i++) {
        if (!judged->stage.tasks[i]->ended)
            return false;
    }
    return true;
}

/* Waiting costs nothing: what a driver burns once all tasks of a round wait is spinning. */
void case_watch(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    pid_t pid = stage_client_pid(&judged->stage);
    /* Nor is reading what it is asked, which may be megabytes of input. Tasks of earlier rounds
     * that hang may each have some work to do. */
    if (pid <= 0 || !all_have_ended(judged, judged->first_of_round) ||
        judged->stage.driver->in.used > 0)
        return;
    int64_t due_ns = judged->spin.last.from_ns + SPIN_MS * MS;
    if (judged->spin.last.from_ns == 0 || now_ns >= due_ns) {
        struct spin_sample sample = {.from_ns = now_ns};
        procfs_use_without(&judged->compilers, &sample.cpu_ns, &sample.run_delay_ns);
        spin_watch_add(&judged->spin, &sample);
        due_ns = now_ns + SPIN_MS * MS;
    }
    if (due_ns < *look_ns)
        *look_ns = due_ns;
}

/* What each of its threads, on an average, had to wait for a processor. */
static int64_t starved_ns(const struct judged_case *judged)
{
    pid_t pid = stage_client_pid(&judged->stage);
    int64_t threads = pid > 0 ? procfs_threads(pid) : 0;
    return threads > 0 ? (procfs_run_delay_ns(pid) - judged->delay_ns) / threads : 0;
}

static bool is_starved(const struct judged_case *judged, int64_t starved)
{
    return starved > (judged->usual_late_ns - judged->due_ms * MS) / 2;
}

/* Work looks like spinning when there is more of it than time, or no processor for it: whoever used
 * no more than as many healthy tasks would cost is not told to spin. Nor is who used somewhat more,
 * as long as one task by itself can still be asked. */
static void note_spin(struct judged_case *judged, double share)
{
    int64_t used_ns = cpu_now_ns(judged) - judged->cpu_ns;
    bool can_ask = !judged->asks_one && all_have_ended(judged, judged->stage.task_count);
    int64_t tasks = judged->round_size * (can_ask ? SOMEWHAT_MORE : 1);
    bool is_work = used_ns <= tasks * judged->control_cpu_ns;
    if (spin_watch_is_unsure(&judged->spin) || (share > SPIN_SHARE_MIN && is_work))
        judged->spin_unsure = true;
    else if (share > judged->spin_share)
        judged->spin_share = share;
}

/* The machine's hiccup is not the client's: what was measured just now holds for this round. */
void case_watch_end(struct judged_case *judged)
{
    double factor = judged->noise->factor, share = spin_watch_share(&judged->spin);
    int64_t starved = starved_ns(judged);
    for (int i = judged->first_of_round; i < judged->stage.task_count; i++)
        judged->stage.tasks[i]->slow_factor = factor;
    if (factor > judged->slow_factor)
        judged->slow_factor = factor;
    note_spin(judged, share);
    if (starved > judged->starved_ns)
        judged->starved_ns = starved;
}

bool case_watch_is_in_doubt(const struct judged_case *judged)
{
    bool sent_input = judged->spin_share > SPIN_SHARE_MIN && judged->spec.scenario->stdin_bytes > 0;
    return manifest_lives_on(judged->spec.manifest) && !judged->asks_one &&
           (judged->spin_unsure || sent_input) && all_have_ended(judged, judged->stage.task_count);
}

void case_watch_ask_one(struct judged_case *judged)
{
    judged->asks_one = true;
    judged->spin_unsure = false;
    judged->spin_share = 0;
}

bool case_was_starved(const struct judged_case *judged, int64_t now_ns)
{
    if (judged->spec.manifest->driver)
        return is_starved(judged, judged->starved_ns);
    int64_t pressure_us = procfs_cpu_pressure_us(), wall_us = (now_ns - judged->begun_ns) / 1000;
    if (pressure_us < 0 || judged->pressure_us < 0 || wall_us <= 0)
        return false;
    double pressure = (double)(pressure_us - judged->pressure_us) / (double)wall_us;
    return pressure > STARVED_PRESSURE &&
           procfs_busy_part(judged->machine_before, procfs_machine_now()) > STARVED_BUSY;
}
