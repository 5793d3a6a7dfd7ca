#include "base/script_file.h"

#include "suites.h"
#include "temp_file.h"

#include <stdlib.h>
#include <string.h>

/* Reads a file with this text; the sentence on failure, "" when it was read. */
static const char *read_text(const char *text, json_t **table)
{
    static struct err_text error;
    error.text[0] = '\0';
    json_t *read = NULL;
    enum err failed = script_file_read(temp_file("x.lua", text), ERR_MANIFEST, &read, &error);
    ck_assert_int_eq(failed, failed == ERR_NONE ? ERR_NONE : ERR_MANIFEST);
    ck_assert((failed == ERR_NONE) == (read != NULL));
    if (table != NULL)
        *table = read;
    else
        json_decref(read);
    return error.text;
}

/* Does the file fail with a sentence that begins "PATH:line:" and has these words? */
static void fails_at(int line, const char *words, const char *text)
{
    char start[128];
    (void)snprintf(start, sizeof start, "%s/x.lua:%d:", temp_folder(), line);
    const char *sentence = read_text(text, NULL);
    ck_assert_msg(strncmp(sentence, start, strlen(start)) == 0 && strstr(sentence, words) != NULL,
                  "expected '%s … %s', found '%s'", start, words, sentence);
}

START_TEST(a_table_becomes_json)
{
    json_t *table = NULL;
    ck_assert_str_eq(read_text("return { n = 3, r = 0.5, s = 'x', b = true, list = { 1, 'two' },\n"
                               "  t = { k = 'v' }, empty = {}, f = function() end }\n",
                               &table),
                     "");
    char *text = json_dumps(table, JSON_SORT_KEYS | JSON_COMPACT);
    ck_assert_str_eq(text, "{\"b\":true,\"empty\":{},\"f\":\"function\",\"list\":[1,\"two\"],"
                           "\"n\":3,\"r\":0.5,\"s\":\"x\",\"t\":{\"k\":\"v\"}}");
    free(text);
    json_decref(table);
}
END_TEST

START_TEST(a_syntax_error_names_file_and_line)
{
    fails_at(2, "'}' expected", "return {\n  about x }\n");
}
END_TEST

START_TEST(an_error_while_loading_names_file_and_line)
{
    fails_at(3, "attempt to index a nil value", "local x\n\nreturn { about = x.y }\n");
    fails_at(1, "an error that is not text", "error({})");
}
END_TEST

START_TEST(a_file_that_returns_no_table_is_an_error)
{
    fails_at(1, "expected the file to return a table, found nil", "local x = 1\n");
    fails_at(1, "expected the file to return a table, found number", "return 7\n");
    fails_at(1, "found a list", "return { 1, 2 }\n");
}
END_TEST

START_TEST(dangerous_functions_are_not_there)
{
    static const char *const names[] = {
        "io",        "os",          "debug",     "load",   "dofile",       "loadfile",
        "require",   "package",     "print",     "rawset", "setmetatable", "collectgarbage",
        "coroutine", "string.dump", "table.move"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "return { there = %s ~= nil }", names[i]);
        json_t *table = NULL;
        ck_assert_str_eq(read_text(text, &table), "");
        ck_assert_msg(json_is_false(json_object_get(table, "there")), "%s is there", names[i]);
        json_decref(table);
    }
}
END_TEST

START_TEST(bytecode_is_refused)
{
    fails_at(1, "attempt to load a binary chunk", "\033Lua\124");
}
END_TEST

START_TEST(a_script_without_end_is_ended)
{
    fails_at(2, "runs without end", "local n = 0\nwhile true do n = n + 1 end\nreturn {}\n");
}
END_TEST

START_TEST(pcall_cannot_swallow_the_budget)
{
    fails_at(1, "runs without end",
             "while true do pcall(function() while true do end end) end return {}");
    fails_at(1, "runs without end",
             "local function f() pcall(f) while true do pcall(f) end end f() return {}");
}
END_TEST

/* A hundred thousand instructions, each of which compares, joins or writes megabytes. */
static const char *const takes_long[] = {
    ("local a, b = ('a'):rep(1 << 20), ('a'):rep(1 << 20) .. '' "
     "for _ = 1, 200000 do if a < b then return {} end end return {}"),
    "local a = ('a'):rep(1 << 20) for n = 1, 200000 do local _ = a .. n end return {}",
    "for n = 1, 200000 do pcall(string.rep, 'a', 1 << 20) end return {}",
};

START_TEST(instructions_that_take_long_are_paid_in_time)
{
    fails_at(1, "budget of CPU time", takes_long[_i]);
}
END_TEST

/* Each of these was one call that went on for centuries. */
START_TEST(what_the_budget_does_not_see_cannot_go_on_for_long)
{
    ck_assert_str_eq(read_text("return { about = (''):rep(1 << 60) .. ('a'):rep(2, ',') }", NULL),
                     "");
    fails_at(1, "at most 1000000 elements",
             "local t = {} for k = 62, 0, -1 do t[1 << k] = 1 end table.insert(t, 1, 0) return t");
    fails_at(1, "at most 1000000 elements",
             "local t = {} for k = 62, 0, -1 do t[1 << k] = 1 end table.remove(t, 1) return t");
    fails_at(1, "index a boolean", "getmetatable('').__len = string.len return {}");
}
END_TEST

START_TEST(what_moves_elements_still_moves_them)
{
    json_t *table = NULL;
    ck_assert_str_eq(
        read_text("local t = { 1, 3 } table.insert(t, 2, 2) table.insert(t, 4)\n"
                  "return { n = #t, last = table.remove(t), first = table.remove(t, 1),"
                  " rep = ('ab'):rep(2, '-') }",
                  &table),
        "");
    ck_assert_int_eq(json_integer_value(json_object_get(table, "n")), 4);
    ck_assert_int_eq(json_integer_value(json_object_get(table, "last")), 4);
    ck_assert_int_eq(json_integer_value(json_object_get(table, "first")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(table, "rep")), "ab-ab");
    json_decref(table);
}
END_TEST

START_TEST(memory_has_a_limit)
{
    fails_at(1, "not enough memory", "return { about = ('x'):rep(1 << 30) }");
    fails_at(1, "not enough memory", "local t = {} for i = 1, 1e9 do t[i] = {} end return t");
}
END_TEST

START_TEST(a_pattern_over_a_long_subject_is_refused)
{
    fails_at(1, "at most 4096 bytes", "return { about = (('a'):rep(5000)):match('a') }");
    fails_at(1, "at most 4096 bytes", "return { at = (('a'):rep(5000)):find('a') }");
    fails_at(1, "at most 64 bytes", "return { at = ('a'):find(('a'):rep(65), 1, true) }");
    ck_assert_str_eq(read_text("return { at = (('a'):rep(5000) .. '.'):find('.', 1, true) }", NULL),
                     "");
}
END_TEST

START_TEST(deep_nesting_is_an_error)
{
    fails_at(1, "nested more than 8 deep", "local t = {} t.t = t return t");
    ck_assert_str_eq(read_text("return { a = { b = { c = { d = { e = 1 } } } } }", NULL), "");
}
END_TEST

START_TEST(a_table_that_is_in_another_many_times_cannot_fill_the_memory)
{
    fails_at(
        1, "more than 100000 values",
        "local t = {0} for i = 1, 6 do t = {t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t} end return {a = t}");
}
END_TEST

START_TEST(text_that_is_not_utf8_does_not_get_lost)
{
    json_t *table = NULL;
    ck_assert_str_eq(read_text("return { about = '\\xff', ['\\xfe'] = 1, [1.5] = 2 }", &table), "");
    ck_assert_str_eq(json_string_value(json_object_get(table, "about")), "(not UTF-8)");
    ck_assert_uint_eq(json_object_size(table), 3);
    json_decref(table);
}
END_TEST

START_TEST(what_is_no_file_is_an_error)
{
    struct err_text error = {""};
    json_t *table = NULL;
    ck_assert_int_eq(script_file_read("/nowhere/x.lua", ERR_SCENARIO, &table, &error),
                     ERR_SCENARIO);
    ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/x.lua: cannot be read"));
    ck_assert_int_eq(script_file_read(temp_folder(), ERR_SCENARIO, &table, &error), ERR_SCENARIO);
    ck_assert_int_eq(script_file_read("/dev/zero", ERR_SCENARIO, &table, &error), ERR_SCENARIO);
    ck_assert_ptr_nonnull(strstr(error.text, "expected a Lua file, found something else"));
}
END_TEST

START_TEST(a_key_is_found_on_its_line)
{
    const char *path = temp_file("k.lua", "-- about\nreturn {\n  about = 1,\n  x_about = 2,\n"
                                          "  expect   = { about == 3 },\n}\n");
    ck_assert_int_eq(script_file_line_of(path, "about"), 3);
    ck_assert_int_eq(script_file_line_of(path, "expect"), 5);
    ck_assert_int_eq(script_file_line_of(path, "absent"), 1);
}
END_TEST

Suite *suite_script_file(void)
{
    Suite *suite = suite_create("script_file");
    TCase *cases = tcase_create("script_file");
    tcase_add_test(cases, a_table_becomes_json);
    tcase_add_test(cases, a_syntax_error_names_file_and_line);
    tcase_add_test(cases, an_error_while_loading_names_file_and_line);
    tcase_add_test(cases, a_file_that_returns_no_table_is_an_error);
    tcase_add_test(cases, dangerous_functions_are_not_there);
    tcase_add_test(cases, bytecode_is_refused);
    tcase_add_test(cases, a_script_without_end_is_ended);
    tcase_add_test(cases, pcall_cannot_swallow_the_budget);
    tcase_add_test(cases, what_the_budget_does_not_see_cannot_go_on_for_long);
    tcase_add_test(cases, what_moves_elements_still_moves_them);
    tcase_add_test(cases, memory_has_a_limit);
    tcase_add_test(cases, a_pattern_over_a_long_subject_is_refused);
    tcase_add_test(cases, deep_nesting_is_an_error);
    tcase_add_test(cases, a_table_that_is_in_another_many_times_cannot_fill_the_memory);
    tcase_add_test(cases, text_that_is_not_utf8_does_not_get_lost);
    tcase_add_test(cases, what_is_no_file_is_an_error);
    tcase_add_test(cases, a_key_is_found_on_its_line);
    suite_add_tcase(suite, cases);
    TCase *slow = tcase_create("slow");
    tcase_set_timeout(slow,
                      30); /* 2 s of processor time, which a busy machine takes longer to give */
    tcase_add_loop_test(slow, instructions_that_take_long_are_paid_in_time, 0,
                        (int)(sizeof takes_long / sizeof takes_long[0]));
    suite_add_tcase(suite, slow);
    return suite;
}
