#include "judge/expect_decide.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct expect_file *file;
static struct err_text error;
static char path[64];
static const struct expect_facts facts = {.version = "OpenSSH_9.2p1 Debian-2",
                                          .deadline_ms = 500,
                                          .kernel = "6.1.0-13-amd64",
                                          .arch = "x86_64",
                                          .today = 20260630};

static enum err read_text(const char *text)
{
    (void)snprintf(path, sizeof path, "/tmp/check-expect-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
    enum err failed = expect_read(path, &file, &error);
    (void)unlink(path);
    return failed;
}

static bool allows(const char *id, const char *verdict_words)
{
    struct verdict verdict;
    const struct expect_entry *entry = expect_lookup(file, id, &facts);
    ck_assert_ptr_nonnull(entry);
    ck_assert(verdict_parse(verdict_words, &verdict));
    return expect_entry_allows(entry, verdict);
}

START_TEST(a_line_allows_its_verdicts_and_no_other)
{
    ck_assert_int_eq(read_text("# known gaps\n"
                               "\n"
                               "kex/silent   HUNG+LEAK_FD,LATE  see https://example.org/1  \r\n"
                               "auth         HUNG               RFC 4252 says nothing of it\n"),
                     ERR_NONE);
    ck_assert_uint_eq(file->count, 2);
    ck_assert(allows("kex/silent", "LEAK_FD+HUNG"));
    ck_assert(allows("kex/silent", "LATE"));
    ck_assert(!allows("kex/silent", "HUNG"));
    ck_assert(!allows("kex/silent", "OK"));
    ck_assert(allows("auth/dribble/steady", "HUNG"));
    ck_assert_ptr_null(expect_lookup(file, "ident/silent", &facts));
    ck_assert_str_eq(expect_lookup(file, "kex/silent", &facts)->reason,
                     "see https://example.org/1");
    ck_assert_int_eq(expect_lookup(file, "kex/silent", &facts)->line, 3);
    expect_free(&file);
    ck_assert_ptr_null(file);
}
END_TEST

START_TEST(what_hangs_may_hold_what_it_likes_where_the_line_says_so)
{
    char word[VERDICT_TEXT_MAX];
    ck_assert_int_eq(read_text("kex/silent LATE,HUNG+* https://a\n"), ERR_NONE);
    ck_assert(allows("kex/silent", "HUNG"));
    ck_assert(allows("kex/silent", "HUNG+LEAK_CONN+LEAK_FD+LEAK_THREAD"));
    ck_assert(allows("kex/silent", "LATE"));
    ck_assert(!allows("kex/silent", "LATE+LEAK_FD"));
    ck_assert(!allows("kex/silent", "LEAK_FD"));
    ck_assert(!allows("kex/silent", "OK"));
    expect_entry_print_verdict(&file->entries[0], 1, word);
    ck_assert_str_eq(word, "HUNG+*");
    expect_free(&file);
}
END_TEST

START_TEST(of_several_lines_the_first_counts)
{
    ck_assert_int_eq(read_text("kex/dribble/on-edge OK,LATE https://a\nkex HUNG https://b\n"),
                     ERR_NONE);
    ck_assert(allows("kex/dribble/on-edge", "LATE"));
    ck_assert(allows("kex/dribble/steady", "HUNG"));
    expect_free(&file);
}
END_TEST

START_TEST(what_is_no_such_line_is_refused_with_its_number)
{
    static const struct {
        const char *text, *sentence;
    } table[] = {
        {"kex\n", ":1: expected `selector verdict reason`, found no verdict"},
        {"\n\nkex HUNG\n", ":3: expected `selector verdict reason`, found no reason"},
        {"kex HUNG   \n", "found no reason"},
        {"kex HUNG because\n", ":1: expected a URL or an RFC's number in the reason"},
        {"kex HUNG the RFC says so\n", "expected a URL or an RFC's number"},
        {"kex hung https://a\n", "found 'hung'"},
        {"kex HUNG, https://a\n", "found ''"},
        {"kex HUNG+HUNG https://a\n", "found 'HUNG+HUNG'"},
        {"kex LATE+* https://a\n", "found 'LATE+*'"},
        {"kex HUNG+LEAK_FD+* https://a\n", "found 'HUNG+LEAK_FD+*'"},
        {"!kex HUNG https://a\n", "found a subtraction '!kex'"},
        {"x/y.lua HUNG https://a\n", "found a file's name"},
        {"kex INCONCLUSIVE https://a\n", "expected what a client can be known for"},
        {"*/silent HUNG https://a\n", "a pattern that stays within one phase"},
        {"k?x/silent HUNG https://a\n", "found 'k?x/silent'"},
        {"* HUNG https://a\n", "a pattern that stays within one phase"},
        {"kex HUNG [until 2027-02-29] https://a\n", ":1: expected a date such as 2027-06-30"},
        {"kex HUNG [until 2027-02-01] [until 2027-02-02] https://a\n", "more than one [until"},
        {"kex HUNG [version < 9.6 https://a\n", ":1: expected ']' behind '[version"},
        {"\nkex HUNG [versoin < 9.6] https://a\n", ":2: expected until, version, deadline"},
        {"kex HUNG [version 9.6] https://a\n", "expected <, <=, =, !=, >=, > or ~ behind version"},
        {"kex HUNG [version < nine] https://a\n", "begins with a digit"},
        {"kex HUNG [version <] https://a\n", "expected a value behind version <"},
        {"kex HUNG [version ~ \"(\"] https://a\n", "expected a regular expression"},
        {"kex HUNG [deadline < 5] https://a\n", "deadline"},
        {"kex HUNG [deadline ~ 5s] https://a\n", "deadline is a duration"},
        {"kex HUNG [arch < x86_64] https://a\n", "arch has no order"},
        {"kex HUNG [] https://a\n", "found ''"},
        {"kex HUNG [version < 9.6]\n", "found no reason"},
        {"kex HUNG [arch=a][arch=a][arch=a][arch=a][arch=a] https://a\n", "more than 4 conditions"},
        {"kex OK,OK,OK,OK,OK,OK,OK,OK,OK https://a\n", "more than 8 verdicts"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        ck_assert_int_eq(read_text(table[i].text), ERR_EXPECT);
        ck_assert_ptr_null(file);
        ck_assert_msg(strstr(error.text, path) == error.text, "%s", error.text);
        ck_assert_msg(strstr(error.text, table[i].sentence) != NULL, "expected '%s', found '%s'",
                      table[i].sentence, error.text);
    }
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error)
{
    ck_assert_int_eq(expect_read("/nowhere/at-all", &file, &error), ERR_EXPECT);
    ck_assert_int_eq(expect_read("/", &file, &error), ERR_EXPECT);
    ck_assert_ptr_nonnull(strstr(error.text, "Is a directory"));
}
END_TEST

START_TEST(an_empty_file_expects_everything_to_be_well)
{
    ck_assert_int_eq(read_text(""), ERR_NONE);
    ck_assert_ptr_null(expect_lookup(file, "kex/silent", &facts));
    ck_assert_int_eq(expect_check(file, NULL, 0, &error), ERR_NONE);
    expect_free(&file);
}
END_TEST

START_TEST(a_line_that_changes_nothing_is_an_error)
{
    static const char *const ids[] = {"auth/silent", "kex/dribble/on-edge", "kex/silent"};
    ck_assert_int_eq(read_text("kex/dribble OK,LATE https://a\nkex HUNG https://b\n"), ERR_NONE);
    ck_assert_int_eq(expect_check(file, ids, 3, &error), ERR_NONE);
    expect_free(&file);
    ck_assert_int_eq(read_text("kex HUNG https://b\nkex/silnt HUNG https://a\n"), ERR_NONE);
    ck_assert_int_eq(expect_check(file, ids, 3, &error), ERR_EXPECT);
    ck_assert_ptr_nonnull(strstr(error.text, ":2: 'kex/silnt' means no scenario"));
    expect_free(&file);
    ck_assert_int_eq(read_text("kex HUNG https://b\nkex/silent LATE https://a\n"), ERR_NONE);
    ck_assert_int_eq(expect_check(file, ids, 3, &error), ERR_EXPECT);
    ck_assert_ptr_nonnull(strstr(error.text, ":2: 'kex/silent' has no effect: line 1 means"));
    expect_free(&file);
}
END_TEST

START_TEST(a_line_means_forty_ids_and_no_more)
{
    static char names[41][32];
    const char *ids[41];
    for (int i = 0; i < 41; i++) {
        (void)snprintf(names[i], sizeof names[i], "kex/silent/v%02d", i);
        ids[i] = names[i];
    }
    ck_assert_int_eq(read_text("kex HUNG https://b\n"), ERR_NONE);
    ck_assert_int_eq(expect_check(file, ids, 40, &error), ERR_NONE);
    ck_assert_int_eq(expect_check(file, ids, 41, &error), ERR_EXPECT);
    ck_assert_ptr_nonnull(strstr(error.text, ":1: 'kex' means 41 ids, a line may mean 40"));
    expect_free(&file);
}
END_TEST

START_TEST(a_line_whose_condition_does_not_hold_leaves_the_id_to_the_next)
{
    static const char *const ids[] = {"kex/silent"};
    ck_assert_int_eq(read_text("kex/silent HUNG [version < 9.2] https://a\n"
                               "kex/silent LATE [version >= 9.2] [deadline <= 500ms] https://b\n"
                               "kex/silent CRASH https://c\n"),
                     ERR_NONE);
    ck_assert_int_eq(expect_check(file, ids, 1, &error), ERR_NONE);
    ck_assert_int_eq(expect_lookup(file, "kex/silent", &facts)->line, 2);
    struct expect_facts other = facts;
    other.deadline_ms = 501;
    ck_assert_int_eq(expect_lookup(file, "kex/silent", &other)->line, 3);
    other.version = "9.1";
    ck_assert_int_eq(expect_lookup(file, "kex/silent", &other)->line, 1);
    expect_free(&file);
}
END_TEST

/* What comes of a verdict on kex/silent under a line. */
static const struct {
    const char *line, *verdict;
    bool as_expected;
    enum expect_stale stale;
    const char *sentence;
} decisions[] = {
    {"kex/silent HUNG https://a", "HUNG", true, EXPECT_SOUND, ""},
    {"kex/silent HUNG https://a", "OK", false, EXPECT_PASSES, "it passes, but "},
    {"kex/silent HUNG,LATE https://a", "CRASH", false, EXPECT_DIFFERS, "known as HUNG,LATE in "},
    {"kex/silent HUNG https://a", "SKIP", false, EXPECT_SKIPPED, "it is skipped, but "},
    {"kex/silent SKIP https://a", "SKIP", true, EXPECT_SOUND, ""},
    {"kex/silent SKIP https://a", "OK", false, EXPECT_PASSES, "lists it as SKIP"},
    {"kex/silent HUNG,OK https://a", "OK", true, EXPECT_SOUND, ""},
    {"kex/silent HUNG [until 2026-06-30] https://a", "HUNG", true, EXPECT_SOUND, ""},
    {"kex/silent HUNG [until 2026-06-29] https://a", "HUNG", false, EXPECT_EXPIRED,
     "lists it as HUNG until 2026-06-29, which is over"},
    {"kex/silent HUNG [until 2026-06-29] https://a", "OK", false, EXPECT_EXPIRED, "is over"},
    {"kex/silent HUNG [until 2026-06-29] https://a", "INCONCLUSIVE", false, EXPECT_SOUND, ""},
    /* One that does not count is never stale. */
    {"kex/silent HUNG [arch = riscv64] https://a", "OK", true, EXPECT_SOUND, ""},
    {"kex/silent HUNG [arch = riscv64] https://a", "SKIP", true, EXPECT_SOUND, ""},
    {"kex/silent HUNG [arch = riscv64] https://a", "HUNG", false, EXPECT_SOUND, ""},
    {"kex/silent HUNG [arch = riscv64] [until 2026-06-29] https://a", "OK", true, EXPECT_SOUND, ""},
    {"kex/other HUNG https://a", "HUNG", false, EXPECT_SOUND, ""},
    {"kex/other HUNG https://a", "SKIP", true, EXPECT_SOUND, ""},
    {"kex/silent HUNG https://a", "ERROR", false, EXPECT_SOUND, ""},
};

START_TEST(a_line_that_is_no_longer_true_fails_in_words_of_its_own)
{
    struct verdict verdict;
    char why[600];
    ck_assert_int_eq(read_text(decisions[_i].line), ERR_NONE);
    ck_assert(verdict_parse(decisions[_i].verdict, &verdict));
    struct expect_decision decision = expect_decide(file, "kex/silent", verdict, &facts);
    expect_decision_print(&decision, file, why, sizeof why);
    ck_assert_int_eq(decision.as_expected, decisions[_i].as_expected);
    ck_assert_int_eq(decision.stale, decisions[_i].stale);
    ck_assert_int_eq(why[0] == '\0', decisions[_i].sentence[0] == '\0');
    ck_assert_msg(strstr(why, decisions[_i].sentence) != NULL, "%s", why);
    expect_free(&file);
}
END_TEST

START_TEST(a_condition_on_what_is_not_known_is_told_when_it_matters)
{
    struct expect_facts nothing = {.today = 20260630};
    struct verdict hung = {.deadline = DEADLINE_HUNG};
    char why[600];
    ck_assert_int_eq(read_text("kex/silent HUNG [version < 9.6] https://a\n"), ERR_NONE);
    struct expect_decision decision = expect_decide(file, "kex/silent", hung, &nothing);
    expect_decision_print(&decision, file, why, sizeof why);
    ck_assert(!decision.as_expected);
    ck_assert_ptr_nonnull(strstr(why, ":1 may list it, but its condition cannot be told"));
    expect_free(&file);
}
END_TEST

Suite *suite_expect(void)
{
    Suite *suite = suite_create("expect");
    TCase *cases = tcase_create("expect");
    tcase_add_test(cases, a_line_allows_its_verdicts_and_no_other);
    tcase_add_test(cases, what_hangs_may_hold_what_it_likes_where_the_line_says_so);
    tcase_add_test(cases, of_several_lines_the_first_counts);
    tcase_add_test(cases, what_is_no_such_line_is_refused_with_its_number);
    tcase_add_test(cases, a_file_that_cannot_be_read_is_an_error);
    tcase_add_test(cases, an_empty_file_expects_everything_to_be_well);
    tcase_add_test(cases, a_line_that_changes_nothing_is_an_error);
    tcase_add_test(cases, a_line_means_forty_ids_and_no_more);
    tcase_add_test(cases, a_line_whose_condition_does_not_hold_leaves_the_id_to_the_next);
    tcase_add_loop_test(cases, a_line_that_is_no_longer_true_fails_in_words_of_its_own, 0,
                        sizeof decisions / sizeof *decisions);
    tcase_add_test(cases, a_condition_on_what_is_not_known_is_told_when_it_matters);
    suite_add_tcase(suite, cases);
    return suite;
}
