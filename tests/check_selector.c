#include "base/selector.h"

#include "suites.h"

START_TEST(a_bare_phase_or_name_means_everything_beneath_it)
{
    ck_assert(selector_word_matches("ident", "ident/silent"));
    ck_assert(selector_word_matches("ident/dribble", "ident/dribble/on-edge"));
    ck_assert(!selector_word_matches("ident/drib", "ident/dribble"));
    ck_assert(!selector_word_matches("iden", "ident/silent"));
    ck_assert(!selector_word_matches("ident/silent/x", "ident/silent"));
}
END_TEST

START_TEST(a_pattern_reaches_variants)
{
    ck_assert(selector_word_matches("*/dribble*", "ident/dribble/steady"));
    ck_assert(selector_word_matches("kex*", "kexinit/silent"));
    ck_assert(!selector_word_matches("kex", "kexinit/silent"));
}
END_TEST

START_TEST(subtraction_works_alone_and_after_an_addition)
{
    const char *alone[] = {"!ident"};
    ck_assert(!selector_matches(alone, 1, "ident/silent"));
    ck_assert(selector_matches(alone, 1, "kex/silent"));
    const char *both[] = {"ident", "!ident/silent"};
    ck_assert(!selector_matches(both, 2, "ident/silent"));
    ck_assert(selector_matches(both, 2, "ident/dribble"));
    ck_assert(!selector_matches(both, 2, "kex/silent"));
    const char *again[] = {"!ident", "ident/silent"};
    ck_assert(selector_matches(again, 2, "ident/silent"));
}
END_TEST

START_TEST(with_no_words_everything_is_selected)
{
    ck_assert(selector_matches(NULL, 0, "ident/silent"));
}
END_TEST

Suite *suite_selector(void)
{
    Suite *suite = suite_create("selector");
    TCase *cases = tcase_create("selector");
    tcase_add_test(cases, a_bare_phase_or_name_means_everything_beneath_it);
    tcase_add_test(cases, a_pattern_reaches_variants);
    tcase_add_test(cases, subtraction_works_alone_and_after_an_addition);
    tcase_add_test(cases, with_no_words_everything_is_selected);
    suite_add_tcase(suite, cases);
    return suite;
}
