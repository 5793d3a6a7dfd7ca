#include "lease/door.h"

#include "suites.h"

#include <string.h>

static bool parses(const char *word)
{
    struct err_text error = {""};
    struct door door;
    bool good = door_parse(word, &door, &error) == ERR_NONE;
    ck_assert(good == (error.text[0] == '\0'));
    return good;
}

START_TEST(a_door_is_a_socket_or_a_port_of_the_loopback_interface)
{
    ck_assert(parses("unix:/tmp/x"));
    ck_assert(parses("127.0.0.1:0"));
    ck_assert(parses("127.3.4.5:65535"));
    ck_assert(parses("[::1]:80"));
    ck_assert(!parses("0.0.0.0:0"));
    ck_assert(!parses("192.0.2.1:80"));
    ck_assert(!parses("[::]:80"));
    ck_assert(!parses("localhost:80"));
    ck_assert(!parses("127.0.0.1"));
    ck_assert(!parses("127.0.0.1:"));
    ck_assert(!parses("127.0.0.1:65536"));
    ck_assert(!parses("127.0.0.1:8x"));
    ck_assert(!parses(":80"));
    ck_assert(!parses("unix:"));
    ck_assert(!parses("/tmp/x"));
}
END_TEST

START_TEST(a_path_is_as_long_as_the_kernel_takes_it)
{
    char word[5 + 108 + 1] = "unix:";
    memset(word + 5, 'x', 107);
    ck_assert(parses(word));
    word[5 + 107] = 'x';
    ck_assert(!parses(word));
}
END_TEST

static bool lets_in(const char *word, const char *host, const char *origin)
{
    struct err_text error;
    struct door door;
    ck_assert_int_eq(door_parse(word, &door, &error), ERR_NONE);
    return door_lets_in(&door, host, origin);
}

START_TEST(a_web_page_does_not_come_in_by_whatever_name)
{
    ck_assert(lets_in("127.0.0.1:80", "127.0.0.1:80", NULL));
    ck_assert(lets_in("127.0.0.1:80", "localhost", NULL));
    ck_assert(lets_in("127.0.0.1:80", "LocalHost:80", NULL));
    ck_assert(lets_in("127.9.9.9:80", "127.9.9.9:80", NULL));
    ck_assert(lets_in("[::1]:80", "[::1]:80", NULL));
    ck_assert(lets_in("127.0.0.1:80", NULL, NULL));
    ck_assert(!lets_in("127.0.0.1:80", "rebound.example:80", NULL));
    ck_assert(!lets_in("127.0.0.1:80", "127.0.0.1.example:80", NULL));
    ck_assert(!lets_in("127.0.0.1:80", "", NULL));
    ck_assert(!lets_in("127.0.0.1:80", "127.0.0.1:80", "http://a.example"));
    ck_assert(lets_in("unix:/tmp/x", "whatever", "http://a.example"));
}
END_TEST

Suite *suite_door(void)
{
    Suite *suite = suite_create("door");
    TCase *cases = tcase_create("door");
    tcase_add_test(cases, a_door_is_a_socket_or_a_port_of_the_loopback_interface);
    tcase_add_test(cases, a_path_is_as_long_as_the_kernel_takes_it);
    tcase_add_test(cases, a_web_page_does_not_come_in_by_whatever_name);
    suite_add_tcase(suite, cases);
    return suite;
}
