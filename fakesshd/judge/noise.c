#include "judge/noise.h"

#include "base/clock.h"
#include "base/int64_order.h"
#include "judge/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum {
    FORKS = 5,
    TIMERS = 20,
    TIMER_MS = 2,
    USUAL_LATENESS_US = 20000,
    USUAL_FORK_EXEC_US = 20000,
    OCTAVE_PARTS = 4 /* buckets in which a lateness doubles */
};
#define BEAT_S 0.02

/* ---- plain functions ---- */

double noise_factor_of(int64_t lateness_us, int64_t fork_exec_us)
{
    double by_timer = (double)lateness_us / USUAL_LATENESS_US;
    double by_fork = (double)fork_exec_us / USUAL_FORK_EXEC_US;
    double factor = by_timer > by_fork ? by_timer : by_fork;
    return factor > 1 ? factor : 1;
}

const char *noise_words(double slow_factor)
{
    if (slow_factor > NOISE_FACTOR_CAP)
        return "too noisy to judge times";
    return slow_factor > 1 ? "noisy" : "quiet";
}

/* 0, 1, 2, 3, then each power of two in four. */
int noise_bucket_of(int64_t lateness_us)
{
    if (lateness_us < OCTAVE_PARTS)
        return lateness_us > 0 ? (int)lateness_us : 0;
    int octave = 63 - __builtin_clzll((unsigned long long)lateness_us);
    int part = (int)(lateness_us >> (octave - 2)) - OCTAVE_PARTS;
    int bucket = (octave - 1) * OCTAVE_PARTS + part;
    return bucket < NOISE_BUCKETS ? bucket : NOISE_BUCKETS - 1;
}

int64_t noise_bucket_limit_us(int bucket)
{
    if (bucket < OCTAVE_PARTS)
        return bucket;
    int octave = bucket / OCTAVE_PARTS + 1, part = bucket % OCTAVE_PARTS;
    return ((int64_t)(OCTAVE_PARTS + part + 1) << (octave - 2)) - 1;
}

/* The lateness that so many of a hundred beats did not exceed. */
static int64_t percentile_us(const struct noise *noise, int percent)
{
    int64_t rank = (noise->beats * percent + 99) / 100, seen = 0;
    for (int i = 0; i < NOISE_BUCKETS; i++) {
        seen += noise->buckets[i];
        if (seen >= rank) {
            int64_t limit_us = noise_bucket_limit_us(i);
            return limit_us < noise->lateness_worst_us ? limit_us : noise->lateness_worst_us;
        }
    }
    return noise->lateness_worst_us;
}

void noise_print(const struct noise_certificate *certificate, char text[NOISE_TEXT_MAX])
{
    const struct noise_sample *before = &certificate->before, *during = &certificate->during,
                              *after = &certificate->after;
    char steal[48] = "";
    if (during->steal_part >= 0.005)
        (void)snprintf(steal, sizeof steal, ", %.0f %% of it stolen by its host",
                       100 * during->steal_part);
    (void)snprintf(text, NOISE_TEXT_MAX,
                   "%s: slow factor %.2f; timers late by %.1f ms at most (99 of 100: %.1f ms; %.1f "
                   "before, %.1f after), fork and exec %.1f ms (%.1f after), %.0f %% busy%s",
                   noise_words(certificate->slow_factor), certificate->slow_factor,
                   (double)during->lateness_max_us / 1000, (double)during->lateness_p99_us / 1000,
                   (double)before->lateness_max_us / 1000, (double)after->lateness_max_us / 1000,
                   (double)before->fork_exec_us / 1000, (double)after->fork_exec_us / 1000,
                   100 * (during->busy_part > 0 ? during->busy_part : 0), steal);
}

/* ---- measuring while nothing runs ---- */

static int64_t measure_fork_exec_us(void)
{
    int64_t took_us[FORKS];
    char name[] = "true";
    char *argv[] = {name, NULL};
    struct process_spec spec = {.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1};
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = 0;
        int64_t begin_ns = clock_now_ns();
        if (process_spawn(&spec, &pid, NULL, NULL) == ERR_NONE)
            (void)waitpid(pid, NULL, 0);
        took_us[i] = (clock_now_ns() - begin_ns) / 1000;
    }
    qsort(took_us, FORKS, sizeof took_us[0], int64_order);
    return took_us[FORKS / 2];
}

static void measure_timers(struct noise_sample *sample)
{
    int64_t late_us[TIMERS];
    for (int i = 0; i < TIMERS; i++) {
        struct timespec wait = {0, TIMER_MS * CLOCK_NS_PER_MS};
        int64_t due_ns = clock_now_ns() + TIMER_MS * CLOCK_NS_PER_MS;
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, NULL);
        late_us[i] = (clock_now_ns() - due_ns) / 1000;
    }
    qsort(late_us, TIMERS, sizeof late_us[0], int64_order);
    sample->timers = TIMERS;
    sample->lateness_p50_us = late_us[TIMERS / 2];
    sample->lateness_p99_us = sample->lateness_max_us = late_us[TIMERS - 1];
}

/* What the machine did between two moments. */
struct moment {
    struct procfs_machine machine;
    int64_t pressure_us, at_ns;
};

static struct moment moment_now(void)
{
    return (struct moment){procfs_machine_now(), procfs_cpu_pressure_us(), clock_now_ns()};
}

static void compare_moments(struct noise_sample *sample, const struct moment *from,
                            const struct moment *to)
{
    int64_t wall_us = (to->at_ns - from->at_ns) / 1000;
    sample->busy_part = procfs_busy_part(from->machine, to->machine);
    sample->steal_part = procfs_steal_part(from->machine, to->machine);
    sample->pressure_part = -1;
    if (from->pressure_us >= 0 && to->pressure_us >= from->pressure_us && wall_us > 0) {
        double part = (double)(to->pressure_us - from->pressure_us) / (double)wall_us;
        sample->pressure_part = part < 1 ? part : 1;
    }
}

static struct noise_sample measure(void)
{
    struct noise_sample sample = {0};
    struct moment from = moment_now();
    measure_timers(&sample);
    sample.fork_exec_us = measure_fork_exec_us();
    struct moment to = moment_now();
    compare_moments(&sample, &from, &to);
    sample.slow_factor = noise_factor_of(sample.lateness_max_us, sample.fork_exec_us);
    return sample;
}

/* ---- while the run runs ---- */

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
    noise->beats++;
    noise->buckets[noise_bucket_of(late_us)]++;
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
    *noise = (struct noise){.loop = loop, .before = measure()};
    struct moment now = moment_now();
    noise->machine = now.machine;
    noise->pressure_us = now.pressure_us;
    noise->begun_ns = now.at_ns;
    noise->fork_exec_p50_us = noise->before.fork_exec_us;
    noise->lateness_recent_us = noise->before.lateness_max_us;
    noise->factor = noise->factor_worst = noise->before.slow_factor;
    ev_timer_init(&noise->beat, on_beat, 0., 0.);
    noise->beat.data = noise;
    arm(noise);
}

void noise_stop(struct noise *noise)
{
    ev_timer_stop(noise->loop, &noise->beat);
}

struct noise_certificate noise_certify(const struct noise *noise)
{
    struct moment from = {noise->machine, noise->pressure_us, noise->begun_ns}, to = moment_now();
    struct noise_certificate certificate = {.before = noise->before,
                                            .during = {.timers = noise->beats,
                                                       .lateness_p50_us = percentile_us(noise, 50),
                                                       .lateness_p99_us = percentile_us(noise, 99),
                                                       .lateness_max_us = noise->lateness_worst_us,
                                                       .fork_exec_us = -1,
                                                       .slow_factor = noise->factor_worst}};
    compare_moments(&certificate.during, &from, &to);
    certificate.after = measure();
    double worst = certificate.during.slow_factor;
    if (certificate.after.slow_factor > worst)
        worst = certificate.after.slow_factor;
    certificate.slow_factor = worst;
    return certificate;
}
