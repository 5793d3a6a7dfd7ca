/* AES in counter mode (RFC 4344 4) with HMAC-SHA-256 (RFC 6668), over the plaintext or, "etm", over
 * the ciphertext with the length in clear (OpenSSH's PROTOCOL, 1.5). */
#include "server/crafted/cipher_mode.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum { BLOCK_BYTES = 16 };

/* HMAC(key, sequence number || bytes): RFC 4253 6.4 */
static bool make_tag(const struct cipher *cipher, uint32_t sequence, const uint8_t *bytes,
                     size_t length, uint8_t *tag)
{
    static EVP_MAC_CTX *context; /* the process's */
    if (context == NULL) {
        EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        context = EVP_MAC_CTX_new(mac);
        EVP_MAC_free(mac);
    }
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    uint8_t number[4];
    cipher_put_u32(number, sequence);
    return context != NULL &&
           EVP_MAC_init(context, cipher->mac_key, CIPHER_MAC_KEY_BYTES, params) == 1 &&
           EVP_MAC_update(context, number, sizeof number) == 1 &&
           EVP_MAC_update(context, bytes, length) == 1 &&
           EVP_MAC_final(context, tag, NULL, CIPHER_TAG_MAX_BYTES) == 1;
}

static bool tag_is_right(const struct cipher *cipher, uint32_t sequence, const uint8_t *bytes,
                         size_t length, const uint8_t *tag)
{
    uint8_t right[CIPHER_TAG_MAX_BYTES];
    return make_tag(cipher, sequence, bytes, length, right) &&
           CRYPTO_memcmp(tag, right, cipher->kind->tag_bytes) == 0;
}

/* The keystream from the present counter on; the counter stays. */
static bool run(const struct cipher *cipher, const uint8_t *from, uint8_t *to, size_t length)
{
    EVP_CIPHER_CTX *context = cipher_context(cipher->kind->libcrypto_name, true);
    int done = 0;
    return context != NULL &&
           EVP_EncryptInit_ex2(context, NULL, cipher->key, cipher->iv, NULL) == 1 &&
           EVP_EncryptUpdate(context, to, &done, from, (int)length) == 1;
}

static void count_blocks(struct cipher *cipher, size_t length)
{
    uint64_t carry = length / BLOCK_BYTES;
    for (int i = BLOCK_BYTES - 1; i >= 0 && carry > 0; i--) {
        carry += cipher->iv[i];
        cipher->iv[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static bool ctr_read_length(const struct cipher *cipher, uint32_t sequence, const uint8_t *head,
                            uint32_t *packet_length)
{
    (void)sequence;
    uint8_t clear[BLOCK_BYTES];
    if (!run(cipher, head, clear, sizeof clear))
        return false;
    *packet_length = cipher_get_u32(clear);
    return true;
}

static bool ctr_protect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                        uint8_t *tag)
{
    bool done =
        make_tag(cipher, sequence, packet, length, tag) && run(cipher, packet, packet, length);
    count_blocks(cipher, length);
    return done;
}

static bool ctr_unprotect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                          const uint8_t *tag)
{
    bool done = run(cipher, packet, packet, length);
    count_blocks(cipher, length);
    return done && tag_is_right(cipher, sequence, packet, length, tag);
}

static bool etm_read_length(const struct cipher *cipher, uint32_t sequence, const uint8_t *head,
                            uint32_t *packet_length)
{
    (void)cipher, (void)sequence;
    *packet_length = cipher_get_u32(head);
    return true;
}

static bool etm_run(struct cipher *cipher, uint8_t *packet, size_t length)
{
    uint8_t *body = packet + CIPHER_LENGTH_BYTES;
    bool done = run(cipher, body, body, length - CIPHER_LENGTH_BYTES);
    count_blocks(cipher, length - CIPHER_LENGTH_BYTES);
    return done;
}

static bool etm_protect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                        uint8_t *tag)
{
    return etm_run(cipher, packet, length) && make_tag(cipher, sequence, packet, length, tag);
}

static bool etm_unprotect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                          const uint8_t *tag)
{
    return tag_is_right(cipher, sequence, packet, length, tag) && etm_run(cipher, packet, length);
}

const struct cipher_mode cipher_ctr = {ctr_read_length, ctr_protect, ctr_unprotect};
const struct cipher_mode cipher_ctr_etm = {etm_read_length, etm_protect, etm_unprotect};
