#include "judge/expect_fix.h"

#include "suites.h"

#include <stdlib.h>
#include <string.h>

static const struct expect_known_id ids[] = {
    {"auth/silent", "https://example.org/auth"}, {"ident/lines/a", "RFC 4253 4.2"},
    {"ident/lines/b", "RFC 4253 4.2"},           {"ident/lines/c", "RFC 4253 4.2"},
    {"ident/silent", "https://example.org/i"},   {"kex/late", "https://example.org/late"},
    {"kex/silent", "https://example.org/kex"},
};

static const struct expect_facts now = {.kernel = "6.1.0", .arch = "x86_64", .today = 20260630};

static json_t *verdict_of(const char *words)
{
    struct verdict verdict;
    json_t *cleanup = json_array();
    ck_assert_msg(verdict_parse(words, &verdict), "%s", words);
    if (verdict.state != CASE_JUDGED)
        return json_pack("{s:s, s:o}", "deadline", words, "cleanup", cleanup);
    for (int i = 0; i <= CLEANUP_SPIN; i++) {
        if ((verdict.cleanup & CLEANUP_BIT(i)) != 0)
            (void)json_array_append_new(cleanup,
                                        json_string(cleanup_verdict_word((enum cleanup_verdict)i)));
    }
    return json_pack("{s:s, s:o}", "deadline", deadline_verdict_word(verdict.deadline), "cleanup",
                     cleanup);
}

/* "kex/silent HUNG auth/silent OK": a run of the client "x"; others' cases are beside them. */
static json_t *run_of(const char *text)
{
    json_t *cases = json_array();
    char id[64], words[64];
    int used = 0;
    for (; sscanf(text, "%63s %63s%n", id, words, &used) == 2; text += used) {
        (void)json_array_append_new(
            cases, json_pack("{s:s, s:s, s:s, s:i, s:s, s:o}", "id", id, "client", "x",
                             "client_version", "1.5", "deadline_ms", 500, "reason",
                             "has not come back after 3000.4 ms: the deadline is 500.0 ms",
                             "verdict", verdict_of(words)));
        (void)json_array_append_new(cases, json_pack("{s:s, s:s, s:o}", "id", id, "client", "other",
                                                     "verdict", verdict_of("CRASH")));
    }
    return json_pack("{s:i, s:b, s:s, s:o}", "schema", 1, "complete", 1, "host",
                     "Linux 6.1.0-13-amd64 x86_64", "cases", cases);
}

enum { RUNS_MAX = 6 };

/* A file, what runs saw, and what the file is then. */
static const struct {
    const char *before;
    const char *runs[RUNS_MAX];
    const char *after, *note;
} rows[] = {
    /* What holds stays as it was written. */
    {"# why\n\n kex/silent\tHUNG   [version < 2]  of old: https://a\n",
     {"kex/silent HUNG"},
     "# why\n\n kex/silent\tHUNG   [version < 2]  of old: https://a\n",
     ""},
    /* What passes goes; comments stay. */
    {"# one\nkex/silent HUNG https://a\n# two\nauth/silent HUNG https://b\n",
     {"kex/silent OK auth/silent HUNG"},
     "# one\n# two\nauth/silent HUNG https://b\n",
     "line 2: kex/silent is dropped\n"},
    /* What fails differently gets its verdict; reason, brackets and columns stay. */
    {"kex/silent     HUNG   [arch = x86_64] [until 2027-01-01] no deadline: https://a\n",
     {"kex/silent LATE+LEAK_FD"},
     "kex/silent     LATE+LEAK_FD   [arch = x86_64] [until 2027-01-01] no deadline: https://a\n",
     "line 1: kex/silent is now LATE+LEAK_FD\n"},
    {"kex/silent HUNG,LATE https://a\n",
     {"kex/silent CRASH"},
     "kex/silent HUNG,LATE,CRASH https://a\n",
     "is now HUNG,LATE,CRASH"},
    /* What differs between runs is listed as both. */
    {"kex/silent HUNG https://a\n",
     {"kex/silent HUNG", "kex/silent LATE"},
     "kex/silent HUNG,LATE https://a\n",
     "is now HUNG,LATE"},
    {"kex/silent HUNG https://a\n",
     {"kex/silent HUNG", "kex/silent OK"},
     "kex/silent HUNG,OK https://a\n",
     "is now HUNG,OK"},
    {"",
     {"kex/silent LATE", "kex/silent HUNG", "kex/silent LATE"},
     "kex/silent                  LATE,HUNG  has not come back: https://example.org/kex\n",
     "new: kex/silent LATE,HUNG"},
    /* What a client that hangs holds is not listed. */
    {"",
     {"kex/silent HUNG+LEAK_FD", "kex/silent HUNG+LEAK_CONN+LEAK_FD"},
     "kex/silent                  HUNG+*  has not come back: https://example.org/kex\n",
     "new: kex/silent HUNG+*"},
    {"kex/silent HUNG+* https://a\n",
     {"kex/silent HUNG+LEAK_FD", "kex/silent HUNG"},
     "kex/silent HUNG+* https://a\n",
     ""},
    {"kex/silent LATE,HUNG+* https://a\n",
     {"kex/silent CRASH"},
     "kex/silent LATE,HUNG+*,CRASH https://a\n",
     "is now LATE,HUNG+*,CRASH"},
    /* What is new comes behind its phase. */
    {"ident/silent HUNG https://i\nkex/silent HUNG https://a\nauth/silent HUNG https://b\n",
     {"ident/silent HUNG kex/silent HUNG auth/silent HUNG kex/late LATE ident/lines/a EARLY"},
     "ident/silent HUNG https://i\n"
     "ident/lines/a               EARLY  has not come back: RFC 4253 4.2\n"
     "kex/silent HUNG https://a\n"
     "kex/late                    LATE  has not come back: https://example.org/late\n"
     "auth/silent HUNG https://b\n",
     "new: kex/late LATE"},
    /* A pattern whose ids do the same stays one; else it is taken apart. */
    {"ident/lines HUNG https://a\n",
     {"ident/lines/a LATE ident/lines/b LATE ident/lines/c LATE"},
     "ident/lines LATE https://a\n",
     "line 1: ident/lines is now LATE\n"},
    {"ident/lines   HUNG https://a\n",
     {"ident/lines/a LATE ident/lines/b HUNG ident/lines/c OK"},
     "ident/lines/a LATE https://a\nident/lines/b HUNG https://a\n",
     "line 1: ident/lines/c is dropped\n"},
    {"ident/lines HUNG https://a\n",
     {"ident/lines/a OK ident/lines/b OK ident/lines/c OK"},
     "",
     "line 1: ident/lines is dropped\n"},
    /* What was not decided, or not judged, is left and named. */
    {"kex/silent HUNG https://a\nauth/silent HUNG https://b\n",
     {"kex/silent INCONCLUSIVE auth/silent ERROR kex/late INCONCLUSIVE"},
     "kex/silent HUNG https://a\nauth/silent HUNG https://b\n",
     "kex/late is not listed: it was not decided"},
    {"ident/lines HUNG https://a\n",
     {"ident/lines/a OK ident/lines/b OK"},
     "ident/lines/c HUNG https://a\n",
     "line 1: ident/lines/c is left as it is: it was not judged"},
    {"kex/silent HUNG https://a\n",
     {"kex/silent INCONCLUSIVE", "kex/silent LATE"},
     "kex/silent LATE https://a\n",
     "is now LATE"},
    /* OK among the verdicts: one run proves nothing, five do. */
    {"kex/silent OK,HUNG https://a\n", {"kex/silent OK"}, "kex/silent OK,HUNG https://a\n", ""},
    {"kex/silent OK,HUNG https://a\n",
     {"kex/silent OK", "kex/silent OK", "kex/silent OK", "kex/silent OK", "kex/silent OK"},
     "",
     "is dropped"},
    /* A date is a promise of people. */
    {"kex/silent HUNG [until 2026-06-29] https://a\n",
     {"kex/silent LATE"},
     "kex/silent HUNG [until 2026-06-29] https://a\n",
     "its date is over, and it still fails"},
    {"kex/silent HUNG [until 2026-06-29] https://a\n", {"kex/silent OK"}, "", "is dropped"},
    /* What is skipped, and what means nothing, goes. */
    {"kex/silent HUNG https://a\n", {"kex/silent SKIP"}, "", "it is not asked of this client"},
    {"kex/silent SKIP https://a\n", {"kex/silent SKIP"}, "kex/silent SKIP https://a\n", ""},
    {"kex/silnt HUNG https://a\n", {"kex/silent OK"}, "", "it means no scenario"},
    /* A line whose condition does not hold is not looked at; the case is new. */
    {"kex/silent HUNG [version < 1.5] https://a\n",
     {"kex/silent LATE"},
     "kex/silent HUNG [version < 1.5] https://a\n"
     "kex/silent                  LATE  has not come back: https://example.org/kex\n",
     "new: kex/silent LATE"},
    {"kex/silent HUNG [kernel >= 6.1] https://a\n", {"kex/silent OK"}, "", "is dropped"},
    {"", {"file/mine HUNG"}, "", "file/mine is not listed: it is not in the catalogue"},
};

START_TEST(a_file_is_rewritten_by_what_was_seen)
{
    const json_t *runs[RUNS_MAX];
    json_t *owned[RUNS_MAX];
    size_t count = 0;
    struct expect_fix fix;
    struct err_text error = {""};
    for (; count < RUNS_MAX && rows[_i].runs[count] != NULL; count++)
        runs[count] = owned[count] = run_of(rows[_i].runs[count]);
    struct expect_fix_spec spec = {.path = "x.expect",
                                   .text = rows[_i].before,
                                   .client = "x",
                                   .runs = runs,
                                   .run_count = count,
                                   .ids = ids,
                                   .id_count = sizeof ids / sizeof *ids,
                                   .now = &now};
    ck_assert_msg(expect_fix_make(&spec, &fix, &error) == ERR_NONE, "%s", error.text);
    ck_assert_str_eq(fix.text, rows[_i].after);
    ck_assert_msg(strstr(fix.notes, rows[_i].note) != NULL, "expected '%s', found '%s'",
                  rows[_i].note, fix.notes);
    /* Once more changes nothing. */
    char *text = fix.text, *notes = fix.notes;
    spec.text = text;
    ck_assert_int_eq(expect_fix_make(&spec, &fix, &error), ERR_NONE);
    ck_assert_str_eq(fix.text, text);
    ck_assert_int_eq(fix.changed + fix.dropped + fix.added, 0);
    expect_fix_fini(&fix);
    free(text);
    free(notes);
    for (size_t i = 0; i < count; i++)
        json_decref(owned[i]);
}
END_TEST

START_TEST(what_is_no_expectation_file_is_not_rewritten)
{
    struct expect_fix fix;
    struct err_text error;
    struct expect_fix_spec spec = {.path = "x.expect", .text = "kex\n", .client = "x", .now = &now};
    ck_assert_int_eq(expect_fix_make(&spec, &fix, &error), ERR_EXPECT);
    ck_assert_ptr_nonnull(strstr(error.text, "x.expect:1: "));
    ck_assert_ptr_null(fix.text);
}
END_TEST

Suite *suite_expect_fix(void)
{
    Suite *suite = suite_create("expect_fix");
    TCase *cases = tcase_create("expect_fix");
    tcase_add_loop_test(cases, a_file_is_rewritten_by_what_was_seen, 0, sizeof rows / sizeof *rows);
    tcase_add_test(cases, what_is_no_expectation_file_is_not_rewritten);
    suite_add_tcase(suite, cases);
    return suite;
}
