#include "lib/candidates.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

static const char *const domains[] = {"corp.test", "test"};

/* All names, in their order, with a space between them. */
static const char *names_of(const char *name, size_t domain_count, int ndots)
{
    static char text[256];
    struct candidates candidates;
    candidates_init(&candidates, name, domains, domain_count, ndots);
    text[0] = '\0';
    for (size_t i = 0; i < candidates.count; i++) {
        (void)strcat(text, i > 0 ? " " : "");
        (void)strcat(text, candidates.names[i]);
    }
    candidates_fini(&candidates);
    return text;
}

START_TEST(without_a_search_list_the_name_stands_for_itself)
{
    ck_assert_str_eq(names_of("box", 0, 1), "box");
    ck_assert_str_eq(names_of("box.example", 0, 1), "box.example");
}
END_TEST

START_TEST(a_name_with_few_dots_is_sought_in_the_domains_first)
{
    ck_assert_str_eq(names_of("box", 2, 1), "box.corp.test box.test box");
    ck_assert_str_eq(names_of("a.box", 1, 2), "a.box.corp.test a.box");
}
END_TEST

START_TEST(a_name_with_dots_enough_is_itself_first)
{
    ck_assert_str_eq(names_of("a.box", 2, 1), "a.box a.box.corp.test a.box.test");
}
END_TEST

START_TEST(a_dot_at_the_end_says_that_the_name_is_whole)
{
    ck_assert_str_eq(names_of("box.", 2, 1), "box.");
}
END_TEST

Suite *suite_candidates(void)
{
    Suite *suite = suite_create("candidates");
    TCase *cases = tcase_create("candidates");
    tcase_add_test(cases, without_a_search_list_the_name_stands_for_itself);
    tcase_add_test(cases, a_name_with_few_dots_is_sought_in_the_domains_first);
    tcase_add_test(cases, a_name_with_dots_enough_is_itself_first);
    tcase_add_test(cases, a_dot_at_the_end_says_that_the_name_is_whole);
    suite_add_tcase(suite, cases);
    return suite;
}
