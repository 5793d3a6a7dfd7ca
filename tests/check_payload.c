#include "server/crafted/payload.h"

#include "hex.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

/* RFC 4251 5 gives these mpints. */
START_TEST(an_mpint_is_written_as_the_rfc_shows)
{
    static const char *const rows[][2] = {{"", "00000000"},
                                          {"00", "00000000"},
                                          {"09a378f9b2e332a7", "0000000809a378f9b2e332a7"},
                                          {"80", "000000020080"},
                                          {"000080", "000000020080"},
                                          {"7f", "000000017f"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t number[16], known[16];
        struct buffer out = {0};
        size_t length = hex_decode(rows[i][0], number, sizeof number);
        size_t known_length = hex_decode(rows[i][1], known, sizeof known);
        ck_assert(payload_put_mpint(&out, number, length));
        ck_assert_uint_eq(buffer_length(&out), known_length);
        ck_assert_mem_eq(buffer_front(&out), known, known_length);
        buffer_fini(&out);
    }
}
END_TEST

START_TEST(what_was_put_is_read_again_and_nothing_is_left)
{
    struct buffer out = {0};
    ck_assert(payload_put_byte(&out, 7) && payload_put_bool(&out, true) &&
              payload_put_u32(&out, 0xfedcba98) && payload_put_u64(&out, 0x0123456789abcdef) &&
              payload_put_text(&out, "text") && payload_put_string(&out, "", 0) &&
              payload_put_raw(&out, "rest", 4));
    struct payload_reader reader = payload_read(buffer_front(&out), buffer_length(&out));
    ck_assert_uint_eq(payload_get_byte(&reader), 7);
    ck_assert(payload_get_bool(&reader));
    ck_assert_uint_eq(payload_get_u32(&reader), 0xfedcba98);
    ck_assert_uint_eq(payload_get_u64(&reader), 0x0123456789abcdef);
    ck_assert(payload_text_is(payload_get_string(&reader), "text"));
    ck_assert_uint_eq(payload_get_string(&reader).length, 0);
    ck_assert(payload_text_is(payload_get_rest(&reader), "rest"));
    ck_assert(!reader.failed);
    ck_assert_ptr_eq(reader.at, reader.end);
    buffer_fini(&out);
}
END_TEST

START_TEST(a_string_that_is_longer_than_the_payload_is_empty_and_marks_the_reader)
{
    static const uint8_t lengths[][4] = {{0, 0, 0, 5}, {0xff, 0xff, 0xff, 0xff}, {0x80, 0, 0, 0}};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        uint8_t bytes[8] = "....abcd";
        memcpy(bytes, lengths[i], 4);
        struct payload_reader reader = payload_read(bytes, sizeof bytes);
        ck_assert_uint_eq(payload_get_string(&reader).length, 0);
        ck_assert(reader.failed);
        ck_assert_uint_eq(payload_get_u32(&reader), 0);
        ck_assert_uint_eq(payload_get_rest(&reader).length, 0);
    }
}
END_TEST

START_TEST(a_reader_of_nothing_reads_zeros)
{
    struct payload_reader reader = payload_read(NULL, 0);
    ck_assert_uint_eq(payload_get_byte(&reader), 0);
    ck_assert(reader.failed);
}
END_TEST

START_TEST(a_copy_is_cut_to_its_place_and_holds_no_nul)
{
    char place[5];
    struct payload_text text = {.bytes = "a\0cdefgh", .length = 8};
    payload_text_copy(text, place, sizeof place);
    ck_assert_str_eq(place, "a?cd");
    char *copy = payload_text_dup(text);
    ck_assert_str_eq(copy, "a?cdefgh");
    free(copy);
}
END_TEST

static struct payload_text of(const char *text)
{
    return (struct payload_text){.bytes = text, .length = strlen(text)};
}

START_TEST(the_first_common_name_is_the_first_of_the_list_that_wants)
{
    static const char *const rows[][3] = {
        {"a,b,c", "c,b", "b"}, {"a", "a", "a"},   {"ab,a", "a,abc", "a"}, {"a,b", "", ""},
        {"", "a", ""},         {",,b", "b", "b"}, {"a", "b,,c", ""},      {"b,", "a,b", "b"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(
            payload_text_is(payload_first_common(of(rows[i][0]), of(rows[i][1])), rows[i][2]),
            "row %zu", i);
}
END_TEST

Suite *suite_payload(void)
{
    Suite *suite = suite_create("payload");
    TCase *tests = tcase_create("payload");
    tcase_add_test(tests, an_mpint_is_written_as_the_rfc_shows);
    tcase_add_test(tests, what_was_put_is_read_again_and_nothing_is_left);
    tcase_add_test(tests, a_string_that_is_longer_than_the_payload_is_empty_and_marks_the_reader);
    tcase_add_test(tests, a_reader_of_nothing_reads_zeros);
    tcase_add_test(tests, a_copy_is_cut_to_its_place_and_holds_no_nul);
    tcase_add_test(tests, the_first_common_name_is_the_first_of_the_list_that_wants);
    suite_add_tcase(suite, tests);
    return suite;
}
