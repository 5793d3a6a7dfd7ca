#include "judge/workdir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about, (void)type, (void)where;
    return remove(path);
}

bool workdir_make(struct workdir *workdir, bool wanted)
{
    workdir->path[0] = '\0';
    if (!wanted)
        return true;
    (void)snprintf(workdir->path, sizeof workdir->path, "/tmp/fakesshd-%d-XXXXXX", (int)getpid());
    return mkdtemp(workdir->path) != NULL;
}

void workdir_remove(struct workdir *workdir)
{
    if (workdir->path[0] != '\0')
        (void)nftw(workdir->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
