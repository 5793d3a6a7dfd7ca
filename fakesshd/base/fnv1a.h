/* FNV-1a, 64 bits: a check sum by which the judge compares the output that a client reports with
 * the output that the server sent, without keeping either. Not for security.
 * Source: Fowler, Noll, Vo; draft-eastlake-fnv. */
#ifndef BASE_FNV1A_H
#define BASE_FNV1A_H

#include <stddef.h>
#include <stdint.h>

#define FNV1A_START 0xcbf29ce484222325ULL

/* Goes on from `hash` (FNV1A_START at first) over `length` bytes. */
static inline uint64_t fnv1a_add(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * 0x100000001b3ULL;
    return hash;
}

#endif
