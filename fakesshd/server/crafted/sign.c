#include "server/crafted/sign.h"

#include "base/base64.h"
#include "server/crafted/payload.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

enum { ED25519_BYTES = 32, ED25519_PRIVATE_BYTES = 64, ED25519_SIGNATURE_BYTES = 64 };
enum { P256_POINT_BYTES = 65 };

/* ---- the server's keys ---- */

static const char key_begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----",
                  key_end[] = "-----END OPENSSH PRIVATE KEY-----", key_magic[] = "openssh-key-v1";

/* The base64 between the BEGIN and the END line, without its line ends. Owned by the caller. */
static char *armoured_text(const char *text)
{
    const char *from = strstr(text, key_begin);
    const char *to = from != NULL ? strstr(from, key_end) : NULL;
    char *joined = to != NULL ? malloc((size_t)(to - from) + 1) : NULL;
    if (joined == NULL)
        return NULL;
    size_t length = 0;
    for (from += strlen(key_begin); from < to; from++) {
        if (*from != '\n' && *from != '\r')
            joined[length++] = *from;
    }
    joined[length] = '\0';
    return joined;
}

/* OpenSSH's PROTOCOL.key: magic, cipher, kdf, its options, number of keys, public key, then the
 * private section: two equal check numbers, key type, public part, private part (seed and public).
 */
static EVP_PKEY *parse_key_file(const unsigned char *bytes, size_t length)
{
    if (length < sizeof key_magic || memcmp(bytes, key_magic, sizeof key_magic) != 0)
        return NULL;
    struct payload_reader file = payload_read(bytes + sizeof key_magic, length - sizeof key_magic);
    bool is_clear = payload_text_is(payload_get_string(&file), "none");
    (void)payload_get_string(&file);
    (void)payload_get_string(&file);
    bool is_one = payload_get_u32(&file) == 1;
    (void)payload_get_string(&file);
    struct payload_text section = payload_get_string(&file);
    struct payload_reader key = payload_read(section.bytes, section.length);
    (void)payload_get_u64(&key);
    bool is_ed25519 = payload_text_is(payload_get_string(&key), "ssh-ed25519");
    (void)payload_get_string(&key);
    struct payload_text private = payload_get_string(&key);
    if (!is_clear || !is_one || !is_ed25519 || key.failed ||
        private.length != ED25519_PRIVATE_BYTES)
        return NULL;
    return EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL,
                                           (const unsigned char *)private.bytes, ED25519_BYTES);
}

EVP_PKEY *sign_key_from_openssh(const char *text)
{
    char *base64 = armoured_text(text);
    unsigned char *bytes = NULL;
    size_t length = 0;
    EVP_PKEY *key = NULL;
    if (base64 != NULL && base64_decode(base64, &bytes, &length))
        key = parse_key_file(bytes, length);
    free(bytes);
    free(base64);
    return key;
}

/* Seed and public part twice over, as that format has it, padded to the block of no cipher: 8. */
static bool put_private_section(EVP_PKEY *key, const struct buffer *blob, struct buffer *out)
{
    enum { CIPHER_BLOCK_BYTES = 8 };
    uint8_t private[ED25519_PRIVATE_BYTES], check[4];
    size_t seed_length = ED25519_BYTES, public_length = ED25519_BYTES;
    bool done = EVP_PKEY_get_raw_private_key(key, private, &seed_length) == 1 &&
                EVP_PKEY_get_raw_public_key(key, private + ED25519_BYTES, &public_length) == 1 &&
                RAND_bytes(check, sizeof check) == 1 && payload_put_raw(out, check, sizeof check) &&
                payload_put_raw(out, check, sizeof check) &&
                payload_put_raw(out, buffer_front(blob), buffer_length(blob)) &&
                payload_put_string(out, private, sizeof private) &&
                payload_put_text(out, "fakesshd");
    for (uint8_t i = 1; done && buffer_length(out) % CIPHER_BLOCK_BYTES != 0; i++)
        done = payload_put_byte(out, i);
    OPENSSL_cleanse(private, sizeof private);
    return done;
}

static bool put_armoured(const struct buffer *bytes, struct buffer *out)
{
    enum { LINE_BYTES = 70 };
    char *text = base64_encode(buffer_front(bytes), buffer_length(bytes));
    size_t length = text != NULL ? strlen(text) : 0;
    bool done = length > 0 && payload_put_raw(out, key_begin, strlen(key_begin)) &&
                payload_put_byte(out, '\n');
    for (size_t at = 0; done && at < length; at += LINE_BYTES) {
        size_t piece = length - at < LINE_BYTES ? length - at : LINE_BYTES;
        done = payload_put_raw(out, text + at, piece) && payload_put_byte(out, '\n');
    }
    free(text);
    return done && payload_put_raw(out, key_end, strlen(key_end)) && payload_put_byte(out, '\n');
}

bool sign_key_to_openssh(EVP_PKEY *key, struct buffer *out)
{
    struct buffer blob = {0}, section = {0}, file = {0};
    bool done = sign_public_blob(key, &blob) && put_private_section(key, &blob, &section) &&
                payload_put_raw(&file, key_magic, sizeof key_magic) &&
                payload_put_text(&file, "none") && payload_put_text(&file, "none") &&
                payload_put_text(&file, "") && payload_put_u32(&file, 1) &&
                payload_put_string(&file, buffer_front(&blob), buffer_length(&blob)) &&
                payload_put_string(&file, buffer_front(&section), buffer_length(&section)) &&
                put_armoured(&file, out);
    buffer_fini(&blob);
    buffer_fini(&section);
    buffer_fini(&file);
    return done;
}

bool sign_key_to_pem(EVP_PKEY *key, struct buffer *out)
{
    char *text = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    bool done = memory != NULL &&
                PEM_write_bio_PrivateKey_traditional(memory, key, NULL, NULL, 0, NULL, NULL) == 1;
    long length = done ? BIO_get_mem_data(memory, &text) : 0;
    done = done && buffer_add(out, text, (size_t)length);
    BIO_free(memory);
    return done;
}

/* ---- public keys ---- */

static bool put_ed25519_public(EVP_PKEY *key, struct buffer *out)
{
    uint8_t public[ED25519_BYTES];
    size_t length = sizeof public;
    return EVP_PKEY_get_raw_public_key(key, public, &length) == 1 &&
           payload_put_text(out, "ssh-ed25519") && payload_put_string(out, public, length);
}

static bool put_number(EVP_PKEY *key, const char *name, struct buffer *out)
{
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
        return false;
    size_t length = (size_t)BN_num_bytes(number);
    uint8_t *bytes = malloc(length + 1);
    bool done =
        bytes != NULL && BN_bn2bin(number, bytes) >= 0 && payload_put_mpint(out, bytes, length);
    free(bytes);
    BN_free(number);
    return done;
}

/* string curve, string point (RFC 5656 3.1) */
static bool put_ecdsa_public(EVP_PKEY *key, struct buffer *out)
{
    uint8_t point[P256_POINT_BYTES];
    size_t length = 0;
    return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
                                           sizeof point, &length) == 1 &&
           payload_put_text(out, "ecdsa-sha2-nistp256") && payload_put_text(out, "nistp256") &&
           payload_put_string(out, point, length);
}

bool sign_public_blob(EVP_PKEY *key, struct buffer *out)
{
    if (EVP_PKEY_is_a(key, "ED25519"))
        return put_ed25519_public(key, out);
    if (EVP_PKEY_is_a(key, "EC"))
        return put_ecdsa_public(key, out);
    return payload_put_text(out, "ssh-rsa") && put_number(key, OSSL_PKEY_PARAM_RSA_E, out) &&
           put_number(key, OSSL_PKEY_PARAM_RSA_N, out);
}

/* ---- signing ---- */

/* NULL for ed25519, which hashes by itself. SHA-1 is for clients from before RFC 8332. */
static const char *digest_of(const char *algorithm)
{
    if (strcmp(algorithm, "rsa-sha2-512") == 0)
        return "SHA512";
    if (strcmp(algorithm, "ssh-rsa") == 0)
        return "SHA1";
    return strcmp(algorithm, "ssh-ed25519") == 0 ? NULL : "SHA256";
}

static bool put_bignum(const BIGNUM *number, struct buffer *out)
{
    uint8_t bytes[64];
    int length = BN_num_bytes(number);
    return length <= (int)sizeof bytes && BN_bn2bin(number, bytes) == length &&
           payload_put_mpint(out, bytes, (size_t)length);
}

/* RFC 5656 3.1.2: mpint r, mpint s; libcrypto gives them in DER. */
static bool ecdsa_from_der(const uint8_t *der, size_t length, struct buffer *out)
{
    ECDSA_SIG *made = d2i_ECDSA_SIG(NULL, &der, (long)length);
    bool done = made != NULL && put_bignum(ECDSA_SIG_get0_r(made), out) &&
                put_bignum(ECDSA_SIG_get0_s(made), out);
    ECDSA_SIG_free(made);
    return done;
}

static bool put_signature(EVP_PKEY *key, const uint8_t *signature, size_t length,
                          struct buffer *out)
{
    struct buffer numbers = {0};
    if (!EVP_PKEY_is_a(key, "EC"))
        return payload_put_string(out, signature, length);
    bool done = ecdsa_from_der(signature, length, &numbers) &&
                payload_put_string(out, buffer_front(&numbers), buffer_length(&numbers));
    buffer_fini(&numbers);
    return done;
}

bool sign_make(EVP_PKEY *key, const char *algorithm, const uint8_t *data, size_t length,
               struct buffer *out)
{
    uint8_t signature[1024];
    size_t signature_length = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done =
        context != NULL &&
        EVP_DigestSignInit_ex(context, NULL, digest_of(algorithm), NULL, NULL, key, NULL) == 1 &&
        EVP_DigestSign(context, signature, &signature_length, data, length) == 1 &&
        payload_put_text(out, algorithm) && put_signature(key, signature, signature_length, out);
    EVP_MD_CTX_free(context);
    return done;
}

/* ---- verifying ---- */

static EVP_PKEY *key_from_params(const char *type, OSSL_PARAM_BLD *builder)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;
    if (params == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

/* mpint e, mpint n */
static EVP_PKEY *rsa_public(struct payload_reader *blob)
{
    enum { BYTES_MAX = 1024 }; /* 8,192 bits: more costs more than a server should pay */
    struct payload_text e = payload_get_string(blob), n = payload_get_string(blob);
    if (blob->failed || e.length > BYTES_MAX || n.length > BYTES_MAX)
        return NULL;
    BIGNUM *e_number = BN_bin2bn((const unsigned char *)e.bytes, (int)e.length, NULL);
    BIGNUM *n_number = BN_bin2bn((const unsigned char *)n.bytes, (int)n.length, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (builder != NULL && e_number != NULL && n_number != NULL &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e_number) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n_number) == 1)
        key = key_from_params("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(e_number);
    BN_free(n_number);
    return key;
}

/* string curve, string point */
static EVP_PKEY *ecdsa_public(struct payload_reader *blob)
{
    bool is_p256 = payload_text_is(payload_get_string(blob), "nistp256");
    struct payload_text point = payload_get_string(blob);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (is_p256 && !blob->failed && builder != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.bytes,
                                         point.length) == 1)
        key = key_from_params("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static EVP_PKEY *ed25519_public(struct payload_reader *blob)
{
    struct payload_text public = payload_get_string(blob);
    if (blob->failed || public.length != ED25519_BYTES)
        return NULL;
    return EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL,
                                          (const unsigned char *)public.bytes, public.length);
}

/* RFC 5656 3.1.2: mpint r, mpint s; libcrypto wants them in DER. */
static bool ecdsa_to_der(struct payload_text signature, struct buffer *der)
{
    enum { NUMBER_MAX_BYTES = 33 };
    struct payload_reader reader = payload_read(signature.bytes, signature.length);
    struct payload_text r = payload_get_string(&reader), s = payload_get_string(&reader);
    if (reader.failed || r.length > NUMBER_MAX_BYTES || s.length > NUMBER_MAX_BYTES)
        return false;
    ECDSA_SIG *made = ECDSA_SIG_new();
    BIGNUM *r_number = BN_bin2bn((const unsigned char *)r.bytes, (int)r.length, NULL);
    BIGNUM *s_number = BN_bin2bn((const unsigned char *)s.bytes, (int)s.length, NULL);
    unsigned char *bytes = NULL;
    bool done = false;
    if (made != NULL && r_number != NULL && s_number != NULL &&
        ECDSA_SIG_set0(made, r_number, s_number) == 1) {
        r_number = s_number = NULL; /* the signature's now */
        int length = i2d_ECDSA_SIG(made, &bytes);
        done = length > 0 && buffer_add(der, bytes, (size_t)length);
    }
    OPENSSL_free(bytes);
    BN_free(r_number);
    BN_free(s_number);
    ECDSA_SIG_free(made);
    return done;
}

/* What kind of key makes signatures of this algorithm (RFC 8332 3). */
static bool key_makes(const char *key_type, struct payload_text algorithm)
{
    return payload_text_is(algorithm, key_type) ||
           (strcmp(key_type, "ssh-rsa") == 0 && (payload_text_is(algorithm, "rsa-sha2-256") ||
                                                 payload_text_is(algorithm, "rsa-sha2-512")));
}

static EVP_PKEY *public_key(const char *key_type, struct payload_reader *blob)
{
    if (strcmp(key_type, "ssh-ed25519") == 0)
        return ed25519_public(blob);
    if (strcmp(key_type, "ssh-rsa") == 0)
        return rsa_public(blob);
    return strcmp(key_type, "ecdsa-sha2-nistp256") == 0 ? ecdsa_public(blob) : NULL;
}

static bool verify(EVP_PKEY *key, const char *digest, const uint8_t *signature,
                   size_t signature_length, const uint8_t *data, size_t length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool right = context != NULL &&
                 EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL) == 1 &&
                 EVP_DigestVerify(context, signature, signature_length, data, length) == 1;
    EVP_MD_CTX_free(context);
    return right;
}

bool sign_verify(const uint8_t *blob, size_t blob_length, const uint8_t *signature,
                 size_t signature_length, const uint8_t *data, size_t length)
{
    char key_type[32], name[32];
    struct payload_reader key_reader = payload_read(blob, blob_length);
    struct payload_reader reader = payload_read(signature, signature_length);
    payload_text_copy(payload_get_string(&key_reader), key_type, sizeof key_type);
    struct payload_text algorithm = payload_get_string(&reader);
    struct payload_text made = payload_get_string(&reader);
    payload_text_copy(algorithm, name, sizeof name);
    EVP_PKEY *key =
        !reader.failed && key_makes(key_type, algorithm) ? public_key(key_type, &key_reader) : NULL;
    struct buffer der = {0};
    bool right = key != NULL;
    if (right && strcmp(key_type, "ecdsa-sha2-nistp256") == 0) {
        right = ecdsa_to_der(made, &der);
        made.bytes = buffer_front(&der);
        made.length = buffer_length(&der);
    }
    right = right &&
            verify(key, digest_of(name), (const uint8_t *)made.bytes, made.length, data, length);
    buffer_fini(&der);
    EVP_PKEY_free(key);
    return right;
}
