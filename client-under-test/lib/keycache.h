/* Private keys, read and parsed once and shared by all tasks: parsing one costs more than the rest
 * of a task's start. A file that changed is read again. */
#ifndef SSHEXEC_KEYCACHE_H
#define SSHEXEC_KEYCACHE_H

#include "lib/err.h"

#include <libssh/libssh.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct keycache_key; /* counted references: lives as long as a task or the cache holds it */

struct keycache {
    struct keycache_key *first; /* owned list, most recently used first, bounded */
};

/* The key in the file; the caller gives it back with keycache_release(). NULL with a sentence when
 * it can't be read, is no private key, or needs a passphrase. */
struct keycache_key *keycache_get(struct keycache *cache, const char *path, struct err_text *error);

/* The same for the key's text, which is in no cache. */
struct keycache_key *keycache_parse(const char *text, struct err_text *error);

/* libssh's handle, valid until the key is released. */
ssh_key keycache_ssh_key(const struct keycache_key *key);

void keycache_release(struct keycache_key *key);

void keycache_fini(struct keycache *cache);

#endif
