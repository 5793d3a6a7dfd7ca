/* The first handshake in a process would cost 2 to 16 ms more than the others, for OpenSSL reads
 * its configuration and looks its algorithms up (measured with OpenSSL 3.0). That is done here,
 * before any deadline runs. */
#include "lib/lookup.h"
#include "lib/task.h"

#include <libssh/libssh.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

static void warm_up_exchange(void)
{
    unsigned char secret[32];
    size_t length = sizeof secret;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    (void)(EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, key) == 1 &&
           EVP_PKEY_derive(context, secret, &length) == 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
}

static void warm_up_signature(void)
{
    unsigned char signature[64];
    size_t length = sizeof signature;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    (void)(EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestSign(context, signature, &length, (const unsigned char *)"", 0) == 1);
    EVP_MD_CTX_free(context);
    context = EVP_MD_CTX_new();
    (void)(EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestVerify(context, signature, length, (const unsigned char *)"", 0) == 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
}

static void warm_up_packets(void)
{
    unsigned char bytes[64] = {0};
    unsigned length = 0;
    static const unsigned char key[64];
    const EVP_CIPHER *ciphers[] = {EVP_chacha20(), EVP_aes_256_gcm(), EVP_aes_256_ctr()};
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
        (void)EVP_EncryptInit_ex(context, ciphers[i], NULL, key, key);
        EVP_CIPHER_CTX_free(context);
    }
    (void)HMAC(EVP_sha256(), key, 32, bytes, sizeof bytes, bytes, &length);
    (void)RAND_bytes(bytes, sizeof bytes);
}

bool engine_warm_up(struct err_text *error)
{
    if (ssh_init() != SSH_OK)
        return err_set(error, "libssh can't be initialised");
    (void)ssh_set_log_level(SSH_LOG_NOLOG);
    warm_up_exchange();
    warm_up_signature();
    warm_up_packets();
    return lookup_warm_up(error);
}
