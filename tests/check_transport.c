#include "server/crafted/transport.h"

#include "suites.h"

#include <string.h>

/* A wire without a socket: its input is put in by hand. */
static struct lab {
    struct wire wire;
    struct transport transport;
    const char *why;
    char ident[256];
} lab;

static void begin(void)
{
    memset(&lab, 0, sizeof lab);
    wire_init(&lab.wire, -1, NULL, NULL);
    ck_assert(transport_init(&lab.transport, &lab.wire));
}

static void end(void)
{
    transport_fini(&lab.transport);
    wire_fini(&lab.wire);
}

static bool receive_ident(const char *bytes, size_t length)
{
    ck_assert(buffer_add(&lab.wire.input, bytes, length));
    return transport_receive_ident(&lab.transport, lab.ident, &lab.why);
}

START_TEST(an_identification_string_is_whole_when_its_line_ends)
{
    ck_assert(!receive_ident("SSH-2.0-", 8));
    ck_assert_ptr_null(lab.why);
    ck_assert(receive_ident("x y\r\nrest", 9));
    ck_assert_str_eq(lab.ident, "SSH-2.0-x y");
    ck_assert_uint_eq(buffer_length(&lab.wire.input), 4);
}
END_TEST

START_TEST(an_identification_string_is_at_most_255_bytes)
{
    char line[256];
    memset(line, 'x', sizeof line);
    memcpy(line, "SSH-", 4);
    ck_assert(!receive_ident(line, 255));
    ck_assert_ptr_null(lab.why);
    ck_assert(!receive_ident(line, 1));
    ck_assert_ptr_nonnull(lab.why);
}
END_TEST

START_TEST(a_line_that_is_none_is_no_identification_string)
{
    ck_assert(!receive_ident("GET / HTTP/1.1\r\n", 16));
    ck_assert_ptr_nonnull(lab.why);
}
END_TEST

/* RFC 4253 4.2; cut at the 0, the string would make another exchange hash than the client's. */
START_TEST(an_identification_string_with_a_byte_of_0_is_refused)
{
    ck_assert(!receive_ident("SSH-2.0-a\0b\r\n", 13));
    ck_assert_ptr_nonnull(lab.why);
}
END_TEST

Suite *suite_transport(void)
{
    Suite *suite = suite_create("transport");
    TCase *cases = tcase_create("identification string");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, an_identification_string_is_whole_when_its_line_ends);
    tcase_add_test(cases, an_identification_string_is_at_most_255_bytes);
    tcase_add_test(cases, a_line_that_is_none_is_no_identification_string);
    tcase_add_test(cases, an_identification_string_with_a_byte_of_0_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
