#include "base/dns_plan.h"

#include "suites.h"

#include <string.h>

static struct dns_plan plan_of(const char *text)
{
    struct dns_plan plan;
    const char *field;
    char why[200] = "";
    json_t *table = json_loads(text, 0, NULL);
    ck_assert_msg(dns_plan_read(table, &plan, &field, why), "%s", why);
    json_decref(table);
    return plan;
}

static void refused(const char *text, const char *words)
{
    struct dns_plan plan;
    const char *field;
    char why[200] = "";
    json_t *table = json_loads(text, 0, NULL);
    ck_assert_msg(!dns_plan_read(table, &plan, &field, why), "%s was taken", text);
    ck_assert_msg(strstr(why, words) != NULL, "expected '%s', found '%s'", words, why);
    ck_assert_ptr_nonnull(field);
    json_decref(table);
}

START_TEST(a_scenario_without_the_field_has_no_dns_server)
{
    struct dns_plan plan;
    const char *field;
    char why[200];
    ck_assert(dns_plan_read(NULL, &plan, &field, why));
    ck_assert(!plan.wanted);
}
END_TEST

START_TEST(an_empty_field_is_an_honest_server)
{
    struct dns_plan plan = plan_of("{}");
    ck_assert(plan.wanted);
    for (int i = 0; i < DNS_TRANSPORT_COUNT; i++) {
        ck_assert_int_eq(plan.rules[i].says, DNS_SAYS_ADDRESS);
        ck_assert_int_eq(plan.aaaa[i].says, DNS_SAYS_ADDRESS);
        ck_assert_int_eq(dns_rule_after_ms(&plan.rules[i], 1000), 0);
        ck_assert_int_eq(dns_rule_every_ms(&plan.rules[i], 1000), 0);
    }
}
END_TEST

START_TEST(tcp_is_as_udp_but_for_what_its_own_table_says)
{
    struct dns_plan plan = plan_of("{\"answer\":\"truncated\",\"after\":0.1,"
                                   "\"tcp\":{\"answer\":\"nothing\"}}");
    ck_assert_int_eq(plan.rules[DNS_UDP].says, DNS_SAYS_TRUNCATED);
    ck_assert_int_eq(plan.rules[DNS_TCP].says, DNS_SAYS_NOTHING);
    ck_assert_int_eq(dns_rule_after_ms(&plan.rules[DNS_TCP], 1000), 100);
    ck_assert_int_eq(plan.aaaa[DNS_TCP].says, DNS_SAYS_NOTHING);
}
END_TEST

START_TEST(questions_for_aaaa_have_a_table_of_their_own)
{
    struct dns_plan plan = plan_of("{\"after\":0.2,\"aaaa\":{\"answer\":\"nxdomain\"}}");
    ck_assert_int_eq(plan.rules[DNS_UDP].says, DNS_SAYS_ADDRESS);
    ck_assert_int_eq(plan.aaaa[DNS_UDP].says, DNS_SAYS_NXDOMAIN);
    ck_assert_int_eq(plan.aaaa[DNS_TCP].says, DNS_SAYS_NXDOMAIN);
    ck_assert_int_eq(dns_rule_after_ms(&plan.aaaa[DNS_UDP], 1000), 200);
}
END_TEST

START_TEST(shares_of_the_deadline_are_added_to_seconds)
{
    struct dns_plan plan = plan_of("{\"after\":0.25,\"after_deadline\":0.5,"
                                   "\"tcp\":{\"every_deadline\":0.01}}");
    ck_assert_int_eq(dns_rule_after_ms(&plan.rules[DNS_UDP], 1000), 750);
    ck_assert_int_eq(dns_rule_every_ms(&plan.rules[DNS_TCP], 1000), 10);
    ck_assert_int_eq(dns_rule_every_ms(&plan.rules[DNS_TCP], 20), 1);
    ck_assert_int_eq(dns_rule_every_ms(&plan.rules[DNS_UDP], 1000), 0);
}
END_TEST

START_TEST(every_answer_is_found_by_its_word)
{
#define X(id, word, sentence)                                                       \
    ck_assert_int_eq(plan_of("{\"answer\":\"" word "\"}").rules[DNS_UDP].says, id); \
    ck_assert_str_eq(dns_says_name(id), word);
    DNS_SAYS(X)
#undef X
}
END_TEST

START_TEST(what_is_not_known_is_named)
{
    refused("{\"answer\":\"maybe\"}", "address dead-first nothing empty");
    refused("{\"anwser\":\"nothing\"}", "unknown field in 'dns': anwser");
    refused("{\"tcp\":{\"tcp\":{}}}", "unknown field in 'dns': tcp");
    refused("{\"tcp\":3}", "to be tables");
    refused("{\"aaaa\":[1]}", "to be tables");
    refused("{\"after\":-1}", "'after'");
    refused("{\"aaaa\":{\"every\":\"soon\"}}", "'every'");
}
END_TEST

Suite *suite_dns_plan(void)
{
    Suite *suite = suite_create("dns_plan");
    TCase *tests = tcase_create("dns_plan");
    tcase_add_test(tests, a_scenario_without_the_field_has_no_dns_server);
    tcase_add_test(tests, an_empty_field_is_an_honest_server);
    tcase_add_test(tests, tcp_is_as_udp_but_for_what_its_own_table_says);
    tcase_add_test(tests, questions_for_aaaa_have_a_table_of_their_own);
    tcase_add_test(tests, shares_of_the_deadline_are_added_to_seconds);
    tcase_add_test(tests, every_answer_is_found_by_its_word);
    tcase_add_test(tests, what_is_not_known_is_named);
    suite_add_tcase(suite, tests);
    return suite;
}
