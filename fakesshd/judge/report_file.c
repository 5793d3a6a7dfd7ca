#include "judge/report_file.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_written_directly(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

enum err report_file_open(struct report_file *file, const char *path, struct err_text *error)
{
    *file = (struct report_file){.out = stdout};
    if (strcmp(path, "-") == 0)
        return ERR_NONE;
    int length = snprintf(file->path, sizeof file->path, "%s", path);
    bool directly = is_written_directly(path);
    if (!directly)
        length =
            snprintf(file->temporary, sizeof file->temporary, "%s.%d.part", path, (int)getpid());
    if (length < 0 || (size_t)length >= sizeof file->path)
        return err_set(error, ERR_SYSTEM, "cannot write %.80s...: its name is too long", path);
    file->out = fopen(directly ? file->path : file->temporary, "we");
    if (file->out == NULL)
        return err_set_errno(error, "cannot write %s", path);
    return ERR_NONE;
}

enum err report_file_close(struct report_file *file, enum err failed, struct err_text *error)
{
    const char *name = file->path[0] != '\0' ? file->path : "to standard output";
    bool bad = fflush(file->out) != 0 || ferror(file->out) != 0;
    if (bad && failed == ERR_NONE)
        failed = err_set_errno(error, "cannot write %s", name);
    if (file->out != stdout && fclose(file->out) != 0 && failed == ERR_NONE)
        failed = err_set_errno(error, "cannot write %s", name);
    if (file->temporary[0] == '\0')
        return failed;
    if (failed == ERR_NONE && rename(file->temporary, file->path) != 0)
        failed = err_set_errno(error, "cannot write %s", name);
    if (failed != ERR_NONE)
        (void)unlink(file->temporary);
    return failed;
}
