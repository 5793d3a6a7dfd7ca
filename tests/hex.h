/* Bytes from their hexadecimal digits, for known answers. */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How many bytes were written to `bytes`. */
static inline size_t hex_decode(const char *digits, uint8_t *bytes, size_t size)
{
    size_t length = 0;
    unsigned value = 0;
    while (length < size && sscanf(digits + 2 * length, "%2x", &value) == 1)
        bytes[length++] = (uint8_t)value;
    return length;
}

#endif
