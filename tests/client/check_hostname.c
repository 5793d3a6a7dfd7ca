#include "hostname.h"

#include "suites.h"

#include <arpa/inet.h>
#include <stdio.h>

static const char hosts[] = "# comment\n"
                            "127.0.0.1 localhost localhost.localdomain\n"
                            "  10.1.2.3\tbox Box2 # old-box\n"
                            "bad-address box3\n"
                            "10.9.9.9 box3\n"
                            "::1 six\n"
                            "10.4.4.4 last";

/* "address port" or "" when the name is not found. */
static const char *found(const char *name)
{
    static char text[100];
    char digits[INET6_ADDRSTRLEN] = "";
    struct address address;
    text[0] = '\0';
    if (!hostname_find(hosts, name, 22, &address))
        return text;
    if (address.bytes.ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address.bytes;
        (void)inet_ntop(AF_INET, &v4->sin_addr, digits, sizeof digits);
        (void)snprintf(text, sizeof text, "%s %d", digits, ntohs(v4->sin_port));
    } else {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address.bytes;
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, digits, sizeof digits);
        (void)snprintf(text, sizeof text, "%s %d", digits, ntohs(v6->sin6_port));
    }
    return text;
}

START_TEST(names_and_aliases_of_a_hosts_file_are_found)
{
    ck_assert_str_eq(found("localhost"), "127.0.0.1 22");
    ck_assert_str_eq(found("box"), "10.1.2.3 22");
    ck_assert_str_eq(found("BOX2"), "10.1.2.3 22");
    ck_assert_str_eq(found("six"), "::1 22");
    ck_assert_str_eq(found("last"), "10.4.4.4 22");
}
END_TEST

START_TEST(a_line_with_a_bad_address_is_passed_over)
{
    ck_assert_str_eq(found("box3"), "10.9.9.9 22");
}
END_TEST

START_TEST(comments_addresses_and_unknown_names_are_not_names)
{
    ck_assert_str_eq(found("old-box"), "");
    ck_assert_str_eq(found("10.1.2.3"), "");
    ck_assert_str_eq(found("nobody"), "");
    ck_assert_str_eq(found(""), "");
}
END_TEST

START_TEST(ip_literals_need_no_hosts_file)
{
    struct address address;
    struct err_text error = {""};
    ck_assert(hostname_resolve("127.1.2.3", 2222, &address, &error));
    ck_assert_int_eq(address.bytes.ss_family, AF_INET);
    ck_assert(hostname_resolve("::1", 2222, &address, &error));
    ck_assert_int_eq(address.bytes.ss_family, AF_INET6);
    ck_assert(hostname_resolve("fe80::1%lo", 2222, &address, &error));
    ck_assert(!hostname_resolve("fe80::1%no-such-if", 2222, &address, &error));
}
END_TEST

START_TEST(a_name_that_only_the_network_knows_is_refused_with_a_sentence)
{
    struct address address;
    struct err_text error = {""};
    ck_assert(!hostname_resolve("no-such-host.invalid", 22, &address, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "no-such-host.invalid"));
}
END_TEST

Suite *suite_hostname(void)
{
    Suite *suite = suite_create("hostname");
    TCase *cases = tcase_create("hostname");
    tcase_add_test(cases, names_and_aliases_of_a_hosts_file_are_found);
    tcase_add_test(cases, a_line_with_a_bad_address_is_passed_over);
    tcase_add_test(cases, comments_addresses_and_unknown_names_are_not_names);
    tcase_add_test(cases, ip_literals_need_no_hosts_file);
    tcase_add_test(cases, a_name_that_only_the_network_knows_is_refused_with_a_sentence);
    suite_add_tcase(suite, cases);
    return suite;
}
