/* Base64 (RFC 4648 4), for bytes inside JSON lines. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The encoded text, ended by NUL; the caller frees it. NULL when memory is short. */
char *base64_encode(const void *bytes, size_t length);

/* Decodes `text`; the caller frees *bytes. False when it is not base64 or memory is short. */
bool base64_decode(const char *text, unsigned char **bytes, size_t *length);

#endif
