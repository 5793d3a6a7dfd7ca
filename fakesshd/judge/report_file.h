/* Files that are either whole or not there: written beside their place and renamed into it. */
#ifndef JUDGE_REPORT_FILE_H
#define JUDGE_REPORT_FILE_H

#include "base/err.h"

#include <limits.h>
#include <stdio.h>

struct report_file {
    FILE *out; /* write here */
    char path[PATH_MAX];
    char temporary[PATH_MAX]; /* "" when written directly */
};

/* "-" is stdout; a pipe or a device is written directly, because a file in its place would be
 * something else. ERR_SYSTEM when nothing can be written there. */
enum err report_file_open(struct report_file *file, const char *path, struct err_text *error);

/* Puts the file into its place. When `failed` is not ERR_NONE nothing is put there, and that is
 * what is returned. */
enum err report_file_close(struct report_file *file, enum err failed, struct err_text *error);

#endif
