#include "temp_file.h"

#include <check.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static pid_t owner; /* a forked child must not take its parent's folder away */

static void remove_folder(void)
{
    char *roots[] = {folder, NULL};
    FTS *walk = getpid() == owner ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
    if (walk == NULL)
        return;
    for (FTSENT *entry = fts_read(walk); entry != NULL; entry = fts_read(walk)) {
        if (entry->fts_info != FTS_D)
            (void)remove(entry->fts_path);
    }
    (void)fts_close(walk);
}

const char *temp_folder(void)
{
    if (owner == getpid())
        return folder;
    (void)strcpy(folder, "/tmp/check-fakesshd.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    owner = getpid();
    ck_assert_int_eq(atexit(remove_folder), 0);
    return folder;
}

const char *temp_file(const char *name, const char *text)
{
    static char paths[8][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 8];
    int start = snprintf(path, PATH_MAX, "%s/%s", temp_folder(), name) - (int)strlen(name);
    for (char *slash = strchr(path + start, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}
