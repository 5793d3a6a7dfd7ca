#include "cli/lines.h"

#include "suites.h"

#include <string.h>

static void feed(struct lines *lines, const char *text, size_t length)
{
    while (length > 0) {
        size_t room = 0;
        char *place = lines_room(lines, &room);
        size_t part = length < room ? length : room;
        memcpy(place, text, part);
        lines_added(lines, part);
        text += part;
        length -= part;
    }
}

static void feed_text(struct lines *lines, const char *text)
{
    feed(lines, text, strlen(text));
}

START_TEST(lines_come_out_whole_however_they_came_in)
{
    struct lines lines;
    char *line = NULL;
    size_t length = 0;
    lines_init(&lines, 10);
    feed_text(&lines, "ab");
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_NONE);
    ck_assert(!lines_has_next(&lines));
    feed_text(&lines, "c\n\nde\n");
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_ONE);
    ck_assert_str_eq(line, "abc");
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_ONE);
    ck_assert_str_eq(line, "");
    ck_assert(lines_has_next(&lines));
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_ONE);
    ck_assert_str_eq(line, "de");
    ck_assert_uint_eq(lines.number, 3);
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_NONE);
    lines_fini(&lines);
}
END_TEST

START_TEST(a_line_of_the_limit_passes_and_one_more_byte_is_reported_once)
{
    struct lines lines;
    char *line = NULL;
    size_t length = 0;
    lines_init(&lines, 4);
    feed_text(&lines, "1234\n12345\nok\n");
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_ONE);
    ck_assert_str_eq(line, "1234");
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_TOO_LONG);
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_ONE);
    ck_assert_str_eq(line, "ok");
    lines_fini(&lines);
}
END_TEST

START_TEST(a_line_larger_than_the_buffer_is_passed_over_and_the_next_one_comes)
{
    static char flood[200000];
    struct lines lines;
    char *line = NULL;
    size_t length = 0;
    int too_long = 0;
    memset(flood, 'x', sizeof flood);
    lines_init(&lines, 1000);
    for (int i = 0; i < 5; i++) {
        size_t fed = 0;
        while (fed < sizeof flood) {
            size_t room = 0;
            char *place = lines_room(&lines, &room);
            size_t part = sizeof flood - fed < room ? sizeof flood - fed : room;
            ck_assert_uint_gt(part, 0);
            memcpy(place, flood + fed, part);
            lines_added(&lines, part);
            fed += part;
            too_long += lines_next(&lines, &line, &length) == LINES_TOO_LONG;
        }
    }
    feed_text(&lines, "tail\nnext\n");
    ck_assert_int_eq(too_long, 1);
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_ONE);
    ck_assert_str_eq(line, "next");
    ck_assert_uint_eq(lines.number, 2);
    lines_fini(&lines);
}
END_TEST

START_TEST(a_nul_byte_in_a_line_keeps_the_length_true)
{
    struct lines lines;
    char *line = NULL;
    size_t length = 0;
    lines_init(&lines, 10);
    feed(&lines, "a\0b\n", 4);
    ck_assert_int_eq(lines_next(&lines, &line, &length), LINES_ONE);
    ck_assert_uint_eq(length, 3);
    lines_fini(&lines);
}
END_TEST

Suite *suite_lines(void)
{
    Suite *suite = suite_create("lines");
    TCase *cases = tcase_create("lines");
    tcase_add_test(cases, lines_come_out_whole_however_they_came_in);
    tcase_add_test(cases, a_line_of_the_limit_passes_and_one_more_byte_is_reported_once);
    tcase_add_test(cases, a_line_larger_than_the_buffer_is_passed_over_and_the_next_one_comes);
    tcase_add_test(cases, a_nul_byte_in_a_line_keeps_the_length_true);
    suite_add_tcase(suite, cases);
    return suite;
}
