#include "lib/base64.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

/* RFC 4648 10 */
static const struct {
    const char *bytes, *text;
} vectors[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"}};

START_TEST(the_vectors_of_rfc_4648_go_both_ways)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        unsigned char *bytes = NULL;
        size_t length = 99;
        char *text = base64_encode(vectors[i].bytes, strlen(vectors[i].bytes));
        ck_assert_str_eq(text, vectors[i].text);
        ck_assert(base64_decode(text, &bytes, &length));
        ck_assert_uint_eq(length, strlen(vectors[i].bytes));
        ck_assert_mem_eq(bytes, vectors[i].bytes, length);
        free(bytes);
        free(text);
    }
}
END_TEST

START_TEST(what_is_not_base64_is_refused)
{
    static const char *bad[] = {"Z", "Zg=", "Zg", "Z===", "=Zg=", "Zm9v\n", "Zm9vYg==Zg==", "Zm9*"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        unsigned char *bytes = NULL;
        size_t length = 0;
        ck_assert_msg(!base64_decode(bad[i], &bytes, &length), "'%s'", bad[i]);
    }
}
END_TEST

Suite *suite_base64(void)
{
    Suite *suite = suite_create("base64");
    TCase *cases = tcase_create("base64");
    tcase_add_test(cases, the_vectors_of_rfc_4648_go_both_ways);
    tcase_add_test(cases, what_is_not_base64_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
