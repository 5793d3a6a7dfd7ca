/* Packets that were sealed by other programs than this one: AES, GHASH, ChaCha20, Poly1305 and HMAC
 * were written down from FIPS 197, SP 800-38D, RFC 8439 and RFC 2104 for that, and none comes from
 * libcrypto. Key 00 01 02 ..., IV f0 f1 ..., MAC key 80 81 ..., sequence number 01020304. */
#include "server/crafted/cipher.h"

#include "hex.h"
#include "suites.h"

#include <string.h>

enum { SEQUENCE = 0x01020304 };

static const char payload_text[] = "\x5eSSH packet";
enum { PAYLOAD_BYTES = sizeof payload_text - 1 };

static const struct {
    const char *cipher, *mac, *packet;
} sealed[] = {
    {"aes128-ctr", "hmac-sha2-256",
     "66a7c7f4240c621bdf71ae66507dc8d9182b7daa1d3496070e07d911c436b540bc7a4923d568e775"
     "b7a5ff0a3297fae2597dfb8f8b9a26d3bdc75294099e6ec3"},
    {"aes256-ctr", "hmac-sha2-256",
     "9200cd9133c8d398124996352359066060f5d1ea5b809e6bc40dff8be0dd2c24bc7a4923d568e775"
     "b7a5ff0a3297fae2597dfb8f8b9a26d3bdc75294099e6ec3"},
    {"aes128-ctr", "hmac-sha2-256-etm@openssh.com",
     "0000001062f994bb7c724129f43abb7399bc0707f2a30e21ea3317d6680894372daacb7abacc4dfb"
     "daa1e9f57dde22dd34af68c9"},
    {"aes256-ctr", "hmac-sha2-256-etm@openssh.com",
     "00000010965e9ede6bb6f0aa39028320ea98c9beea6d0a149571be4657d9b736e05ccbb1a58c6cdb"
     "9aa884c420b7d4da429e73be"},
    {"aes128-gcm@openssh.com", "",
     "000000101544b52072f8151550975ac47daa07dd0f0227623d94c1ec7095f62f1346ce5b"},
    {"aes256-gcm@openssh.com", "",
     "000000106d581053341aa215fc9c92ee24e0c81c0e2e84cdb19d6162f5bb57f2fbd9fd55"},
    {"chacha20-poly1305@openssh.com", "",
     "bc79806b929c4fe1933156c8b706418802eaf0deb8b49605d0e850fc12bf0d86c908b0bc"},
};
enum { SEALED_COUNT = sizeof sealed / sizeof sealed[0] };

static struct cipher *cipher_of(const char *name, const char *mac)
{
    uint8_t key[64], iv[16], mac_key[32];
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (unsigned i = 0; i < sizeof iv; i++)
        iv[i] = (uint8_t)(0xf0 + i);
    for (unsigned i = 0; i < sizeof mac_key; i++)
        mac_key[i] = (uint8_t)(0x80 + i);
    const struct cipher_kind *kind = cipher_kind_find(name, mac);
    ck_assert_ptr_nonnull(kind);
    return cipher_new(kind, iv, key, mac_key);
}

struct payload_view {
    const uint8_t *bytes;
    size_t length, consumed;
    const char *why;
};

static enum cipher_opened open_packet(struct cipher *cipher, uint32_t sequence, uint8_t *bytes,
                                      size_t length, struct payload_view *view)
{
    return cipher_open(cipher, sequence, bytes, length, &view->consumed, &view->bytes,
                       &view->length, &view->why);
}

START_TEST(a_packet_that_another_program_sealed_is_opened)
{
    uint8_t bytes[256];
    struct payload_view view;
    struct cipher *cipher = cipher_of(sealed[_i].cipher, sealed[_i].mac);
    size_t length = hex_decode(sealed[_i].packet, bytes, sizeof bytes);
    ck_assert_int_eq(open_packet(cipher, SEQUENCE, bytes, length, &view), CIPHER_PACKET);
    ck_assert_uint_eq(view.consumed, length);
    ck_assert_uint_eq(view.length, PAYLOAD_BYTES);
    ck_assert_mem_eq(view.bytes, payload_text, PAYLOAD_BYTES);
    cipher_free(&cipher);
}
END_TEST

START_TEST(a_packet_that_is_not_whole_is_waited_for_and_left_alone)
{
    uint8_t bytes[256], before[256];
    struct payload_view view;
    struct cipher *cipher = cipher_of(sealed[_i].cipher, sealed[_i].mac);
    size_t length = hex_decode(sealed[_i].packet, bytes, sizeof bytes);
    memcpy(before, bytes, length);
    for (size_t part = 0; part < length; part++)
        ck_assert_int_eq(open_packet(cipher, SEQUENCE, bytes, part, &view), CIPHER_MORE);
    ck_assert_mem_eq(bytes, before, length);
    ck_assert_int_eq(open_packet(cipher, SEQUENCE, bytes, length, &view), CIPHER_PACKET);
    cipher_free(&cipher);
}
END_TEST

/* The length is a byte that is looked at before the MAC is: whatever is found wrong, the payload is
 * not handed out. */
START_TEST(no_bit_of_a_packet_can_change_unseen)
{
    uint8_t bytes[256];
    struct payload_view view;
    size_t length = hex_decode(sealed[_i].packet, bytes, sizeof bytes);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        struct cipher *cipher = cipher_of(sealed[_i].cipher, sealed[_i].mac);
        (void)hex_decode(sealed[_i].packet, bytes, sizeof bytes);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_ne(open_packet(cipher, SEQUENCE, bytes, length, &view), CIPHER_PACKET);
        cipher_free(&cipher);
    }
}
END_TEST

START_TEST(a_packet_with_another_sequence_number_is_not_opened)
{
    uint8_t bytes[256];
    struct payload_view view;
    struct cipher *cipher = cipher_of(sealed[_i].cipher, sealed[_i].mac);
    size_t length = hex_decode(sealed[_i].packet, bytes, sizeof bytes);
    bool is_gcm = strstr(sealed[_i].cipher, "gcm") != NULL; /* it counts by itself: RFC 5647 7.1 */
    ck_assert_int_eq(open_packet(cipher, SEQUENCE + 1, bytes, length, &view) == CIPHER_PACKET,
                     is_gcm);
    cipher_free(&cipher);
}
END_TEST

/* 300 packets, so that counters carry; every length from 0 on, so that every padding occurs. */
START_TEST(what_one_side_seals_the_other_opens)
{
    struct cipher *out = cipher_of(sealed[_i].cipher, sealed[_i].mac);
    struct cipher *in = cipher_of(sealed[_i].cipher, sealed[_i].mac);
    uint8_t payload[300];
    memset(payload, 0x5a, sizeof payload);
    for (uint32_t i = 0; i < sizeof payload; i++) {
        struct buffer packet = {0};
        struct payload_view view;
        ck_assert(cipher_seal(out, i, payload, i, NULL, &packet));
        ck_assert_int_eq(open_packet(in, i, (uint8_t *)packet.bytes, buffer_length(&packet), &view),
                         CIPHER_PACKET);
        ck_assert_uint_eq(view.length, i);
        ck_assert_mem_eq(view.bytes, payload, i);
        buffer_fini(&packet);
    }
    cipher_free(&out);
    cipher_free(&in);
}
END_TEST

START_TEST(a_frame_is_as_wrong_as_it_was_asked_for)
{
    static const struct cipher_frame frames[] = {
        {.spoil_mac = true},
        {.set_packet_length = true, .packet_length = 0xffffffff},
        {.set_packet_length = true, .packet_length = 0},
        {.set_padding_length = true, .padding_length = 0},
        {.set_padding_length = true, .padding_length = 255}};
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct cipher *out = cipher_of(sealed[_i].cipher, sealed[_i].mac);
        struct cipher *in = cipher_of(sealed[_i].cipher, sealed[_i].mac);
        struct buffer packet = {0};
        struct payload_view view = {.why = NULL};
        ck_assert(cipher_seal(out, SEQUENCE, (const uint8_t *)payload_text, PAYLOAD_BYTES,
                              &frames[i], &packet));
        ck_assert_int_eq(
            open_packet(in, SEQUENCE, (uint8_t *)packet.bytes, buffer_length(&packet), &view),
            CIPHER_BAD);
        ck_assert_ptr_nonnull(view.why);
        buffer_fini(&packet);
        cipher_free(&out);
        cipher_free(&in);
    }
}
END_TEST

START_TEST(every_name_that_is_offered_can_be_had)
{
    for (size_t i = 0; cipher_names[i] != NULL; i++) {
        for (size_t j = 0; cipher_mac_names[j] != NULL; j++)
            ck_assert_ptr_nonnull(cipher_kind_find(cipher_names[i], cipher_mac_names[j]));
    }
    ck_assert_ptr_null(cipher_kind_find("arcfour", "hmac-sha2-256"));
    ck_assert_ptr_null(cipher_kind_find("aes128-ctr", "hmac-md5"));
}
END_TEST

START_TEST(a_packet_in_clear_keeps_the_rules_of_rfc_4253)
{
    struct cipher *cipher = cipher_new(cipher_kind_find("none", "none"), NULL, NULL, NULL);
    for (size_t length = 0; length < 64; length++) {
        struct buffer packet = {0};
        uint8_t payload[64] = {0};
        ck_assert(cipher_seal(cipher, 0, payload, length, NULL, &packet));
        ck_assert_uint_eq(buffer_length(&packet) % 8, 0);
        ck_assert_uint_ge(buffer_length(&packet), 16);
        ck_assert_uint_ge((uint8_t)packet.bytes[4], 4);
        buffer_fini(&packet);
    }
    cipher_free(&cipher);
}
END_TEST

Suite *suite_cipher(void)
{
    Suite *suite = suite_create("cipher");
    TCase *tests = tcase_create("cipher");
    tcase_add_loop_test(tests, a_packet_that_another_program_sealed_is_opened, 0, SEALED_COUNT);
    tcase_add_loop_test(tests, a_packet_that_is_not_whole_is_waited_for_and_left_alone, 0,
                        SEALED_COUNT);
    tcase_add_loop_test(tests, no_bit_of_a_packet_can_change_unseen, 0, SEALED_COUNT);
    tcase_add_loop_test(tests, a_packet_with_another_sequence_number_is_not_opened, 0,
                        SEALED_COUNT);
    tcase_add_loop_test(tests, what_one_side_seals_the_other_opens, 0, SEALED_COUNT);
    tcase_add_loop_test(tests, a_frame_is_as_wrong_as_it_was_asked_for, 0, SEALED_COUNT);
    tcase_add_test(tests, every_name_that_is_offered_can_be_had);
    tcase_add_test(tests, a_packet_in_clear_keeps_the_rules_of_rfc_4253);
    suite_add_tcase(suite, tests);
    return suite;
}
