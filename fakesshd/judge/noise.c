#include "judge/noise.h"

#include "base/clock.h"
#include "judge/process.h"

#include <stdlib.h>
#include <sys/wait.h>

enum { PROBES = 5, USUAL_LATENESS_US = 20000, USUAL_FORK_EXEC_US = 20000 };
#define BEAT_S 0.02

double noise_factor_of(int64_t lateness_us, int64_t fork_exec_us)
{
    double by_timer = (double)lateness_us / USUAL_LATENESS_US;
    double by_fork = (double)fork_exec_us / USUAL_FORK_EXEC_US;
    double factor = by_timer > by_fork ? by_timer : by_fork;
    return factor > 1 ? factor : 1;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t measure_fork_exec_us(void)
{
    int64_t took_us[PROBES];
    char name[] = "true";
    char *argv[] = {name, NULL};
    struct process_spec spec = {.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
    for (int i = 0; i < PROBES; i++) {
        pid_t pid = 0;
        int64_t begin_ns = clock_now_ns();
        if (process_spawn(&spec, &pid, NULL, NULL) == ERR_NONE)
            (void)waitpid(pid, NULL, 0);
        took_us[i] = (clock_now_ns() - begin_ns) / 1000;
    }
    qsort(took_us, PROBES, sizeof took_us[0], compare);
    return took_us[PROBES / 2];
}

static void arm(struct noise *noise)
{
    ev_now_update(noise->loop);
    noise->due_ns = clock_now_ns() + clock_ns_from_seconds(BEAT_S);
    ev_timer_set(&noise->beat, BEAT_S, 0.);
    ev_timer_start(noise->loop, &noise->beat);
}

static void on_beat(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    struct noise *noise = timer->data;
    int64_t late_us = (clock_now_ns() - noise->due_ns) / 1000;
    if (late_us > noise->lateness_worst_us)
        noise->lateness_worst_us = late_us;
    int64_t faded_us = noise->lateness_recent_us * 99 / 100;
    noise->lateness_recent_us = late_us > faded_us ? late_us : faded_us;
    noise->factor = noise_factor_of(noise->lateness_recent_us, noise->fork_exec_p50_us);
    if (noise->factor > noise->factor_worst)
        noise->factor_worst = noise->factor;
    arm(noise);
}

void noise_start(struct noise *noise, struct ev_loop *loop)
{
    noise->loop = loop;
    noise->lateness_worst_us = noise->lateness_recent_us = 0;
    noise->fork_exec_p50_us = measure_fork_exec_us();
    noise->factor = noise->factor_worst = noise_factor_of(0, noise->fork_exec_p50_us);
    ev_timer_init(&noise->beat, on_beat, 0., 0.);
    noise->beat.data = noise;
    arm(noise);
}

void noise_stop(struct noise *noise)
{
    ev_timer_stop(noise->loop, &noise->beat);
}
