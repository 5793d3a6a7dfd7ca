#include "server/hostkey.h"

#include "base/base64.h"
#include "server/crafted/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Mode 0600, because OpenSSH refuses a private key that others may read. */
static int memory_file(const char *name, char path[64])
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0 || fchmod(fd, 0600) != 0)
        return -1;
    (void)snprintf(path, 64, "/proc/%d/fd/%d", (int)getpid(), fd);
    return fd;
}

/* The private key as text, ended by NUL. Not libssh's to write: it pads OpenSSH's form to 16 bytes,
 * not to 8, and AsyncSSH refuses that; RSA in OpenSSH's form is nothing that old clients read. */
static bool write_key(EVP_PKEY *key, struct buffer *text)
{
    bool done =
        EVP_PKEY_is_a(key, "ED25519") ? sign_key_to_openssh(key, text) : sign_key_to_pem(key, text);
    return done && buffer_add(text, "", 1);
}

static bool give_to_libssh(const struct buffer *text, ssh_key *key)
{
    return ssh_pki_import_privkey_base64(buffer_front(text), NULL, NULL, NULL, key) == SSH_OK;
}

/* ---- the host's ---- */

static EVP_PKEY *make_host_key(enum host_key which)
{
    EVP_PKEY *key = NULL;
    switch (which) {
    case HOST_KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case HOST_KEY_ECDSA:
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    case HOST_KEY_RSA:
        key = sign_builtin_rsa_key(SIGN_BUILTIN_HOST);
        return key != NULL && EVP_PKEY_up_ref(key) == 1 ? key : NULL;
    case HOST_KEY_COUNT:
        break;
    }
    return NULL;
}

static bool print_line(struct hostkey *keys, enum host_key which, const char *type)
{
    struct buffer blob = {0};
    char *text = sign_public_blob(keys->hosts[which].evp, &blob)
                     ? base64_encode(buffer_front(&blob), buffer_length(&blob))
                     : NULL;
    bool done = text != NULL && asprintf(&keys->hosts[which].line, "%s %s", type, text) > 0;
    free(text);
    buffer_fini(&blob);
    return done;
}

static enum err add_host_key(struct hostkey *keys, enum host_key which, const char *type,
                             struct err_text *error)
{
    struct buffer text = {0};
    EVP_PKEY *key = keys->hosts[which].evp = make_host_key(which);
    bool done = key != NULL && print_line(keys, which, type) && write_key(key, &text) &&
                give_to_libssh(&text, &keys->hosts[which].key);
    buffer_fini(&text);
    return done ? ERR_NONE : err_set(error, ERR_SYSTEM, "cannot make a host key of type %s", type);
}

/* ---- the user's ---- */

static enum err write_user_key(struct hostkey *keys, enum user_key which, const struct buffer *text,
                               struct err_text *error)
{
    size_t length = buffer_length(text) - 1; /* without its NUL */
    int fd = keys->users[which].fd = memory_file("fakesshd-user-key", keys->users[which].path);
    if (fd < 0)
        return err_set_errno(error, "cannot make a file in memory for the user's key");
    if (write(fd, buffer_front(text), length) != (ssize_t)length)
        return err_set_errno(error, "cannot write the user's key");
    return ERR_NONE;
}

static enum err add_user_key(struct hostkey *keys, enum user_key which, EVP_PKEY *key,
                             struct err_text *error)
{
    struct buffer text = {0};
    enum err failed = ERR_NONE;
    if (key == NULL || !sign_public_blob(key, &keys->users[which].blob) || !write_key(key, &text) ||
        !give_to_libssh(&text, &keys->users[which].key))
        failed = err_set(error, ERR_SYSTEM, "cannot make a key for the user");
    else
        failed = write_user_key(keys, which, &text, error);
    buffer_fini(&text);
    return failed;
}

static enum err add_user_keys(struct hostkey *keys, struct err_text *error)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    enum err failed = add_user_key(keys, USER_KEY_ED25519, key, error);
    EVP_PKEY_free(key);
    if (failed == ERR_NONE)
        failed = add_user_key(keys, USER_KEY_RSA, sign_builtin_rsa_key(SIGN_BUILTIN_USER), error);
    return failed;
}

bool hostkey_is_users(const struct hostkey *keys, const void *blob, size_t length)
{
    for (int i = 0; i < USER_KEY_COUNT; i++) {
        if (length == buffer_length(&keys->users[i].blob) &&
            memcmp(blob, buffer_front(&keys->users[i].blob), length) == 0)
            return true;
    }
    return false;
}

/* ---- the whole ---- */

static void list_algorithms(struct hostkey *keys)
{
#define X(id, type, field, word, names)                                                 \
    if ((keys->shown & HOST_KEY_BIT(id)) != 0) {                                        \
        size_t used = strlen(keys->algorithms);                                         \
        (void)snprintf(keys->algorithms + used, sizeof keys->algorithms - used, "%s%s", \
                       used > 0 ? "," : "", names);                                     \
    }
    HOST_KEYS(X)
#undef X
}

enum err hostkey_init(struct hostkey *keys, unsigned shown, struct err_text *error)
{
    memset(keys, 0, sizeof *keys);
    keys->shown = shown;
    list_algorithms(keys);
    keys->known_hosts_fd = -1;
    for (int i = 0; i < USER_KEY_COUNT; i++)
        keys->users[i].fd = -1;
    keys->known_hosts_fd = memory_file("fakesshd-known-hosts", keys->known_hosts_path);
    if (keys->known_hosts_fd < 0)
        return err_set_errno(error, "cannot make a file in memory for known_hosts");
    enum err failed = ERR_NONE;
#define X(id, type, field, word, algorithms) \
    if (failed == ERR_NONE)                  \
        failed = add_host_key(keys, id, type, error);
    HOST_KEYS(X)
#undef X
    return failed != ERR_NONE ? failed : add_user_keys(keys, error);
}

enum host_key hostkey_for_algorithm(const char *algorithm)
{
    if (strcmp(algorithm, "rsa-sha2-512") == 0 || strcmp(algorithm, "rsa-sha2-256") == 0)
        return HOST_KEY_RSA;
#define X(id, type, field, word, algorithms) \
    if (strcmp(algorithm, type) == 0)        \
        return id;
    HOST_KEYS(X)
#undef X
    return HOST_KEY_COUNT;
}

/* In one write: who reads the file meanwhile sees all of a host's keys, or none. */
enum err hostkey_add_known_host(struct hostkey *keys, const char *host, int port,
                                struct err_text *error)
{
    char *lines = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&lines, &length);
    for (int i = 0; out != NULL && i < HOST_KEY_COUNT; i++) {
        if ((keys->shown & HOST_KEY_BIT(i)) == 0)
            continue;
        (void)fprintf(out, port == 22 ? "%s" : "[%s]:%d", host, port);
        (void)fprintf(out, " %s\n", keys->hosts[i].line);
    }
    bool done = out != NULL && fclose(out) == 0 &&
                write(keys->known_hosts_fd, lines, length) == (ssize_t)length;
    free(lines);
    return done ? ERR_NONE : err_set_errno(error, "cannot write the known_hosts file");
}

void hostkey_fini(struct hostkey *keys)
{
    for (int i = 0; i < HOST_KEY_COUNT; i++) {
        ssh_key_free(keys->hosts[i].key);
        EVP_PKEY_free(keys->hosts[i].evp);
        free(keys->hosts[i].line);
    }
    for (int i = 0; i < USER_KEY_COUNT; i++) {
        ssh_key_free(keys->users[i].key);
        buffer_fini(&keys->users[i].blob);
        if (keys->users[i].fd >= 0)
            (void)close(keys->users[i].fd);
    }
    if (keys->known_hosts_fd >= 0)
        (void)close(keys->known_hosts_fd);
    memset(keys, 0, sizeof *keys);
    keys->known_hosts_fd = -1;
    for (int i = 0; i < USER_KEY_COUNT; i++)
        keys->users[i].fd = -1;
}
