#include "base/fault_kind.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

START_TEST(every_kind_is_found_by_its_own_word_and_by_no_other)
{
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        enum fault_kind found = FAULT_UNSAID;
        ck_assert(fault_kind_from_name(fault_kind_name((enum fault_kind)i), &found));
        ck_assert_int_eq(found, i);
        ck_assert_ptr_nonnull(strstr(fault_kind_words(), fault_kind_name((enum fault_kind)i)));
    }
    enum fault_kind unused = FAULT_UNSAID;
    ck_assert(!fault_kind_from_name("?", &unused));
    ck_assert(!fault_kind_from_name("", &unused));
}
END_TEST

START_TEST(no_word_of_an_id_says_two_kinds)
{
    static const char *const lists[] = {
#define X(id, word, words, sentence) words,
        FAULT_KINDS(X)
#undef X
    };
    for (int i = 0; i < FAULT_KIND_COUNT; i++) {
        char id[80];
        ck_assert_int_eq(lists[i][0], ' '); /* each word stands between two spaces */
        ck_assert_int_eq(lists[i][strlen(lists[i]) - 1], ' ');
        for (const char *word = lists[i] + 1; *word != '\0'; word += strcspn(word, " ") + 1) {
            (void)snprintf(id, sizeof id, "kex/%.*s", (int)strcspn(word, " "), word);
            ck_assert_str_eq(fault_kind_name(fault_kind_of_id(id)),
                             fault_kind_name((enum fault_kind)i));
        }
    }
}
END_TEST

START_TEST(the_last_name_that_says_something_counts_and_the_phase_says_nothing)
{
    ck_assert_int_eq(fault_kind_of_id("ident/silent"), FAULT_SILENCE);
    ck_assert_int_eq(fault_kind_of_id("tcp/reset-at-once"), FAULT_RST);
    ck_assert_int_eq(fault_kind_of_id("data/fin/rst"), FAULT_RST);
    ck_assert_int_eq(fault_kind_of_id("ident/dribble/steady"), FAULT_DRIBBLE);
    ck_assert_int_eq(fault_kind_of_id("disconnect/nothing-said"), FAULT_UNSAID);
    ck_assert_int_eq(fault_kind_of_id("kex/final"), FAULT_UNSAID); /* not "fin" */
    ck_assert_int_eq(fault_kind_of_id("silent"), FAULT_UNSAID);
    ck_assert_int_eq(fault_kind_of_id("kex/--/"), FAULT_UNSAID);
}
END_TEST

Suite *suite_fault_kind(void)
{
    Suite *suite = suite_create("fault_kind");
    TCase *cases = tcase_create("fault_kind");
    tcase_add_test(cases, every_kind_is_found_by_its_own_word_and_by_no_other);
    tcase_add_test(cases, no_word_of_an_id_says_two_kinds);
    tcase_add_test(cases, the_last_name_that_says_something_counts_and_the_phase_says_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}
