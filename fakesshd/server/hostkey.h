/* The server's keys: its host keys, and the keys of the one user that it knows. Most clients take
 * ed25519, of both; ECDSA and RSA are for those that don't know it. They are made before listening
 * and never written to a disk: clients read them through /proc/PID/fd/N, which ends with the
 * process.
 *
 * Which of several host keys is used is the client's choice, and some prefer another than the one
 * that they were told to expect (golang.org/x/crypto/ssh with FixedHostKey takes ECDSA before
 * ed25519). So only ed25519 is shown, unless more are asked for. */
#ifndef SERVER_HOSTKEY_H
#define SERVER_HOSTKEY_H

#include "base/err.h"
#include "base/host_key.h"
#include "server/buffer.h"

#include <libssh/libssh.h>
#include <openssl/evp.h>
#include <stdbool.h>

#define HOSTKEY_USER     "test"
#define HOSTKEY_PASSWORD "test"

/* identifier, the field that tells where it is */
#define USER_KEYS(X)           \
    X(USER_KEY_ED25519, "key") \
    X(USER_KEY_RSA, "key_rsa")

enum user_key {
#define X(id, field) id,
    USER_KEYS(X)
#undef X
        USER_KEY_COUNT
};

struct hostkey {
    unsigned shown;      /* the host keys that clients are told of and can choose from */
    char algorithms[96]; /* of those, comma-separated */
    struct {
        ssh_key key;   /* owned */
        char *line;    /* owned; "ssh-ed25519 AAAA…" */
        EVP_PKEY *evp; /* owned; the same once more, for the crafted session */
    } hosts[HOST_KEY_COUNT];
    struct {
        ssh_key key;        /* owned */
        struct buffer blob; /* owned; the public key as it goes over the wire */
        int fd;             /* owned; memory file with the private key */
        char path[64];      /* for other processes of the same user */
    } users[USER_KEY_COUNT];
    int known_hosts_fd; /* owned; memory file, see hostkey_add_known_host */
    char known_hosts_path[64];
};

/* Makes all keys; `shown` is a set of HOST_KEY_BITs, and not empty. */
enum err hostkey_init(struct hostkey *keys, unsigned shown, struct err_text *error);

/* The host key that makes signatures of this algorithm; HOST_KEY_COUNT when there is none. */
enum host_key hostkey_for_algorithm(const char *algorithm);

/* Is this public key, as it goes over the wire, one of the user's? */
bool hostkey_is_users(const struct hostkey *keys, const void *blob, size_t length);

/* Adds lines "[host]:port ssh-ed25519 AAAA…" to the known_hosts file, one for each that is shown.
 */
enum err hostkey_add_known_host(struct hostkey *keys, const char *host, int port,
                                struct err_text *error);

void hostkey_fini(struct hostkey *keys);

#endif
