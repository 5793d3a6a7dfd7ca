#include "server/crafted/derive.h"

#include <openssl/evp.h>
#include <string.h>

enum { BLOCKS_MAX = 8 };

/* HASH(K || H || tail) */
static bool hash_block(const uint8_t *secret, size_t secret_length, const uint8_t *exchange_hash,
                       const uint8_t *tail, size_t tail_length, uint8_t *block)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(context, secret, secret_length) == 1 &&
                EVP_DigestUpdate(context, exchange_hash, DERIVE_HASH_BYTES) == 1 &&
                EVP_DigestUpdate(context, tail, tail_length) == 1 &&
                EVP_DigestFinal_ex(context, block, NULL) == 1;
    EVP_MD_CTX_free(context);
    return done;
}

/* K1 = HASH(K || H || letter || session_id), K2 = HASH(K || H || K1), K3 = HASH(K || H || K1 || K2)
 */
bool derive_key(const uint8_t *secret, size_t secret_length,
                const uint8_t exchange_hash[DERIVE_HASH_BYTES],
                const uint8_t session_id[DERIVE_HASH_BYTES], char letter, uint8_t *out,
                size_t length)
{
    uint8_t blocks[BLOCKS_MAX * DERIVE_HASH_BYTES];
    uint8_t first_tail[1 + DERIVE_HASH_BYTES] = {(uint8_t)letter};
    memcpy(first_tail + 1, session_id, DERIVE_HASH_BYTES);
    if (length > sizeof blocks)
        return false;
    for (size_t made = 0; made < length; made += DERIVE_HASH_BYTES) {
        const uint8_t *tail = made == 0 ? first_tail : blocks;
        size_t tail_length = made == 0 ? sizeof first_tail : made;
        if (!hash_block(secret, secret_length, exchange_hash, tail, tail_length, blocks + made))
            return false;
    }
    if (length > 0)
        memcpy(out, blocks, length);
    return true;
}
