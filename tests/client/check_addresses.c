#include "lib/addresses.h"

#include "suites.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* "4" and "6" with the last digit of each address, in their order. */
static const char *order(const struct addresses *addresses)
{
    static char text[4 * ADDRESSES_MAX + 1];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < addresses->count; i++) {
        const struct address *address = &addresses->list[i];
        bool is_v4 = address->any.sa_family == AF_INET;
        unsigned last =
            is_v4 ? ntohl(address->v4.sin_addr.s_addr) & 0xff : address->v6.sin6_addr.s6_addr[15];
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%c%u", used > 0 ? " " : "",
                                 is_v4 ? '4' : '6', last % 10);
    }
    return text;
}

static void add(struct addresses *addresses, const char *text)
{
    struct in_addr v4;
    struct in6_addr v6;
    struct address address;
    if (inet_pton(AF_INET, text, &v4) == 1) {
        address = address_of_v4(&v4, 22);
    } else {
        ck_assert_int_eq(inet_pton(AF_INET6, text, &v6), 1);
        address = address_of_v6(&v6, 0, 22);
    }
    (void)addresses_add(addresses, &address);
}

static bool is_not_first_of_v6(const struct address *address)
{
    return address->any.sa_family == AF_INET || address->v6.sin6_addr.s6_addr[15] != 1;
}

START_TEST(the_families_take_turns)
{
    struct addresses addresses = {.count = 0};
    add(&addresses, "127.0.0.1");
    add(&addresses, "127.0.0.2");
    add(&addresses, "127.0.0.3");
    add(&addresses, "2001:db8::1");
    add(&addresses, "2001:db8::2");
    addresses_sort(&addresses, NULL);
    ck_assert_str_eq(order(&addresses), "61 41 62 42 43");
}
END_TEST

START_TEST(what_has_no_route_comes_last)
{
    struct addresses addresses = {.count = 0};
    add(&addresses, "2001:db8::1");
    add(&addresses, "2001:db8::2");
    add(&addresses, "127.0.0.1");
    addresses_sort(&addresses, is_not_first_of_v6);
    ck_assert_str_eq(order(&addresses), "62 41 61");
}
END_TEST

START_TEST(an_address_is_tried_once_and_there_are_not_too_many)
{
    struct addresses addresses = {.count = 0};
    char text[20];
    add(&addresses, "127.0.0.1");
    add(&addresses, "127.0.0.1");
    ck_assert_uint_eq(addresses.count, 1);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(text, sizeof text, "127.0.1.%d", i);
        add(&addresses, text);
    }
    ck_assert_uint_eq(addresses.count, ADDRESSES_MAX);
}
END_TEST

START_TEST(this_machine_has_a_route_to_itself)
{
    struct in_addr self = {htonl(INADDR_LOOPBACK)};
    struct address address = address_of_v4(&self, 22);
    ck_assert(address_has_route(&address));
}
END_TEST

Suite *suite_addresses(void)
{
    Suite *suite = suite_create("addresses");
    TCase *cases = tcase_create("addresses");
    tcase_add_test(cases, the_families_take_turns);
    tcase_add_test(cases, what_has_no_route_comes_last);
    tcase_add_test(cases, an_address_is_tried_once_and_there_are_not_too_many);
    tcase_add_test(cases, this_machine_has_a_route_to_itself);
    suite_add_tcase(suite, cases);
    return suite;
}
