/* Checks UTF-8 a character at a time (RFC 3629 4) and leaves out what is no text. */
#include "judge/clean_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes the character at `text` has, and which it is; 0 when it is not UTF-8. The NUL at
 * the end stops every comparison. */
static size_t decode(const unsigned char *text, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80             ? 1
                    : (text[0] & 0xe0) == 0xc0 ? 2
                    : (text[0] & 0xf0) == 0xe0 ? 3
                    : (text[0] & 0xf8) == 0xf0 ? 4
                                               : 0;
    if (length == 0)
        return 0;
    *character = length == 1 ? text[0] : text[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (text[i] & 0x3fU);
    }
    bool surrogate = *character >= 0xd800 && *character <= 0xdfff;
    return *character < least[length] || *character > 0x10ffff || surrogate ? 0 : length;
}

static bool is_shown(uint32_t character)
{
    if (character < 0x20)
        return character == '\n' || character == '\t';
    return !(character >= 0x7f && character <= 0x9f) && (character & 0xfffe) != 0xfffe;
}

char *clean_text(const char *text)
{
    const unsigned char *from = (const unsigned char *)(text != NULL ? text : "");
    char *clean = malloc(strlen((const char *)from) + 1), *to = clean;
    if (clean == NULL)
        abort();
    while (*from != '\0') {
        uint32_t character = 0;
        size_t length = decode(from, &character);
        if (length == 0 || !is_shown(character)) {
            *to++ = '?';
            from += length > 0 ? length : 1;
            continue;
        }
        memcpy(to, from, length);
        to += length;
        from += length;
    }
    *to = '\0';
    return clean;
}

char *clean_line(const char *text)
{
    char *clean = clean_text(text);
    for (char *at = clean; *at != '\0'; at++) {
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    }
    return clean;
}
