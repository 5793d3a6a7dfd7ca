#include "judge/growth_input.h"

#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct growth_input input;
static struct err_text error;

static enum err read_bytes(const char *bytes, size_t length)
{
    static const char nothing[] = "\n";
    FILE *in =
        fmemopen((void *)(uintptr_t)(length > 0 ? bytes : nothing), length > 0 ? length : 1, "r");
    ck_assert_ptr_nonnull(in);
    enum err failed = growth_input_read(in, "in", growth_profile_find("ci"), &input, &error);
    (void)fclose(in);
    return failed;
}

static void assert_reads(const char *text, size_t series)
{
    enum err failed = read_bytes(text, strlen(text));
    ck_assert_msg(failed == ERR_NONE, "%s\n%s", text, error.text);
    ck_assert_uint_eq(input.count, series);
}

static void assert_refuses(const char *text, const char *sentence)
{
    ck_assert_int_eq(read_bytes(text, strlen(text)), ERR_INPUT);
    ck_assert_msg(strstr(error.text, sentence) != NULL, "%s\nexpected '%s', found '%s'", text,
                  sentence, error.text);
    ck_assert_uint_eq(input.count, 0);
}

START_TEST(a_table_without_names_is_tasks_and_a_value)
{
    assert_reads("0,12\n50,13\n100,\n150,NaN\n200,1.5e1\n", 1);
    const struct growth_series *series = &input.items[0];
    ck_assert_str_eq(series->id, "value");
    ck_assert_uint_eq(series->n, 5);
    ck_assert_int_eq(series->t[4], 200);
    ck_assert_int_eq(series->q[1], 13);
    ck_assert_int_eq(series->q[2], GROWTH_MISSING);
    ck_assert_int_eq(series->q[3], GROWTH_MISSING);
    ck_assert_int_eq(series->q[4], 15);
    growth_input_fini(&input);
}
END_TEST

START_TEST(a_first_line_of_names_makes_a_series_of_each_column)
{
    assert_reads("# measured at a desk\r\n\"tasks\"; fds ;rss_bytes\r\n0;12;4096 # first\r\n\r\n"
                 "50;12;8192\r\n",
                 2);
    ck_assert_str_eq(input.items[0].id, "fds");
    ck_assert(!input.items[0].config.bytes);
    ck_assert_str_eq(input.items[1].id, "rss_bytes");
    ck_assert(input.items[1].config.bytes);
    ck_assert_double_eq_tol(input.items[1].config.rho, 1048.576, 1e-9);
    ck_assert_int_eq(input.items[1].q[1], 8192);
    growth_input_fini(&input);
}
END_TEST

START_TEST(each_shape_of_json_gives_its_series)
{
    assert_reads("{\"tasks\":[0,50],\"values\":[12,null]}", 1);
    ck_assert_str_eq(input.items[0].id, "1");
    ck_assert_int_eq(input.items[0].q[1], GROWTH_MISSING);
    growth_input_fini(&input);
    assert_reads("[{\"id\":\"a\",\"tasks\":[0],\"values\":[1]},{\"tasks\":[],\"values\":[]}]", 2);
    ck_assert_str_eq(input.items[0].id, "a");
    growth_input_fini(&input);
    assert_reads("{\"vectors\":[{\"id\":7,\"tasks\":[0],\"values\":[1e3]}]}", 1);
    ck_assert_str_eq(input.items[0].id, "7");
    ck_assert_int_eq(input.items[0].q[0], 1000);
    growth_input_fini(&input);
    assert_reads("{\"tasks\":[0],\"values\":[1]}\n{\"tasks\":[0],\"values\":[1]}\n\n", 2);
    growth_input_fini(&input);
}
END_TEST

START_TEST(what_a_series_leaves_out_of_its_rule_comes_from_its_profile)
{
    assert_reads("{\"profile\":\"quick\",\"config\":{\"guard\":0},\"tasks\":[0],\"values\":[1]}",
                 1);
    ck_assert_double_eq_tol(input.items[0].config.rho, 0.1, 1e-12);
    ck_assert_int_eq(input.items[0].config.block, 100);
    ck_assert_int_eq(input.items[0].config.guard, 0);
    growth_input_fini(&input);
    assert_reads("{\"profile\":\"mine\",\"config\":{\"bytes\":1,\"anchors\":true,\"rho\":3.5,"
                 "\"block\":400},\"tasks\":[0],\"values\":[1]}",
                 1);
    ck_assert(input.items[0].config.bytes && input.items[0].config.anchors);
    ck_assert_int_eq(input.items[0].config.block, 400);
    growth_input_fini(&input);
}
END_TEST

START_TEST(what_cannot_be_judged_is_refused_with_its_line_and_field)
{
    static const struct {
        const char *text, *sentence;
    } table[] = {
        {"", "found nothing"},
        {" \n\t\n", "found nothing"},
        {"# only a comment\n", "found none"},
        {"tasks,fds\n", "found none"},
        {"1\n", "in:1: expected `tasks,value`"},
        {"tasks,fds\n0,12\n50,many\n",
         "in:3: expected a whole number within 2^53 in column 2 (fds)"},
        {"0,1.5\n", "in:1: expected a whole number"},
        {"0,inf\n", "found 'inf'"},
        {"0,1e300\n", "found '1e300'"},
        {"0,9007199254740993\n", "within 2^53"},
        {"-5,1\n", "in:1: expected tasks done"},
        {"0,1\n5,1,2\n", "in:2: expected 2 columns as in the first line, found 3"},
        {"[]", "found no series"},
        {"[1]", "expected an object with"},
        {"{}", "expected an array in \"tasks\", found nothing"},
        {"{\"tasks\":[0],\"values\":{}}", "expected an array in \"values\", found an object"},
        {"{\"tasks\":[0],\"values\":[1,2]}", "1 \"tasks\" but 2 \"values\""},
        {"{\"tasks\":[0],\"values\":[1.5]}", "\"values[0]\", found 1.5"},
        {"{\"tasks\":[-1],\"values\":[1]}", "\"tasks[0]\", found -1"},
        {"{\"tasks\":[0],\"values\":[NaN]}", "in:1: not JSON"},
        {"{\"tasks\":[0],\"values\":[1]}\n{\"tasks\":[0],\n\"values\":[}", "in:3: not JSON"},
        {"{\"config\":{\"block\":0},\"tasks\":[],\"values\":[]}", "in \"block\", found 0"},
        {"{\"config\":{\"rho\":-1},\"tasks\":[],\"values\":[]}", "in \"rho\", found -1"},
        {"{\"config\":[],\"tasks\":[],\"values\":[]}", "in \"config\", found an array"},
        {"{\"profile\":\"slow\",\"tasks\":[],\"values\":[]}", "in \"profile\""},
        {"{\"vectors\":3}", "expected an array in \"vectors\""},
        {"[[[[[[", "in:1: not JSON"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_refuses(table[i].text, table[i].sentence);
}
END_TEST

START_TEST(binary_data_is_refused)
{
    static const char bytes[] = "0,12\n\0\1\2";
    ck_assert_int_eq(read_bytes(bytes, sizeof bytes), ERR_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "binary data"));
}
END_TEST

START_TEST(a_folder_cannot_be_read)
{
    FILE *in = fopen("/", "re");
    ck_assert_ptr_nonnull(in);
    ck_assert_int_eq(growth_input_read(in, "/", growth_profile_find("ci"), &input, &error),
                     ERR_SYSTEM);
    (void)fclose(in);
}
END_TEST

Suite *suite_growth_input(void)
{
    Suite *suite = suite_create("growth_input");
    TCase *cases = tcase_create("growth_input");
    tcase_add_test(cases, a_table_without_names_is_tasks_and_a_value);
    tcase_add_test(cases, a_first_line_of_names_makes_a_series_of_each_column);
    tcase_add_test(cases, each_shape_of_json_gives_its_series);
    tcase_add_test(cases, what_a_series_leaves_out_of_its_rule_comes_from_its_profile);
    tcase_add_test(cases, what_cannot_be_judged_is_refused_with_its_line_and_field);
    tcase_add_test(cases, binary_data_is_refused);
    tcase_add_test(cases, a_folder_cannot_be_read);
    suite_add_tcase(suite, cases);
    return suite;
}
