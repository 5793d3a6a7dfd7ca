#include "lib/hostkey.h"

#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_A         "AAAAC3NzaC1lZDI1NTE5AAAAIAmhX23xXeQI85HrgyZ3RreLTTaoUCFfbLNT1tVZYYkm"
#define KEY_B         "AAAAC3NzaC1lZDI1NTE5AAAAIK8CmP2TmTa428Wybhnfl+KzJVHPK5nNrPujSj/mjVAh"
#define FINGERPRINT_A "SHA256:mW1Oct6NF5XjWtgP/UCiEsC8Hc01cS83jLH8nI84pqg"

static const struct hostkey_shown shown_a = {"ssh-ed25519", KEY_A, FINGERPRINT_A};

/* Written by ssh-keygen -H: "host.example" with key A, "[127.0.0.1]:2022" with key B. */
static const char hashed[] =
    "|1|Ie1NkElpgG8c7zfKOW+gIByonkM=|4YLzhKbq230fb0YhzpAVVOesjXk= ssh-ed25519 " KEY_A "\n"
    "|1|M7UShddfyrQXjVjJkg6TCAe6kFU=|7dSa2U5f41mGUKax1mf/cDXseUg= ssh-ed25519 " KEY_B "\n";

/* Does this known_hosts text accept key A for the host? */
static bool known(const char *text, const char *host, int port)
{
    struct hostkey_policy policy = {0};
    struct err_text error = {""};
    hostkey_add_known_hosts(&policy, text, host, port);
    bool accepted = hostkey_accepts(&policy, &shown_a, &error);
    hostkey_fini(&policy);
    return accepted;
}

START_TEST(without_a_key_or_fingerprint_nothing_is_accepted)
{
    struct hostkey_policy policy = {0};
    struct err_text error = {""};
    ck_assert(!hostkey_is_given(&policy));
    ck_assert(!hostkey_accepts(&policy, &shown_a, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "not known"));
}
END_TEST

START_TEST(a_pinned_line_accepts_its_key_and_no_other)
{
    struct hostkey_policy policy = {0};
    struct hostkey_shown shown_b = {"ssh-ed25519", KEY_B, "SHA256:other"};
    struct err_text error = {""};
    ck_assert(hostkey_add_line(&policy, "ssh-ed25519 " KEY_A " someone@somewhere", &error));
    ck_assert(hostkey_accepts(&policy, &shown_a, &error));
    ck_assert(!hostkey_accepts(&policy, &shown_b, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "not the expected one"));
    hostkey_fini(&policy);
}
END_TEST

START_TEST(a_line_that_is_no_key_is_refused)
{
    static const char *bad[] = {"", "ssh-ed25519", KEY_A, ("host ssh-ed25519 " KEY_A), "ssh-rsa x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct hostkey_policy policy = {0};
        struct err_text error = {""};
        ck_assert_msg(!hostkey_add_line(&policy, bad[i], &error), "'%s'", bad[i]);
        hostkey_fini(&policy);
    }
}
END_TEST

START_TEST(a_fingerprint_accepts_with_and_without_padding)
{
    struct hostkey_policy policy = {0};
    struct err_text error = {""};
    ck_assert(hostkey_set_fingerprint(&policy, FINGERPRINT_A "=", &error));
    ck_assert(hostkey_accepts(&policy, &shown_a, &error));
    ck_assert(hostkey_set_fingerprint(&policy, FINGERPRINT_A, &error));
    ck_assert(hostkey_accepts(&policy, &shown_a, &error));
    ck_assert(!hostkey_set_fingerprint(&policy, "MD5:00:11", &error));
    ck_assert(!hostkey_set_fingerprint(&policy, "SHA256:short", &error));
    hostkey_fini(&policy);
}
END_TEST

START_TEST(known_hosts_names_patterns_and_ports_decide_which_lines_count)
{
    ck_assert(known("host.example ssh-ed25519 " KEY_A "\n", "host.example", 22));
    ck_assert(known("HOST.example ssh-ed25519 " KEY_A "\n", "host.EXAMPLE", 22));
    ck_assert(known("other,host.example ssh-ed25519 " KEY_A "\n", "host.example", 22));
    ck_assert(known("*.example ssh-ed25519 " KEY_A " comment\n", "host.example", 22));
    ck_assert(known("h??t.example ssh-ed25519 " KEY_A, "host.example", 22));
    ck_assert(known("[::1]:2022 ssh-ed25519 " KEY_A "\n", "::1", 2022));
    ck_assert(!known("host.example ssh-ed25519 " KEY_A "\n", "host.example", 2022));
    ck_assert(!known("*.example,!host.example ssh-ed25519 " KEY_A "\n", "host.example", 22));
    ck_assert(!known("# host.example ssh-ed25519 " KEY_A "\n", "host.example", 22));
    ck_assert(!known("host.example ssh-ed25519\n\n \t\r\n", "host.example", 22));
}
END_TEST

START_TEST(hashed_names_match_as_plain_ones_do)
{
    ck_assert(known(hashed, "host.example", 22));
    ck_assert(!known(hashed, "host.example", 23));
    ck_assert(!known(hashed, "127.0.0.1", 2022)); /* that line has key B */
    ck_assert(!known("|1|AAAA|AAAA ssh-ed25519 " KEY_A "\n", "host.example", 22));
    ck_assert(!known("|1| ssh-ed25519 " KEY_A "\n", "host.example", 22));
}
END_TEST

START_TEST(a_revoked_key_is_refused_even_if_another_line_has_it)
{
    ck_assert(!known("@revoked * ssh-ed25519 " KEY_A "\n"
                     "host ssh-ed25519 " KEY_A "\n",
                     "host", 22));
    ck_assert(!known("@cert-authority * ssh-ed25519 " KEY_A "\n", "host", 22));
}
END_TEST

START_TEST(only_algorithms_of_pinned_keys_are_asked_for)
{
    struct hostkey_policy policy = {0};
    ck_assert_ptr_null(hostkey_algorithms(&policy));
    ck_assert(hostkey_add_line(&policy, "ssh-ed25519 " KEY_A, NULL));
    ck_assert(hostkey_add_line(&policy, "ssh-rsa " KEY_A, NULL));
    ck_assert(hostkey_add_line(&policy, "ssh-ed25519 " KEY_B, NULL));
    char *list = hostkey_algorithms(&policy);
    ck_assert_str_eq(list, "ssh-ed25519,rsa-sha2-512,rsa-sha2-256");
    free(list);
    ck_assert(hostkey_set_fingerprint(&policy, FINGERPRINT_A, NULL));
    ck_assert_ptr_null(hostkey_algorithms(&policy));
    hostkey_fini(&policy);
}
END_TEST

START_TEST(a_known_hosts_file_that_is_missing_or_no_file_is_an_error)
{
    struct hostkey_policy policy = {0};
    struct err_text error = {""};
    ck_assert(!hostkey_read_known_hosts(&policy, "/nonexistent/x", "host", 22, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "No such file"));
    ck_assert(!hostkey_read_known_hosts(&policy, "/dev/zero", "host", 22, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "not a regular file"));
}
END_TEST

Suite *suite_hostkey(void)
{
    Suite *suite = suite_create("hostkey");
    TCase *cases = tcase_create("hostkey");
    tcase_add_test(cases, without_a_key_or_fingerprint_nothing_is_accepted);
    tcase_add_test(cases, a_pinned_line_accepts_its_key_and_no_other);
    tcase_add_test(cases, a_line_that_is_no_key_is_refused);
    tcase_add_test(cases, a_fingerprint_accepts_with_and_without_padding);
    tcase_add_test(cases, known_hosts_names_patterns_and_ports_decide_which_lines_count);
    tcase_add_test(cases, hashed_names_match_as_plain_ones_do);
    tcase_add_test(cases, a_revoked_key_is_refused_even_if_another_line_has_it);
    tcase_add_test(cases, only_algorithms_of_pinned_keys_are_asked_for);
    tcase_add_test(cases, a_known_hosts_file_that_is_missing_or_no_file_is_an_error);
    suite_add_tcase(suite, cases);
    return suite;
}
