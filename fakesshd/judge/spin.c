#include "judge/spin.h"

double spin_share(const struct spin_sample *before, const struct spin_sample *after)
{
    if (before->cpu_ns < 0 || after->cpu_ns < 0 || after->from_ns <= before->from_ns)
        return 0;
    double elapsed_ns = (double)(after->from_ns - before->from_ns);
    double used = (double)(after->cpu_ns - before->cpu_ns) / elapsed_ns;
    double owed = (double)(after->run_delay_ns - before->run_delay_ns) / elapsed_ns;
    double asked = used + (owed > 0 ? owed : 0);
    if (used < SPIN_SHARE_MIN && used >= 0.25 && asked >= 0.8)
        return asked < 1 ? asked : 1;
    return used;
}

/* It wanted a processor all the time, and hardly had one: whether to spin or to work, who knows. */
static bool is_kept_waiting(const struct spin_sample *before, const struct spin_sample *after)
{
    double elapsed_ns = (double)(after->from_ns - before->from_ns);
    double used = (double)(after->cpu_ns - before->cpu_ns) / elapsed_ns;
    double owed = (double)(after->run_delay_ns - before->run_delay_ns) / elapsed_ns;
    return used < 0.25 && used + owed >= 0.8;
}

void spin_watch_add(struct spin_watch *watch, const struct spin_sample *sample)
{
    if (watch->last.from_ns != 0) {
        double share = spin_share(&watch->last, sample);
        watch->intervals++;
        if (is_kept_waiting(&watch->last, sample)) {
            watch->kept_waiting++;
        } else {
            bool is_first = watch->intervals - watch->kept_waiting == 1;
            watch->shares[0] = watch->shares[1];
            watch->shares[1] = is_first ? share : watch->shares[2];
            watch->shares[2] = share;
        }
    }
    watch->last = *sample;
}

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

double spin_watch_share(const struct spin_watch *watch)
{
    if (watch->intervals < 2 || spin_watch_is_unsure(watch))
        return 0;
    double last = lesser(watch->shares[1], watch->shares[2]);
    double before = lesser(watch->shares[0], watch->shares[1]);
    return last > before ? last : before;
}

bool spin_watch_is_unsure(const struct spin_watch *watch)
{
    return watch->intervals >= 2 && watch->kept_waiting == watch->intervals;
}
