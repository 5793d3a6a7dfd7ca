#include "judge/report_file.h"

#include <string.h>
#include <unistd.h>

enum err report_file_open(struct report_file *file, const char *path, struct err_text *error)
{
    file->temporary[0] = '\0';
    file->out = stdout;
    if (strcmp(path, "-") == 0)
        return ERR_NONE;
    (void)snprintf(file->path, sizeof file->path, "%s", path);
    (void)snprintf(file->temporary, sizeof file->temporary, "%s.%d.part", path, (int)getpid());
    file->out = fopen(file->temporary, "we");
    if (file->out == NULL)
        return err_set_errno(error, "cannot write %s", path);
    return ERR_NONE;
}

enum err report_file_commit(struct report_file *file, struct err_text *error)
{
    if (file->temporary[0] == '\0')
        return fflush(file->out) == 0 ? ERR_NONE : err_set_errno(error, "cannot write to stdout");
    int failed = ferror(file->out);
    failed |= fclose(file->out);
    if (failed != 0 || rename(file->temporary, file->path) != 0) {
        enum err code = err_set_errno(error, "cannot write %s", file->path);
        (void)unlink(file->temporary);
        return code;
    }
    return ERR_NONE;
}
