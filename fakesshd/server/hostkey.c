#include "server/hostkey.h"

#include "server/crafted/sign.h"

#include <libssh/server.h>
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

static enum err write_user_key(struct hostkey *keys, const struct buffer *text,
                               struct err_text *error)
{
    size_t length = buffer_length(text) - 1; /* without its NUL */
    keys->user_key_fd = memory_file("fakesshd-user-key", keys->user_key_path);
    if (keys->user_key_fd < 0)
        return err_set_errno(error, "cannot make a file in memory for the user's key");
    if (write(keys->user_key_fd, buffer_front(text), length) != (ssize_t)length)
        return err_set_errno(error, "cannot write the user's key");
    return ERR_NONE;
}

/* Not libssh's to make: it pads the file to 16 bytes, not to 8, and AsyncSSH refuses that. */
static enum err make_user_key(struct hostkey *keys, struct err_text *error)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    struct buffer text = {0};
    enum err failed = ERR_NONE;
    if (key == NULL || !sign_public_blob(key, &keys->user_blob) ||
        !sign_key_to_openssh(key, &text) || !buffer_add(&text, "", 1) ||
        ssh_pki_import_privkey_base64(buffer_front(&text), NULL, NULL, NULL, &keys->user) != SSH_OK)
        failed = err_set(error, ERR_SYSTEM, "cannot make an ed25519 key for the user");
    else
        failed = write_user_key(keys, &text, error);
    buffer_fini(&text);
    EVP_PKEY_free(key);
    return failed;
}

/* The host key in the form that the crafted session works with. */
static enum err copy_for_crafted(struct hostkey *keys, struct err_text *error)
{
    char *host = NULL;
    if (ssh_pki_export_privkey_base64(keys->host, NULL, NULL, NULL, &host) == SSH_OK)
        keys->host_evp = sign_key_from_openssh(host);
    ssh_string_free_char(host);
    keys->rsa_evp = sign_builtin_rsa_key();
    if (keys->host_evp == NULL || keys->rsa_evp == NULL)
        return err_set(error, ERR_SYSTEM, "cannot prepare the keys for the crafted session");
    return ERR_NONE;
}

enum err hostkey_init(struct hostkey *keys, struct err_text *error)
{
    memset(keys, 0, sizeof *keys);
    keys->user_key_fd = keys->known_hosts_fd = -1;
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &keys->host) != SSH_OK)
        return err_set(error, ERR_SYSTEM, "cannot make an ed25519 key");
    char *text = NULL;
    if (ssh_pki_export_pubkey_base64(keys->host, &text) != SSH_OK)
        return err_set(error, ERR_SYSTEM, "cannot print the host key");
    int length = asprintf(&keys->host_line, "ssh-ed25519 %s", text);
    ssh_string_free_char(text);
    if (length < 0)
        return err_set(error, ERR_SYSTEM, "out of memory");
    keys->known_hosts_fd = memory_file("fakesshd-known-hosts", keys->known_hosts_path);
    if (keys->known_hosts_fd < 0)
        return err_set_errno(error, "cannot make a file in memory for known_hosts");
    enum err failed = copy_for_crafted(keys, error);
    return failed != ERR_NONE ? failed : make_user_key(keys, error);
}

enum err hostkey_add_known_host(struct hostkey *keys, const char *host, int port,
                                struct err_text *error)
{
    char line[512];
    int length = snprintf(line, sizeof line, port == 22 ? "%s" : "[%s]:%d", host, port);
    length += snprintf(line + length, sizeof line - (size_t)length, " %s\n", keys->host_line);
    if (write(keys->known_hosts_fd, line, (size_t)length) != length)
        return err_set_errno(error, "cannot write the known_hosts file");
    return ERR_NONE;
}

void hostkey_fini(struct hostkey *keys)
{
    ssh_key_free(keys->host);
    ssh_key_free(keys->user);
    EVP_PKEY_free(keys->host_evp);
    buffer_fini(&keys->user_blob);
    free(keys->host_line);
    if (keys->user_key_fd >= 0)
        (void)close(keys->user_key_fd);
    if (keys->known_hosts_fd >= 0)
        (void)close(keys->known_hosts_fd);
    memset(keys, 0, sizeof *keys);
    keys->user_key_fd = keys->known_hosts_fd = -1;
}
