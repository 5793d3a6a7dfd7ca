/* What protects the packets of one direction after NEWKEYS: a cipher and, unless it authenticates
 * by itself, a MAC. Turns payloads into packets and packets into payloads (RFC 4253 6).
 *
 *     aes128-ctr, aes256-ctr                        RFC 4344 4, with hmac-sha2-256 (RFC 6668) or
 *                                                   hmac-sha2-256-etm@openssh.com (MAC over the
 *                                                   ciphertext, the length in clear)
 *     aes128-gcm@openssh.com, aes256-gcm@…          RFC 5647; the length in clear
 *     chacha20-poly1305@openssh.com                 two keys, the length enciphered by the second
 *     none                                          before the first NEWKEYS
 *
 * A connection keeps raw keys and a counter only: the libcrypto contexts are the process's, so that
 * an idle connection costs a few hundred bytes. */
#ifndef SERVER_CRAFTED_CIPHER_H
#define SERVER_CRAFTED_CIPHER_H

#include "server/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CIPHER_KEY_MAX_BYTES = 64, CIPHER_PAYLOAD_MAX_BYTES = 256 * 1024 };

struct cipher;      /* one direction of one connection */
struct cipher_kind; /* a cipher and a MAC by their names; static */

/* "none", "none" before the first NEWKEYS. `mac` means nothing where the cipher authenticates by
 * itself. NULL when there is no such pair. */
const struct cipher_kind *cipher_kind_find(const char *cipher, const char *mac);
bool cipher_kind_needs_mac(const char *cipher);
/* How many bytes of key material it takes (RFC 4253 7.2); at most CIPHER_KEY_MAX_BYTES each. */
size_t cipher_kind_iv_bytes(const struct cipher_kind *kind);
size_t cipher_kind_key_bytes(const struct cipher_kind *kind);
size_t cipher_kind_mac_key_bytes(const struct cipher_kind *kind);

/* All names that may be offered, the preferred first, ended by NULL. */
extern const char *const cipher_names[], *const cipher_mac_names[];

/* Copies what it needs of the keys. NULL when memory is short. */
struct cipher *cipher_new(const struct cipher_kind *kind, const uint8_t *iv, const uint8_t *key,
                          const uint8_t *mac_key);
void cipher_free(struct cipher **cipher);

/* What may be wrong on purpose about a packet's frame. All zero: nothing. */
struct cipher_frame {
    bool set_packet_length, set_padding_length;
    uint32_t packet_length; /* what the length field says, whatever is sent */
    uint8_t padding_length; /* what the padding length field says */
    bool spoil_mac;         /* one bit of the MAC, or of the last byte where there is none */
};

/* Appends the packet with this sequence number to `out`. `frame` may be NULL. False when memory is
 * short. */
bool cipher_seal(struct cipher *cipher, uint32_t sequence, const uint8_t *payload, size_t length,
                 const struct cipher_frame *frame, struct buffer *out);

enum cipher_opened { CIPHER_MORE, CIPHER_PACKET, CIPHER_BAD };

/* Looks at `length` received bytes, which begin with a packet, and deciphers in place. CIPHER_MORE:
 * the packet isn't whole; call again with the same bytes and more after them. CIPHER_PACKET:
 * `*payload` (inside `bytes`) and its length are set, `*consumed` bytes are used up. CIPHER_BAD:
 * `*why` (static) says what is wrong: a length beyond CIPHER_PAYLOAD_MAX_BYTES or that cannot be,
 * bad padding, a wrong MAC. */
enum cipher_opened cipher_open(struct cipher *cipher, uint32_t sequence, uint8_t *bytes,
                               size_t length, size_t *consumed, const uint8_t **payload,
                               size_t *payload_length, const char **why);

#endif
