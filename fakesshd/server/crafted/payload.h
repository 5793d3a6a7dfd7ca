/* The data types of RFC 4251 5, read from and written to a message's payload. */
#ifndef SERVER_CRAFTED_PAYLOAD_H
#define SERVER_CRAFTED_PAYLOAD_H

#include "server/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- writing: false when memory is short ---- */

bool payload_put_byte(struct buffer *out, uint8_t value);
bool payload_put_bool(struct buffer *out, bool value);
bool payload_put_u32(struct buffer *out, uint32_t value);
bool payload_put_u64(struct buffer *out, uint64_t value);
bool payload_put_string(struct buffer *out, const void *bytes, size_t length);
bool payload_put_text(struct buffer *out, const char *text);
/* An unsigned number, most significant byte first: leading zeros go, one comes where the top bit is
 * set. */
bool payload_put_mpint(struct buffer *out, const uint8_t *number, size_t length);
bool payload_put_raw(struct buffer *out, const void *bytes, size_t length);

/* ---- reading: what is beyond the end reads as 0 or empty and marks the reader as failed ---- */

struct payload_reader {
    const uint8_t *at, *end; /* borrowed */
    bool failed;
};

struct payload_text { /* borrowed: part of the payload, no NUL at its end */
    const char *bytes;
    size_t length;
};

struct payload_reader payload_read(const void *bytes, size_t length);
uint8_t payload_get_byte(struct payload_reader *reader);
bool payload_get_bool(struct payload_reader *reader);
uint32_t payload_get_u32(struct payload_reader *reader);
uint64_t payload_get_u64(struct payload_reader *reader);
struct payload_text payload_get_string(struct payload_reader *reader);
struct payload_text payload_get_rest(struct payload_reader *reader);

bool payload_text_is(struct payload_text text, const char *word);
/* Copies as a C string, cut to `size` - 1 bytes; bytes of 0 become '?'. */
void payload_text_copy(struct payload_text text, char *to, size_t size);
/* Owned by the caller; NULL when memory is short. */
char *payload_text_dup(struct payload_text text);

/* The first name of the comma-separated list `wanted` that is in `offered`, too (RFC 4253 7.1); the
 * piece of `wanted`. Length 0 when there is none. */
struct payload_text payload_first_common(struct payload_text wanted, struct payload_text offered);

#endif
