/* The judge's reasons, made fit for a line of an expectation file. */
#include "judge/expect_words.h"

#include "suites.h"

#include <stdlib.h>

static const struct {
    const char *verdict, *reason, *words;
} rows[] = {
    {"HUNG", "has not come back after 3000.4 ms: the deadline is 500.0 ms", "has not come back"},
    {"HUNG", "said timeout only after 4084.8 ms: the deadline", "said timeout, but much too late"},
    {"HUNG+LEAK_FD", "has not come back after 3.1 ms: the deadline; fds grow by 1.00 per task",
     "has not come back"},
    {"WRONG_OUTCOME",
     "said success after 12.5 ms where failure was expected (the deadline is 1 ms)",
     "said success where failure was expected"},
    {"LEAK_CONN", "said timeout after 1.5 ms: the deadline is 1 ms; conns grow by 1.00 per task",
     "conns grow"},
    {"LEAK_FD+LEAK_THREAD",
     "said timeout after 1.5 ms: late; threads grow by 1.00 per task; fds grow by 2.00 per task; "
     "judged again alone, after OK with the machine 70 % busy",
     "threads grow, fds grow"},
    {"LEAK_CONN",
     "said timeout after 9 ms: late; connections still open after their process ended: 3",
     "connections still open after their process ended"},
    {"SPIN", "said timeout after 2.5 ms: late; it burned 99 % of a core while it waited",
     "it burned a core while it waited"},
    {"CRASH", "died after the reply", "died after the reply"},
    {"OK", "", ""},
    {"EARLY",
     "one word and another and another and another and another and another and then some more of "
     "them and more and yet more of them",
     "one word and another and another and another and another and another and then some more of "
     "them and more and yet more"},
};

START_TEST(the_judges_words_are_without_figures)
{
    struct verdict verdict;
    ck_assert(verdict_parse(rows[_i].verdict, &verdict));
    char *words = expect_words(rows[_i].reason, verdict);
    ck_assert_str_eq(words, rows[_i].words);
    free(words);
}
END_TEST

Suite *suite_expect_words(void)
{
    Suite *suite = suite_create("expect_words");
    TCase *cases = tcase_create("expect_words");
    tcase_add_loop_test(cases, the_judges_words_are_without_figures, 0, sizeof rows / sizeof *rows);
    suite_add_tcase(suite, cases);
    return suite;
}
