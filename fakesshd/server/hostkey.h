/* The server's keys: its host key, and the one user key that it accepts. Both are ed25519 (an RSA
 * host key costs libssh five times the time of a whole handshake), made before listening and never
 * written to a disk: clients read them through /proc/PID/fd/N, which ends with the process. */
#ifndef SERVER_HOSTKEY_H
#define SERVER_HOSTKEY_H

#include "base/err.h"
#include "server/buffer.h"

#include <libssh/libssh.h>
#include <openssl/evp.h>

#define HOSTKEY_USER     "test"
#define HOSTKEY_PASSWORD "test"

struct hostkey {
    ssh_key host, user;      /* owned */
    char *host_line;         /* owned; "ssh-ed25519 AAAA…" */
    EVP_PKEY *host_evp;      /* owned; the host key once more, for the crafted session */
    EVP_PKEY *rsa_evp;       /* borrowed; its second host key, see sign_builtin_rsa_key */
    struct buffer user_blob; /* owned; the user's public key as it goes over the wire */
    int user_key_fd;         /* owned; memory file with the user's private key */
    int known_hosts_fd;      /* owned; memory file, see hostkey_write_known_hosts */
    char user_key_path[64];  /* for other processes of the same user */
    char known_hosts_path[64];
};

enum err hostkey_init(struct hostkey *keys, struct err_text *error);

/* Adds a line "[host]:port ssh-ed25519 AAAA…" to the known_hosts file. */
enum err hostkey_add_known_host(struct hostkey *keys, const char *host, int port,
                                struct err_text *error);

void hostkey_fini(struct hostkey *keys);

#endif
