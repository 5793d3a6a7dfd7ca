#include "judge/cells.h"

#include "judge/matrix_text.h"
#include "suites.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];
static json_t *header;

static void begin(void)
{
    strcpy(path, "/tmp/fakesshd-cells-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    header = json_pack("{s:i, s:[s,s]}", "deadline_ms", 500, "ids", "a/b", "c/d");
}

static void end(void)
{
    (void)unlink(path);
    json_decref(header);
}

static void append(const char *text)
{
    FILE *file = fopen(path, "a");
    ck_assert_ptr_nonnull(file);
    (void)fputs(text, file);
    (void)fclose(file);
}

static json_t *cell(const char *client, const char *id, const char *verdict)
{
    return json_pack("{s:s, s:s, s:{s:s, s:[s]}, s:b}", "client", client, "id", id, "verdict",
                     "deadline", verdict, "cleanup", "OK", "as_expected", 1);
}

static void open_well(struct cells *cells)
{
    struct err_text error = {""};
    ck_assert_msg(cells_open(cells, path, header, false, &error) == ERR_NONE, "%s", error.text);
}

static void expect_refused(const json_t *asked, const char *part)
{
    struct cells cells;
    struct err_text error = {""};
    ck_assert_int_eq(cells_open(&cells, path, asked, false, &error), ERR_USAGE);
    ck_assert_msg(strstr(error.text, part) != NULL, "\"%s\" lacks \"%s\"", error.text, part);
}

static void write_two(void)
{
    struct cells cells;
    struct err_text error = {""};
    open_well(&cells);
    ck_assert_int_eq(cells_add(&cells, cell("x", "a/b", "OK"), &error), ERR_NONE);
    ck_assert_int_eq(cells_add(&cells, cell("x", "c/d", "HUNG"), &error), ERR_NONE);
    cells_close(&cells);
}

static const char *deadline_of(const struct cells *cells, const char *client, const char *id)
{
    const json_t *found = cells_find(cells, client, id);
    return json_string_value(json_object_get(json_object_get(found, "verdict"), "deadline"));
}

START_TEST(what_was_added_is_there_when_the_file_is_opened_again)
{
    struct cells cells;
    write_two();
    open_well(&cells);
    ck_assert_str_eq(deadline_of(&cells, "x", "a/b"), "OK");
    ck_assert_str_eq(deadline_of(&cells, "x", "c/d"), "HUNG");
    ck_assert_ptr_null(cells_find(&cells, "y", "a/b"));
    cells_close(&cells);
}
END_TEST

START_TEST(a_line_without_its_end_is_cut_off_and_the_next_cell_stands_alone)
{
    struct cells cells;
    struct err_text error = {""};
    write_two();
    append("{\"client\":\"x\",\"id\":\"e/");
    open_well(&cells);
    ck_assert_int_eq(cells_add(&cells, cell("x", "e/f", "LATE"), &error), ERR_NONE);
    cells_close(&cells);
    open_well(&cells);
    ck_assert_str_eq(deadline_of(&cells, "x", "e/f"), "LATE");
    ck_assert_str_eq(deadline_of(&cells, "x", "c/d"), "HUNG");
    cells_close(&cells);
}
END_TEST

START_TEST(a_header_without_its_end_is_no_header_and_the_file_begins_anew)
{
    struct cells cells;
    append("{\"schema\":1,\"cel");
    write_two();
    open_well(&cells);
    ck_assert_str_eq(deadline_of(&cells, "x", "a/b"), "OK");
    cells_close(&cells);
}
END_TEST

START_TEST(a_line_in_the_middle_that_is_no_cell_is_an_error_with_its_number)
{
    write_two();
    append("rubbish\n");
    expect_refused(header, ":4: expected a cell");
}
END_TEST

START_TEST(a_file_that_is_no_matrix_is_left_as_it_is)
{
    append("something of the user's\n");
    expect_refused(header, ":1: expected the header of a matrix");
    char text[64] = "";
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    (void)fclose(file);
    ck_assert_str_eq(text, "something of the user's\n");
}
END_TEST

START_TEST(another_question_is_refused_and_said_what_differs_but_fresh_begins_anew)
{
    struct cells cells;
    struct err_text error = {""};
    write_two();
    json_t *other = json_deep_copy(header);
    (void)json_object_set_new(other, "deadline_ms", json_integer(1000));
    expect_refused(other, "deadline_ms: it was begun with 500, now it is 1000");
    ck_assert_int_eq(cells_open(&cells, path, other, true, &error), ERR_NONE);
    ck_assert_ptr_null(cells_find(&cells, "x", "a/b"));
    cells_close(&cells);
    json_decref(other);
}
END_TEST

START_TEST(headers_tell_which_id_came_and_which_went)
{
    char what[200];
    json_t *more = json_pack("{s:[s,s,s]}", "ids", "a/b", "c/d", "e/f");
    json_t *fewer = json_pack("{s:[s]}", "ids", "c/d");
    json_t *turned = json_pack("{s:[s,s]}", "ids", "c/d", "a/b");
    ck_assert(!cells_headers_differ(header, header, what, sizeof what));
    ck_assert(cells_headers_differ(header, more, what, sizeof what));
    ck_assert_str_eq(what, "ids: it was begun without \"e/f\"");
    ck_assert(cells_headers_differ(header, fewer, what, sizeof what));
    ck_assert_str_eq(what, "ids: it was begun with \"a/b\", which is not asked for now");
    ck_assert(cells_headers_differ(header, turned, what, sizeof what));
    ck_assert_str_eq(what, "ids: their order is another");
    json_decref(more);
    json_decref(fewer);
    json_decref(turned);
}
END_TEST

START_TEST(of_two_lines_for_a_cell_the_later_counts)
{
    struct cells cells;
    struct err_text error = {""};
    write_two();
    open_well(&cells);
    cells_forget(&cells, "x", "c/d");
    ck_assert_ptr_null(cells_find(&cells, "x", "c/d"));
    ck_assert_int_eq(cells_add(&cells, cell("x", "c/d", "OK"), &error), ERR_NONE);
    cells_close(&cells);
    open_well(&cells);
    ck_assert_str_eq(deadline_of(&cells, "x", "c/d"), "OK");
    cells_close(&cells);
}
END_TEST

START_TEST(while_one_run_has_the_file_another_is_refused)
{
    struct cells cells;
    open_well(&cells);
    expect_refused(header, "another run is writing to it");
    cells_close(&cells);
    open_well(&cells);
    cells_close(&cells);
}
END_TEST

START_TEST(a_cell_is_read_back_with_its_verdict)
{
    struct case_result result;
    json_t *leaky =
        json_pack("{s:s, s:s, s:{s:s, s:[s,s]}, s:b}", "client", "x", "id", "a/b", "verdict",
                  "deadline", "HUNG", "cleanup", "LEAK_CONN", "LEAK_FD", "as_expected", 0);
    ck_assert(cells_read_case(leaky, &result));
    char text[VERDICT_TEXT_MAX];
    verdict_print(result.verdict, text);
    ck_assert_str_eq(text, "HUNG+LEAK_CONN+LEAK_FD");
    ck_assert(!result.as_expected);
    case_result_fini(&result);
    json_t *skip = cell("x", "a/b", "SKIP");
    (void)json_object_set_new(json_object_get(skip, "verdict"), "cleanup", json_array());
    ck_assert(cells_read_case(skip, &result));
    ck_assert_int_eq(result.verdict.state, CASE_SKIP);
    case_result_fini(&result);
    json_t *wrong = cell("x", "a/b", "SPLENDID");
    ck_assert(!cells_read_case(wrong, &result));
    json_decref(leaky);
    json_decref(skip);
    json_decref(wrong);
}
END_TEST

START_TEST(the_time_left_is_said_in_the_units_that_people_use)
{
    char text[32];
    matrix_time_left(7, 3000, 1000, text);
    ck_assert_str_eq(text, ""); /* too early to tell */
    matrix_time_left(100, 200, 8000, text);
    ck_assert_str_eq(text, "8 s");
    matrix_time_left(100, 300, 100000, text);
    ck_assert_str_eq(text, "3 min 20 s");
    matrix_time_left(100, 3700, 100000, text);
    ck_assert_str_eq(text, "1 h 00 min");
    matrix_time_left(300, 300, 100000, text);
    ck_assert_str_eq(text, "0 s");
}
END_TEST

Suite *suite_cells(void)
{
    Suite *suite = suite_create("cells");
    TCase *cases = tcase_create("cells");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, what_was_added_is_there_when_the_file_is_opened_again);
    tcase_add_test(cases, a_line_without_its_end_is_cut_off_and_the_next_cell_stands_alone);
    tcase_add_test(cases, a_header_without_its_end_is_no_header_and_the_file_begins_anew);
    tcase_add_test(cases, a_line_in_the_middle_that_is_no_cell_is_an_error_with_its_number);
    tcase_add_test(cases, a_file_that_is_no_matrix_is_left_as_it_is);
    tcase_add_test(cases, another_question_is_refused_and_said_what_differs_but_fresh_begins_anew);
    tcase_add_test(cases, headers_tell_which_id_came_and_which_went);
    tcase_add_test(cases, of_two_lines_for_a_cell_the_later_counts);
    tcase_add_test(cases, while_one_run_has_the_file_another_is_refused);
    tcase_add_test(cases, a_cell_is_read_back_with_its_verdict);
    tcase_add_test(cases, the_time_left_is_said_in_the_units_that_people_use);
    suite_add_tcase(suite, cases);
    return suite;
}
