#include "judge/installation.h"

#include "suites.h"
#include "temp_file.h"

#include <stdio.h>
#include <string.h>

static struct manifest *manifest;
static struct installation found;

/* A manifest with this version command, and what these fields add to it. */
static void read_with(const char *version, const char *fields)
{
    char text[1000];
    struct err_text error;
    (void)snprintf(text, sizeof text,
                   "return { name = 'x', kind = 'driver', argv = { 'x' }, version = %s, %s }",
                   version, fields);
    manifest_free(&manifest);
    ck_assert_int_eq(manifest_read(temp_file("m.lua", text), &manifest, &error), ERR_NONE);
}

static void ask(const char *version)
{
    read_with(version, "");
    const struct manifest *asked = manifest;
    installation_ask(&asked, 1, &found);
    manifest_free(&manifest);
}

START_TEST(a_version_command_that_succeeds_is_a_client_that_is_there)
{
    ask("{ 'printf', '1.2 \\027[31m\\nmore\\n' }");
    ck_assert(!found.missing);
    ck_assert_str_eq(found.version, "1.2 ?[31m");
    ask("{ 'sh', '-c', 'echo 3 >&2' }");
    ck_assert_str_eq(found.version, "3");
}
END_TEST

START_TEST(long_output_is_read_to_its_end)
{
    ask("{ 'sh', '-c', 'yes | head -c 300000; exit 3' }");
    ck_assert(found.missing);
    ck_assert_ptr_nonnull(strstr(found.reason, "exit status 3"));
}
END_TEST

START_TEST(a_version_command_that_is_missing_or_fails_is_a_client_that_is_not_there)
{
    ask("{ 'no-such-command' }");
    ck_assert(found.missing);
    ck_assert_str_eq(found.version, "");
    ck_assert_msg(
        strstr(found.reason, "not installed: no-such-command: cannot run 'no-such-command'") ==
            found.reason,
        "%s", found.reason);
    ask("{ 'sh', '-c', 'echo no such module; exit 1' }");
    ck_assert_str_eq(found.reason, "not installed: sh ended with exit status 1: no such module");
}
END_TEST

START_TEST(several_are_asked_side_by_side_and_each_has_its_own_answer)
{
    struct manifest *manifests[3];
    struct installation answers[3];
    static const char *const versions[] = {"{ 'echo', 'one' }", "{ 'false' }",
                                           "{ 'echo', 'three' }"};
    for (int i = 0; i < 3; i++) {
        read_with(versions[i], "");
        manifests[i] = manifest;
        manifest = NULL;
    }
    installation_ask((const struct manifest *const *)manifests, 3, answers);
    ck_assert_str_eq(answers[0].version, "one");
    ck_assert(answers[1].missing && !answers[0].missing && !answers[2].missing);
    ck_assert_str_eq(answers[2].version, "three");
    for (int i = 0; i < 3; i++)
        manifest_free(&manifests[i]);
}
END_TEST

START_TEST(what_is_missing_is_named)
{
    struct installation_end end = {.in_time = true, .status = 1 << 8, .line = "Traceback"};
    read_with("{ 'ruby' }", "packages = { 'ruby', 'ruby-net-ssh' }, npm = { 'ssh2@1' }");
    installation_decide(manifest, &end, &found);
    ck_assert(found.missing);
    ck_assert_str_eq(found.reason, "not installed: it needs ruby ruby-net-ssh ssh2@1 (npm) "
                                   "(ruby ended with exit status 1)");
    manifest_free(&manifest);
}
END_TEST

START_TEST(who_is_slow_to_tell_its_version_is_not_missing)
{
    struct installation_end end = {.in_time = false, .status = 9, .line = "1.2"};
    read_with("{ 'x' }", "packages = { 'x' }");
    installation_decide(manifest, &end, &found);
    ck_assert(!found.missing);
    ck_assert_str_eq(found.version, "1.2");
    manifest_free(&manifest);
}
END_TEST

Suite *suite_installation(void)
{
    Suite *suite = suite_create("installation");
    TCase *cases = tcase_create("installation");
    tcase_add_test(cases, a_version_command_that_succeeds_is_a_client_that_is_there);
    tcase_add_test(cases, long_output_is_read_to_its_end);
    tcase_add_test(cases, a_version_command_that_is_missing_or_fails_is_a_client_that_is_not_there);
    tcase_add_test(cases, several_are_asked_side_by_side_and_each_has_its_own_answer);
    tcase_add_test(cases, what_is_missing_is_named);
    tcase_add_test(cases, who_is_slow_to_tell_its_version_is_not_missing);
    suite_add_tcase(suite, cases);
    return suite;
}
