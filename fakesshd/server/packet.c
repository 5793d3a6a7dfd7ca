#include "server/packet.h"

#include <string.h>

enum { HEADER_BYTES = 6, PACKET_MAX_BYTES = 256 * 1024 };

static const struct {
    const char *name;
    enum packet_message message;
} names[] = {
#define X(id, number, name) {name, id},
    PACKET_MESSAGES(X)
#undef X
        {"KEX_ECDH_REPLY", PACKET_KEX_REPLY},
    {"KEXDH_REPLY", PACKET_KEX_REPLY},
};

enum packet_message packet_message_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].message;
    }
    return PACKET_NONE;
}

const char *packet_message_name(enum packet_message message)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].message == message)
            return names[i].name;
    }
    return "?";
}

/* The length of the piece of a line: to its LF, or all there is. */
static size_t line_piece(const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    return end != NULL ? (size_t)(end - bytes) + 1 : length;
}

/* uint32 packet_length, byte padding_length, byte message number; false when it is no packet. */
static bool packet_header(const char *bytes, uint64_t *total, enum packet_message *message)
{
    const unsigned char *at = (const unsigned char *)bytes;
    uint32_t packet_length =
        (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
    *total = (uint64_t)packet_length + 4;
    *message = (enum packet_message)at[5];
    return packet_length >= 2 && packet_length <= PACKET_MAX_BYTES;
}

/* Reads on in the first four bytes of a line, where it is decided what the line is. */
static void line_look(struct packet_stream *stream, const char *bytes, size_t length)
{
    static const char prefix[] = "SSH-";
    for (size_t i = 0; i < length && stream->line_seen < 4 && !stream->line_is_other; i++) {
        if (bytes[i] == prefix[stream->line_seen])
            stream->line_seen++;
        else
            stream->line_is_other = true;
    }
}

static size_t peek_line(const struct packet_stream *stream, const char *bytes, size_t length,
                        enum packet_message *message)
{
    struct packet_stream ahead = *stream;
    line_look(&ahead, bytes, length);
    if (ahead.line_seen < 4 && !ahead.line_is_other)
        return 0;
    *message = ahead.line_is_other ? PACKET_NONE : PACKET_IDENT;
    return line_piece(bytes, length);
}

size_t packet_peek(const struct packet_stream *stream, const char *bytes, size_t length,
                   enum packet_message *message, bool *starts)
{
    *message = PACKET_NONE;
    *starts = stream->place == PACKET_AT_START;
    if (stream->place == PACKET_OPAQUE || length == 0)
        return length;
    if (!stream->ident_done)
        return peek_line(stream, bytes, length, message);
    if (stream->place == PACKET_INSIDE) {
        *message = stream->message;
        return stream->left < length ? (size_t)stream->left : length;
    }
    uint64_t total = 0;
    if (length < HEADER_BYTES)
        return 0;
    if (!packet_header(bytes, &total, message)) {
        *message = PACKET_NONE;
        return length;
    }
    return total < length ? (size_t)total : length;
}

static enum packet_message pass_line(struct packet_stream *stream, const char *bytes, size_t passed)
{
    line_look(stream, bytes, passed);
    stream->place = PACKET_INSIDE;
    if (bytes[passed - 1] != '\n')
        return PACKET_NONE;
    stream->ident_done = stream->line_seen == 4;
    stream->place = PACKET_AT_START;
    stream->line_seen = 0;
    stream->line_is_other = false;
    return stream->ident_done ? PACKET_IDENT : PACKET_NONE;
}

enum packet_message packet_pass(struct packet_stream *stream, const char *bytes, size_t available,
                                size_t passed)
{
    if (stream->place == PACKET_OPAQUE || passed == 0)
        return PACKET_NONE;
    if (!stream->ident_done)
        return pass_line(stream, bytes, passed);
    if (stream->place == PACKET_AT_START) {
        /* A script may write half a header by hand: what follows can no longer be told apart. */
        if (available < HEADER_BYTES || !packet_header(bytes, &stream->left, &stream->message)) {
            stream->place = PACKET_OPAQUE;
            return PACKET_NONE;
        }
        stream->place = PACKET_INSIDE;
    }
    stream->left -= passed;
    if (stream->left > 0)
        return PACKET_NONE;
    stream->place = stream->message == PACKET_NEWKEYS ? PACKET_OPAQUE : PACKET_AT_START;
    return stream->message;
}
