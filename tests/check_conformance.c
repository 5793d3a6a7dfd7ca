#include "judge/conformance.h"

#include "base/clock.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#define HELLO \
    "{\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"version\":\"1\",\"ops\":[\"run\",\"cancel\",\"settle\",\"counters\",\"stacks\",\"bye\"],\"auth\":[\"password\"],\"phases\":[\"ident\",\"kex\"],\"counters\":[\"tasks\"]}"
#define RUN     "{\"op\":\"run\",\"id\":1,\"deadline_ms\":500}"
#define RESULT  "\"op\":\"result\",\"id\":1"
#define SUCCESS RESULT ",\"outcome\":\"success\",\"exit_status\":0"
#define TIMEOUT RESULT ",\"outcome\":\"timeout\""

static struct conformance *conformance;
static int lines;
static int64_t now_ms;

static void begin(void)
{
    conformance_free(&conformance);
    conformance = conformance_new();
    lines = 0;
    now_ms = 0;
}

static void end(void)
{
    conformance_free(&conformance);
}

static void event(enum transcript_kind kind, const char *text, size_t length, int status)
{
    now_ms += 10;
    struct transcript_entry entry = {.kind = kind,
                                     .line = ++lines,
                                     .at_ns = now_ms * CLOCK_NS_PER_MS,
                                     .text = text,
                                     .length = length,
                                     .status = status};
    conformance_take(conformance, &entry);
}

/* "> line" is asked, "< line" is said; "begin", "closed", "exit" and "+N" (N ms pass) stand alone.
 */
static void play(const char *const *script)
{
    for (; *script != NULL; script++) {
        const char *text = *script;
        if (text[0] == '>' || text[0] == '<')
            event(text[0] == '>' ? TRANSCRIPT_ASKED : TRANSCRIPT_SAID, text + 2, strlen(text + 2),
                  0);
        else if (text[0] == '+')
            now_ms += atoi(text + 1);
        else
            event(strcmp(text, "begin") == 0    ? TRANSCRIPT_BEGIN
                  : strcmp(text, "closed") == 0 ? TRANSCRIPT_CLOSED
                  : strcmp(text, "killed") == 0 ? TRANSCRIPT_KILLED
                                                : TRANSCRIPT_EXIT,
                  "", 0, strcmp(text, "signal") == 0 ? 9 : 0);
    }
    conformance_finish(conformance);
}

/* Each script breaks one rule, at one line. */
static const struct {
    const char *script[9];
    enum conformance_rule rule;
    int line;
    const char *detail;
} wrong[] = {
    {{"begin", "< good day", "< " HELLO}, RULE_JSON, 2, "found 'good day'"},
    {{"begin", "< " HELLO, "< [1]"}, RULE_JSON, 3, "expected a JSON object, found '[1]'"},
    {{"begin", "< " HELLO, "< {\"op\":\"x\",\"op\":\"y\"}"}, RULE_JSON, 3, "duplicate"},
    {{"begin", "< " HELLO, "< caf\xe9"}, RULE_UTF8, 3, "expected UTF-8"},
    {{"begin", "< " HELLO, "< {\"id\":1}"}, RULE_OP, 3, "found no such field"},
    {{"begin", "< " HELLO, "< {\"op\":3}"}, RULE_OP, 3, "a string in op, found an integer"},
    {{"begin", "< " HELLO, "< {\"op\":\"log\",\"id\":1}"}, RULE_OP, 3, "found 'log'"},
    {{"begin", "< " HELLO, "> " RUN, "< {\"op\":\"result\",\"outcome\":\"timeout\"}", "closed"},
     RULE_ID,
     4,
     "found no such field"},
    {{"begin", "< " HELLO, "> " RUN, "< {\"op\":\"result\",\"id\":\"1\"}", "closed"},
     RULE_ID,
     4,
     "found a string"},
    {{"begin", "< " HELLO, "< {" TIMEOUT "}"}, RULE_ID, 3, "nothing was asked with the id 1"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT "}", "< {" TIMEOUT "}"},
     RULE_TWICE,
     5,
     "run, id 1, line 3, was answered already"},
    {{"begin", "< " HELLO, "> " RUN}, RULE_UNANSWERED, 3, "a reply to run, id 1"},
    {{"begin", "< " HELLO, "> {\"op\":\"settle\",\"id\":2}", "begin", "< " HELLO},
     RULE_UNANSWERED,
     3,
     "a reply to settle, id 2"},
    {{"begin", "< " HELLO, "> {\"op\":\"settle\",\"id\":2}", "+2000", "closed", "exit"},
     RULE_UNANSWERED,
     3,
     "a reply to settle"},
    {{"begin", "< " HELLO, "> {\"op\":\"counters\",\"id\":2}", "exit"},
     RULE_EXIT,
     4,
     "it was not told to end; it exited with status 0"},
    {{"begin", "< " HELLO, "> " RUN, "< {\"op\":\"settled\",\"id\":1}"},
     RULE_WRONG_REPLY,
     4,
     "expected result or unsupported as the answer to run, found settled"},
    {{"begin", "< " HELLO, "> {\"op\":\"odd\",\"id\":2}", "< {\"op\":\"settled\",\"id\":2}"},
     RULE_WRONG_REPLY,
     4,
     "expected unsupported as the answer to 'odd'"},
    {{"begin", "> " RUN, "< {" TIMEOUT "}", "< " HELLO, "closed"},
     RULE_HELLO_FIRST,
     3,
     "found result before hello"},
    {{"begin", "< " HELLO, "< " HELLO}, RULE_HELLO_TWICE, 3, "found hello again"},
    {{"begin", "+30001", "< " HELLO}, RULE_HELLO_LATE, 2, "found none after 30011 ms"},
    {{"begin", "< {\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"ops\":[\"run\"]}"},
     RULE_FIELD_MISSING,
     2,
     "expected version in hello"},
    {{"begin", "< {\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"version\":\"1\",\"ops\":[\"bye\"]}"},
     RULE_FIELD_MISSING,
     2,
     "expected run among the ops"},
    {{"begin", "< {\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"version\":1,\"ops\":[\"run\"]}"},
     RULE_FIELD_TYPE,
     2,
     "expected a string in version of hello, found an integer"},
    {{"begin", "< {\"op\":\"hello\",\"v\":2,\"name\":\"x\",\"version\":\"1\",\"ops\":[\"run\"]}"},
     RULE_FIELD_TYPE,
     2,
     "expected 1 in v of hello, found 2"},
    {{"begin", "< {\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"version\":\"1\",\"ops\":\"run\"}"},
     RULE_FIELD_TYPE,
     2,
     "an array of strings in ops"},
    {{"begin", "< {\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"version\":\"1\",\"ops\":[\"run\",1]}"},
     RULE_FIELD_TYPE,
     2,
     "an array of strings in ops"},
    {{"begin", "< " HELLO, "> " RUN, "< {" RESULT "}"},
     RULE_FIELD_MISSING,
     4,
     "expected outcome in result"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT ",\"exit_status\":\"0\"}"},
     RULE_FIELD_TYPE,
     4,
     "expected an integer or null in exit_status of result, found a string"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT ",\"exit_status\":0.5}"},
     RULE_FIELD_TYPE,
     4,
     "found a number with a fraction"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT ",\"error\":true}"},
     RULE_FIELD_TYPE,
     4,
     "found a boolean"},
    {{"begin", "< " HELLO, "> {\"op\":\"stacks\",\"id\":2}", "< {\"op\":\"stacks\",\"id\":2}"},
     RULE_FIELD_MISSING,
     4,
     "expected text in stacks"},
    {{"begin", "< " HELLO, "> {\"op\":\"settle\",\"id\":2}", "< {\"op\":\"unsupported\",\"id\":2}"},
     RULE_OFFERED,
     4,
     "settle is among the ops of hello"},
    {{"begin", "< " HELLO, "> " RUN, "< {" RESULT ",\"outcome\":\"hung\"}"},
     RULE_OUTCOME,
     4,
     "found 'hung'"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT ",\"phase\":\"handshake\"}"},
     RULE_PHASE,
     4,
     "a phase of the list, found 'handshake'"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT ",\"phase\":\"auth\"}"},
     RULE_PHASE,
     4,
     "a phase that hello names, found 'auth'"},
    {{"begin", "< {\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"version\":\"1\",\"ops\":[\"run\"],"
               "\"phases\":[\"hands\"]}"},
     RULE_PHASE,
     2,
     "phases of the list in hello, found 'hands'"},
    {{"begin", "< " HELLO, "> " RUN, "< {" RESULT ",\"outcome\":\"success\",\"stdout_b64\":\"\"}"},
     RULE_SUCCESS,
     4,
     "an integer in exit_status"},
    {{"begin", "< " HELLO, "> " RUN, "< {" SUCCESS "}"}, RULE_SUCCESS, 4, "a string in stdout_b64"},
    {{"begin", "< " HELLO, "> " RUN, "< {" SUCCESS ",\"stdout_b64\":\"\",\"phase\":\"kex\"}"},
     RULE_SUCCESS,
     4,
     "expected null in phase beside success, found 'kex'"},
    {{"begin", "< " HELLO, "> " RUN, "< {" RESULT ",\"outcome\":\"cancelled\"}"},
     RULE_CANCELLED,
     4,
     "task 1 was not cancelled"},
    {{"begin", "< " HELLO, "> " RUN, "< {" SUCCESS ",\"stdout_b64\":\"a\"}"},
     RULE_BASE64,
     4,
     "found 'a'"},
    {{"begin", "< " HELLO, "> " RUN, "< {" SUCCESS ",\"stdout_b64\":\"aGkK\\naGkK\"}"},
     RULE_BASE64,
     4,
     "expected base64"},
    {{"begin", "< " HELLO, "> " RUN, "< {" SUCCESS ",\"stdout_b64\":\"aGkK\",\"stdout_bytes\":2}"},
     RULE_OUTPUT,
     4,
     "stdout_b64 has 3 bytes, but stdout_bytes counts 2"},
    {{"begin", "< " HELLO, "> " RUN, "< {" SUCCESS ",\"stdout_b64\":\"aGkK\",\"stdout_bytes\":4}"},
     RULE_OUTPUT,
     4,
     "stdout_bytes counts 4, but stdout_b64 has 3"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT ",\"stdout_bytes\":-1}"},
     RULE_OUTPUT,
     4,
     "expected 0 or more"},
    {{"begin", "< " HELLO, "> " RUN, "+500", "< {" TIMEOUT ",\"elapsed_ms\":500000}"},
     RULE_ELAPSED,
     4,
     "elapsed_ms is 500000, but the line of task 1 was written 510 ms ago"},
    {{"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT ",\"elapsed_ms\":-1}"},
     RULE_ELAPSED,
     4,
     "elapsed_ms is -1"},
    {{"begin", "< " HELLO, "> {\"op\":\"counters\",\"id\":2}", "< {\"op\":\"counters\",\"id\":2}"},
     RULE_COUNTERS,
     4,
     "expected an integer in tasks, found no such field"},
    {{"begin", "< " HELLO, "> {\"op\":\"counters\",\"id\":2}",
      "< {\"op\":\"counters\",\"id\":2,\"tasks\":\"0\"}"},
     RULE_COUNTERS,
     4,
     "found a string"},
    {{"begin", "< " HELLO, "> {\"op\":\"bye\"}", "+1100", "exit"},
     RULE_BYE,
     4,
     "found it after 1110 ms"},
    {{"begin", "< " HELLO, "closed", "+1100", "killed"}, RULE_BYE, 4, "still there after 1110 ms"},
    {{"begin", "< " HELLO, "closed", "signal"}, RULE_EXIT, 4, "it died of signal 9"},
};

START_TEST(each_mistake_is_found_with_its_line_and_its_rule)
{
    play(wrong[_i].script);
    const struct conformance_mistake *mistake = conformance_mistake(conformance, 0);
    ck_assert_ptr_nonnull(mistake);
    ck_assert_str_eq(conformance_rule_word(mistake->rule), conformance_rule_word(wrong[_i].rule));
    ck_assert_int_eq(mistake->line, wrong[_i].line);
    ck_assert_msg(strstr(mistake->detail, wrong[_i].detail) != NULL, "expected '%s', found '%s'",
                  wrong[_i].detail, mistake->detail);
}
END_TEST

/* What is allowed, though some drivers do it otherwise. */
static const char *const right[][12] = {
    {"begin", "< " HELLO, "> {\"op\":\"bye\"}", "+900", "exit"},
    {"begin", "< " HELLO, "> " RUN, "+9000", "> {\"op\":\"settle\",\"id\":2}", "closed", "exit"},
    {"begin", "< " HELLO, "> " RUN, "> {\"op\":\"run\",\"id\":2}",
     "< {\"op\":\"result\",\"id\":2,\"outcome\":\"failure\",\"error\":\"refused\"}",
     "< {" SUCCESS
     ",\"stdout_b64\":\"aGkK\",\"stdout_bytes\":3,\"elapsed_ms\":7.5,\"phase\":null}"},
    {"begin", "< " HELLO, "> " RUN, "> {\"op\":\"cancel\",\"id\":1}",
     "< {" RESULT ",\"outcome\":\"cancelled\",\"phase\":\"ident\"}"},
    {"begin", "< " HELLO, "> " RUN, "< {" TIMEOUT "}", "> {\"op\":\"cancel\",\"id\":1}"},
    {"begin", "< " HELLO, "> {\"op\":\"odd\",\"id\":2}", "< {\"op\":\"unsupported\",\"id\":2}"},
    {"begin",
     "< {\"op\":\"hello\",\"v\":1,\"name\":\"x\",\"version\":\"1\",\"ops\":[\"run\"],\"new\":1}",
     "> {\"op\":\"settle\",\"id\":2}", "< {\"op\":\"unsupported\",\"id\":2}", "> " RUN,
     "< {" TIMEOUT ",\"phase\":\"auth\"}"},
    {"begin", "< " HELLO, "> {\"op\":\"counters\",\"id\":2}",
     "< {\"op\":\"counters\",\"id\":2,\"tasks\":0,\"goroutines\":4}",
     "> {\"op\":\"stacks\",\"id\":3}", "< {\"op\":\"stacks\",\"id\":3,\"text\":\"\"}"},
    {"begin", "< " HELLO, "closed", "exit", "begin", "< " HELLO, "closed", "exit"},
};

START_TEST(what_the_manual_allows_is_no_mistake)
{
    play(right[_i]);
    const struct conformance_mistake *mistake = conformance_mistake(conformance, 0);
    ck_assert_msg(mistake == NULL, "%s", mistake != NULL ? mistake->detail : "");
    ck_assert_uint_eq(conformance_count(conformance), 0);
}
END_TEST

/* 64 KiB are 87,384 characters of base64. */
START_TEST(output_is_64_kib_at_most_and_a_line_256)
{
    char *text = malloc(400000), *at;
    for (int blocks = 21845; blocks <= 21846; blocks++) {
        begin();
        play((const char *const[]){"begin", "< " HELLO, "> " RUN, NULL});
        conformance_free(&conformance);
        begin();
        event(TRANSCRIPT_BEGIN, "", 0, 0);
        event(TRANSCRIPT_SAID, HELLO, strlen(HELLO), 0);
        event(TRANSCRIPT_ASKED, RUN, strlen(RUN), 0);
        at = text + sprintf(text, "{%s,\"stdout_bytes\":70000,\"stdout_b64\":\"", SUCCESS);
        for (int i = 0; i < blocks; i++)
            at += sprintf(at, "AAAA");
        (void)sprintf(at, "AA==\"}");
        event(TRANSCRIPT_SAID, text, strlen(text), 0);
        ck_assert_uint_eq(conformance_count(conformance), blocks == 21845 ? 0 : 1);
        conformance_free(&conformance);
    }
    begin();
    memset(text, ' ', 300000);
    text[0] = '{';
    text[299999] = '}';
    event(TRANSCRIPT_SAID, text, 300000, 0);
    ck_assert_int_eq(conformance_mistake(conformance, 0)->rule, RULE_LENGTH);
    event(TRANSCRIPT_TOO_LONG, "", 0, 0);
    event(TRANSCRIPT_UNFINISHED, "{\"op\"", 5, 0);
    ck_assert_int_eq(conformance_mistake(conformance, 2)->rule, RULE_LENGTH);
    ck_assert_int_eq(conformance_mistake(conformance, 3)->rule, RULE_UNFINISHED);
    free(text);
}
END_TEST

START_TEST(a_flood_of_mistakes_is_counted_and_printed_short)
{
    char *text = NULL;
    size_t size = 0;
    event(TRANSCRIPT_BEGIN, "", 0, 0);
    for (int i = 0; i < 1000; i++)
        event(TRANSCRIPT_SAID, "debug", 5, 0);
    ck_assert_uint_eq(conformance_count(conformance), 1000);
    ck_assert_ptr_null(conformance_mistake(conformance, 999));
    FILE *out = open_memstream(&text, &size);
    conformance_print(conformance, out);
    (void)fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "json: standard output carries JSON objects"));
    ck_assert_ptr_nonnull(strstr(text, "    line 2: expected a JSON object, found 'debug'"));
    ck_assert_ptr_nonnull(strstr(text, "and 197 more\n"));
    ck_assert_ptr_nonnull(strstr(text, "and 800 mistakes more"));
    ck_assert_uint_lt(size, 2000);
    free(text);
}
END_TEST

Suite *suite_conformance(void)
{
    Suite *suite = suite_create("conformance");
    TCase *cases = tcase_create("conformance");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_loop_test(cases, each_mistake_is_found_with_its_line_and_its_rule, 0,
                        sizeof wrong / sizeof *wrong);
    tcase_add_loop_test(cases, what_the_manual_allows_is_no_mistake, 0,
                        sizeof right / sizeof *right);
    tcase_add_test(cases, output_is_64_kib_at_most_and_a_line_256);
    tcase_add_test(cases, a_flood_of_mistakes_is_counted_and_printed_short);
    suite_add_tcase(suite, cases);
    return suite;
}
