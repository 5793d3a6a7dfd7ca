#include "judge/transcript.h"

#include "base/clock.h"
#include "suites.h"
#include "temp_file.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 16 };

static struct transcript_entry seen[ENTRIES_MAX];
static char texts[ENTRIES_MAX][64];
static int count;

static void keep(void *context, const struct transcript_entry *entry)
{
    (void)context;
    ck_assert_int_lt(count, ENTRIES_MAX);
    seen[count] = *entry;
    memcpy(texts[count], entry->text, entry->length + 1);
    count++;
}

START_TEST(a_recording_reads_back_as_it_was)
{
    static const struct {
        enum transcript_kind kind;
        const char *text;
        size_t length;
        int status;
    } rows[] = {
        {TRANSCRIPT_BEGIN, "/bin/x", 6, 0},   {TRANSCRIPT_SAID, "{\"op\":\"hello\"}", 14, 0},
        {TRANSCRIPT_ASKED, "{}", 2, 0},       {TRANSCRIPT_SAID, "caf\xe9", 4, 0},
        {TRANSCRIPT_SAID, "a\0b", 3, 0},      {TRANSCRIPT_SAID, "", 0, 0},
        {TRANSCRIPT_UNFINISHED, "{\"", 2, 0}, {TRANSCRIPT_TOO_LONG, "", 0, 0},
        {TRANSCRIPT_CLOSED, "", 0, 0},        {TRANSCRIPT_EXIT, "", 0, 9},
        {TRANSCRIPT_KILLED, "", 0, 0},
    };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct transcript transcript = {.record = out};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        transcript_add(&transcript, rows[i].kind, rows[i].text, rows[i].length, rows[i].status,
                       (int64_t)(1000 + i) * CLOCK_NS_PER_MS);
    (void)fclose(out);
    struct err_text error = {""};
    const char *path = temp_file("t.jsonl", text);
    count = 0;
    ck_assert_msg(transcript_read(path, keep, NULL, &error) == ERR_NONE, "%s", error.text);
    ck_assert_int_eq(count, (int)(sizeof rows / sizeof *rows));
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(seen[i].kind, rows[i].kind);
        ck_assert_int_eq(seen[i].line, i + 1);
        ck_assert_int_eq(seen[i].at_ns, i * CLOCK_NS_PER_MS);
        ck_assert_int_eq(seen[i].status, rows[i].status);
        if (rows[i].kind == TRANSCRIPT_BEGIN)
            continue; /* the name is for people */
        ck_assert_uint_eq(seen[i].length, rows[i].length);
        ck_assert_mem_eq(texts[i], rows[i].text, rows[i].length);
    }
    free(text);
}
END_TEST

START_TEST(what_is_no_recording_is_refused_with_its_line)
{
    static const char first[] = "{\"at_ms\":0,\"event\":\"begin\",\"schema\":1}\n";
    static const struct {
        const char *second, *sentence;
    } rows[] = {
        {"good day\n", ":2: expected a JSON object"},
        {"[]\n", ":2: expected a JSON object"},
        {"{\"at_ms\":1}\n", ":2: expected at_ms with from and line"},
        {"{\"from\":\"driver\",\"line\":\"\"}\n", ":2: expected at_ms with from and line"},
        {"{\"at_ms\":1,\"from\":\"driver\"}\n", ":2: expected at_ms with from and line"},
        {"{\"at_ms\":1,\"from\":\"exit\",\"line\":\"\"}\n", ":2: expected at_ms"},
        {"{\"at_ms\":1,\"event\":\"driver\"}\n", ":2: expected at_ms"},
        {"{\"at_ms\":1,\"from\":\"driver\",\"line_b64\":\"?\"}\n", ":2: expected base64"},
    };
    struct err_text error;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[300];
        (void)snprintf(text, sizeof text, "%s%s", first, rows[i].second);
        const char *path = temp_file("t.jsonl", text);
        count = 0;
        ck_assert_int_eq(transcript_read(path, keep, NULL, &error), ERR_INPUT);
        ck_assert_msg(strstr(error.text, rows[i].sentence) != NULL, "%s", error.text);
    }
    const char *path = temp_file("t.jsonl", first + 1);
    ck_assert_int_eq(transcript_read(path, keep, NULL, &error), ERR_INPUT);
    path = temp_file("t.jsonl", "");
    ck_assert_int_eq(transcript_read(path, keep, NULL, &error), ERR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "found an empty file"));
    ck_assert_int_eq(transcript_read("/nowhere/at-all", keep, NULL, &error), ERR_INPUT);
}
END_TEST

START_TEST(a_long_line_is_printed_short_and_without_control_characters)
{
    char line[1000], *text = NULL;
    size_t size = 0;
    memset(line, 'x', sizeof line);
    line[0] = '\033';
    line[sizeof line - 1] = '\0';
    struct transcript_entry entry = {
        .kind = TRANSCRIPT_SAID, .line = 7, .at_ns = 1500000, .text = line, .length = strlen(line)};
    FILE *out = open_memstream(&text, &size);
    transcript_print_entry(out, &entry);
    (void)fclose(out);
    ck_assert_msg(strncmp(text, "   7      1.500 ms < ?xxx", 25) == 0, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "x... (999 bytes)\n"));
    free(text);
}
END_TEST

Suite *suite_transcript(void)
{
    Suite *suite = suite_create("transcript");
    TCase *cases = tcase_create("transcript");
    tcase_add_test(cases, a_recording_reads_back_as_it_was);
    tcase_add_test(cases, what_is_no_recording_is_refused_with_its_line);
    tcase_add_test(cases, a_long_line_is_printed_short_and_without_control_characters);
    suite_add_tcase(suite, cases);
    return suite;
}
