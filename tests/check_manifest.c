#include "judge/manifest.h"

#include "suites.h"
#include "temp_file.h"

#include <stdio.h>
#include <string.h>

static struct manifest *manifest;
static struct err_text error;

static enum err read_text(const char *text)
{
    return manifest_read(temp_file("m.lua", text), &manifest, &error);
}

/* A template with these fields beside the needed ones. */
static enum err read_with(const char *fields)
{
    char text[2000];
    (void)snprintf(text, sizeof text,
                   "return { name = 'x', kind = 'template', argv = { 'ssh', '{host}' },\n%s }",
                   fields);
    return read_text(text);
}

static void refuses(const char *fields, const char *why)
{
    ck_assert_msg(read_with(fields) == ERR_MANIFEST, "%s was taken", fields);
    ck_assert_msg(strstr(error.text, why) != NULL, "%s: %s", fields, error.text);
    ck_assert_ptr_null(manifest);
}

START_TEST(a_template_is_its_words)
{
    ck_assert_int_eq(read_with("min_deadline = 1, deadline = 'connect'"), ERR_NONE);
    ck_assert_str_eq(manifest->name, "x");
    ck_assert(!manifest->driver);
    ck_assert_str_eq(manifest->argv[1], "{host}");
    ck_assert_ptr_null(manifest->argv[2]);
    ck_assert_int_eq(manifest->min_deadline_ms, 1000);
    ck_assert_int_eq(manifest->claim, CLAIM_CONNECT);
    manifest_free(&manifest);
    ck_assert_ptr_null(manifest);
}
END_TEST

START_TEST(what_is_missing_or_unknown_is_refused_by_name)
{
    ck_assert_int_eq(read_text("return { name = 'x', kind = 'driver' }"), ERR_MANIFEST);
    ck_assert_ptr_nonnull(strstr(error.text, "the field 'argv' is missing"));
    ck_assert_int_eq(read_text("return 1"), ERR_MANIFEST);
    refuses("speed = 3", "unknown field 'speed'");
    refuses("stop = { 'docker' }", "stop is for clients of kind \"external\"");
    refuses("pid = { 'docker' }", "pid is for clients of kind \"external\"");
    refuses("min_deadline = 0", "min_deadline must be seconds");
    refuses("cost = 0", "cost must be a whole number");
    refuses("cost = 1.5", "cost must be a whole number");
    refuses("grace = 4000", "grace must be seconds");
    refuses("dns = 1", "dns must be true or false");
    refuses("version = {}", "version must be a list of strings");
    refuses("version = { 'ssh', 4 }", "number 2 is not");
    refuses("deadline = 'soon'", "deadline");
    refuses("auth = { 'hope' }", "auth may name");
    refuses("outcomes = { exit = { [300] = 'timeout' } }", "exit status 300 is not in 0..255");
    refuses("outcomes = { exit = { [3] = 'perhaps' } }", "\"perhaps\" is no outcome");
    refuses("outcomes = { stderr = { { '(', 'timeout' } } }", "outcomes.stderr: \"(\"");
    refuses("outcomes = { stdout = {} }", "outcomes may hold exit and stderr");
    refuses("scenarios = 'data'", "scenarios must be a list");
    refuses("scenarios = { 'data', './x.lua' }", "'./x.lua' is a file");
}
END_TEST

START_TEST(an_external_client_may_name_its_process_and_what_ends_it)
{
    ck_assert_int_eq(read_text("return { name = 'x', kind = 'external', argv = { 'tell' } }"),
                     ERR_NONE);
    ck_assert(manifest->external && !manifest->driver && !manifest_lives_on(manifest));
    manifest_free(&manifest);
    ck_assert_int_eq(read_text("return { name = 'x', kind = 'external', argv = { 'tell' }, "
                               "pid = { 'cat', 'pid' }, stop = { 'restart' } }"),
                     ERR_NONE);
    ck_assert(manifest_lives_on(manifest));
    ck_assert_str_eq(manifest->stop[0], "restart");
    manifest_free(&manifest);
}
END_TEST

START_TEST(packages_are_names_and_never_options)
{
    ck_assert_int_eq(read_with("packages = { 'ruby', 'g++' }, npm = { '@scope/ssh2@1.17.0' }"),
                     ERR_NONE);
    ck_assert_str_eq(manifest->packages[1], "g++");
    ck_assert_ptr_null(manifest->packages[2]);
    ck_assert_str_eq(manifest->npm[0], "@scope/ssh2@1.17.0");
    manifest_free(&manifest);
    refuses("packages = 'ruby'", "packages must be a list");
    refuses("packages = { '-o', 'ruby' }", "packages: '-o' is no package's name");
    refuses("packages = { 'ruby;true' }", "'ruby;true' is no package's name");
    refuses("packages = { './x.deb' }", "'./x.deb' is no package's name");
    refuses("npm = { 'https://example.org/x' }", "is no package's name");
    refuses("npm = { '' }", "npm: '' is no package's name");
}
END_TEST

START_TEST(the_line_of_a_bad_field_is_told)
{
    refuses("version = { 'ssh', '-V' },\n\ngrace = 'much'", "m.lua:4: grace");
}
END_TEST

START_TEST(a_client_that_there_is_not_is_bad_usage)
{
    ck_assert_int_eq(manifest_read("no-such-client", &manifest, &error), ERR_USAGE);
    ck_assert_int_eq(manifest_read("../main", &manifest, &error), ERR_USAGE);
    ck_assert_int_eq(manifest_read("/etc/passwd", &manifest, &error), ERR_USAGE);
    ck_assert_int_eq(manifest_read("", &manifest, &error), ERR_USAGE);
}
END_TEST

START_TEST(exit_statuses_are_asked_before_messages)
{
    enum outcome outcome;
    ck_assert_int_eq(read_with("outcomes = { exit = { [5] = 'timeout' }, "
                               "stderr = { { '^gone$', 'cancelled' }, { 'g', 'failure' } } }"),
                     ERR_NONE);
    ck_assert(manifest_map_outcome(manifest, 5, "gone\n", &outcome));
    ck_assert_int_eq(outcome, OUTCOME_TIMEOUT);
    ck_assert(manifest_map_outcome(manifest, 6, "first\ngone\n", &outcome));
    ck_assert_str_eq(outcome_name(outcome), "cancelled");
    ck_assert(manifest_map_outcome(manifest, 6, "going\n", &outcome));
    ck_assert_str_eq(outcome_name(outcome), "failure");
    ck_assert(!manifest_map_outcome(manifest, 6, "lost\n", &outcome));
    manifest_free(&manifest);
}
END_TEST

START_TEST(a_client_is_for_all_scenarios_but_where_it_says_which)
{
    ck_assert_int_eq(read_with(""), ERR_NONE);
    ck_assert(manifest_is_for(manifest, "kex/silent"));
    manifest_free(&manifest);
    ck_assert_int_eq(read_with("scenarios = { 'data/sftp-*', 'healthy', '!healthy/exec' }"),
                     ERR_NONE);
    ck_assert(manifest_is_for(manifest, "data/sftp-half/read"));
    ck_assert(manifest_is_for(manifest, "healthy/slow"));
    ck_assert(!manifest_is_for(manifest, "healthy/exec"));
    ck_assert(!manifest_is_for(manifest, "kex/silent"));
    manifest_free(&manifest);
}
END_TEST

START_TEST(a_command_line_that_is_told_whole_seconds_has_one_at_least)
{
    char *words[] = {"/usr/bin/ssh", "-o", "ConnectTimeout={deadline_s_ceil}", NULL};
    ck_assert_int_eq(manifest_from_command(words, &manifest, &error), ERR_NONE);
    ck_assert_str_eq(manifest->name, "ssh");
    ck_assert_ptr_null(manifest->file);
    ck_assert_int_eq(manifest->min_deadline_ms, 1000);
    ck_assert(manifest_is_told_deadline(manifest));
    ck_assert(!manifest_is_told_dns(manifest));
    manifest_free(&manifest);
    char *finer[] = {"client", "{deadline_s_ceil}", "{deadline_ms}", "{dns}", NULL};
    ck_assert_int_eq(manifest_from_command(finer, &manifest, &error), ERR_NONE);
    ck_assert_int_eq(manifest->min_deadline_ms, 0);
    ck_assert(manifest_is_told_dns(manifest));
    manifest_free(&manifest);
    char *unknown[] = {"client", "{hots}", NULL};
    ck_assert_int_eq(manifest_from_command(unknown, &manifest, &error), ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(error.text, "{hots}"));
}
END_TEST

START_TEST(placeholders_become_their_values_and_nothing_else)
{
    struct placeholder_values values = {.host = "127.0.0.1", .command = "nonce $(x) 'y'"};
    char *words[] = {"{host}:{port}", "{command}", "{{host}", "a{host}b{host}", NULL};
    char **argv = argv_expand(words, &values);
    ck_assert_str_eq(argv[0], "127.0.0.1:");
    ck_assert_str_eq(argv[1], "nonce $(x) 'y'");
    ck_assert_str_eq(argv[2], "{host}");
    ck_assert_str_eq(argv[3], "a127.0.0.1b127.0.0.1");
    ck_assert_ptr_null(argv[4]);
    argv_free(argv);
}
END_TEST

START_TEST(the_cost_is_the_manifests_or_the_kinds)
{
    ck_assert_int_eq(read_with(""), ERR_NONE);
    ck_assert_int_eq(manifest_cost(manifest), 20);
    manifest->driver = true;
    ck_assert_int_eq(manifest_cost(manifest), 1);
    manifest_free(&manifest);
    ck_assert_int_eq(read_with("cost = 15"), ERR_NONE);
    ck_assert_int_eq(manifest_cost(manifest), 15);
    manifest_free(&manifest);
}
END_TEST

START_TEST(the_grace_is_the_manifests_or_the_kinds)
{
    ck_assert_int_eq(read_with(""), ERR_NONE);
    ck_assert_int_eq(manifest_grace_ms(manifest, 500), 250);
    ck_assert_int_eq(manifest_grace_ms(manifest, 10000), 500);
    manifest->driver = true;
    ck_assert_int_eq(manifest_grace_ms(manifest, 500), 100);
    manifest_free(&manifest);
    ck_assert_int_eq(read_with("grace = 0.07"), ERR_NONE);
    ck_assert_int_eq(manifest_grace_ms(manifest, 10000), 70);
    manifest_free(&manifest);
}
END_TEST

Suite *suite_manifest(void)
{
    Suite *suite = suite_create("manifest");
    TCase *cases = tcase_create("manifest");
    tcase_add_test(cases, a_template_is_its_words);
    tcase_add_test(cases, what_is_missing_or_unknown_is_refused_by_name);
    tcase_add_test(cases, an_external_client_may_name_its_process_and_what_ends_it);
    tcase_add_test(cases, packages_are_names_and_never_options);
    tcase_add_test(cases, the_line_of_a_bad_field_is_told);
    tcase_add_test(cases, a_client_that_there_is_not_is_bad_usage);
    tcase_add_test(cases, exit_statuses_are_asked_before_messages);
    tcase_add_test(cases, a_client_is_for_all_scenarios_but_where_it_says_which);
    tcase_add_test(cases, a_command_line_that_is_told_whole_seconds_has_one_at_least);
    tcase_add_test(cases, placeholders_become_their_values_and_nothing_else);
    tcase_add_test(cases, the_cost_is_the_manifests_or_the_kinds);
    tcase_add_test(cases, the_grace_is_the_manifests_or_the_kinds);
    suite_add_tcase(suite, cases);
    return suite;
}
