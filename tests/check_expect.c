#include "judge/expect.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct expect_file *file;
static struct err_text error;
static char path[64];

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
    const struct expect_entry *entry = expect_lookup(file, id);
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
    ck_assert_ptr_null(expect_lookup(file, "ident/silent"));
    ck_assert_str_eq(expect_lookup(file, "kex/silent")->reason, "see https://example.org/1");
    ck_assert_int_eq(expect_lookup(file, "kex/silent")->line, 3);
    expect_free(&file);
    ck_assert_ptr_null(file);
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
        {"!kex HUNG https://a\n", "found a subtraction '!kex'"},
        {"x/y.lua HUNG https://a\n", "found a file's name"},
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
    ck_assert_ptr_null(expect_lookup(file, "kex/silent"));
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

Suite *suite_expect(void)
{
    Suite *suite = suite_create("expect");
    TCase *cases = tcase_create("expect");
    tcase_add_test(cases, a_line_allows_its_verdicts_and_no_other);
    tcase_add_test(cases, of_several_lines_the_first_counts);
    tcase_add_test(cases, what_is_no_such_line_is_refused_with_its_number);
    tcase_add_test(cases, a_file_that_cannot_be_read_is_an_error);
    tcase_add_test(cases, an_empty_file_expects_everything_to_be_well);
    tcase_add_test(cases, a_line_that_changes_nothing_is_an_error);
    suite_add_tcase(suite, cases);
    return suite;
}
