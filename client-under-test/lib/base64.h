/* Base64 (RFC 4648 4), for bytes inside JSON lines. */
#ifndef SSHEXEC_BASE64_H
#define SSHEXEC_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The text, ended by NUL; owned by the caller. */
char *base64_encode(const void *bytes, size_t length);

/* The bytes, owned by the caller; false when the text is not base64. */
bool base64_decode(const char *text, unsigned char **bytes, size_t *length);

#endif
