#include "base/scenario.h"

#include "suites.h"
#include "temp_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A scenario file that is right, with `more` as its line 3. */
static const char *scenario_text(const char *more)
{
    static char text[4096];
    (void)snprintf(text, sizeof text,
                   "return {\n  about = 'Does a thing.',\n  %s\n"
                   "  expect = { outcome = 'timeout', phase = 'ident' },\n"
                   "  serve = function(conn) end,\n}\n",
                   more);
    return text;
}

/* Adds a file with this text to a catalogue of its own, which the caller ends. */
static struct catalogue added(const char *name, const char *text)
{
    struct catalogue catalogue = {0};
    struct err_text error = {""};
    enum err failed = catalogue_add_file(&catalogue, temp_file(name, text), &error);
    ck_assert_msg(failed == ERR_NONE, "%s", error.text);
    return catalogue;
}

static void fails_at(int line, const char *words, const char *text)
{
    struct catalogue catalogue = {0};
    struct err_text error = {""};
    char start[128];
    (void)snprintf(start, sizeof start, "%s/ident/x.lua:%d:", temp_folder(), line);
    ck_assert_int_eq(catalogue_add_file(&catalogue, temp_file("ident/x.lua", text), &error),
                     ERR_SCENARIO);
    ck_assert_msg(strncmp(error.text, start, strlen(start)) == 0 &&
                      strstr(error.text, words) != NULL,
                  "expected '%s … %s', found '%s'", start, words, error.text);
    catalogue_fini(&catalogue);
}

START_TEST(a_scenario_without_extras_has_the_usual_values)
{
    struct catalogue catalogue = added("ident/x.lua", scenario_text(""));
    ck_assert_uint_eq(catalogue.count, 1);
    const struct scenario *item = &catalogue.items[0];
    ck_assert_str_eq(item->id, "ident/x");
    ck_assert_str_eq(item->about, "Does a thing.");
    ck_assert_str_eq(item->rfc, "");
    ck_assert_uint_eq(item->outcomes, OUTCOME_BIT(OUTCOME_TIMEOUT));
    ck_assert_uint_eq(item->phases, PHASE_BIT(PHASE_IDENT));
    ck_assert_int_eq(item->deadline_min_ms, 0);
    ck_assert_int_eq(item->listen_backlog, -1);
    ck_assert(item->listen_accept);
    ck_assert(!item->listen_refuse && !item->listen_small_buffer);
    ck_assert_uint_eq(item->stdin_bytes, 0);
    ck_assert_int_eq(item->engine, ENGINE_LIBSSH);
    ck_assert_ptr_null(item->variant);
    ck_assert(!item->dns.wanted);
    catalogue_fini(&catalogue);
}
END_TEST

START_TEST(a_dns_server_is_described_by_the_file_or_by_the_variant)
{
    struct catalogue catalogue = added(
        "dns/x.lua", scenario_text("dns = { answer = 'nothing' }, variants = { { name = 'a' }, "
                                   "{ name = 'b', dns = {} } },"));
    ck_assert_int_eq(catalogue_find(&catalogue, "dns/x/a")->dns.rules[DNS_UDP].says,
                     DNS_SAYS_NOTHING);
    ck_assert_int_eq(catalogue_find(&catalogue, "dns/x/b")->dns.rules[DNS_UDP].says,
                     DNS_SAYS_ADDRESS);
    catalogue_fini(&catalogue);
    fails_at(3, "'answer' to be one of", scenario_text("dns = { answer = 'maybe' },"));
}
END_TEST

START_TEST(the_kind_is_said_by_the_field_else_by_the_expectation_else_by_the_id)
{
    static const struct {
        const char *name, *more;
        enum fault_kind kind;
    } rows[] = {
        {"ident/x.lua", "", FAULT_UNSAID},
        {"ident/silent.lua", "", FAULT_SILENCE},
        {"ident/silent.lua", "kind = 'flood',", FAULT_FLOOD},
        {"ident/x.lua", "variants = { { name = 'fin' } },", FAULT_FIN},
        {"ident/x.lua", "variants = { { name = 'fin', kind = 'order' } },", FAULT_ORDER},
        {"ident/silent.lua", "variants = { { name = 'a', expect = { outcome = 'success' } } },",
         FAULT_LEGAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalogue catalogue = added(rows[i].name, scenario_text(rows[i].more));
        ck_assert_str_eq(fault_kind_name(catalogue.items[0].kind), fault_kind_name(rows[i].kind));
        catalogue_fini(&catalogue);
    }
    fails_at(3, "one of silence, ", scenario_text("kind = 'nonsense',"));
}
END_TEST

START_TEST(the_id_comes_from_the_last_folder_and_the_name)
{
    static const char *const pairs[][2] = {{"kex/y.lua", "kex/y"},
                                           {"healthy/exec.lua", "healthy/exec"},
                                           {"sweep/fin.lua", "sweep/fin"},
                                           {"elsewhere/y.lua", "file/y"},
                                           {"y.lua", "file/y"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct catalogue catalogue = added(pairs[i][0], scenario_text(""));
        ck_assert_str_eq(catalogue.items[0].id, pairs[i][1]);
        catalogue_fini(&catalogue);
    }
}
END_TEST

START_TEST(the_folder_may_be_where_a_relative_path_begins)
{
    struct catalogue catalogue = {0};
    (void)temp_file("auth/y.lua", scenario_text(""));
    ck_assert_int_eq(chdir(temp_folder()), 0);
    ck_assert_int_eq(catalogue_add_file(&catalogue, "auth/y.lua", NULL), ERR_NONE);
    ck_assert_str_eq(catalogue.items[0].id, "auth/y");
    catalogue_fini(&catalogue);
    (void)temp_file("y.lua", scenario_text(""));
    ck_assert_int_eq(catalogue_add_file(&catalogue, "y.lua", NULL), ERR_NONE);
    ck_assert_str_eq(catalogue.items[0].id, "file/y");
    catalogue_fini(&catalogue);
}
END_TEST

START_TEST(each_variant_is_a_scenario_and_may_differ)
{
    struct catalogue catalogue =
        added("ident/x.lua", scenario_text("deadline_min = 0.1, variants = { { name = 'a' }, {\n"
                                           "name = 'b', deadline_min = 1.5,\n"
                                           "expect = { outcome = 'success' } } },"));
    ck_assert_uint_eq(catalogue.count, 2);
    const struct scenario *a = catalogue_find(&catalogue, "ident/x/a");
    const struct scenario *b = catalogue_find(&catalogue, "ident/x/b");
    ck_assert(a != NULL && b != NULL);
    ck_assert_int_eq(a->deadline_min_ms, 100);
    ck_assert_int_eq(b->deadline_min_ms, 1500);
    ck_assert_uint_eq(a->outcomes, OUTCOME_BIT(OUTCOME_TIMEOUT));
    ck_assert_uint_eq(b->outcomes, OUTCOME_BIT(OUTCOME_SUCCESS));
    ck_assert_uint_eq(b->phases, 0);
    ck_assert_ptr_null(catalogue_find(&catalogue, "ident/x"));
    catalogue_fini(&catalogue);
}
END_TEST

START_TEST(lists_of_outcomes_and_phases_are_sets)
{
    struct catalogue catalogue =
        added("ident/x.lua", "return { about = 'X.', serve = function() end,\n"
                             "expect = { outcome = { 'failure', 'timeout' },\n"
                             "phase = { 'kex', 'newkeys' } } }");
    ck_assert_uint_eq(catalogue.items[0].outcomes,
                      OUTCOME_BIT(OUTCOME_FAILURE) | OUTCOME_BIT(OUTCOME_TIMEOUT));
    ck_assert_uint_eq(catalogue.items[0].phases, PHASE_BIT(PHASE_KEX) | PHASE_BIT(PHASE_NEWKEYS));
    catalogue_fini(&catalogue);
}
END_TEST

START_TEST(each_way_to_listen_is_read)
{
    struct catalogue backlog = added("tcp/x.lua", scenario_text("listen = { backlog = 0 },"));
    ck_assert_int_eq(backlog.items[0].listen_backlog, 0);
    ck_assert(!backlog.items[0].listen_accept);
    ck_assert_int_eq(backlog.items[0].listen_opens_after_ns, -1);
    catalogue_fini(&backlog);
    struct catalogue late =
        added("tcp/x.lua", scenario_text("listen = { backlog = 0, opens_after = 0.3 },"));
    ck_assert_int_eq(late.items[0].listen_opens_after_ns, 300000000);
    catalogue_fini(&late);
    struct catalogue refuse = added("tcp/x.lua", scenario_text("listen = { refuse = true },"));
    ck_assert(refuse.items[0].listen_refuse);
    catalogue_fini(&refuse);
    struct catalogue deaf = added("tcp/x.lua", scenario_text("listen = { accept = false },"));
    ck_assert(!deaf.items[0].listen_accept);
    catalogue_fini(&deaf);
}
END_TEST

START_TEST(a_field_that_is_wrong_is_named_with_its_line)
{
    static const struct {
        const char *line, *words;
    } rows[] = {
        {"abuot = 'x',", "unknown field: abuot"},
        {"listen = { opens_after = 1 },", "expected 'opens_after' beside backlog = 0"},
        {"rfc = 4253,", "expected 'rfc' to be a string"},
        {"cites = 'https://x.y',", "expected 'cites' to be a list of strings"},
        {"cites = { 1 },", "expected 'cites' to be a list of strings"},
        {"variants = {},", "expected 'variants' to be a list of tables"},
        {"variants = { { every = 1 } },", "expected 'variants' to be a list of tables"},
        {"deadline_min = '1s',", "expected 'deadline_min' to be a number of seconds"},
        {"deadline_min = -1,", "expected 'deadline_min' from 0 to 3600 seconds"},
        {"deadline_min = 0/0,", "deadline_min"},
        {"stdin_bytes = 1e9,", "expected 'stdin_bytes' from 0 to 131072"},
        {"cancel = 'soon',", "expected 'cancel' to be a share of the deadline"},
        {"cancel = 0.05,", "expected 'cancel' from 0.1 to 0.8"},
        {"cancel = 0/0,", "cancel"},
        {"cancel = 0.5,", "expected 'cancel' and the outcome cancelled together"},
        {"listen = 7,", "expected 'listen' to be a table"},
        {"listen = { backlgo = 0 },", "found: backlgo"},
        {"listen = { accept = 0 },", "found: accept"},
        {"listen = { backlog = 1000 },", "expected a backlog from 0 to 128"},
        {"engine = 'openssh',", "expected engine \"libssh\" or \"crafted\"; found: openssh"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        fails_at(3, rows[i].words, scenario_text(rows[i].line));
}
END_TEST

START_TEST(what_is_expected_must_be_something_a_client_can_do)
{
    static const struct {
        const char *expect, *words;
    } rows[] = {
        {"expect = 'timeout',", "expected 'expect' to be a table"},
        {"expect = {},", "expected 'expect' to have an outcome"},
        {"expect = { outcome = 'hung' },", "found: hung"},
        {"expect = { outcome = 'cancelled' },", "'cancel' and the outcome cancelled together"},
        {"expect = { outcome = { 'timeout', 7 } },", "(not a string)"},
        {"expect = { outcome = 'timeout', phase = 'banner' },", "found: banner"},
        {"expect = { outcome = 'timeout', within = 3 },", "unknown field in 'expect': within"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        (void)snprintf(text, sizeof text,
                       "return {\n  about = 'X.',\n  %s\n  serve = function() end,\n}\n",
                       rows[i].expect);
        fails_at(3, rows[i].words, text);
    }
}
END_TEST

START_TEST(a_scenario_says_what_it_is_what_is_expected_and_what_it_does)
{
    fails_at(1, "expected a field 'about'", "return { expect = { outcome = 'timeout' } }");
    fails_at(1, "expected a field 'expect'", "return { about = 'X.', serve = function() end }");
    fails_at(1, "expected a function 'serve'",
             "return { about = 'X.', expect = { outcome = 'timeout' } }");
    fails_at(1, "expected 'serve' to be a function",
             "return { about = 'X.', expect = { outcome = 'timeout' }, serve = 'no' }");
}
END_TEST

START_TEST(the_first_bad_file_ends_the_reading_of_a_folder)
{
    struct catalogue catalogue = {0};
    struct err_text error = {""};
    (void)temp_file("ident/good.lua", scenario_text(""));
    (void)temp_file("ident/readme.txt", "not a scenario");
    ck_assert_int_eq(catalogue_read(&catalogue, temp_folder(), &error), ERR_NONE);
    ck_assert_uint_eq(catalogue.count, 1);
    catalogue_fini(&catalogue);
    (void)temp_file("ident/bad.lua", "return 7");
    ck_assert_int_eq(catalogue_read(&catalogue, temp_folder(), &error), ERR_SCENARIO);
    ck_assert_ptr_nonnull(strstr(error.text, "ident/bad.lua:1: "));
    catalogue_fini(&catalogue);
}
END_TEST

/* How many are selected; -1 on error, with the sentence in `error`. */
static int select_count(const char *const *words, size_t count, struct err_text *error)
{
    struct catalogue catalogue = {0};
    const struct scenario **selected = NULL;
    size_t found = 0;
    ck_assert_int_eq(catalogue_read(&catalogue, temp_folder(), error), ERR_NONE);
    enum err failed = catalogue_select(&catalogue, words, count, &selected, &found, error);
    ck_assert(failed == ERR_NONE || failed == ERR_USAGE || failed == ERR_SCENARIO);
    free(selected);
    catalogue_fini(&catalogue);
    return failed == ERR_NONE ? (int)found : -1;
}

START_TEST(a_file_word_means_the_file_or_one_variant_of_it)
{
    struct err_text error = {""};
    const char *path =
        temp_file("ident/x.lua", scenario_text("variants = { { name = 'a' }, { name = 'b' } },"));
    (void)temp_file("ident/y.lua", scenario_text(""));
    char variant[300], unknown[300];
    (void)snprintf(variant, sizeof variant, "%s/b", path);
    (void)snprintf(unknown, sizeof unknown, "%s/c", path);
    ck_assert_int_eq(select_count(&(const char *){path}, 1, &error), 2);
    ck_assert_int_eq(select_count(&(const char *){variant}, 1, &error), 1);
    ck_assert_int_eq(select_count(&(const char *){unknown}, 1, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "has no variant of that name"));
    ck_assert_int_eq(select_count(NULL, 0, &error), 3);
}
END_TEST

START_TEST(the_file_word_of_a_scenario_selects_it_alone)
{
    struct catalogue catalogue =
        added("ident/x.lua", scenario_text("variants = { { name = 'a' }, { name = 'b' } },"));
    struct err_text error = {""};
    for (size_t i = 0; i < catalogue.count; i++) {
        char word[512];
        scenario_file_word(&catalogue.items[i], word, sizeof word);
        ck_assert_int_eq(select_count(&(const char *){word}, 1, &error), 1);
    }
    catalogue_fini(&catalogue);
}
END_TEST

START_TEST(a_word_that_matches_nothing_is_an_error)
{
    struct err_text error = {""};
    (void)temp_file("ident/x.lua", scenario_text(""));
    ck_assert_int_eq(select_count(&(const char *){"ident/nothing"}, 1, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "'ident/nothing' matches no scenario"));
    const char *none[] = {"ident", "!ident"};
    ck_assert_int_eq(select_count(none, 2, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "leave no scenario"));
    ck_assert_int_eq(select_count(&(const char *){"/nowhere/z.lua"}, 1, &error), -1);
}
END_TEST

Suite *suite_scenario(void)
{
    Suite *suite = suite_create("scenario");
    TCase *cases = tcase_create("scenario");
    tcase_add_test(cases, a_scenario_without_extras_has_the_usual_values);
    tcase_add_test(cases, a_dns_server_is_described_by_the_file_or_by_the_variant);
    tcase_add_test(cases, the_kind_is_said_by_the_field_else_by_the_expectation_else_by_the_id);
    tcase_add_test(cases, the_id_comes_from_the_last_folder_and_the_name);
    tcase_add_test(cases, the_folder_may_be_where_a_relative_path_begins);
    tcase_add_test(cases, each_variant_is_a_scenario_and_may_differ);
    tcase_add_test(cases, lists_of_outcomes_and_phases_are_sets);
    tcase_add_test(cases, each_way_to_listen_is_read);
    tcase_add_test(cases, a_field_that_is_wrong_is_named_with_its_line);
    tcase_add_test(cases, what_is_expected_must_be_something_a_client_can_do);
    tcase_add_test(cases, a_scenario_says_what_it_is_what_is_expected_and_what_it_does);
    tcase_add_test(cases, the_first_bad_file_ends_the_reading_of_a_folder);
    tcase_add_test(cases, a_file_word_means_the_file_or_one_variant_of_it);
    tcase_add_test(cases, the_file_word_of_a_scenario_selects_it_alone);
    tcase_add_test(cases, a_word_that_matches_nothing_is_an_error);
    suite_add_tcase(suite, cases);
    return suite;
}
