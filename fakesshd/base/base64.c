#include "base/base64.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

char *base64_encode(const void *bytes, size_t length)
{
    if (length > INT_MAX / 2)
        return NULL;
    char *text = malloc(4 * ((length + 2) / 3) + 1);
    if (text != NULL)
        (void)EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
    return text;
}

bool base64_decode(const char *text, unsigned char **bytes, size_t *length)
{
    size_t text_length = strlen(text);
    if (text_length % 4 != 0 || text_length > INT_MAX / 2)
        return false;
    unsigned char *out = malloc(text_length / 4 * 3 + 1);
    if (out == NULL)
        return false;
    int decoded = EVP_DecodeBlock(out, (const unsigned char *)text, (int)text_length);
    if (decoded < 0) {
        free(out);
        return false;
    }
    /* EVP_DecodeBlock counts the bytes that "=" stands for. */
    for (size_t i = text_length; i > 0 && i + 2 > text_length && text[i - 1] == '='; i--)
        decoded--;
    *bytes = out;
    *length = (size_t)decoded;
    return true;
}
