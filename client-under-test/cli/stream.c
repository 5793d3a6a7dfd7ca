#include "cli/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opening /proc/self/fd/N again makes a new open file for the same pipe or terminal, whose flags
 * are ours alone. Sockets can't be opened; where it fails the flag is set, and restored at the end.
 */
void stream_init(struct stream *stream, int fd)
{
    struct stat facts;
    char path[32];
    *stream = (struct stream){.fd = fd, .is_pollable = true, .old_flags = -1};
    if (fstat(fd, &facts) != 0)
        return;
    if (S_ISREG(facts.st_mode) || S_ISBLK(facts.st_mode) || S_ISDIR(facts.st_mode)) {
        stream->is_pollable = false;
        return;
    }
    if (!S_ISSOCK(facts.st_mode)) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int mode = fd == STDIN_FILENO ? O_RDONLY : O_WRONLY;
        int again = open(path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (again >= 0) {
            stream->fd = again;
            stream->is_own = true;
            return;
        }
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
        stream->old_flags = flags;
}

static ssize_t as_would_block(ssize_t result)
{
    if (result < 0 && (errno == EINTR || errno == EWOULDBLOCK))
        errno = EAGAIN;
    return result;
}

ssize_t stream_read(const struct stream *stream, void *bytes, size_t length)
{
    return as_would_block(read(stream->fd, bytes, length));
}

ssize_t stream_write(const struct stream *stream, const void *bytes, size_t length)
{
    return as_would_block(write(stream->fd, bytes, length));
}

void stream_fini(struct stream *stream)
{
    if (stream->is_own)
        (void)close(stream->fd);
    if (stream->old_flags >= 0)
        (void)fcntl(stream->fd, F_SETFL, stream->old_flags);
    *stream = (struct stream){.fd = -1, .old_flags = -1};
}
