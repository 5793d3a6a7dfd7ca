#include "judge/procfs_fds.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 200 };

struct socket_entry {
    unsigned long inode;
    char what[TEXT_MAX], kind[TEXT_MAX];
};

struct socket_table {
    struct socket_entry *items; /* owned; sorted by inode once it is whole */
    size_t count, size;
};

/* ---- sockets ---- */

static const char *tcp_state(unsigned number)
{
    static const char *const names[] = {"?",          "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
                                        "FIN_WAIT1",  "FIN_WAIT2",   "TIME_WAIT", "CLOSE",
                                        "CLOSE_WAIT", "LAST_ACK",    "LISTEN",    "CLOSING"};
    return number < sizeof names / sizeof names[0] ? names[number] : "?";
}

/* "0100007F" or 32 digits: words as they lie in memory. */
static int read_address(const char *digits, size_t length, char *text, size_t size)
{
    unsigned words[4] = {0};
    for (size_t i = 0; i < length / 8; i++) {
        if (sscanf(digits + 8 * i, "%8x", &words[i]) != 1)
            return 0;
    }
    if (length == 8)
        return inet_ntop(AF_INET, words, text, (socklen_t)size) != NULL;
    return length == 32 && inet_ntop(AF_INET6, words, text, (socklen_t)size) != NULL;
}

int procfs_tcp_line(const char *line, unsigned long *inode, char *what, char *kind, size_t size)
{
    char local[40], remote[40], from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
    unsigned local_port, remote_port, state, tx, rx;
    if (sscanf(line, " %*d: %39[0-9A-Fa-f]:%x %39[0-9A-Fa-f]:%x %x %x:%x %*x:%*x %*x %*u %*u %lu",
               local, &local_port, remote, &remote_port, &state, &tx, &rx, inode) != 8 ||
        !read_address(local, strlen(local), from, sizeof from) ||
        !read_address(remote, strlen(remote), to, sizeof to))
        return 0;
    if (state == 10) {
        (void)snprintf(what, size, "TCP %s:%u LISTEN", from, local_port);
        (void)snprintf(kind, size, "TCP LISTEN");
        return 1;
    }
    (void)snprintf(what, size, "TCP %s:%u -> %s:%u %s, rx %u, tx %u", from, local_port, to,
                   remote_port, tcp_state(state), rx, tx);
    (void)snprintf(kind, size, "TCP to port %u, %s, rx %u, tx %u", remote_port, tcp_state(state),
                   rx, tx);
    return 1;
}

static struct socket_entry *add_socket(struct socket_table *table)
{
    if (table->count == table->size) {
        table->size = table->size * 2 + 256;
        table->items = realloc(table->items, table->size * sizeof *table->items);
        if (table->items == NULL)
            abort();
    }
    return &table->items[table->count++];
}

static void read_table(struct socket_table *table, pid_t pid, const char *name)
{
    char path[64], line[512], text[TEXT_MAX];
    (void)snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, name);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        struct socket_entry entry = {0};
        int used = 0;
        if (strncmp(name, "tcp", 3) == 0 || strncmp(name, "udp", 3) == 0) {
            if (!procfs_tcp_line(line, &entry.inode, entry.what, entry.kind, sizeof entry.what))
                continue;
            if (name[0] == 'u') {
                memcpy(entry.what, "UDP", 3);
                memcpy(entry.kind, "UDP", 3);
            }
        } else {
            /* Num RefCount Protocol Flags Type St Inode Path */
            text[0] = '\0';
            if (sscanf(line, "%*[^:]: %*x %*x %*x %*x %*x %lu %n%199s", &entry.inode, &used, text) <
                    1 ||
                used == 0)
                continue;
            (void)snprintf(entry.what, sizeof entry.what, "unix socket%s%.150s",
                           text[0] != '\0' ? " " : "", text);
            memcpy(entry.kind, entry.what, sizeof entry.kind);
        }
        *add_socket(table) = entry;
    }
    if (file != NULL)
        (void)fclose(file);
}

static int by_inode(const void *a, const void *b)
{
    const struct socket_entry *x = a, *y = b;
    return (x->inode > y->inode) - (x->inode < y->inode);
}

static struct socket_table read_sockets(pid_t pid)
{
    static const char *const names[] = {"tcp", "tcp6", "udp", "udp6", "unix"};
    struct socket_table table = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        read_table(&table, pid, names[i]);
    if (table.count > 0)
        qsort(table.items, table.count, sizeof *table.items, by_inode);
    return table;
}

/* ---- descriptors ---- */

static char *copy(const char *text)
{
    char *copied = strdup(text);
    if (copied == NULL)
        abort();
    return copied;
}

/* A link's text: "socket:[123]", "pipe:[77]", "anon_inode:[eventpoll]", a path. */
static void describe(struct procfs_fd *fd, const char *link, const struct socket_table *sockets)
{
    struct socket_entry wanted = {0};
    if (sscanf(link, "socket:[%lu]", &wanted.inode) == 1) {
        const struct socket_entry *found =
            sockets->count > 0
                ? bsearch(&wanted, sockets->items, sockets->count, sizeof wanted, by_inode)
                : NULL;
        /* One that was never connected, or whose connection is over, is in no table. */
        fd->what = copy(found != NULL ? found->what : "socket without a connection");
        fd->kind = copy(found != NULL ? found->kind : "socket without a connection");
        return;
    }
    fd->what = copy(link);
    fd->kind = copy(strncmp(link, "pipe:", 5) == 0 ? "pipe" : link);
}

static int by_fd(const void *a, const void *b)
{
    return ((const struct procfs_fd *)a)->fd - ((const struct procfs_fd *)b)->fd;
}

size_t procfs_fd_list(pid_t pid, struct procfs_fd **fds, size_t max)
{
    char path[64], link[PATH_MAX];
    size_t count = 0, size = 0;
    *fds = NULL;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    struct socket_table sockets = read_sockets(pid);
    struct dirent *entry;
    while (count < max && (entry = readdir(folder)) != NULL) {
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);
        if (!isdigit((unsigned char)entry->d_name[0]) || length < 0)
            continue;
        link[length] = '\0';
        if (count == size) {
            size = size * 2 + 64;
            *fds = realloc(*fds, size * sizeof **fds);
            if (*fds == NULL)
                abort();
        }
        (*fds)[count].fd = (int)strtol(entry->d_name, NULL, 10);
        describe(&(*fds)[count++], link, &sockets);
    }
    (void)closedir(folder);
    free(sockets.items);
    if (count > 0)
        qsort(*fds, count, sizeof **fds, by_fd);
    return count;
}

void procfs_fd_free(struct procfs_fd *fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(fds[i].what);
        free(fds[i].kind);
    }
    free(fds);
}
