#include "judge/clean_text.h"

#include "suites.h"

#include <stdlib.h>

static void assert_becomes(char *(*clean)(const char *), const char *text, const char *expected)
{
    char *found = clean(text);
    ck_assert_str_eq(found, expected);
    free(found);
}

START_TEST(text_stays_as_it_is)
{
    assert_becomes(clean_text, "a\n\tb ü → 🐌", "a\n\tb ü → 🐌");
    assert_becomes(clean_text, "", "");
    assert_becomes(clean_text, NULL, "");
}
END_TEST

START_TEST(control_characters_become_question_marks)
{
    assert_becomes(clean_text, "\033[31mred\r\a\177", "?[31mred???");
    assert_becomes(clean_text,
                   "\xc2\x9b"
                   "0m",
                   "?0m");                           /* CSI as one C1 character */
    assert_becomes(clean_text, "\xef\xbf\xbf", "?"); /* U+FFFF, which XML forbids */
}
END_TEST

START_TEST(what_is_not_utf8_becomes_question_marks_byte_by_byte)
{
    assert_becomes(clean_text, "a\xff\xfe z", "a?? z");
    assert_becomes(clean_text, "\xc0\xaf", "??");           /* overlong "/" */
    assert_becomes(clean_text, "\xed\xa0\x80", "???");      /* a surrogate */
    assert_becomes(clean_text, "\xf4\x90\x80\x80", "????"); /* above U+10FFFF */
    assert_becomes(clean_text, "cut \xe2\x86", "cut ??");
}
END_TEST

START_TEST(a_line_has_no_end_of_line_inside)
{
    assert_becomes(clean_line, "a\nb\tc\n", "a b c ");
}
END_TEST

Suite *suite_clean_text(void)
{
    Suite *suite = suite_create("clean_text");
    TCase *cases = tcase_create("clean_text");
    tcase_add_test(cases, text_stays_as_it_is);
    tcase_add_test(cases, control_characters_become_question_marks);
    tcase_add_test(cases, what_is_not_utf8_becomes_question_marks_byte_by_byte);
    tcase_add_test(cases, a_line_has_no_end_of_line_inside);
    suite_add_tcase(suite, cases);
    return suite;
}
