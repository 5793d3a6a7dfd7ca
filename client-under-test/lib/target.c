#include "lib/target.h"

#include "lib/hostname.h"
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

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
    struct addresses *addresses = &target->addresses;
    target->name = memory_text(options->host);
    if (hostname_literal(options->host, options->port, &addresses->list[0]))
        addresses->count = 1;
    else if (options->dns == NULL && hostname_in_hosts(options->host, options->port, addresses))
        addresses_sort(addresses, address_has_route);
    return addresses->count > 0 || hostname_is_name(options->host) ||
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
    *target = (struct target){.name = NULL};
    target->port = options->port;
    target->dns = memory_text(options->dns);
    target->user = memory_text(options->user);
    target->command = memory_text(options->command);
    target->password = memory_text(options->password);
    target->agent = memory_text(options->agent);
    if (options->environment != NULL)
        environment_copy(&target->environment, options->environment);
    if (!check_options(options, error) || !locate(target, options, error) ||
        !copy_hostkeys(target, options, error))
        return false;
    if (options->key_text != NULL)
        target->key = keycache_parse(options->key_text, error);
    else if (options->key != NULL)
        target->key = keycache_get(keys, options->key, error);
    return (options->key == NULL && options->key_text == NULL) || target->key != NULL;
}

static bool is_same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

bool target_is_same_login(const struct target *one, const struct target *other)
{
    return one->port == other->port && is_same(one->name, other->name) &&
           is_same(one->dns, other->dns) && is_same(one->user, other->user) &&
           is_same(one->password, other->password) && is_same(one->agent, other->agent) &&
           one->key == other->key && hostkey_equal(&one->hostkeys, &other->hostkeys);
}

void target_fini(struct target *target)
{
    keycache_release(target->key);
    hostkey_fini(&target->hostkeys);
    if (target->password != NULL)
        explicit_bzero(target->password, strlen(target->password));
    free(target->password);
    free(target->agent);
    environment_fini(&target->environment);
    free(target->command);
    free(target->user);
    free(target->name);
    free(target->dns);
}
