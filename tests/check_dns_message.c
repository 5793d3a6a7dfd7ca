#include "server/dns_message.h"

#include "hex.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

/* What glibc's resolver sends for fakesshd.test (id 0xbeef, RD, one question, A, IN). */
#define QUERY                    \
    "beef0100000100000000000008" \
    "66616b6573736864"           \
    "0474657374"                 \
    "00"                         \
    "0001"                       \
    "0001"
#define QUESTION       \
    "08"               \
    "66616b6573736864" \
    "0474657374"       \
    "00"               \
    "0001"             \
    "0001"

static const uint8_t v4[4] = {127, 7, 3, 1};

static size_t bytes_of(const char *digits, uint8_t bytes[1024])
{
    return hex_decode(digits, bytes, 1024);
}

static struct dns_question question_of(const char *digits)
{
    uint8_t bytes[1024];
    size_t length = bytes_of(digits, bytes);
    struct dns_question question;
    ck_assert(dns_question_read(bytes, length, &question));
    return question;
}

static void expect_answer(const struct dns_answer *answer, const char *digits)
{
    struct dns_question question = question_of(QUERY);
    uint8_t known[1024], bytes[DNS_ANSWER_MAX_BYTES];
    size_t known_length = bytes_of(digits, known);
    ck_assert_uint_eq(dns_answer_write(&question, answer, bytes), known_length);
    ck_assert_mem_eq(bytes, known, known_length);
}

START_TEST(a_query_is_read_with_its_name_type_and_class)
{
    struct dns_question question = question_of(QUERY);
    ck_assert_uint_eq(question.id, 0xbeef);
    ck_assert(question.recursion_desired);
    ck_assert_str_eq(question.name, "fakesshd.test");
    ck_assert_uint_eq(question.type, DNS_TYPE_A);
    ck_assert_uint_eq(question.class, DNS_CLASS_IN);
}
END_TEST

START_TEST(an_additional_record_after_the_question_is_no_hindrance)
{
    struct dns_question question =
        question_of("000101000001000000000001" QUESTION "0000291000000000000000");
    ck_assert_str_eq(question.name, "fakesshd.test");
    ck_assert_uint_eq(question.section_length, 19);
}
END_TEST

START_TEST(every_shortened_query_is_refused)
{
    uint8_t bytes[1024];
    size_t length = bytes_of(QUERY, bytes);
    struct dns_question question;
    for (size_t cut = 0; cut < length; cut++) {
        uint8_t part[64]; /* of its own, so that a sanitizer sees a look beyond the end */
        memcpy(part, bytes, cut);
        ck_assert_msg(!dns_question_read(part, cut, &question), "%zu bytes were enough", cut);
    }
}
END_TEST

START_TEST(what_is_no_query_of_one_question_is_refused)
{
    static const char *const rows[] = {
        "beef8100000100000000"
        "0000" QUESTION, /* an answer */
        "beef1100000100000000"
        "0000" QUESTION, /* opcode 2 */
        "beef0100000000000000"
        "0000", /* no question */
        "beef0100000200000000"
        "0000" QUESTION QUESTION,
        "beef0100000100000000"
        "0000"
        "c00c00010001", /* a pointer to itself */
        "beef0100000100000000"
        "0000"
        "40414100000001", /* a label of 64 bytes */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[1024];
        struct dns_question question;
        size_t length = bytes_of(rows[i], bytes);
        ck_assert_msg(!dns_question_read(bytes, length, &question), "row %zu was taken", i);
    }
}
END_TEST

/* RFC 1035 2.3.4: 255 bytes in all, of which the last is the root's length byte. */
START_TEST(a_name_of_255_bytes_is_read_and_one_of_256_is_not)
{
    for (int last = 61; last <= 62; last++) {
        uint8_t bytes[512] = {0, 1, 1, 0, 0, 1};
        uint8_t *at = bytes + DNS_HEADER_BYTES;
        for (int i = 0; i < 4; i++) {
            int length = i < 3 ? 63 : last;
            *at++ = (uint8_t)length;
            memset(at, 0, (size_t)length); /* the longest text: four letters a byte */
            at += length;
        }
        *at++ = 0;
        memcpy(at, "\0\1\0\1", 4);
        struct dns_question question;
        bool read = dns_question_read(bytes, (size_t)(at + 4 - bytes), &question);
        ck_assert_int_eq(read, last == 61);
        if (!read)
            continue;
        ck_assert_uint_eq(strlen(question.name), 4 * (3 * 63 + 61) + 3);
        struct dns_answer answer = {.id = 1, .address = v4, .address_length = 4};
        uint8_t out[DNS_ANSWER_MAX_BYTES];
        ck_assert_uint_eq(dns_answer_write(&question, &answer, out), 12 + 259 + 16);
    }
}
END_TEST

START_TEST(dots_and_bytes_that_do_not_print_are_escaped)
{
    struct dns_question question = question_of("00010100000100000000"
                                               "0000"
                                               "05"
                                               "2e5c200061"
                                               "00"
                                               "0001"
                                               "0001");
    ck_assert_str_eq(question.name, "\\.\\\\\\032\\000a");
}
END_TEST

START_TEST(an_address_is_answered_under_the_name_that_was_asked)
{
    struct dns_answer answer = {.id = 0xbeef, .address = v4, .address_length = 4};
    expect_answer(&answer, "beef85800001000100000000" QUESTION "c00c"
                           "0001"
                           "0001"
                           "00000000"
                           "0004"
                           "7f070301");
}
END_TEST

START_TEST(two_addresses_are_two_records_in_their_order)
{
    static const uint8_t first[4] = {127, 255, 255, 254};
    struct dns_answer answer = {.id = 0xbeef, .address = v4, .address_length = 4, .first = first};
    expect_answer(&answer, "beef85800001000200000000" QUESTION "c00c00010001"
                           "000000000004"
                           "7ffffffe"
                           "c00c00010001"
                           "000000000004"
                           "7f070301");
}
END_TEST

START_TEST(an_answer_for_another_name_spells_it_out)
{
    struct dns_answer answer = {
        .id = 0xbeef, .record_name = "o.test", .address = v4, .address_length = 4};
    expect_answer(&answer, "beef85800001000100000000" QUESTION "016f047465737400"
                           "0001"
                           "0001"
                           "00000000"
                           "0004"
                           "7f070301");
}
END_TEST

START_TEST(an_answer_to_another_question_repeats_that_one)
{
    struct dns_answer answer = {
        .id = 0xbeef, .question_name = "o.test", .address = v4, .address_length = 4};
    expect_answer(&answer, "beef85800001000100000000"
                           "016f047465737400"
                           "0001"
                           "0001"
                           "c00c"
                           "0001"
                           "0001"
                           "00000000"
                           "0004"
                           "7f070301");
}
END_TEST

START_TEST(errors_and_truncation_are_told_in_the_header_and_have_no_record)
{
    struct dns_answer answer = {.id = 0xbeef, .rcode = DNS_NAME_ERROR};
    expect_answer(&answer, "beef85830001000000000000" QUESTION);
    answer.rcode = DNS_SERVER_FAILURE;
    expect_answer(&answer, "beef85820001000000000000" QUESTION);
    answer = (struct dns_answer){.id = 0x4110, .truncated = true};
    expect_answer(&answer, "411087800001000000000000" QUESTION);
}
END_TEST

START_TEST(an_answer_with_a_name_that_is_none_is_not_made)
{
    struct dns_question question = question_of(QUERY);
    uint8_t bytes[DNS_ANSWER_MAX_BYTES];
    char longest[300];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const char *const names[] = {".test", "a..test", longest};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct dns_answer answer = {.question_name = names[i]};
        ck_assert_uint_eq(dns_answer_write(&question, &answer, bytes), 0);
    }
}
END_TEST

START_TEST(types_have_words_and_names_have_no_case)
{
    char text[16];
    ck_assert_str_eq(dns_type_name(1, text), "A");
    ck_assert_str_eq(dns_type_name(28, text), "AAAA");
    ck_assert_str_eq(dns_type_name(65535, text), "TYPE65535");
    ck_assert(dns_name_equal("FakeSSHd.Test", "fakesshd.test"));
    ck_assert(!dns_name_equal("fakesshd.test", "fakesshd.tes"));
}
END_TEST

/* Seen under a sanitizer: nothing is read beyond the end, nothing written beyond 512 bytes. */
START_TEST(whatever_is_read_as_a_query_has_an_answer_of_at_most_512_bytes)
{
    uint8_t query[1024];
    size_t length = bytes_of(QUERY, query), taken = 0;
    unsigned seed = 1;
    for (int i = 0; i < 20000; i++) {
        size_t cut = i % 2 == 0 ? length : (size_t)rand_r(&seed) % (length + 1);
        uint8_t *bytes = malloc(cut > 0 ? cut : 1);
        ck_assert_ptr_nonnull(bytes);
        memcpy(bytes, query, cut);
        for (int k = rand_r(&seed) % 4; k > 0 && cut > 0; k--)
            bytes[(size_t)rand_r(&seed) % cut] = (uint8_t)rand_r(&seed);
        struct dns_question question;
        struct dns_answer answer = {.record_name = "o.test", .address = v4, .address_length = 4};
        uint8_t out[DNS_ANSWER_MAX_BYTES];
        if (dns_question_read(bytes, cut, &question)) {
            size_t made = dns_answer_write(&question, &answer, out);
            ck_assert(made > DNS_HEADER_BYTES && made <= sizeof out);
            taken++;
        }
        free(bytes);
    }
    ck_assert_uint_gt(taken, 1000);
}
END_TEST

Suite *suite_dns_message(void)
{
    Suite *suite = suite_create("dns_message");
    TCase *tests = tcase_create("dns_message");
    tcase_add_test(tests, a_query_is_read_with_its_name_type_and_class);
    tcase_add_test(tests, an_additional_record_after_the_question_is_no_hindrance);
    tcase_add_test(tests, every_shortened_query_is_refused);
    tcase_add_test(tests, what_is_no_query_of_one_question_is_refused);
    tcase_add_test(tests, a_name_of_255_bytes_is_read_and_one_of_256_is_not);
    tcase_add_test(tests, dots_and_bytes_that_do_not_print_are_escaped);
    tcase_add_test(tests, an_address_is_answered_under_the_name_that_was_asked);
    tcase_add_test(tests, two_addresses_are_two_records_in_their_order);
    tcase_add_test(tests, an_answer_for_another_name_spells_it_out);
    tcase_add_test(tests, an_answer_to_another_question_repeats_that_one);
    tcase_add_test(tests, errors_and_truncation_are_told_in_the_header_and_have_no_record);
    tcase_add_test(tests, an_answer_with_a_name_that_is_none_is_not_made);
    tcase_add_test(tests, whatever_is_read_as_a_query_has_an_answer_of_at_most_512_bytes);
    tcase_add_test(tests, types_have_words_and_names_have_no_case);
    suite_add_tcase(suite, tests);
    return suite;
}
