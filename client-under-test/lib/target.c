#include "lib/target.h"

#include "lib/memory.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static bool check_options(const struct task_options *options, struct err_text *error)
{
    if (options->port < 1 || options->port > 65535)
        return err_set(error, "port: expected 1 to 65535; found %d", options->port);
    if (options->user[0] == '\0')
        return err_set(error, "user: expected a name; found nothing");
    return true;
}

/* Who names a DNS server wants it asked, and not /etc/hosts. */
static bool locate(struct target *target, const struct task_options *options,
                   struct err_text *error)
{
    target->name = memory_text(options->host);
    target->is_located =
        hostname_literal(options->host, options->port, &target->address) ||
        (options->dns == NULL && hostname_in_hosts(options->host, options->port, &target->address));
    return target->is_located || hostname_is_name(options->host) ||
           err_set(error, "host: '%.100s' is neither an address nor a name", options->host);
}

static bool copy_hostkeys(struct target *target, const struct task_options *options,
                          struct err_text *error)
{
    if (options->hostkeys != NULL)
        hostkey_copy(&target->hostkeys, options->hostkeys);
    if (hostkey_is_given(&target->hostkeys))
        return true;
    if (options->known_hosts == NULL)
        return err_set(error, "no host key to compare with was given");
    return hostkey_read_known_hosts(&target->hostkeys, options->known_hosts, options->host,
                                    options->port, error);
}

bool target_init(struct target *target, const struct task_options *options, struct keycache *keys,
                 struct err_text *error)
{
    *target = (struct target){.send_buffer_bytes = options->send_buffer_bytes};
    target->user = memory_text(options->user);
    target->command = memory_text(options->command);
    target->password = memory_text(options->password);
    if (!check_options(options, error) || !locate(target, options, error) ||
        !copy_hostkeys(target, options, error))
        return false;
    if (options->key != NULL)
        target->key = keycache_get(keys, options->key, error);
    return options->key == NULL || target->key != NULL;
}

bool target_connect(const struct target *target, int *fd, int *connect_errno,
                    struct err_text *error)
{
    const struct address *address = &target->address;
    int yes = 1;
    *connect_errno = 0;
    *fd = socket(address->bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (*fd < 0)
        return err_set_errno(error, "can't make a socket");
    (void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (target->send_buffer_bytes > 0)
        (void)setsockopt(*fd, SOL_SOCKET, SO_SNDBUF, &target->send_buffer_bytes,
                         sizeof target->send_buffer_bytes);
    if (connect(*fd, (const struct sockaddr *)&address->bytes, address->length) != 0 &&
        errno != EINPROGRESS && errno != EINTR)
        *connect_errno = errno;
    return true;
}

void target_fini(struct target *target)
{
    keycache_release(target->key);
    hostkey_fini(&target->hostkeys);
    if (target->password != NULL)
        explicit_bzero(target->password, strlen(target->password));
    free(target->password);
    free(target->command);
    free(target->user);
    free(target->name);
}
