#include "judge/lines.h"

#include "suites.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ends[2];
static struct line_reader reader;
static struct line_writer writer;
static char heard[256]; /* the lines, a | behind each */

static void on_line(void *context, char *line, size_t length)
{
    ck_assert_ptr_eq(context, &reader);
    ck_assert_uint_ge(length, strlen(line));
    size_t used = strlen(heard);
    (void)snprintf(heard + used, sizeof heard - used, "%s|", line);
}

static void setup(void)
{
    ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    line_reader_init(&reader, ends[0], 10, on_line, &reader);
    line_writer_init(&writer, ends[1], 100000);
}

static void teardown(void)
{
    line_reader_fini(&reader);
    line_writer_fini(&writer);
    (void)close(ends[0]);
    if (ends[1] >= 0)
        (void)close(ends[1]);
}

static void put(const char *bytes)
{
    ck_assert_int_eq(write(ends[1], bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

START_TEST(lines_are_handed_on_when_they_are_whole)
{
    ck_assert_int_eq(line_reader_read(&reader), LINES_MORE);
    put("on");
    ck_assert_int_eq(line_reader_read(&reader), LINES_MORE);
    ck_assert_str_eq(heard, "");
    put("e\n\ntwo\nthr");
    ck_assert_int_eq(line_reader_read(&reader), LINES_MORE);
    ck_assert_str_eq(heard, "one||two|");
}
END_TEST

START_TEST(what_has_no_newline_at_the_end_is_no_line)
{
    put("one\ntw");
    (void)close(ends[1]);
    ends[1] = -1;
    ck_assert_int_eq(line_reader_read(&reader), LINES_END);
    ck_assert_str_eq(heard, "one|");
}
END_TEST

START_TEST(a_line_of_the_limit_is_taken_and_one_beyond_ends_it)
{
    put("0123456789\n");
    ck_assert_int_eq(line_reader_read(&reader), LINES_MORE);
    put("0123456789a\nmore\n");
    ck_assert_int_eq(line_reader_read(&reader), LINES_TOO_LONG);
    ck_assert_int_eq(line_reader_read(&reader), LINES_TOO_LONG);
    ck_assert_str_eq(heard, "0123456789|");
}
END_TEST

START_TEST(a_line_without_end_is_not_kept_waiting_for)
{
    put("0123456789ab");
    ck_assert_int_eq(line_reader_read(&reader), LINES_TOO_LONG);
    ck_assert_str_eq(heard, "");
}
END_TEST

START_TEST(what_is_put_comes_out_as_lines)
{
    ck_assert(line_writer_put(&writer, "one"));
    ck_assert(line_writer_put(&writer, ""));
    ck_assert_int_eq(line_reader_read(&reader), LINES_MORE);
    ck_assert_str_eq(heard, "one||");
}
END_TEST

START_TEST(a_deaf_reader_makes_the_queue_full_and_nothing_waits)
{
    static char text[60001];
    memset(text, 'x', sizeof text - 1);
    ck_assert(line_writer_put(&writer, text)); /* into the pipe, of 64 KiB */
    ck_assert(line_writer_put(&writer, text)); /* part of it, the rest into the queue */
    ck_assert(!line_writer_put(&writer, text));
    ck_assert_uint_gt(writer.used, 0);
    static char read_back[200000];
    ssize_t got = read(ends[0], read_back, sizeof read_back);
    ck_assert_int_gt(got, 0);
    ck_assert(line_writer_flush(&writer));
    ck_assert_uint_eq(writer.used, 0);
    got += read(ends[0], read_back + got, sizeof read_back - (size_t)got);
    ck_assert_int_eq(got, 2 * 60001);
    ck_assert_int_eq(read_back[60000], '\n');
}
END_TEST

START_TEST(a_reader_that_has_gone_is_told)
{
    (void)close(ends[0]);
    ck_assert(!line_writer_put(&writer, "one"));
    ends[0] = -1;
}
END_TEST

Suite *suite_lines(void)
{
    Suite *suite = suite_create("lines");
    TCase *cases = tcase_create("lines");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, lines_are_handed_on_when_they_are_whole);
    tcase_add_test(cases, what_has_no_newline_at_the_end_is_no_line);
    tcase_add_test(cases, a_line_of_the_limit_is_taken_and_one_beyond_ends_it);
    tcase_add_test(cases, a_line_without_end_is_not_kept_waiting_for);
    tcase_add_test(cases, what_is_put_comes_out_as_lines);
    tcase_add_test(cases, a_deaf_reader_makes_the_queue_full_and_nothing_waits);
    tcase_add_test(cases, a_reader_that_has_gone_is_told);
    suite_add_tcase(suite, cases);
    return suite;
}
