/* chacha20-poly1305@openssh.com (OpenSSH's PROTOCOL.chacha20poly1305): 64 bytes of key, the first
 * 32 for the packet, the last 32 for its length. The nonce is the sequence number; block 0 of the
 * packet's keystream is the key of Poly1305, the packet begins at block 1. */
#include "server/crafted/cipher_mode.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { KEY_BYTES = 32, POLY_KEY_BYTES = 32 };

static bool run(const uint8_t *key, uint32_t sequence, uint8_t block, const uint8_t *from,
                uint8_t *to, size_t length)
{
    EVP_CIPHER_CTX *context = cipher_context("ChaCha20", true);
    uint8_t iv[16] = {block}; /* a counter of 8 bytes, little-endian, then the nonce */
    cipher_put_u32(iv + 12, sequence);
    int done = 0;
    return context != NULL && EVP_EncryptInit_ex2(context, NULL, key, iv, NULL) == 1 &&
           EVP_EncryptUpdate(context, to, &done, from, (int)length) == 1;
}

static bool make_tag(const struct cipher *cipher, uint32_t sequence, const uint8_t *packet,
                     size_t length, uint8_t *tag)
{
    static const uint8_t zeros[POLY_KEY_BYTES];
    static EVP_MAC_CTX *context; /* the process's */
    if (context == NULL) {
        EVP_MAC *mac = EVP_MAC_fetch(NULL, "POLY1305", NULL);
        context = EVP_MAC_CTX_new(mac);
        EVP_MAC_free(mac);
    }
    uint8_t key[POLY_KEY_BYTES];
    return context != NULL && run(cipher->key, sequence, 0, zeros, key, sizeof key) &&
           EVP_MAC_init(context, key, sizeof key, NULL) == 1 &&
           EVP_MAC_update(context, packet, length) == 1 &&
           EVP_MAC_final(context, tag, NULL, CIPHER_TAG_MAX_BYTES) == 1;
}

static bool chacha_read_length(const struct cipher *cipher, uint32_t sequence, const uint8_t *head,
                               uint32_t *packet_length)
{
    uint8_t clear[CIPHER_LENGTH_BYTES];
    if (!run(cipher->key + KEY_BYTES, sequence, 0, head, clear, sizeof clear))
        return false;
    *packet_length = cipher_get_u32(clear);
    return true;
}

static bool run_both(const struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length)
{
    uint8_t *body = packet + CIPHER_LENGTH_BYTES;
    return run(cipher->key + KEY_BYTES, sequence, 0, packet, packet, CIPHER_LENGTH_BYTES) &&
           run(cipher->key, sequence, 1, body, body, length - CIPHER_LENGTH_BYTES);
}

static bool chacha_protect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                           uint8_t *tag)
{
    return run_both(cipher, sequence, packet, length) &&
           make_tag(cipher, sequence, packet, length, tag);
}

static bool chacha_unprotect(struct cipher *cipher, uint32_t sequence, uint8_t *packet,
                             size_t length, const uint8_t *tag)
{
    uint8_t right[CIPHER_TAG_MAX_BYTES];
    return make_tag(cipher, sequence, packet, length, right) &&
           CRYPTO_memcmp(tag, right, cipher->kind->tag_bytes) == 0 &&
           run_both(cipher, sequence, packet, length);
}

const struct cipher_mode cipher_chacha = {chacha_read_length, chacha_protect, chacha_unprotect};
