#include "server/crafted/kex.h"

#include "server/crafted/sign.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { KEXINIT = 20, KEX_ECDH_REPLY = 31, COOKIE_BYTES = 16, PUBLIC_MAX_BYTES = 133 };

static const char usual_methods[] =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256";
static const char strict_word[] = "kex-strict-s-v00@openssh.com";

/* The names that are built in, joined once. */
static const char *joined(const char *const *names, char *text, size_t size)
{
    if (text[0] != '\0')
        return text;
    for (size_t i = 0; names[i] != NULL; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, size - used, "%s%s", used > 0 ? "," : "", names[i]);
    }
    return text;
}

const char *kex_offered(const struct kex_offer *offer, enum kex_list list)
{
    static char ciphers[512], macs[256];
    if (offer != NULL && offer->lists[list] != NULL)
        return offer->lists[list];
    switch (list) {
    case KEX_METHODS:
        return usual_methods;
    case KEX_HOSTKEYS:
        return offer != NULL && offer->hostkeys != NULL ? offer->hostkeys : SIGN_ALGORITHMS;
    case KEX_CIPHERS:
        return joined(cipher_names, ciphers, sizeof ciphers);
    case KEX_MACS:
        return joined(cipher_mac_names, macs, sizeof macs);
    case KEX_LIST_COUNT:
        break;
    }
    return "";
}

void kex_offer_fini(struct kex_offer *offer)
{
    for (int i = 0; i < KEX_LIST_COUNT; i++)
        free(offer->lists[i]);
    memset(offer, 0, sizeof *offer);
}

void kex_fini(struct kex *kex)
{
    buffer_fini(&kex->client_kexinit);
    buffer_fini(&kex->server_kexinit);
    buffer_fini(&kex->secret);
    memset(kex, 0, sizeof *kex);
}

/* A script may offer more names than any fixed buffer holds. */
static bool put_methods(const struct kex_offer *offer, bool first, struct buffer *out)
{
    const char *names = kex_offered(offer, KEX_METHODS);
    size_t names_bytes = strlen(names), strict_bytes = first ? strlen(strict_word) : 0;
    size_t comma_bytes = first ? 1 : 0;
    return payload_put_u32(out, (uint32_t)(names_bytes + comma_bytes + strict_bytes)) &&
           payload_put_raw(out, names, names_bytes) && payload_put_raw(out, ",", comma_bytes) &&
           payload_put_raw(out, strict_word, strict_bytes);
}

/* RFC 4253 7.1 */
bool kex_make_kexinit(const struct kex_offer *offer, bool first, struct buffer *out)
{
    uint8_t cookie[COOKIE_BYTES];
    return RAND_bytes(cookie, sizeof cookie) == 1 && payload_put_byte(out, KEXINIT) &&
           payload_put_raw(out, cookie, sizeof cookie) && put_methods(offer, first, out) &&
           payload_put_text(out, kex_offered(offer, KEX_HOSTKEYS)) &&
           payload_put_text(out, kex_offered(offer, KEX_CIPHERS)) &&
           payload_put_text(out, kex_offered(offer, KEX_CIPHERS)) &&
           payload_put_text(out, kex_offered(offer, KEX_MACS)) &&
           payload_put_text(out, kex_offered(offer, KEX_MACS)) && payload_put_text(out, "none") &&
           payload_put_text(out, "none") && payload_put_text(out, "") &&
           payload_put_text(out, "") && payload_put_bool(out, false) && payload_put_u32(out, 0);
}

/* ---- agreement ---- */

struct kexinit {
    struct payload_text methods, hostkeys, cipher_in, cipher_out, mac_in, mac_out;
    bool first_follows, whole;
};

/* "in" is what the server receives: client to server. */
static struct kexinit parse(const struct buffer *payload)
{
    struct payload_reader reader = payload_read(buffer_front(payload), buffer_length(payload));
    struct kexinit init;
    (void)payload_get_byte(&reader);
    for (int i = 0; i < COOKIE_BYTES; i++)
        (void)payload_get_byte(&reader);
    init.methods = payload_get_string(&reader);
    init.hostkeys = payload_get_string(&reader);
    init.cipher_in = payload_get_string(&reader);
    init.cipher_out = payload_get_string(&reader);
    init.mac_in = payload_get_string(&reader);
    init.mac_out = payload_get_string(&reader);
    for (int i = 0; i < 4; i++) /* compression and languages, both ways */
        (void)payload_get_string(&reader);
    init.first_follows = payload_get_bool(&reader);
    init.whole = !reader.failed;
    return init;
}

static bool has_word(struct payload_text list, const char *word)
{
    struct payload_text wanted = {word, strlen(word)};
    return payload_first_common(wanted, list).length > 0;
}

static struct payload_text first_of(struct payload_text list)
{
    const char *comma = list.length > 0 ? memchr(list.bytes, ',', list.length) : NULL;
    if (comma != NULL)
        list.length = (size_t)(comma - list.bytes);
    return list;
}

static bool same(struct payload_text a, struct payload_text b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static enum err agree(const char *what, struct payload_text client, struct payload_text server,
                      char *name, size_t size, struct err_text *error)
{
    struct payload_text common = payload_first_common(client, server);
    if (common.length == 0) {
        char theirs[128];
        payload_text_copy(client, theirs, sizeof theirs);
        return err_set(error, ERR_USAGE, "no %s in common; the client offers %s", what, theirs);
    }
    payload_text_copy(common, name, size);
    return ERR_NONE;
}

static enum err agree_on_cipher(struct payload_text client_ciphers,
                                struct payload_text server_ciphers, struct payload_text client_macs,
                                struct payload_text server_macs, const struct cipher_kind **kind,
                                struct err_text *error)
{
    char cipher[64], mac[64] = "none";
    enum err failed = agree("cipher", client_ciphers, server_ciphers, cipher, sizeof cipher, error);
    if (failed == ERR_NONE && cipher_kind_needs_mac(cipher))
        failed = agree("MAC", client_macs, server_macs, mac, sizeof mac, error);
    if (failed != ERR_NONE)
        return failed;
    *kind = cipher_kind_find(cipher, mac);
    if (*kind == NULL)
        return err_set(error, ERR_USAGE, "%s with %s was agreed on, which nobody here speaks",
                       cipher, mac);
    return ERR_NONE;
}

enum err kex_negotiate(struct kex *kex, struct err_text *error)
{
    struct kexinit client = parse(&kex->client_kexinit), server = parse(&kex->server_kexinit);
    if (!client.whole)
        return err_set(error, ERR_USAGE, "the client's KEXINIT is cut short");
    enum err failed = agree("key exchange", client.methods, server.methods, kex->method,
                            sizeof kex->method, error);
    if (failed == ERR_NONE)
        failed = agree("host key algorithm", client.hostkeys, server.hostkeys, kex->hostkey,
                       sizeof kex->hostkey, error);
    if (failed == ERR_NONE)
        failed = agree_on_cipher(client.cipher_in, server.cipher_in, client.mac_in, server.mac_in,
                                 &kex->in, error);
    if (failed == ERR_NONE)
        failed = agree_on_cipher(client.cipher_out, server.cipher_out, client.mac_out,
                                 server.mac_out, &kex->out, error);
    /* RFC 4253 7: a guess is right when both sides prefer the same. */
    kex->wrong_guess =
        client.first_follows && (!same(first_of(client.methods), first_of(server.methods)) ||
                                 !same(first_of(client.hostkeys), first_of(server.hostkeys)));
    kex->strict = has_word(client.methods, "kex-strict-c-v00@openssh.com") &&
                  has_word(server.methods, strict_word);
    kex->client_wants_ext_info = has_word(client.methods, "ext-info-c");
    return failed;
}

/* ---- the shared secret ---- */

static EVP_PKEY *make_own_key(const char *method)
{
    return strncmp(method, "curve25519-", 11) == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "X25519")
                                                   : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

/* A key of the same kind as our own, with the client's public part. */
static EVP_PKEY *take_peer_key(EVP_PKEY *own, struct payload_text client_public)
{
    const unsigned char *bytes = (const unsigned char *)client_public.bytes;
    if (EVP_PKEY_is_a(own, "X25519"))
        return EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, bytes, client_public.length);
    EVP_PKEY *peer = EVP_PKEY_new();
    if (peer != NULL && EVP_PKEY_copy_parameters(peer, own) == 1 &&
        EVP_PKEY_set1_encoded_public_key(peer, bytes, client_public.length) == 1)
        return peer;
    EVP_PKEY_free(peer);
    return NULL;
}

/* A public value that is no point, or one of small order, is refused (RFC 8731 3). */
static bool agree_on_secret(EVP_PKEY *own, EVP_PKEY *peer, struct buffer *secret)
{
    uint8_t shared[64];
    size_t length = sizeof shared;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    bool done = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
                EVP_PKEY_derive_set_peer(context, peer) == 1 &&
                EVP_PKEY_derive(context, shared, &length) == 1 &&
                payload_put_mpint(secret, shared, length);
    EVP_PKEY_CTX_free(context);
    return done;
}

/* H: RFC 5656 4 */
static bool make_hash(struct kex *kex, const char *client_ident, const char *server_ident,
                      const struct buffer *blob, struct payload_text client_public,
                      const uint8_t *own_public, size_t own_length)
{
    struct buffer text = {0};
    unsigned hash_length = 0;
    bool done = payload_put_text(&text, client_ident) && payload_put_text(&text, server_ident) &&
                payload_put_string(&text, buffer_front(&kex->client_kexinit),
                                   buffer_length(&kex->client_kexinit)) &&
                payload_put_string(&text, buffer_front(&kex->server_kexinit),
                                   buffer_length(&kex->server_kexinit)) &&
                payload_put_string(&text, buffer_front(blob), buffer_length(blob)) &&
                payload_put_string(&text, client_public.bytes, client_public.length) &&
                payload_put_string(&text, own_public, own_length) &&
                payload_put_raw(&text, buffer_front(&kex->secret), buffer_length(&kex->secret)) &&
                EVP_Digest(buffer_front(&text), buffer_length(&text), kex->hash, &hash_length,
                           EVP_sha256(), NULL) == 1;
    buffer_fini(&text);
    return done;
}

static bool put_reply(const struct kex *kex, EVP_PKEY *hostkey, const struct buffer *blob,
                      const uint8_t *own_public, size_t own_length, struct buffer *out)
{
    struct buffer signature = {0};
    bool done = sign_make(hostkey, kex->hostkey, kex->hash, sizeof kex->hash, &signature) &&
                payload_put_byte(out, KEX_ECDH_REPLY) &&
                payload_put_string(out, buffer_front(blob), buffer_length(blob)) &&
                payload_put_string(out, own_public, own_length) &&
                payload_put_string(out, buffer_front(&signature), buffer_length(&signature));
    buffer_fini(&signature);
    return done;
}

enum err kex_reply(struct kex *kex, EVP_PKEY *hostkey, const char *client_ident,
                   const char *server_ident, struct payload_text client_public, struct buffer *out,
                   struct err_text *error)
{
    EVP_PKEY *own = make_own_key(kex->method);
    EVP_PKEY *peer = own != NULL ? take_peer_key(own, client_public) : NULL;
    struct buffer blob = {0};
    uint8_t own_public[PUBLIC_MAX_BYTES];
    size_t own_length = 0;
    enum err failed = ERR_NONE;
    if (peer == NULL || !agree_on_secret(own, peer, &kex->secret))
        failed = err_set(error, ERR_USAGE, "the client's public value is none for %s", kex->method);
    else if (hostkey == NULL || !sign_public_blob(hostkey, &blob) ||
             EVP_PKEY_get_octet_string_param(own, "encoded-pub-key", own_public, sizeof own_public,
                                             &own_length) != 1 ||
             !make_hash(kex, client_ident, server_ident, &blob, client_public, own_public,
                        own_length) ||
             !put_reply(kex, hostkey, &blob, own_public, own_length, out))
        failed = err_set(error, ERR_SYSTEM, "libcrypto cannot finish the key exchange");
    kex->replied = failed == ERR_NONE;
    buffer_fini(&blob);
    EVP_PKEY_free(peer);
    EVP_PKEY_free(own);
    return failed;
}

/* RFC 4253 7.2: 'A', 'C', 'E' are the client's to server. */
static struct cipher *derive_cipher(const struct kex *kex, const uint8_t *session_id,
                                    const struct cipher_kind *kind, const char letters[3])
{
    uint8_t iv[CIPHER_KEY_MAX_BYTES], key[CIPHER_KEY_MAX_BYTES], mac_key[CIPHER_KEY_MAX_BYTES];
    const uint8_t *secret = (const uint8_t *)buffer_front(&kex->secret);
    size_t length = buffer_length(&kex->secret);
    if (!derive_key(secret, length, kex->hash, session_id, letters[0], iv,
                    cipher_kind_iv_bytes(kind)) ||
        !derive_key(secret, length, kex->hash, session_id, letters[1], key,
                    cipher_kind_key_bytes(kind)) ||
        !derive_key(secret, length, kex->hash, session_id, letters[2], mac_key,
                    cipher_kind_mac_key_bytes(kind)))
        return NULL;
    return cipher_new(kind, iv, key, mac_key);
}

bool kex_derive(const struct kex *kex, const uint8_t session_id[DERIVE_HASH_BYTES],
                struct cipher **in, struct cipher **out)
{
    *in = derive_cipher(kex, session_id, kex->in, "ACE");
    *out = derive_cipher(kex, session_id, kex->out, "BDF");
    return *in != NULL && *out != NULL;
}
