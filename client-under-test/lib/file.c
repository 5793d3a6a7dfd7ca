#include "lib/file.h"

#include "lib/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, size_t limit, char **text)
{
    char *bytes = memory_resize(NULL, limit + 1);
    size_t used = 0;
    ssize_t got;
    while (used < limit && (got = read(fd, bytes + used, limit - used)) > 0)
        used += (size_t)got;
    bytes[used] = '\0';
    *text = memory_resize(bytes, used + 1);
    return true;
}

bool file_read(const char *path, size_t limit, char **text, struct err_text *error)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return err_set_errno(error, "can't open %s", path);
    bool good = fstat(fd, &facts) == 0;
    if (!good)
        (void)err_set_errno(error, "can't look at %s", path);
    else if (!S_ISREG(facts.st_mode))
        good = err_set(error, "%s is not a regular file", path);
    else if (facts.st_size > (off_t)limit)
        good = err_set(error, "%s is larger than %zu bytes", path, limit);
    else
        good = read_all(fd, limit, text);
    (void)close(fd);
    return good;
}
