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
