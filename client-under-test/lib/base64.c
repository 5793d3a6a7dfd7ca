#include "lib/base64.h"

#include "lib/memory.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

char *base64_encode(const void *bytes, size_t length)
{
    char *text = memory_zeroed((length + 2) / 3 * 4 + 1);
    (void)EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
    return text;
}

bool base64_decode(const char *text, unsigned char **bytes, size_t *length)
{
    size_t digits = strlen(text);
    size_t padding = digits >= 1 && text[digits - 1] == '=' ? 1 : 0;
    padding += digits >= 2 && text[digits - 2] == '=' ? 1 : 0;
    /* EVP_DecodeBlock() passes over white space at the ends, and takes '=' anywhere for 'A'. */
    if (digits % 4 != 0 || strcspn(text, "= \t\r\n") < digits - padding)
        return false;
    *bytes = memory_zeroed(digits / 4 * 3 + 1);
    int decoded = EVP_DecodeBlock(*bytes, (const unsigned char *)text, (int)digits);
    if (decoded < 0) {
        free(*bytes);
        *bytes = NULL;
        return false;
    }
    *length = (size_t)decoded - padding;
    return true;
}
