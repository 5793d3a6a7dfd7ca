#include "server/packet.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

/* What a server sends in the clear, one message behind the other, and where each of them ends. */
struct sent {
    char bytes[4096];
    size_t length;
    enum packet_message messages[8];
    size_t ends[8];
    int count;
};

static void add_line(struct sent *sent, const char *line)
{
    size_t length = strlen(line);
    memcpy(sent->bytes + sent->length, line, length);
    sent->length += length;
    if (strncmp(line, "SSH-", 4) != 0)
        return;
    sent->messages[sent->count] = PACKET_IDENT;
    sent->ends[sent->count++] = sent->length;
}

/* A packet whose uint32 packet_length is `packet_length`. */
static void add_packet(struct sent *sent, enum packet_message message, unsigned packet_length)
{
    char *at = sent->bytes + sent->length;
    memset(at, 0x15, packet_length + 4); /* NEWKEYS everywhere: payloads must not be looked at */
    at[0] = at[1] = 0;
    at[2] = (char)(packet_length >> 8);
    at[3] = (char)(packet_length & 0xff);
    at[4] = 4;
    at[5] = (char)message;
    sent->length += packet_length + 4;
    sent->messages[sent->count] = message;
    sent->ends[sent->count++] = sent->length;
}

static void begin(struct sent *sent)
{
    memset(sent, 0, sizeof *sent);
    add_line(sent, "Welcome to the machine\r\n");
    add_line(sent, "\r\n");
    add_line(sent, "SS: not yet\n");
    add_line(sent, "SSH-2.0-fake\r\n");
    add_packet(sent, PACKET_KEXINIT, 1020);
    add_packet(sent, PACKET_KEX_REPLY, 300);
    add_packet(sent, PACKET_NEWKEYS, 12);
}

/* Offers the stream in windows of at most `window` bytes and passes pieces of at most `step`: the
 * messages must come to their ends where they do end. */
static void follow(const struct sent *sent, size_t window, size_t step)
{
    struct packet_stream stream = {.place = PACKET_AT_START};
    size_t at = 0;
    int seen = 0;
    while (at < sent->length) {
        size_t available = sent->length - at < window ? sent->length - at : window;
        enum packet_message message = PACKET_NONE;
        bool starts = false;
        size_t piece = packet_peek(&stream, sent->bytes + at, available, &message, &starts);
        while (piece == 0 && available < sent->length - at)
            piece = packet_peek(&stream, sent->bytes + at, ++available, &message, &starts);
        ck_assert_uint_gt(piece, 0);
        ck_assert_uint_le(piece, available);
        size_t passed = piece < step ? piece : step;
        /* A line of which less than "SSH-" passed is looked at again: nothing may be lost. */
        enum packet_message ended = packet_pass(&stream, sent->bytes + at, available, passed);
        at += passed;
        if (ended == PACKET_NONE)
            continue;
        ck_assert_int_lt(seen, sent->count);
        ck_assert_int_eq(ended, sent->messages[seen]);
        ck_assert_uint_eq(at, sent->ends[seen]);
        seen++;
    }
    ck_assert_int_eq(seen, sent->count);
    ck_assert_int_eq(stream.place, PACKET_OPAQUE);
}

START_TEST(messages_end_where_they_end_however_the_bytes_come)
{
    static const size_t sizes[] = {1, 2, 3, 5, 6, 7, 64, 4096};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    struct sent sent;
    begin(&sent);
    for (int window = 0; window < SIZES; window++) {
        for (int step = 0; step < SIZES; step++)
            follow(&sent, sizes[window], sizes[step]);
    }
}
END_TEST

START_TEST(a_piece_never_spans_the_start_of_a_message)
{
    struct sent sent;
    struct packet_stream stream = {.place = PACKET_AT_START};
    enum packet_message message = PACKET_NONE;
    bool starts = false;
    memset(&sent, 0, sizeof sent);
    add_line(&sent, "SSH-2.0-fake\r\n");
    add_packet(&sent, PACKET_KEXINIT, 500);
    add_packet(&sent, PACKET_KEX_REPLY, 300);
    ck_assert_uint_eq(packet_peek(&stream, sent.bytes, sent.length, &message, &starts), 14);
    ck_assert_int_eq(message, PACKET_IDENT);
    ck_assert(starts);
    ck_assert_int_eq(packet_pass(&stream, sent.bytes, sent.length, 14), PACKET_IDENT);
    ck_assert_uint_eq(packet_peek(&stream, sent.bytes + 14, sent.length - 14, &message, &starts),
                      504);
    ck_assert_int_eq(message, PACKET_KEXINIT);
    ck_assert(starts);
    ck_assert_int_eq(packet_pass(&stream, sent.bytes + 14, sent.length - 14, 100), PACKET_NONE);
    ck_assert_uint_eq(packet_peek(&stream, sent.bytes + 114, sent.length - 114, &message, &starts),
                      404);
    ck_assert_int_eq(message, PACKET_KEXINIT);
    ck_assert(!starts);
}
END_TEST

START_TEST(a_line_before_the_identification_string_is_no_message)
{
    struct packet_stream stream = {.place = PACKET_AT_START};
    enum packet_message message = PACKET_IDENT;
    bool starts = false;
    const char *line = "SSS\r\nSSH-2.0-x\r\n";
    ck_assert_uint_eq(packet_peek(&stream, line, strlen(line), &message, &starts), 5);
    ck_assert_int_eq(message, PACKET_NONE);
    ck_assert_int_eq(packet_pass(&stream, line, strlen(line), 5), PACKET_NONE);
    ck_assert(!stream.ident_done);
    ck_assert_int_eq(packet_pass(&stream, line + 5, strlen(line) - 5, 11), PACKET_IDENT);
    ck_assert(stream.ident_done);
}
END_TEST

START_TEST(half_a_header_is_too_little_to_know)
{
    struct sent sent;
    struct packet_stream stream = {.place = PACKET_AT_START, .ident_done = true};
    enum packet_message message = PACKET_NONE;
    bool starts = false;
    memset(&sent, 0, sizeof sent);
    add_packet(&sent, PACKET_KEXINIT, 20);
    for (size_t length = 1; length < 6; length++)
        ck_assert_uint_eq(packet_peek(&stream, sent.bytes, length, &message, &starts), 0);
    ck_assert_uint_eq(packet_peek(&stream, sent.bytes, 6, &message, &starts), 6);
    ck_assert_int_eq(message, PACKET_KEXINIT);
}
END_TEST

START_TEST(after_half_a_header_was_sent_by_hand_the_stream_is_opaque)
{
    struct packet_stream stream = {.place = PACKET_AT_START, .ident_done = true};
    ck_assert_int_eq(packet_pass(&stream, "\0\0\1", 3, 3), PACKET_NONE);
    ck_assert_int_eq(stream.place, PACKET_OPAQUE);
}
END_TEST

START_TEST(an_impossible_length_makes_the_stream_opaque)
{
    struct packet_stream stream = {.place = PACKET_AT_START, .ident_done = true};
    const char bytes[] = "HTTP/1.1 400 Bad Request";
    enum packet_message message = PACKET_KEXINIT;
    bool starts = false;
    ck_assert_uint_eq(packet_peek(&stream, bytes, sizeof bytes, &message, &starts), sizeof bytes);
    ck_assert_int_eq(message, PACKET_NONE);
    ck_assert_int_eq(packet_pass(&stream, bytes, sizeof bytes, sizeof bytes), PACKET_NONE);
    ck_assert_int_eq(stream.place, PACKET_OPAQUE);
}
END_TEST

START_TEST(every_message_is_found_by_its_name)
{
#define X(id, number, name)                               \
    ck_assert_int_eq(packet_message_from_name(name), id); \
    ck_assert_str_eq(packet_message_name(id), name);
    PACKET_MESSAGES(X)
#undef X
    ck_assert_int_eq(packet_message_from_name("KEX_ECDH_REPLY"), PACKET_KEX_REPLY);
    ck_assert_int_eq(packet_message_from_name("kexinit"), PACKET_NONE);
}
END_TEST

Suite *suite_packet(void)
{
    Suite *suite = suite_create("packet");
    TCase *cases = tcase_create("packet");
    tcase_add_test(cases, messages_end_where_they_end_however_the_bytes_come);
    tcase_add_test(cases, a_piece_never_spans_the_start_of_a_message);
    tcase_add_test(cases, a_line_before_the_identification_string_is_no_message);
    tcase_add_test(cases, half_a_header_is_too_little_to_know);
    tcase_add_test(cases, after_half_a_header_was_sent_by_hand_the_stream_is_opaque);
    tcase_add_test(cases, an_impossible_length_makes_the_stream_opaque);
    tcase_add_test(cases, every_message_is_found_by_its_name);
    suite_add_tcase(suite, cases);
    return suite;
}
