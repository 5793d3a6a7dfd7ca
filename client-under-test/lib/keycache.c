#include "lib/keycache.h"

#include "lib/file.h"
#include "lib/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEY_FILE_LIMIT ((size_t)64 * 1024)
#define CACHED_KEYS    16

struct keycache_key {
    struct keycache_key *next; /* owned by the list */
    int references;
    char *path; /* owned */
    struct stat facts;
    ssh_key key; /* owned */
};

ssh_key keycache_ssh_key(const struct keycache_key *key)
{
    return key->key;
}

void keycache_release(struct keycache_key *key)
{
    if (key == NULL || --key->references > 0)
        return;
    ssh_key_free(key->key);
    free(key->path);
    free(key);
}

static bool is_same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
           one->st_size == other->st_size && one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
           one->st_mtim.tv_nsec == other->st_mtim.tv_nsec;
}

/* Takes the key out of the list, if it is there. */
static struct keycache_key *take(struct keycache *cache, const char *path)
{
    for (struct keycache_key **link = &cache->first; *link != NULL; link = &(*link)->next) {
        struct keycache_key *key = *link;
        if (strcmp(key->path, path) == 0) {
            *link = key->next;
            return key;
        }
    }
    return NULL;
}

static void put_first(struct keycache *cache, struct keycache_key *key)
{
    key->next = cache->first;
    cache->first = key;

    int place = 1;
    for (struct keycache_key *at = key; at != NULL; at = at->next, place++) {
        if (place == CACHED_KEYS && at->next != NULL) {
            struct keycache_key *last = at->next;
            at->next = NULL;
            keycache_release(last);
        }
    }
}

/* No passphrase and no way to ask for one: libssh then refuses an encrypted key. */
static struct keycache_key *parse(const char *text, const char *name, struct err_text *error)
{
    ssh_key parsed = NULL;
    if (ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, &parsed) != SSH_OK) {
        (void)err_set(error, "%s is no private key that can be used without a passphrase", name);
        return NULL;
    }
    struct keycache_key *key = memory_zeroed(sizeof *key);
    key->references = 1;
    key->key = parsed;
    return key;
}

struct keycache_key *keycache_parse(const char *text, struct err_text *error)
{
    return parse(text, "the text given", error);
}

static struct keycache_key *read_key(const char *path, struct err_text *error)
{
    char *text = NULL;
    if (!file_read(path, KEY_FILE_LIMIT, &text, error))
        return NULL;
    struct keycache_key *key = parse(text, path, error);
    explicit_bzero(text, strlen(text));
    free(text);
    if (key != NULL)
        key->path = memory_text(path);
    return key;
}

struct keycache_key *keycache_get(struct keycache *cache, const char *path, struct err_text *error)
{
    struct stat facts;
    if (stat(path, &facts) != 0) {
        (void)err_set_errno(error, "can't read the private key %s", path);
        return NULL;
    }
    struct keycache_key *key = take(cache, path);
    if (key != NULL && !is_same_file(&key->facts, &facts)) {
        keycache_release(key);
        key = NULL;
    }
    if (key == NULL) {
        key = read_key(path, error);
        if (key == NULL)
            return NULL;
        key->facts = facts;
    }
    put_first(cache, key);
    key->references++;
    return key;
}

void keycache_fini(struct keycache *cache)
{
    while (cache->first != NULL) {
        struct keycache_key *key = cache->first;
        cache->first = key->next;
        keycache_release(key);
    }
}
