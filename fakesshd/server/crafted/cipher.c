/* Frames: length, padding length, payload, padding, tag. How they are protected: cipher_ctr.c,
 * cipher_gcm.c, cipher_chacha.c. */
#include "server/crafted/cipher.h"

#include "server/crafted/cipher_mode.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { PADDING_MIN_BYTES = 4, PADDING_MAX_BYTES = 255, HEADER_BYTES = CIPHER_LENGTH_BYTES + 1 };

#define OPENSSH "@openssh.com"
#define SHA256  "hmac-sha2-256"
#define ETM     "hmac-sha2-256-etm@openssh.com"

/* cipher, MAC, mode, libcrypto's name; bytes of IV, key, MAC key, block, tag, head */
static const struct cipher_kind kinds[] = {
    {"none", "none", &cipher_plain, NULL, 0, 0, 0, 8, 0, 4, false},
    {"aes128-ctr", SHA256, &cipher_ctr, "AES-128-CTR", 16, 16, 32, 16, 32, 16, false},
    {"aes256-ctr", SHA256, &cipher_ctr, "AES-256-CTR", 16, 32, 32, 16, 32, 16, false},
    {"aes128-ctr", ETM, &cipher_ctr_etm, "AES-128-CTR", 16, 16, 32, 16, 32, 4, true},
    {"aes256-ctr", ETM, &cipher_ctr_etm, "AES-256-CTR", 16, 32, 32, 16, 32, 4, true},
    {"aes128-gcm" OPENSSH, "", &cipher_gcm, "AES-128-GCM", 12, 16, 0, 16, 16, 4, true},
    {"aes256-gcm" OPENSSH, "", &cipher_gcm, "AES-256-GCM", 12, 32, 0, 16, 16, 4, true},
    {"chacha20-poly1305" OPENSSH, "", &cipher_chacha, "ChaCha20", 0, 64, 0, 8, 16, 4, true},
};

const char *const cipher_names[] = {"chacha20-poly1305" OPENSSH,
                                    "aes128-gcm" OPENSSH,
                                    "aes256-gcm" OPENSSH,
                                    "aes128-ctr",
                                    "aes256-ctr",
                                    NULL};
const char *const cipher_mac_names[] = {ETM, SHA256, NULL};

static bool authenticates_itself(const struct cipher_kind *kind)
{
    return kind->mac[0] == '\0';
}

const struct cipher_kind *cipher_kind_find(const char *cipher, const char *mac)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].cipher, cipher) == 0 &&
            (authenticates_itself(&kinds[i]) || strcmp(kinds[i].mac, mac) == 0))
            return &kinds[i];
    }
    return NULL;
}

bool cipher_kind_needs_mac(const char *cipher)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].cipher, cipher) == 0)
            return !authenticates_itself(&kinds[i]);
    }
    return true;
}

size_t cipher_kind_iv_bytes(const struct cipher_kind *kind)
{
    return kind->iv_bytes;
}

size_t cipher_kind_key_bytes(const struct cipher_kind *kind)
{
    return kind->key_bytes;
}

size_t cipher_kind_mac_key_bytes(const struct cipher_kind *kind)
{
    return kind->mac_key_bytes;
}

struct cipher *cipher_new(const struct cipher_kind *kind, const uint8_t *iv, const uint8_t *key,
                          const uint8_t *mac_key)
{
    struct cipher *cipher = calloc(1, sizeof *cipher);
    if (cipher == NULL)
        return NULL;
    cipher->kind = kind;
    if (kind->iv_bytes > 0)
        memcpy(cipher->iv, iv, kind->iv_bytes);
    if (kind->key_bytes > 0)
        memcpy(cipher->key, key, kind->key_bytes);
    if (kind->mac_key_bytes > 0)
        memcpy(cipher->mac_key, mac_key, kind->mac_key_bytes);
    return cipher;
}

void cipher_free(struct cipher **cipher)
{
    if (*cipher != NULL)
        OPENSSL_cleanse(*cipher, sizeof **cipher);
    free(*cipher);
    *cipher = NULL;
}

EVP_CIPHER_CTX *cipher_context(const char *libcrypto_name, bool encrypts)
{
    static EVP_CIPHER_CTX *contexts[sizeof kinds / sizeof kinds[0]][2];
    size_t i = 0;
    while (kinds[i].libcrypto_name == NULL || strcmp(kinds[i].libcrypto_name, libcrypto_name) != 0)
        i++;
    EVP_CIPHER_CTX **context = &contexts[i][encrypts];
    if (*context != NULL)
        return *context;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, libcrypto_name, NULL);
    *context = EVP_CIPHER_CTX_new();
    if (cipher == NULL || *context == NULL ||
        EVP_CipherInit_ex2(*context, cipher, NULL, NULL, encrypts, NULL) != 1) {
        EVP_CIPHER_CTX_free(*context);
        *context = NULL;
    }
    EVP_CIPHER_free(cipher);
    return *context;
}

uint32_t cipher_get_u32(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           (uint32_t)bytes[3];
}

void cipher_put_u32(uint8_t bytes[4], uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* ---- without protection ---- */

static bool plain_read_length(const struct cipher *cipher, uint32_t sequence, const uint8_t *head,
                              uint32_t *packet_length)
{
    (void)cipher, (void)sequence;
    *packet_length = cipher_get_u32(head);
    return true;
}

static bool plain_protect(struct cipher *cipher, uint32_t sequence, uint8_t *packet, size_t length,
                          uint8_t *tag)
{
    (void)cipher, (void)sequence, (void)packet, (void)length, (void)tag;
    return true;
}

static bool plain_unprotect(struct cipher *cipher, uint32_t sequence, uint8_t *packet,
                            size_t length, const uint8_t *tag)
{
    (void)cipher, (void)sequence, (void)packet, (void)length, (void)tag;
    return true;
}

const struct cipher_mode cipher_plain = {plain_read_length, plain_protect, plain_unprotect};

/* ---- sealing ---- */

/* How many bytes have to be a multiple of the block, beside the payload (RFC 4253 6). */
static size_t counted_header(const struct cipher_kind *kind)
{
    return kind->length_is_separate ? HEADER_BYTES - CIPHER_LENGTH_BYTES : HEADER_BYTES;
}

static size_t padding_for(const struct cipher_kind *kind, size_t payload_length)
{
    size_t over = (counted_header(kind) + payload_length) % kind->block_bytes;
    size_t padding = kind->block_bytes - over;
    return padding < PADDING_MIN_BYTES ? padding + kind->block_bytes : padding;
}

bool cipher_seal(struct cipher *cipher, uint32_t sequence, const uint8_t *payload, size_t length,
                 const struct cipher_frame *frame, struct buffer *out)
{
    static const struct cipher_frame honest;
    const struct cipher_kind *kind = cipher->kind;
    if (frame == NULL)
        frame = &honest;
    size_t padding = padding_for(kind, length);
    size_t packet_length = HEADER_BYTES + length + padding;
    uint8_t *packet = (uint8_t *)buffer_room(out, packet_length + kind->tag_bytes);
    if (packet == NULL)
        return false;
    cipher_put_u32(packet, frame->set_packet_length
                               ? frame->packet_length
                               : (uint32_t)(packet_length - CIPHER_LENGTH_BYTES));
    packet[CIPHER_LENGTH_BYTES] =
        frame->set_padding_length ? frame->padding_length : (uint8_t)padding;
    if (length > 0)
        memcpy(packet + HEADER_BYTES, payload, length);
    uint8_t tag[CIPHER_TAG_MAX_BYTES];
    if (RAND_bytes(packet + HEADER_BYTES + length, (int)padding) != 1 ||
        !kind->mode->protect(cipher, sequence, packet, packet_length, tag))
        return false;
    if (kind->tag_bytes > 0)
        memcpy(packet + packet_length, tag, kind->tag_bytes);
    if (frame->spoil_mac)
        packet[packet_length + kind->tag_bytes - 1] ^= 1;
    buffer_added(out, packet_length + kind->tag_bytes);
    return true;
}

/* ---- opening ---- */

static const char *length_fault(const struct cipher_kind *kind, uint32_t packet_length)
{
    size_t counted = packet_length + (kind->length_is_separate ? 0 : (size_t)CIPHER_LENGTH_BYTES);
    if (packet_length > CIPHER_PAYLOAD_MAX_BYTES)
        return "a packet length of more than 256 KiB";
    if (packet_length < 1 + PADDING_MIN_BYTES)
        return "a packet length of less than 5";
    if (counted % kind->block_bytes != 0)
        return "a packet length that is no multiple of the cipher's block";
    return NULL;
}

enum cipher_opened cipher_open(struct cipher *cipher, uint32_t sequence, uint8_t *bytes,
                               size_t length, size_t *consumed, const uint8_t **payload,
                               size_t *payload_length, const char **why)
{
    const struct cipher_kind *kind = cipher->kind;
    uint32_t packet_length = 0;
    if (length < kind->head_bytes)
        return CIPHER_MORE;
    *why = "libcrypto fails";
    if (!kind->mode->read_length(cipher, sequence, bytes, &packet_length))
        return CIPHER_BAD;
    *why = length_fault(kind, packet_length);
    if (*why != NULL)
        return CIPHER_BAD;
    size_t whole = (size_t)CIPHER_LENGTH_BYTES + packet_length;
    if (length < whole + kind->tag_bytes)
        return CIPHER_MORE;
    *why = "a packet with a wrong MAC";
    if (!kind->mode->unprotect(cipher, sequence, bytes, whole, bytes + whole))
        return CIPHER_BAD;
    size_t padding = bytes[CIPHER_LENGTH_BYTES];
    *why = "a padding that is too short, or longer than the packet";
    if (padding < PADDING_MIN_BYTES || padding + 1 > packet_length)
        return CIPHER_BAD;
    *why = NULL;
    *payload = bytes + HEADER_BYTES;
    *payload_length = packet_length - 1 - padding;
    *consumed = whole + kind->tag_bytes;
    return CIPHER_PACKET;
}
