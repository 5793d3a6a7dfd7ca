#include "lease/lease_request.h"

#include "suites.h"

#include <string.h>

START_TEST(a_body_with_a_scenario_alone_gets_the_usual_values)
{
    struct err_text error = {""};
    struct lease_request request;
    const char *body = "{\"scenario\":\"ident/silent\"}";
    ck_assert_int_eq(lease_request_parse(body, strlen(body), &request, &error), ERR_NONE);
    ck_assert_str_eq(request.scenario, "ident/silent");
    ck_assert_int_eq(request.deadline_ms, 3000);
    ck_assert_int_eq(request.ttl_ms, 60000);
    ck_assert_int_eq(request.seed, 1);
    ck_assert_ptr_null(request.label);
    lease_request_fini(&request);
}
END_TEST

START_TEST(what_a_body_says_is_taken)
{
    struct err_text error = {""};
    struct lease_request request;
    const char *body = "{\"file\":\"/a/b.lua\",\"variant\":\"steady\",\"deadline_ms\":300,"
                       "\"ttl_ms\":10,\"seed\":7,\"label\":\"mine\"}";
    ck_assert_int_eq(lease_request_parse(body, strlen(body), &request, &error), ERR_NONE);
    ck_assert_str_eq(request.file, "/a/b.lua");
    ck_assert_str_eq(request.variant, "steady");
    ck_assert_str_eq(request.label, "mine");
    ck_assert_int_eq(request.deadline_ms, 300);
    ck_assert_int_eq(request.ttl_ms, 10);
    ck_assert_int_eq(request.seed, 7);
    lease_request_fini(&request);
}
END_TEST

/* A body and what the sentence about it must hold. */
static const struct {
    const char *body, *words;
} bad[] = {
    {"", "one object in JSON"},
    {"[]", "one object in JSON, found []"},
    {"{\"scenario\":\"a\"", "one object in JSON"},
    {"{\"scenario\":\"a\",\"scenario\":\"b\"}", "duplicate"},
    {"{}", "one of scenario, file and source, found none"},
    {"{\"scenario\":\"a\",\"source\":\"b\"}", "found several"},
    {"{\"scenario\":3}", "scenario: expected a text, found 3"},
    {"{\"scenario\":\"\"}", "scenario: expected a text"},
    {"{\"scenarios\":\"a\"}", "found \"scenarios\""},
    {"{\"file\":\"x.lua\"}", "an absolute path that ends in .lua"},
    {"{\"file\":\"/x\"}", "an absolute path that ends in .lua"},
    {"{\"file\":\"/x.lua/variant\"}", "an absolute path that ends in .lua"},
    {"{\"scenario\":\"a\",\"variant\":\"b\"}", "a scenario's id ends in its variant"},
    {"{\"file\":\"/x.lua\",\"variant\":\"../b\"}", "variant: expected a name"},
    {"{\"scenario\":\"a\",\"ttl_ms\":9}", "ttl_ms: expected a whole number from 10 to 86400000"},
    {"{\"scenario\":\"a\",\"ttl_ms\":86400001}", "ttl_ms"},
    {"{\"scenario\":\"a\",\"ttl_ms\":\"60\"}", "found \"60\""},
    {"{\"scenario\":\"a\",\"deadline_ms\":0}", "deadline_ms"},
    {"{\"scenario\":\"a\",\"deadline_ms\":1.5}", "found 1.5"},
    {"{\"scenario\":\"a\",\"seed\":-1}", "seed"},
    {"{\"scenario\":\"a\\u0000b\"}", "\\u0000"},
};

START_TEST(a_bad_body_is_refused_with_a_sentence)
{
    struct err_text error = {""};
    struct lease_request request;
    ck_assert_int_eq(lease_request_parse(bad[_i].body, strlen(bad[_i].body), &request, &error),
                     ERR_INPUT);
    ck_assert_msg(strstr(error.text, bad[_i].words) != NULL, "%s: %s", bad[_i].body, error.text);
    ck_assert_ptr_null(strchr(error.text, '\n'));
    lease_request_fini(&request);
}
END_TEST

START_TEST(a_wait_has_a_count_and_a_bound_even_when_none_is_said)
{
    struct err_text error = {""};
    struct lease_wait wait;
    int64_t wait_ms = 0;
    ck_assert_int_eq(lease_request_wait("fault", NULL, NULL, &wait, &wait_ms, &error), ERR_NONE);
    ck_assert_uint_eq(wait.count, 1);
    ck_assert_int_eq(wait_ms, 900);
    ck_assert_int_eq(lease_request_wait("phase:auth", "3", "60000", &wait, &wait_ms, &error),
                     ERR_NONE);
    ck_assert_uint_eq(wait.count, 3);
    ck_assert_int_eq(wait.phase, PHASE_AUTH);
    ck_assert_int_eq(wait_ms, 60000);
}
END_TEST

START_TEST(a_bad_wait_is_refused_with_the_name_of_what_is_bad)
{
    static const struct {
        const char *event, *count, *timeout_ms, *words;
    } rows[] = {
        {NULL, NULL, NULL, "?event="},        {"never", NULL, NULL, "event:"},
        {"fault", "0", NULL, "count:"},       {"fault", "1x", NULL, "count:"},
        {"fault", "", NULL, "count:"},        {"fault", NULL, "60001", "timeout_ms:"},
        {"fault", NULL, "-1", "timeout_ms:"}, {"fault", "99999999999999999999", NULL, "count:"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err_text error = {""};
        struct lease_wait wait;
        int64_t wait_ms = 0;
        ck_assert_int_eq(lease_request_wait(rows[i].event, rows[i].count, rows[i].timeout_ms, &wait,
                                            &wait_ms, &error),
                         ERR_INPUT);
        ck_assert_msg(strstr(error.text, rows[i].words) != NULL, "%s", error.text);
    }
}
END_TEST

Suite *suite_lease_request(void)
{
    Suite *suite = suite_create("lease_request");
    TCase *cases = tcase_create("lease_request");
    tcase_add_test(cases, a_body_with_a_scenario_alone_gets_the_usual_values);
    tcase_add_test(cases, what_a_body_says_is_taken);
    tcase_add_loop_test(cases, a_bad_body_is_refused_with_a_sentence, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(cases, a_wait_has_a_count_and_a_bound_even_when_none_is_said);
    tcase_add_test(cases, a_bad_wait_is_refused_with_the_name_of_what_is_bad);
    suite_add_tcase(suite, cases);
    return suite;
}
