/* A folder of a run's own, for clients that ask for {workdir}. A killed judge leaves it behind, so
 * it is made only for those. */
#ifndef JUDGE_WORKDIR_H
#define JUDGE_WORKDIR_H

#include <stdbool.h>

struct workdir {
    char path[64]; /* "" when none was wanted */
};

bool workdir_make(struct workdir *workdir, bool wanted);
void workdir_remove(struct workdir *workdir);

#endif
