/* The ways to protect a packet. Each is told a whole packet (length field, padding length, payload,
 * padding) and protects it in place; only cipher.c calls them. */
#ifndef SERVER_CRAFTED_CIPHER_MODE_H
#define SERVER_CRAFTED_CIPHER_MODE_H

#include "server/crafted/cipher.h"

enum {
    CIPHER_LENGTH_BYTES = 4,
    CIPHER_IV_MAX_BYTES = 16,
    CIPHER_MAC_KEY_BYTES = 32,
    CIPHER_TAG_MAX_BYTES = 32,
    CIPHER_HEAD_MAX_BYTES = 16
};

struct cipher_mode {
    /* The length field of a packet whose first `head_bytes` are in `head`. Changes nothing. */
    bool (*read_length)(const struct cipher *cipher, uint32_t sequence, const uint8_t *head,
                        uint32_t *packet_length);
    bool (*protect)(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                    uint8_t *tag);
    /* False when the tag is wrong, or libcrypto fails. */
    bool (*unprotect)(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                      const uint8_t *tag);
};

struct cipher_kind {
    const char *cipher, *mac;
    const struct cipher_mode *mode;
    const char *libcrypto_name;
    uint8_t iv_bytes, key_bytes, mac_key_bytes, block_bytes, tag_bytes;
    uint8_t head_bytes;      /* how many bytes tell the length */
    bool length_is_separate; /* it isn't enciphered with the rest; doesn't count for the padding */
};

struct cipher {
    const struct cipher_kind *kind;
    uint8_t iv[CIPHER_IV_MAX_BYTES]; /* the next packet's */
    uint8_t key[CIPHER_KEY_MAX_BYTES], mac_key[CIPHER_MAC_KEY_BYTES];
};

extern const struct cipher_mode cipher_plain, cipher_ctr, cipher_ctr_etm, cipher_gcm, cipher_chacha;

/* The process's context for this cipher and direction. NULL when libcrypto has none. */
struct evp_cipher_ctx_st *cipher_context(const char *libcrypto_name, bool encrypts);

uint32_t cipher_get_u32(const uint8_t bytes[4]);
void cipher_put_u32(uint8_t bytes[4], uint32_t value);

#endif
