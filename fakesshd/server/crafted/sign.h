/* Keys that sign: the server's host keys, and the client's public keys and signatures.
 *
 *     ssh-ed25519                     RFC 8709
 *     rsa-sha2-256, rsa-sha2-512      RFC 8332; the key's own name is ssh-rsa
 *     ecdsa-sha2-nistp256             RFC 5656; only to verify */
#ifndef SERVER_CRAFTED_SIGN_H
#define SERVER_CRAFTED_SIGN_H

#include "server/buffer.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads an ed25519 private key in the form "openssh-key-v1" without a passphrase (the text with its
 * BEGIN and END lines). NULL when it is something else. Owned by the caller. */
EVP_PKEY *sign_key_from_openssh(const char *text);

/* Writes an ed25519 private key in that form; the text goes to the end of `out`. */
bool sign_key_to_openssh(EVP_PKEY *key, struct buffer *out);

/* The RSA host key of 2,048 bits that is built into the program: making one takes longer than a
 * whole catalogue should wait. It protects nothing. Borrowed; NULL when libcrypto fails. */
EVP_PKEY *sign_builtin_rsa_key(void);

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
