#include "lib/hostname.h"

#include "suites.h"

#include <arpa/inet.h>
#include <stdio.h>

static const char hosts[] = "# comment\n"
                            "127.0.0.1 localhost localhost.localdomain\n"
                            "  10.1.2.3\tbox Box2 # old-box\n"
                            "bad-address box3\n"
                            "10.9.9.9 box3\n"
                            "::1 six\n"
                            "10.4.4.4 last\n"
                            "10.1.2.4 box2 box2\n";

/* "address port", of all that were found; "" when the name is not found. */
static const char *found(const char *name)
{
    static char text[200];
    char digits[INET6_ADDRSTRLEN] = "";
    struct addresses addresses = {.count = 0};
    text[0] = '\0';
    (void)hostname_find(hosts, name, 22, &addresses);
    for (size_t i = 0; i < addresses.count; i++) {
        const struct address *address = &addresses.list[i];
        bool is_v4 = address->any.sa_family == AF_INET;
        (void)inet_ntop(address->any.sa_family,
                        is_v4 ? (const void *)&address->v4.sin_addr : &address->v6.sin6_addr,
                        digits, sizeof digits);
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s%s %d", used > 0 ? ", " : "", digits,
                       ntohs(is_v4 ? address->v4.sin_port : address->v6.sin6_port));
    }
    return text;
}

START_TEST(names_and_aliases_of_a_hosts_file_are_found)
{
    ck_assert_str_eq(found("localhost"), "127.0.0.1 22");
    ck_assert_str_eq(found("box"), "10.1.2.3 22");
    ck_assert_str_eq(found("BOX2"), "10.1.2.3 22, 10.1.2.4 22");
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
    ck_assert(hostname_literal("127.1.2.3", 2222, &address));
    ck_assert_int_eq(address.any.sa_family, AF_INET);
    ck_assert(hostname_literal("::1", 2222, &address));
    ck_assert_int_eq(address.any.sa_family, AF_INET6);
    ck_assert(hostname_literal("fe80::1%lo", 2222, &address));
    ck_assert(!hostname_literal("fe80::1%no-such-if", 2222, &address));
    ck_assert(!hostname_literal("localhost", 2222, &address));
}
END_TEST

START_TEST(only_what_may_be_a_name_is_one)
{
    char longest[256];
    memset(longest, 'x', sizeof longest);
    longest[255] = '\0';
    ck_assert(hostname_is_name("fakesshd.test"));
    ck_assert(hostname_is_name("build_box-7."));
    ck_assert(!hostname_is_name(""));
    ck_assert(!hostname_is_name("fe80::1%no-such-if"));
    ck_assert(!hostname_is_name("two words"));
    ck_assert(!hostname_is_name(longest));
    ck_assert(hostname_is_name(longest + 1));
}
END_TEST

START_TEST(a_server_is_an_address_with_a_port)
{
    static const char *const good[] = {"127.0.0.1:53", "[::1]:5353"};
    static const char *const bad[] = {
        "",        "127.0.0.1", "localhost:53",    "::1:53", "[::1]",
        "[::1]53", ":53",       "127.0.0.1:66000", "[]:53",  "127.0.0.1:53,127.0.0.2:53"};
    struct err_text error;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ck_assert_msg(hostname_check_server(good[i], &error), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!hostname_check_server(bad[i], &error), "%s was taken", bad[i]);
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
    tcase_add_test(cases, only_what_may_be_a_name_is_one);
    tcase_add_test(cases, a_server_is_an_address_with_a_port);
    suite_add_tcase(suite, cases);
    return suite;
}
