#include "base/err.h"

#include "suites.h"

#include <errno.h>
#include <string.h>

START_TEST(a_failing_function_ends_in_one_line)
{
    struct err_text error = {""};
    ck_assert_int_eq(err_set(&error, ERR_SCENARIO, "%s:%d: no", "x.lua", 3), ERR_SCENARIO);
    ck_assert_str_eq(error.text, "x.lua:3: no");
}
END_TEST

START_TEST(the_sentence_may_be_dropped)
{
    ck_assert_int_eq(err_set(NULL, ERR_USAGE, "%d", 1), ERR_USAGE);
    ck_assert_int_eq(err_set_errno(NULL, "%d", 1), ERR_SYSTEM);
}
END_TEST

START_TEST(errno_is_put_behind_the_sentence)
{
    struct err_text error = {""};
    errno = ENOENT;
    ck_assert_int_eq(err_set_errno(&error, "cannot open %s", "x"), ERR_SYSTEM);
    ck_assert_str_eq(error.text, "cannot open x: No such file or directory");
}
END_TEST

START_TEST(a_sentence_that_does_not_fit_is_cut)
{
    struct err_text error = {""};
    char longer[2 * sizeof error.text];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    (void)err_set(&error, ERR_USAGE, "%s", longer);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    (void)err_set_errno(&error, "%s", longer);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
}
END_TEST

Suite *suite_err(void)
{
    Suite *suite = suite_create("err");
    TCase *cases = tcase_create("err");
    tcase_add_test(cases, a_failing_function_ends_in_one_line);
    tcase_add_test(cases, the_sentence_may_be_dropped);
    tcase_add_test(cases, errno_is_put_behind_the_sentence);
    tcase_add_test(cases, a_sentence_that_does_not_fit_is_cut);
    suite_add_tcase(suite, cases);
    return suite;
}
