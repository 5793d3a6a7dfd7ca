#include "base/base64.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

START_TEST(every_length_survives_the_way_there_and_back)
{
    unsigned char bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        char *text = base64_encode(bytes, length);
        unsigned char *back = NULL;
        size_t back_length = 1;
        ck_assert_ptr_nonnull(text);
        ck_assert(base64_decode(text, &back, &back_length));
        ck_assert_uint_eq(back_length, length);
        ck_assert_int_eq(memcmp(back, bytes, length), 0);
        free(text);
        free(back);
    }
}
END_TEST

START_TEST(text_is_what_rfc_4648_says)
{
    static const char *const rows[][2] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = base64_encode(rows[i][0], strlen(rows[i][0]));
        ck_assert_str_eq(text, rows[i][1]);
        free(text);
    }
}
END_TEST

START_TEST(what_is_no_base64_is_refused)
{
    static const char *const texts[] = {"Z", "Zg", "Zg=", "Zg==Zg", "Z*==", "\xff\xff\xff\xff"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        unsigned char *bytes = NULL;
        size_t length = 0;
        ck_assert_msg(!base64_decode(texts[i], &bytes, &length), "'%s' was decoded", texts[i]);
        ck_assert_ptr_null(bytes);
    }
}
END_TEST

Suite *suite_base64(void)
{
    Suite *suite = suite_create("base64");
    TCase *cases = tcase_create("base64");
    tcase_add_test(cases, every_length_survives_the_way_there_and_back);
    tcase_add_test(cases, text_is_what_rfc_4648_says);
    tcase_add_test(cases, what_is_no_base64_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
