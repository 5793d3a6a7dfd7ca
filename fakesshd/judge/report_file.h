/* Files that are either whole or not there: written beside their place and renamed into it. */
#ifndef JUDGE_REPORT_FILE_H
#define JUDGE_REPORT_FILE_H

#include "base/err.h"

#include <stdio.h>

struct report_file {
    FILE *out;
    char path[4096], temporary[4200];
};

/* "-" is stdout. */
enum err report_file_open(struct report_file *file, const char *path, struct err_text *error);
enum err report_file_commit(struct report_file *file, struct err_text *error);

#endif
