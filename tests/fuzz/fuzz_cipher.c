/* Packets under every cipher and MAC: cipher_open. The input is a list of packets: some are sealed
 * with the right keys, whole or with one bit wrong, some are just bytes. */
#include "fuzz.h"

#include "server/crafted/cipher.h"

#include <string.h>

struct pair {
    struct cipher *seal, *open;
    uint32_t sequence;
};

static const struct {
    const char *cipher, *mac;
} kinds[] = {
    {"none", "none"},
    {"aes128-ctr", "hmac-sha2-256"},
    {"aes256-ctr", "hmac-sha2-256"},
    {"aes128-ctr", "hmac-sha2-256-etm@openssh.com"},
    {"aes256-ctr", "hmac-sha2-256-etm@openssh.com"},
    {"aes128-gcm@openssh.com", "none"},
    {"aes256-gcm@openssh.com", "none"},
    {"chacha20-poly1305@openssh.com", "none"},
};

static struct pair pair_new(uint8_t choice)
{
    static const uint8_t key[CIPHER_KEY_MAX_BYTES] = {1, 2, 3};
    size_t i = choice % (sizeof kinds / sizeof kinds[0]);
    const struct cipher_kind *kind = cipher_kind_find(kinds[i].cipher, kinds[i].mac);
    FUZZ_CHECK(kind != NULL);
    struct pair pair = {cipher_new(kind, key, key, key), cipher_new(kind, key, key, key), 0};
    FUZZ_CHECK(pair.seal != NULL && pair.open != NULL);
    return pair;
}

/* Offers the bytes in two steps, as they may come. The copy has exactly their size, so that reading
 * beyond it is seen. Returns whether a packet was in them; `payload` is to be what it says. */
static bool open_bytes(struct pair *pair, const char *bytes, size_t length, size_t first,
                       const uint8_t *payload, size_t payload_length)
{
    const uint8_t *found = NULL;
    const char *why = NULL;
    size_t found_length = 0, consumed = 0;
    uint8_t *copy = malloc(length > 0 ? length : 1);
    FUZZ_CHECK(copy != NULL);
    memcpy(copy, bytes, length);
    enum cipher_opened opened = CIPHER_MORE;
    if (first < length)
        opened = cipher_open(pair->open, pair->sequence, copy, first, &consumed, &found,
                             &found_length, &why);
    if (opened == CIPHER_MORE)
        opened = cipher_open(pair->open, pair->sequence, copy, length, &consumed, &found,
                             &found_length, &why);
    FUZZ_CHECK(opened != CIPHER_BAD || why != NULL);
    if (opened == CIPHER_PACKET) {
        FUZZ_CHECK(consumed > 0 && consumed <= length);
        FUZZ_CHECK(found >= copy && found + found_length <= copy + consumed);
        FUZZ_CHECK(found_length <= CIPHER_PAYLOAD_MAX_BYTES);
        if (payload != NULL)
            FUZZ_CHECK(found_length == payload_length && memcmp(found, payload, found_length) == 0);
    }
    free(copy);
    return opened == CIPHER_PACKET;
}

/* One packet that is right in all, or has one bit changed. Returns whether there can be a next. */
static bool sealed_packet(struct pair *pair, struct fuzz_input *input, bool spoil, bool is_plain)
{
    struct buffer packet = {0};
    size_t length = 0;
    unsigned first = fuzz_byte(input), place = fuzz_number(input);
    const uint8_t *payload = fuzz_bytes(input, fuzz_byte(input), &length);
    FUZZ_CHECK(cipher_seal(pair->seal, pair->sequence, payload, length, NULL, &packet));
    if (spoil)
        packet.bytes[packet.start + place % buffer_length(&packet)] ^= 1;
    bool opened = open_bytes(pair, buffer_front(&packet), buffer_length(&packet), first,
                             spoil ? NULL : payload, length);
    FUZZ_CHECK(opened || spoil);
    FUZZ_CHECK(!opened || !spoil || is_plain);
    buffer_fini(&packet);
    pair->sequence++;
    return !spoil;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { BYTES, SPOILT, RIGHT };
    struct fuzz_input input = {data, size};
    uint8_t choice = fuzz_byte(&input);
    bool is_plain = choice % (sizeof kinds / sizeof kinds[0]) == 0;
    struct pair pair = pair_new(choice);
    bool goes_on = true;
    while (goes_on && input.left > 0) {
        uint8_t what = fuzz_byte(&input) % 3;
        if (what == BYTES) {
            size_t length = 0;
            unsigned first = fuzz_byte(&input);
            const uint8_t *bytes = fuzz_bytes(&input, fuzz_number(&input), &length);
            goes_on = open_bytes(&pair, (const char *)bytes, length, first, NULL, 0) && is_plain;
            pair.sequence++;
        } else {
            goes_on = sealed_packet(&pair, &input, what == SPOILT, is_plain);
        }
    }
    cipher_free(&pair.seal);
    cipher_free(&pair.open);
    return 0;
}
