/* AES-GCM as OpenSSH uses it (RFC 5647 with OpenSSH's PROTOCOL, 1.6): the length goes in clear and
 * is authenticated with the rest; the last 8 bytes of the IV count packets. */
#include "server/crafted/cipher_mode.h"

#include <openssl/evp.h>

enum { COUNTER_AT = 4, COUNTER_END = 12 };

static void count_packet(struct cipher *cipher)
{
    for (int i = COUNTER_END - 1; i >= COUNTER_AT && ++cipher->iv[i] == 0; i--)
        ;
}

static bool gcm_read_length(const struct cipher *cipher, uint32_t sequence, const uint8_t *head,
                            uint32_t *packet_length)
{
    (void)cipher, (void)sequence;
    *packet_length = cipher_get_u32(head);
    return true;
}

static bool gcm_protect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                        uint8_t *tag)
{
    (void)sequence;
    EVP_CIPHER_CTX *context = cipher_context(cipher->kind->libcrypto_name, true);
    uint8_t *body = packet + CIPHER_LENGTH_BYTES;
    int done = 0;
    bool sealed =
        context != NULL && EVP_EncryptInit_ex2(context, NULL, cipher->key, cipher->iv, NULL) == 1 &&
        EVP_EncryptUpdate(context, NULL, &done, packet, CIPHER_LENGTH_BYTES) == 1 &&
        EVP_EncryptUpdate(context, body, &done, body, (int)(length - CIPHER_LENGTH_BYTES)) == 1 &&
        EVP_EncryptFinal_ex(context, body + done, &done) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, cipher->kind->tag_bytes, tag) == 1;
    count_packet(cipher);
    return sealed;
}

static bool gcm_unprotect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                          const uint8_t *tag)
{
    (void)sequence;
    EVP_CIPHER_CTX *context = cipher_context(cipher->kind->libcrypto_name, false);
    uint8_t *body = packet + CIPHER_LENGTH_BYTES;
    uint8_t expected[CIPHER_TAG_MAX_BYTES];
    for (int i = 0; i < cipher->kind->tag_bytes; i++)
        expected[i] = tag[i];
    int done = 0;
    bool right =
        context != NULL && EVP_DecryptInit_ex2(context, NULL, cipher->key, cipher->iv, NULL) == 1 &&
        EVP_DecryptUpdate(context, NULL, &done, packet, CIPHER_LENGTH_BYTES) == 1 &&
        EVP_DecryptUpdate(context, body, &done, body, (int)(length - CIPHER_LENGTH_BYTES)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, cipher->kind->tag_bytes, expected) ==
            1 &&
        EVP_DecryptFinal_ex(context, body + done, &done) == 1;
    count_packet(cipher);
    return right;
}

const struct cipher_mode cipher_gcm = {gcm_read_length, gcm_protect, gcm_unprotect};
