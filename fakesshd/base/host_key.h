/* The kinds of host keys that a server can show, and sets of them. */
#ifndef BASE_HOST_KEY_H
#define BASE_HOST_KEY_H

#include "base/err.h"

/* identifier, the key's type, the field that tells it in the line of the address, its word in a
 * list, the algorithms that it makes signatures with. The preferred first. */
#define HOST_KEYS(X)                                                                          \
    X(HOST_KEY_ED25519, "ssh-ed25519", "hostkey", "ed25519", "ssh-ed25519")                   \
    X(HOST_KEY_ECDSA, "ecdsa-sha2-nistp256", "hostkey_ecdsa", "ecdsa", "ecdsa-sha2-nistp256") \
    X(HOST_KEY_RSA, "ssh-rsa", "hostkey_rsa", "rsa", "rsa-sha2-512,rsa-sha2-256,ssh-rsa")

enum host_key {
#define X(id, type, field, word, algorithms) id,
    HOST_KEYS(X)
#undef X
        HOST_KEY_COUNT
};

/* A set of them, one bit each. */
#define HOST_KEY_BIT(id) (1U << (id))
#define HOST_KEYS_USUAL  HOST_KEY_BIT(HOST_KEY_ED25519)

/* The set that "ed25519,rsa" or "all" means. ERR_USAGE, with a sentence without a subject, for a
 * word that is none of them. */
enum err host_keys_parse(const char *text, unsigned *set, struct err_text *error);

#endif
