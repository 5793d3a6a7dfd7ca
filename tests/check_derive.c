/* The known answer was made with another program's SHA-256. */
#include "server/crafted/derive.h"

#include "hex.h"
#include "suites.h"

#include <openssl/evp.h>
#include <string.h>

static uint8_t secret[37], hash[DERIVE_HASH_BYTES], session_id[DERIVE_HASH_BYTES];

/* K: an mpint of 33 bytes, 00 e0 e1 ... ff; H = SHA-256("H"); session id = SHA-256("session") */
static void prepare(void)
{
    memset(secret, 0, sizeof secret);
    secret[3] = 33;
    for (unsigned i = 0; i < 32; i++)
        secret[5 + i] = (uint8_t)(0xe0 + i);
    ck_assert_int_eq(EVP_Digest("H", 1, hash, NULL, EVP_sha256(), NULL), 1);
    ck_assert_int_eq(EVP_Digest("session", 7, session_id, NULL, EVP_sha256(), NULL), 1);
}

START_TEST(eighty_bytes_take_three_blocks_each_hashed_over_all_before)
{
    uint8_t known[80], made[80];
    size_t length =
        hex_decode("24ed698ff7161e8516bff75d2b6b675f733103b9ecd945b570f04a786e893e7451ec101996c5"
                   "bf50d46baaa300dd596bc8be479103948e59787e59e8c197b97a48c40691739cfbe1d2bb6976"
                   "35706032",
                   known, sizeof known);
    ck_assert_uint_eq(length, sizeof known);
    ck_assert(derive_key(secret, sizeof secret, hash, session_id, 'C', made, sizeof made));
    ck_assert_mem_eq(made, known, sizeof known);
}
END_TEST

START_TEST(a_shorter_key_is_the_beginning_of_a_longer_one)
{
    uint8_t whole[96], part[96];
    ck_assert(derive_key(secret, sizeof secret, hash, session_id, 'A', whole, sizeof whole));
    for (size_t length = 0; length <= sizeof whole; length++) {
        ck_assert(derive_key(secret, sizeof secret, hash, session_id, 'A', part, length));
        ck_assert_mem_eq(part, whole, length);
    }
}
END_TEST

START_TEST(each_letter_gives_another_key)
{
    uint8_t keys[6][16];
    for (int i = 0; i < 6; i++)
        ck_assert(
            derive_key(secret, sizeof secret, hash, session_id, (char)('A' + i), keys[i], 16));
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < i; j++)
            ck_assert_mem_ne(keys[i], keys[j], 16);
    }
}
END_TEST

START_TEST(more_than_eight_blocks_are_refused)
{
    uint8_t key[9 * DERIVE_HASH_BYTES];
    ck_assert(!derive_key(secret, sizeof secret, hash, session_id, 'A', key, sizeof key));
}
END_TEST

Suite *suite_derive(void)
{
    Suite *suite = suite_create("derive");
    TCase *tests = tcase_create("derive");
    tcase_add_checked_fixture(tests, prepare, NULL);
    tcase_add_test(tests, eighty_bytes_take_three_blocks_each_hashed_over_all_before);
    tcase_add_test(tests, a_shorter_key_is_the_beginning_of_a_longer_one);
    tcase_add_test(tests, each_letter_gives_another_key);
    tcase_add_test(tests, more_than_eight_blocks_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
