#include "server/crafted/payload.h"

#include <stdlib.h>
#include <string.h>

bool payload_put_byte(struct buffer *out, uint8_t value)
{
    return buffer_add(out, &value, 1);
}

bool payload_put_bool(struct buffer *out, bool value)
{
    return payload_put_byte(out, value ? 1 : 0);
}

bool payload_put_u32(struct buffer *out, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                        (uint8_t)value};
    return buffer_add(out, bytes, sizeof bytes);
}

bool payload_put_u64(struct buffer *out, uint64_t value)
{
    return payload_put_u32(out, (uint32_t)(value >> 32)) && payload_put_u32(out, (uint32_t)value);
}

bool payload_put_string(struct buffer *out, const void *bytes, size_t length)
{
    return payload_put_u32(out, (uint32_t)length) && payload_put_raw(out, bytes, length);
}

bool payload_put_text(struct buffer *out, const char *text)
{
    return payload_put_string(out, text, strlen(text));
}

bool payload_put_mpint(struct buffer *out, const uint8_t *number, size_t length)
{
    while (length > 0 && number[0] == 0) {
        number++;
        length--;
    }
    bool looks_negative = length > 0 && (number[0] & 0x80) != 0;
    return payload_put_u32(out, (uint32_t)(length + (looks_negative ? 1 : 0))) &&
           (!looks_negative || payload_put_byte(out, 0)) && payload_put_raw(out, number, length);
}

bool payload_put_raw(struct buffer *out, const void *bytes, size_t length)
{
    return length == 0 || buffer_add(out, bytes, length);
}

struct payload_reader payload_read(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    return (struct payload_reader){.at = at, .end = length > 0 ? at + length : at};
}

static size_t left(const struct payload_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* The next `length` bytes, or NULL where there are fewer. */
static const uint8_t *take(struct payload_reader *reader, size_t length)
{
    if (reader->failed || left(reader) < length) {
        reader->failed = true;
        reader->at = reader->end;
        return NULL;
    }
    const uint8_t *bytes = reader->at;
    if (length > 0)
        reader->at += length;
    return bytes;
}

uint8_t payload_get_byte(struct payload_reader *reader)
{
    const uint8_t *byte = take(reader, 1);
    return byte != NULL ? byte[0] : 0;
}

bool payload_get_bool(struct payload_reader *reader)
{
    return payload_get_byte(reader) != 0;
}

uint32_t payload_get_u32(struct payload_reader *reader)
{
    const uint8_t *bytes = take(reader, 4);
    return bytes == NULL ? 0
                         : (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                               (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

uint64_t payload_get_u64(struct payload_reader *reader)
{
    uint64_t high = payload_get_u32(reader);
    return high << 32 | payload_get_u32(reader);
}

struct payload_text payload_get_string(struct payload_reader *reader)
{
    uint32_t length = payload_get_u32(reader);
    const uint8_t *bytes = take(reader, length);
    if (reader->failed)
        return (struct payload_text){.bytes = "", .length = 0};
    return (struct payload_text){.bytes = (const char *)bytes, .length = length};
}

struct payload_text payload_get_rest(struct payload_reader *reader)
{
    struct payload_text rest = {.bytes = (const char *)reader->at, .length = left(reader)};
    reader->at = reader->end;
    return rest;
}

bool payload_text_is(struct payload_text text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

void payload_text_copy(struct payload_text text, char *to, size_t size)
{
    size_t length = text.length < size - 1 ? text.length : size - 1;
    for (size_t i = 0; i < length; i++)
        to[i] = text.bytes[i] != '\0' ? text.bytes[i] : '?';
    to[length] = '\0';
}

char *payload_text_dup(struct payload_text text)
{
    char *copy = malloc(text.length + 1);
    if (copy != NULL)
        payload_text_copy(text, copy, text.length + 1);
    return copy;
}

/* ---- name-lists ---- */

static struct payload_text first_name(struct payload_text list)
{
    const char *comma = list.length > 0 ? memchr(list.bytes, ',', list.length) : NULL;
    if (comma != NULL)
        list.length = (size_t)(comma - list.bytes);
    return list;
}

/* The list without its first name, which is `name`. */
static struct payload_text after_name(struct payload_text list, struct payload_text name)
{
    size_t skipped = name.length < list.length ? name.length + 1 : name.length;
    return (struct payload_text){.bytes = list.bytes + skipped, .length = list.length - skipped};
}

static bool has_name(struct payload_text list, struct payload_text name)
{
    while (list.length > 0) {
        struct payload_text each = first_name(list);
        if (each.length == name.length && memcmp(each.bytes, name.bytes, name.length) == 0)
            return true;
        list = after_name(list, each);
    }
    return false;
}

struct payload_text payload_first_common(struct payload_text wanted, struct payload_text offered)
{
    while (wanted.length > 0) {
        struct payload_text name = first_name(wanted);
        if (name.length > 0 && has_name(offered, name))
            return name;
        wanted = after_name(wanted, name);
    }
    return (struct payload_text){.bytes = "", .length = 0};
}
