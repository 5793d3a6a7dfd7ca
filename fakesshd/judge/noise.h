/* How slow this machine is just now. Measured, printed, and used to widen the grace; above the cap
 * no verdict on time is given. Before a run and after it the same is measured while nothing runs:
 * together they are the certificate of its verdicts. */
#ifndef JUDGE_NOISE_H
#define JUDGE_NOISE_H

#include "base/err.h"
#include "judge/procfs.h"

#include <ev.h>
#include <stdint.h>

#define NOISE_FACTOR_CAP 5.0

enum { NOISE_BUCKETS = 128, NOISE_TEXT_MAX = 300 };

/* What was measured over some time. Parts are 0..1, and -1 where the kernel does not say. */
struct noise_sample {
    int64_t timers; /* how many were waited for */
    int64_t lateness_p50_us, lateness_p99_us, lateness_max_us;
    int64_t fork_exec_us; /* median; -1: not measured */
    double busy_part;     /* of all processors' time */
    double steal_part;    /* of it, taken by the host of a virtual machine */
    double pressure_part; /* of the time, in which someone waited for a processor */
    double slow_factor;   /* the worst */
};

struct noise_certificate {
    struct noise_sample before, during, after;
    double slow_factor; /* the worst of all */
};

struct noise {
    struct ev_loop *loop; /* borrowed */
    ev_timer beat;
    int64_t due_ns;
    int64_t lateness_recent_us; /* the worst of late, forgotten by half in a second or so */
    int64_t fork_exec_p50_us;
    double factor; /* now; 1 on a quiet machine */
    struct noise_sample before;
    /* Of the run so far. */
    uint32_t buckets[NOISE_BUCKETS]; /* beats, by their lateness */
    int64_t beats, lateness_worst_us;
    double factor_worst;
    int64_t begun_ns;
    struct procfs_machine machine;
    int64_t pressure_us; /* -1: unknown */
};

/* Measures the machine for 60 ms or so, then keeps a timer beating in the loop. */
void noise_start(struct noise *noise, struct ev_loop *loop);
void noise_stop(struct noise *noise);

/* After noise_stop(): measures once more, and says it all. */
struct noise_certificate noise_certify(const struct noise *noise);

/* The slow factor of lateness and fork+exec times: 1 while a timer is at most 20 ms late and a
 * process starts within 20 ms; in proportion beyond. */
double noise_factor_of(int64_t lateness_us, int64_t fork_exec_us);

/* "quiet", "noisy" or "too noisy to judge times". Static memory. */
const char *noise_words(double slow_factor);

/* One line: "quiet: slow factor 1.00 …". */
void noise_print(const struct noise_certificate *certificate, char text[NOISE_TEXT_MAX]);

/* Which bucket a lateness belongs to, and the largest lateness of a bucket: they are a fifth wide
 * at most. Negative counts as 0. */
int noise_bucket_of(int64_t lateness_us);
int64_t noise_bucket_limit_us(int bucket);

#endif
