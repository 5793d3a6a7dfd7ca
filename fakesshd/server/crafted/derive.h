/* From the shared secret to keys: RFC 4253 7.2, with SHA-256, which all key exchanges here use. */
#ifndef SERVER_CRAFTED_DERIVE_H
#define SERVER_CRAFTED_DERIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DERIVE_HASH_BYTES = 32 };

/* `secret` is K as it is hashed: an mpint with its length. `letter` is 'A' to 'F'. Writes `length`
 * bytes, at most 8 times DERIVE_HASH_BYTES. False when libcrypto fails. */
bool derive_key(const uint8_t *secret, size_t secret_length,
                const uint8_t exchange_hash[DERIVE_HASH_BYTES],
                const uint8_t session_id[DERIVE_HASH_BYTES], char letter, uint8_t *out,
                size_t length);

#endif
