/* The key exchange, from two KEXINITs to keys: RFC 4253 7 and 8, with curve25519-sha256 (RFC 8731)
 * or ecdh-sha2-nistp256 (RFC 5656), strict as in OpenSSH's PROTOCOL, 1.10. Pure: payloads in,
 * payloads out. */
#ifndef SERVER_CRAFTED_KEX_H
#define SERVER_CRAFTED_KEX_H

#include "base/err.h"
#include "server/buffer.h"
#include "server/crafted/cipher.h"
#include "server/crafted/derive.h"
#include "server/crafted/payload.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

/* identifier, what a script calls it */
#define KEX_LISTS(X)           \
    X(KEX_METHODS, "kex")      \
    X(KEX_HOSTKEYS, "hostkey") \
    X(KEX_CIPHERS, "cipher")   \
    X(KEX_MACS, "mac")

enum kex_list {
#define X(id, word) id,
    KEX_LISTS(X)
#undef X
        KEX_LIST_COUNT
};

/* Comma-separated names; what a script offers instead of the usual. Any may be NULL. */
struct kex_offer {
    char *lists[KEX_LIST_COUNT]; /* owned */
    const char *hostkeys;        /* borrowed; the usual of KEX_HOSTKEYS; NULL: all that there are */
};

/* Only while an exchange is under way. */
struct kex {
    struct buffer client_kexinit, server_kexinit; /* payloads, as they were sent */
    char method[64], hostkey[64];
    const struct cipher_kind *in, *out;
    bool wrong_guess;                   /* the client's first packet is to be ignored */
    bool strict, client_wants_ext_info; /* as the client's KEXINIT says */
    bool replied;
    uint8_t hash[DERIVE_HASH_BYTES];
    struct buffer secret; /* K as an mpint with its length */
};

void kex_offer_fini(struct kex_offer *offer);
/* The list that is offered under `offer`, which may be NULL. */
const char *kex_offered(const struct kex_offer *offer, enum kex_list list);

void kex_fini(struct kex *kex);

/* Appends the payload of our KEXINIT to `out`. `first`: the connection's first, which announces
 * strict key exchange. */
bool kex_make_kexinit(const struct kex_offer *offer, bool first, struct buffer *out);

/* Agrees on algorithms from both KEXINITs. ERR_USAGE with a sentence when there is none. */
enum err kex_negotiate(struct kex *kex, struct err_text *error);

/* Appends the KEX_ECDH_REPLY to `out`; sets hash and secret. `hostkey` is the private key that
 * signs by kex->hostkey; NULL: nobody has one. The identification strings are without their
 * ends. */
enum err kex_reply(struct kex *kex, EVP_PKEY *hostkey, const char *client_ident,
                   const char *server_ident, struct payload_text client_public, struct buffer *out,
                   struct err_text *error);

/* Keys for both directions. NULL ciphers when libcrypto fails. */
bool kex_derive(const struct kex *kex, const uint8_t session_id[DERIVE_HASH_BYTES],
                struct cipher **in, struct cipher **out);

#endif
