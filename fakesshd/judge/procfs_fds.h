/* The open descriptors of another process, and what they are: sockets with their peers, states and
 * queues, pipes, files. */
#ifndef JUDGE_PROCFS_FDS_H
#define JUDGE_PROCFS_FDS_H

#include <stddef.h>
#include <sys/types.h>

struct procfs_fd {
    int fd;
    char *what; /* owned; "TCP 127.0.0.1:43210 -> 127.3.1.1:40001 ESTABLISHED, rx 0, tx 0" */
    char *kind; /* owned; the same without what differs from one to the next: its own port, an inode
                 */
};

/* Lists at most `max` descriptors in their order. Returns how many; *fds is the caller's, to be
 * given to procfs_fd_free(). 0 when the process is gone or may not be looked at. */
size_t procfs_fd_list(pid_t pid, struct procfs_fd **fds, size_t max);
void procfs_fd_free(struct procfs_fd *fds, size_t count);

/* A line of /proc/net/tcp or tcp6, in words; *inode names the socket. 0 when it is none. */
int procfs_tcp_line(const char *line, unsigned long *inode, char *what, char *kind, size_t size);

#endif
