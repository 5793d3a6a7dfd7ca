/* Follows the bytes that the server sends, from the identification string to NEWKEYS, and knows
 * where each message begins and ends. After NEWKEYS the stream is opaque.
 *
 * RFC 4253 4.2: lines that do not begin with "SSH-" may come before the identification string.
 * RFC 4253 6:   uint32 packet_length (without itself), byte padding_length, then the payload, whose
 *               first byte is the message number. */
#ifndef SERVER_PACKET_H
#define SERVER_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* identifier, number, name; only what a server can send in the clear. The identification string is
 * not a message, but scripts hold before and after it all the same. */
#define PACKET_MESSAGES(X)                \
    X(PACKET_IDENT, 256, "IDENT")         \
    X(PACKET_DISCONNECT, 1, "DISCONNECT") \
    X(PACKET_IGNORE, 2, "IGNORE")         \
    X(PACKET_DEBUG, 4, "DEBUG")           \
    X(PACKET_KEXINIT, 20, "KEXINIT")      \
    X(PACKET_NEWKEYS, 21, "NEWKEYS")      \
    X(PACKET_KEX_REPLY, 31, "KEX_REPLY")

enum packet_message {
    PACKET_NONE = 0,
#define X(id, number, name) id = number,
    PACKET_MESSAGES(X)
#undef X
};

/* "KEX_ECDH_REPLY" and "KEXDH_REPLY" are other names of KEX_REPLY. PACKET_NONE when unknown. */
enum packet_message packet_message_from_name(const char *name);
const char *packet_message_name(enum packet_message message);

enum packet_place { PACKET_AT_START, PACKET_INSIDE, PACKET_OPAQUE };

struct packet_stream {
    enum packet_place place;
    bool ident_done;
    uint8_t line_seen;           /* bytes of this line so far that agree with "SSH-", at most 4 */
    bool line_is_other;          /* this line does not begin with "SSH-" */
    enum packet_message message; /* inside: which one */
    uint64_t left;               /* inside a packet: bytes to its end */
};

/* Looks at the bytes that come next. Gives how many of them belong to the piece that may be passed
 * in one go (it never spans a message's start), and which message the piece belongs to, PACKET_NONE
 * in the opaque part. `starts`: the piece is a message's first. 0: too few bytes are there to know.
 */
size_t packet_peek(const struct packet_stream *stream, const char *bytes, size_t length,
                   enum packet_message *message, bool *starts);

/* `passed` bytes of what packet_peek gave have passed (`available` are there to look at); returns
 * the message that thereby came to its end, else PACKET_NONE. */
enum packet_message packet_pass(struct packet_stream *stream, const char *bytes, size_t available,
                                size_t passed);

#endif
