/* Keys that sign: the server's host keys, and the client's public keys and signatures.
 *
 *     ssh-ed25519                     RFC 8709
 *     ecdsa-sha2-nistp256             RFC 5656
 *     rsa-sha2-256, rsa-sha2-512      RFC 8332; the key's own name is ssh-rsa
 *     ssh-rsa                         RFC 4253 6.6: with SHA-1, all that clients of 2018 know */
#ifndef SERVER_CRAFTED_SIGN_H
#define SERVER_CRAFTED_SIGN_H

#include "server/buffer.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All of them, the preferred first. */
#define SIGN_ALGORITHMS "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256,ssh-rsa"

/* Reads an ed25519 private key in the form "openssh-key-v1" without a passphrase (the text with its
 * BEGIN and END lines). NULL when it is something else. Owned by the caller. */
EVP_PKEY *sign_key_from_openssh(const char *text);

/* Writes an ed25519 private key in that form; the text goes to the end of `out`. */
bool sign_key_to_openssh(EVP_PKEY *key, struct buffer *out);

/* Writes an ECDSA or RSA private key in the form that every client reads, "BEGIN RSA PRIVATE KEY"
 * or "BEGIN EC PRIVATE KEY"; the text goes to the end of `out`. */
bool sign_key_to_pem(EVP_PKEY *key, struct buffer *out);

/* The RSA keys that are built into the program, see sign_builtin.c. They protect nothing. Borrowed;
 * NULL when libcrypto fails. */
enum sign_builtin { SIGN_BUILTIN_HOST, SIGN_BUILTIN_USER, SIGN_BUILTIN_COUNT };
EVP_PKEY *sign_builtin_rsa_key(enum sign_builtin which);

/* The public key as it goes over the wire (without an outer length): string "ssh-ed25519", … */
bool sign_public_blob(EVP_PKEY *key, struct buffer *out);

/* The signature as it goes over the wire: string algorithm, string signature. */
bool sign_make(EVP_PKEY *key, const char *algorithm, const uint8_t *data, size_t length,
               struct buffer *out);

/* Is this signature (string algorithm, string signature) made by the key of `blob`? False, too, for
 * what isn't well formed or of a kind that isn't known. */
bool sign_verify(const uint8_t *blob, size_t blob_length, const uint8_t *signature,
                 size_t signature_length, const uint8_t *data, size_t length);

#endif
