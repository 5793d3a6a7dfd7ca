/* The keys here were made by ssh-keygen and openssl for these tests and are used nowhere else. */
#include "server/crafted/sign.h"

#include "hex.h"
#include "suites.h"

#include <string.h>

static const char text[] = "signed text";
enum { TEXT_BYTES = sizeof text - 1 };

static const char ed25519_file[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACAJNEEU448GvOV7f5l1GMiB+j7HnjHoygvGpaW3GACRhgAAAIhJrET/SaxE\n"
    "/wAAAAtzc2gtZWQyNTUxOQAAACAJNEEU448GvOV7f5l1GMiB+j7HnjHoygvGpaW3GACRhg\n"
    "AAAEDD+dHSKatHUyFQy/vI9VTC29GnEd4Nu7JSnBORNOmZFgk0QRTjjwa85Xt/mXUYyIH6\n"
    "PseeMejKC8alpbcYAJGGAAAAAXgBAgME\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char ed25519_blob[] =
    "0000000b7373682d656432353531390000002009344114e38f06bce57b7f997518c881fa3ec79e31"
    "e8ca0bc6a5a5b718009186";

/* `openssl dgst -sha256 -sign`, its two numbers written as RFC 5656 3.1.2 wants them */
static const char ecdsa_blob[] =
    "0000001365636473612d736861322d6e69737470323536000000086e697374703235360000004104"
    "b771434d77f8a1bd2d81d290277a3bd48f3b7d652f697dbe008e27545b7b624adcf806bb93259797"
    "7838627387c9e40088f799f59d4b7ab92588abbba5421ba5";
static const char ecdsa_signature[] =
    "0000001365636473612d736861322d6e697374703235360000004900000021008f316e8a79af0271"
    "a1766cda4ace75778c4c7a100e38b466b6c70803521f5a9300000020010b26858b47adb998503349"
    "e5c2cefc443e4c290881c9b9b9b23f85d3fe9cfb";

static bool is_right(const struct buffer *blob, const struct buffer *signature, const char *of)
{
    return sign_verify((const uint8_t *)buffer_front(blob), buffer_length(blob),
                       (const uint8_t *)buffer_front(signature), buffer_length(signature),
                       (const uint8_t *)of, strlen(of));
}

START_TEST(a_key_of_ssh_keygen_is_read_with_its_public_part)
{
    uint8_t known[64];
    struct buffer blob = {0};
    EVP_PKEY *key = sign_key_from_openssh(ed25519_file);
    size_t length = hex_decode(ed25519_blob, known, sizeof known);
    ck_assert_ptr_nonnull(key);
    ck_assert(sign_public_blob(key, &blob));
    ck_assert_uint_eq(buffer_length(&blob), length);
    ck_assert_mem_eq(buffer_front(&blob), known, length);
    buffer_fini(&blob);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_key_file_that_was_written_is_read_as_the_same_key)
{
    struct buffer file = {0}, blob = {0}, again = {0};
    EVP_PKEY *key = sign_key_from_openssh(ed25519_file);
    ck_assert(sign_key_to_openssh(key, &file) && buffer_add(&file, "", 1));
    EVP_PKEY *read = sign_key_from_openssh(buffer_front(&file));
    ck_assert_ptr_nonnull(read);
    ck_assert_int_eq(EVP_PKEY_eq(key, read), 1);
    ck_assert(sign_public_blob(key, &blob) && sign_public_blob(read, &again));
    ck_assert_mem_eq(buffer_front(&blob), buffer_front(&again), buffer_length(&blob));
    EVP_PKEY_free(key);
    EVP_PKEY_free(read);
    buffer_fini(&file);
    buffer_fini(&blob);
    buffer_fini(&again);
}
END_TEST

START_TEST(what_is_no_such_key_file_is_no_key)
{
    static const char *const files[] = {
        "", "-----BEGIN OPENSSH PRIVATE KEY-----",
        ("-----BEGIN OPENSSH PRIVATE KEY-----\n"
         "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n"),
        "-----BEGIN OPENSSH PRIVATE KEY-----\n!\n-----END OPENSSH PRIVATE KEY-----\n"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        ck_assert_ptr_null(sign_key_from_openssh(files[i]));
}
END_TEST

static void check_both_ways(EVP_PKEY *key, const char *algorithm)
{
    struct buffer blob = {0}, signature = {0};
    ck_assert(sign_public_blob(key, &blob));
    ck_assert(sign_make(key, algorithm, (const uint8_t *)text, TEXT_BYTES, &signature));
    ck_assert(is_right(&blob, &signature, text));
    ck_assert(!is_right(&blob, &signature, "another text"));
    signature.bytes[signature.end - 1] ^= 1;
    ck_assert(!is_right(&blob, &signature, text));
    buffer_fini(&blob);
    buffer_fini(&signature);
}

START_TEST(what_a_host_key_signs_is_right_and_nothing_else_is)
{
    EVP_PKEY *key = sign_key_from_openssh(ed25519_file);
    check_both_ways(key, "ssh-ed25519");
    EVP_PKEY *ecdsa = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    check_both_ways(ecdsa, "ecdsa-sha2-nistp256");
    check_both_ways(sign_builtin_rsa_key(SIGN_BUILTIN_HOST), "rsa-sha2-256");
    check_both_ways(sign_builtin_rsa_key(SIGN_BUILTIN_HOST), "rsa-sha2-512");
    check_both_ways(sign_builtin_rsa_key(SIGN_BUILTIN_USER), "ssh-rsa");
    EVP_PKEY_free(ecdsa);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(an_ecdsa_signature_of_another_program_is_right)
{
    uint8_t blob[256], signature[256];
    size_t blob_length = hex_decode(ecdsa_blob, blob, sizeof blob);
    size_t length = hex_decode(ecdsa_signature, signature, sizeof signature);
    ck_assert(sign_verify(blob, blob_length, signature, length, (const uint8_t *)text, TEXT_BYTES));
    for (size_t i = 0; i < length; i++) {
        signature[i] ^= 0x40;
        ck_assert(
            !sign_verify(blob, blob_length, signature, length, (const uint8_t *)text, TEXT_BYTES));
        signature[i] ^= 0x40;
    }
}
END_TEST

START_TEST(a_key_or_a_signature_that_is_cut_short_is_wrong)
{
    uint8_t blob[256], signature[256];
    size_t blob_length = hex_decode(ecdsa_blob, blob, sizeof blob);
    size_t length = hex_decode(ecdsa_signature, signature, sizeof signature);
    for (size_t i = 0; i < length; i++)
        ck_assert(!sign_verify(blob, blob_length, signature, i, (const uint8_t *)text, TEXT_BYTES));
    for (size_t i = 0; i < blob_length; i++)
        ck_assert(!sign_verify(blob, i, signature, length, (const uint8_t *)text, TEXT_BYTES));
}
END_TEST

/* RFC 8332 3: the algorithm of the signature, not of the key, says how was hashed. */
START_TEST(an_rsa_signature_of_another_algorithm_than_it_says_is_wrong)
{
    EVP_PKEY *key = sign_builtin_rsa_key(SIGN_BUILTIN_USER);
    struct buffer blob = {0}, signature = {0};
    ck_assert(sign_public_blob(key, &blob));
    ck_assert(sign_make(key, "rsa-sha2-256", (const uint8_t *)text, TEXT_BYTES, &signature));
    ck_assert(is_right(&blob, &signature, text));
    memcpy(signature.bytes + signature.start + 4, "rsa-sha2-512", 12);
    ck_assert(!is_right(&blob, &signature, text));
    buffer_fini(&blob);
    buffer_fini(&signature);
}
END_TEST

START_TEST(the_keys_that_are_built_in_differ_and_are_written_as_old_clients_read_them)
{
    EVP_PKEY *host = sign_builtin_rsa_key(SIGN_BUILTIN_HOST);
    EVP_PKEY *user = sign_builtin_rsa_key(SIGN_BUILTIN_USER);
    EVP_PKEY *ecdsa = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    struct buffer rsa_text = {0}, ecdsa_text = {0};
    ck_assert_int_eq(EVP_PKEY_eq(host, user), 0);
    ck_assert(sign_key_to_pem(user, &rsa_text) && buffer_add(&rsa_text, "", 1));
    ck_assert(sign_key_to_pem(ecdsa, &ecdsa_text) && buffer_add(&ecdsa_text, "", 1));
    ck_assert_ptr_nonnull(strstr(buffer_front(&rsa_text), "BEGIN RSA PRIVATE KEY"));
    ck_assert_ptr_nonnull(strstr(buffer_front(&ecdsa_text), "BEGIN EC PRIVATE KEY"));
    buffer_fini(&rsa_text);
    buffer_fini(&ecdsa_text);
    EVP_PKEY_free(ecdsa);
}
END_TEST

Suite *suite_sign(void)
{
    Suite *suite = suite_create("sign");
    TCase *tests = tcase_create("sign");
    tcase_add_test(tests, a_key_of_ssh_keygen_is_read_with_its_public_part);
    tcase_add_test(tests, a_key_file_that_was_written_is_read_as_the_same_key);
    tcase_add_test(tests, what_is_no_such_key_file_is_no_key);
    tcase_add_test(tests, what_a_host_key_signs_is_right_and_nothing_else_is);
    tcase_add_test(tests, an_ecdsa_signature_of_another_program_is_right);
    tcase_add_test(tests, a_key_or_a_signature_that_is_cut_short_is_wrong);
    tcase_add_test(tests, an_rsa_signature_of_another_algorithm_than_it_says_is_wrong);
    tcase_add_test(tests,
                   the_keys_that_are_built_in_differ_and_are_written_as_old_clients_read_them);
    suite_add_tcase(suite, tests);
    return suite;
}
