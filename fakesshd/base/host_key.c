#include "base/host_key.h"

#include <string.h>

static unsigned bit_of(const char *text, size_t length)
{
#define X(id, type, field, word, algorithms)                        \
    if (strlen(word) == length && strncmp(text, word, length) == 0) \
        return HOST_KEY_BIT(id);
    HOST_KEYS(X)
#undef X
    return 0;
}

enum err host_keys_parse(const char *text, unsigned *set, struct err_text *error)
{
    *set = 0;
    if (strcmp(text, "all") == 0) {
        *set = HOST_KEY_BIT(HOST_KEY_COUNT) - 1;
        return ERR_NONE;
    }
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        unsigned bit = bit_of(at, length);
        if (bit == 0)
            return err_set(error, ERR_USAGE,
                           "expected words of ed25519, ecdsa and rsa with commas "
                           "between, or all; found '%.*s'",
                           (int)length, at);
        *set |= bit;
        at += length;
        if (*at == '\0')
            return ERR_NONE;
    }
}
